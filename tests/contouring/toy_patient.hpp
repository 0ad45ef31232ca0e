#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "contouring/train/training_case.hpp"

namespace coutard::test {
using namespace contouring;

/// A soft-tissue box 96 x 80 x 72 mm in air holding a dense ball (bit 0), a left and a right cube
/// (bits 1 and 2, denser on the left); voxels of 4 x 4 x 3 mm, axes as the OpenKBP files (RAS in LPS).
inline TrainingCase toy_patient(const std::vector<std::string>& structures, const std::string& name = "toy_1",
                                double shift_mm = 0) {
    const Grid grid({24, 20, 24}, {46, 38, -34.5}, {4, 4, 3}, Mat3{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}});
    Volume<float> ct(grid, -1000);
    Volume<std::uint16_t> bits(grid);
    for (int k = 0; k < 24; ++k)
        for (int j = 0; j < 20; ++j)
            for (int i = 0; i < 24; ++i) {
                const Vec3 p = grid.point(i, j, k);
                const bool body = std::abs(p.x) < 40 && std::abs(p.y) < 32 && std::abs(p.z) < 30;
                const bool ball = norm(p - Vec3{0, 0, shift_mm}) < 14;
                const bool left = std::abs(p.x - 26) < 9 && std::abs(p.y) < 9 && std::abs(p.z) < 10;
                const bool right = std::abs(p.x + 26) < 9 && std::abs(p.y) < 9 && std::abs(p.z) < 10;
                ct.at(i, j, k) = !body ? -1000.0F : ball ? 400.0F : left ? 200.0F : right ? 100.0F : 0.0F;
                bits.at(i, j, k) = static_cast<std::uint16_t>((ball ? 1 : 0) | (left ? 2 : 0) | (right ? 4 : 0));
            }
    return make_case(name, ct, bits, structures, {});
}

inline const std::vector<std::string>& toy_structures() {
    static const std::vector<std::string> names{"Ball", "Cube_L", "Cube_R"};
    return names;
}

}  // namespace coutard::test
