#pragma once
#include <cmath>

#include "engine/base/hd.hpp"

namespace coutard {

/// Point or vector; patient points are DICOM LPS [mm].
struct Vec3 {
    double x = 0, y = 0, z = 0;

    COUTARD_HD constexpr double operator[](int k) const { return k == 0 ? x : k == 1 ? y : z; }
    COUTARD_HD constexpr double& operator[](int k) { return k == 0 ? x : k == 1 ? y : z; }
    COUTARD_HD constexpr Vec3 operator+(const Vec3& o) const { return {x + o.x, y + o.y, z + o.z}; }
    COUTARD_HD constexpr Vec3 operator-(const Vec3& o) const { return {x - o.x, y - o.y, z - o.z}; }
    COUTARD_HD constexpr Vec3 operator*(double f) const { return {x * f, y * f, z * f}; }
    COUTARD_HD constexpr Vec3 operator/(double f) const { return {x / f, y / f, z / f}; }
    COUTARD_HD constexpr Vec3 operator-() const { return {-x, -y, -z}; }
    constexpr bool operator==(const Vec3&) const = default;
};

COUTARD_HD constexpr double dot(const Vec3& a, const Vec3& b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
COUTARD_HD constexpr Vec3 cross(const Vec3& a, const Vec3& b) {
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
COUTARD_HD inline double norm(const Vec3& a) {
    return std::sqrt(dot(a, a));
}
COUTARD_HD inline Vec3 unit(const Vec3& a) {
    return a / norm(a);
}

/// 3 x 3 matrix held by its columns.
struct Mat3 {
    Vec3 cx{1, 0, 0}, cy{0, 1, 0}, cz{0, 0, 1};

    COUTARD_HD constexpr Vec3 operator*(const Vec3& v) const { return cx * v.x + cy * v.y + cz * v.z; }
    COUTARD_HD constexpr Mat3 operator*(const Mat3& o) const { return {*this * o.cx, *this * o.cy, *this * o.cz}; }
    COUTARD_HD constexpr Mat3 transposed() const {
        return {{cx.x, cy.x, cz.x}, {cx.y, cy.y, cz.y}, {cx.z, cy.z, cz.z}};
    }
    COUTARD_HD constexpr double determinant() const { return dot(cx, cross(cy, cz)); }
    constexpr bool operator==(const Mat3&) const = default;
};

}  // namespace coutard
