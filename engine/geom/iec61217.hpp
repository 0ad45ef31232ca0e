#pragma once
#include "engine/base/hd.hpp"
#include "engine/geom/vec3.hpp"

namespace coutard {

/// The frames of IEC 61217 (2011), all with their origin at the isocentre [mm], right-handed:
///   fixed f    x to the right of a person who faces the gantry, y to the gantry, z up;
///   gantry g   f turned about y by the gantry angle; the source lies on +z;
///   beam limiting device b   g turned about z by the collimator angle; leaves travel along x;
///   patient support s        f turned about z by the couch angle (isocentric; no eccentric turn);
///   patient p  DICOM LPS about the isocentre, lying on the support by its patient position.
/// Positive angles turn right-handed about their axis. docs/theory/geometry.md has the equations.

/// How a patient lies: DICOM Patient Position without decubitus. Same order as PatientPosition.
enum class Lying { HeadFirstSupine, HeadFirstProne, FeetFirstSupine, FeetFirstProne };

namespace iec {

inline constexpr double radians_per_degree = 3.14159265358979323846 / 180.0;

/// Sine and cosine of an angle [degree], exact at multiples of 90 so that axes stay axes.
struct Turn {
    double sin = 0, cos = 1;
};
COUTARD_HD inline Turn turn(double degrees) {
    double d = std::fmod(degrees, 360.0);
    if (d < 0) d += 360.0;
    if (d == 0.0) return {0, 1};
    if (d == 90.0) return {1, 0};
    if (d == 180.0) return {0, -1};
    if (d == 270.0) return {-1, 0};
    return {std::sin(d * radians_per_degree), std::cos(d * radians_per_degree)};
}

/// Columns are the gantry axes in fixed coordinates: f = M g.
COUTARD_HD inline Mat3 fixed_from_gantry(double gantry_deg) {
    const Turn t = turn(gantry_deg);
    return {{t.cos, 0, -t.sin}, {0, 1, 0}, {t.sin, 0, t.cos}};
}
/// Columns are the beam limiting device axes in gantry coordinates: g = M b.
COUTARD_HD inline Mat3 gantry_from_device(double collimator_deg) {
    const Turn t = turn(collimator_deg);
    return {{t.cos, t.sin, 0}, {-t.sin, t.cos, 0}, {0, 0, 1}};
}
/// Columns are the patient support axes in fixed coordinates: f = M s.
COUTARD_HD inline Mat3 fixed_from_support(double couch_deg) {
    const Turn t = turn(couch_deg);
    return {{t.cos, t.sin, 0}, {-t.sin, t.cos, 0}, {0, 0, 1}};
}
/// Columns are the patient's left, posterior and superior directions in support coordinates: s = M p.
COUTARD_HD inline Mat3 support_from_patient(Lying lying) {
    switch (lying) {
        case Lying::HeadFirstProne:
            return {{-1, 0, 0}, {0, 0, 1}, {0, 1, 0}};
        case Lying::FeetFirstSupine:
            return {{-1, 0, 0}, {0, 0, -1}, {0, -1, 0}};
        case Lying::FeetFirstProne:
            return {{1, 0, 0}, {0, 0, 1}, {0, -1, 0}};
        case Lying::HeadFirstSupine:
            break;
    }
    return {{1, 0, 0}, {0, 0, -1}, {0, 1, 0}};
}

}  // namespace iec

/// A point of the plane through the isocentre at right angles to the beam axis [mm]: beam limiting
/// device x (leaf travel) and y, the axes of a beam's eye view.
struct BevPoint {
    double x = 0, y = 0;
};

/// One beam direction seen from the patient (LPS, mm): where the source is, and how the beam's eye
/// view's axes lie. Plain numbers, copied to a GPU as they are.
struct BeamFrame {
    Vec3 isocentre_mm;
    Vec3 source_mm;
    Mat3 axes;             ///< columns: unit x and y of the beam's eye view and z from isocentre to source
    double sad_mm = 1000;  ///< source to isocentre

    /// Direction of the central ray, source to isocentre.
    COUTARD_HD Vec3 beam_axis() const { return -axes.cz; }
    /// Patient point to beam limiting device coordinates, isocentre at the origin.
    COUTARD_HD Vec3 to_device(const Vec3& point_mm) const {
        const Vec3 d = point_mm - isocentre_mm;
        return {dot(axes.cx, d), dot(axes.cy, d), dot(axes.cz, d)};
    }
    COUTARD_HD Vec3 from_device(const Vec3& device_mm) const { return isocentre_mm + axes * device_mm; }
    /// Central projection of a patient point from the source onto the isocentre plane. The point lies
    /// below the source: to_device(p).z < sad_mm.
    COUTARD_HD BevPoint project(const Vec3& point_mm) const {
        const Vec3 d = to_device(point_mm);
        const double magnify = sad_mm / (sad_mm - d.z);
        return {d.x * magnify, d.y * magnify};
    }
    /// Patient point of the isocentre plane.
    COUTARD_HD Vec3 point_at(const BevPoint& at) const { return isocentre_mm + axes.cx * at.x + axes.cy * at.y; }
    /// Patient point that projects to `at` and lies `z_mm` above the isocentre plane (towards the source).
    COUTARD_HD Vec3 point_at(const BevPoint& at, double z_mm) const {
        const double shrink = (sad_mm - z_mm) / sad_mm;
        return from_device({at.x * shrink, at.y * shrink, z_mm});
    }
    /// Unit direction of the ray from the source through a point of the isocentre plane.
    COUTARD_HD Vec3 ray(const BevPoint& at) const { return unit(point_at(at) - source_mm); }
};

/// The frame of a beam for machine angles [degree, IEC 61217].
COUTARD_HD inline BeamFrame beam_frame(const Vec3& isocentre_mm, double gantry_deg, double collimator_deg,
                                       double couch_deg, double sad_mm = 1000, Lying lying = Lying::HeadFirstSupine) {
    const Mat3 fixed_from_patient = iec::fixed_from_support(couch_deg) * iec::support_from_patient(lying);
    const Mat3 fixed_from_device = iec::fixed_from_gantry(gantry_deg) * iec::gantry_from_device(collimator_deg);
    BeamFrame frame;
    frame.isocentre_mm = isocentre_mm;
    frame.sad_mm = sad_mm;
    frame.axes = fixed_from_patient.transposed() * fixed_from_device;
    frame.source_mm = isocentre_mm + frame.axes.cz * sad_mm;
    return frame;
}

}  // namespace coutard
