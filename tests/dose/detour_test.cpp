#include "dose/superposition/detour.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "dose/phantom/slab_dose.hpp"
#include "engine/par/for_each.hpp"
#include "tests/dose/dose_tables.hpp"

namespace coutard::dose {
namespace {
using test::DoseTables, test::uniform_box;

constexpr int n = 12, deep = 40;

/// Layers [12, 24) of bone in water, 1 mm voxels.
Medium bone_in_water() {
    Medium out = uniform_box(n, deep, 1, 1);
    out.materials.push_back(DoseTables::get().library.at("bone_cortical_icru"));
    for (std::size_t v = 0; v < out.grid.count(); ++v) {
        const auto layer = v / (n * n);
        if (layer < 12 || layer >= 24) continue;
        out.material[v] = 1;
        out.density[v] = 1.85F;
    }
    return out;
}

/// What a layer's voxel on the axis is worth over Medium::water_lengths, of charged particles; scatter is left alone.
std::vector<double> factors(const Medium& medium, const BeamFrame& beam) {
    const auto plain = medium.water_lengths(3), along = water_lengths_along(beam, medium, 3);
    std::vector<double> out;
    for (int k = 0; k < deep; ++k) {
        const std::size_t v = medium.grid.flat(n / 2, n / 2, k);
        EXPECT_EQ(along[v].scatter, plain[v].scatter);
        out.push_back(static_cast<double>(along[v].primary / plain[v].primary));
    }
    return out;
}

TEST(Detour, WaterAloneIsLeftAsItIs) {
    const Medium water = uniform_box(n, deep, 1, 1);
    const auto plain = water.water_lengths(), along = water_lengths_along(downward_beam(1000, 1000), water, 2);
    for (std::size_t v = 0; v < plain.size(); ++v) EXPECT_EQ(along[v].primary, plain[v].primary);
}

TEST(Detour, MoreBeforeBoneLessBeforeItsEnd) {
    const Medium medium = bone_in_water();
    const auto down = factors(medium, downward_beam(1000, 1000));
    EXPECT_GT(down[11], 1.04);
    EXPECT_LT(down[11], 1.12);
    EXPECT_LT(down[23], 0.96);
    EXPECT_GT(down[23], 0.88);
    for (int k = 0; k < 11; ++k) EXPECT_LE(down[static_cast<std::size_t>(k)], down[static_cast<std::size_t>(k) + 1]);
    EXPECT_NEAR(down[2], 1, 1e-3);                                                               // 1 cm before it
    for (int k = 12; k < 18; ++k) EXPECT_NEAR(down[static_cast<std::size_t>(k)], 1, 1e-3) << k;  // behind its face
    for (int k = 24; k < deep; ++k) EXPECT_EQ(down[static_cast<std::size_t>(k)], 1) << k;        // water to the end
}

TEST(Detour, MeansOfACoarseVoxelAreThoseOfFineOnes) {
    const Medium fine = bone_in_water();
    Medium coarse;
    coarse.grid = Grid({n / 4, n / 4, deep / 4}, fine.grid.point(1.5, 1.5, 1.5), {4, 4, 4});
    coarse.materials = fine.materials;
    for (int k = 0; k < deep / 4; ++k)
        for (int j = 0; j < n / 4; ++j)
            for (int i = 0; i < n / 4; ++i) {
                const std::size_t v = fine.grid.flat(4 * i, 4 * j, 4 * k);
                coarse.density.push_back(fine.density[v]);
                coarse.material.push_back(fine.material[v]);
            }
    const auto beam = downward_beam(1000, 1000);
    const auto one = water_lengths_along(beam, fine, 2), four = water_lengths_along(beam, coarse, 2);
    for (int k = 0; k < deep / 4; ++k) {
        float sum = 0;
        for (int m = 0; m < 4; ++m) sum += one[fine.grid.flat(6, 6, 4 * k + m)].primary;
        EXPECT_NEAR(four[coarse.grid.flat(1, 1, k)].primary, sum / 4, 6e-4F)
            << k;  // means of ln, not of what it stands for
    }
}

TEST(Detour, SpreadsToTheSides) {  // a wall along the beam: ln(detour) falls off as a normal distribution of 2 mm does
    Medium medium = uniform_box(40, 6, 1, 1);
    medium.materials.push_back(DoseTables::get().library.at("bone_cortical_icru"));
    for (std::size_t v = 0; v < medium.grid.count(); ++v)
        if (v % 40 < 20) {
            medium.material[v] = 1;
            medium.density[v] = 1.85F;
        }
    const auto plain = medium.water_lengths(2), along = water_lengths_along(downward_beam(1e6, 1e6), medium, 2);
    const Material& bone = medium.materials[1];
    const double detour = std::log(bone.primary_scale(2) / bone.stopping_relative_to_water);
    EXPECT_GT(detour, 0.1);
    const auto part = [](double x) { return 0.5 * std::erfc(x / 2 / std::sqrt(2.0)); };  // of bone, felt there
    for (int i = 10; i < 30; ++i) {
        double mean = 0;
        for (int m = 0; m < 50; ++m) mean += part(i - 20 + (m + 0.5) / 50) / 50;
        const std::size_t v = medium.grid.flat(i, 20, 3);
        EXPECT_NEAR(std::log(along[v].primary / plain[v].primary), detour * (i < 20 ? mean - 1 : mean), 1e-3) << i;
    }
}

TEST(Detour, TurnsWithTheBeam) {  // from below, and from below and aside
    const Medium medium = bone_in_water();
    BeamFrame below = downward_beam(1000, 1000);
    below.source_mm = {0, 0, deep + 1000.0};
    below.axes = {below.axes.cx, below.axes.cy * -1, below.axes.cz * -1};
    const auto up = factors(medium, below), down = factors(medium, downward_beam(1000, 1000));
    for (int k = 0; k < deep; ++k)  // the slab lies 12 layers from the top and 16 from the bottom
        EXPECT_NEAR(up[static_cast<std::size_t>(k)], k > 35 ? 1 : down[static_cast<std::size_t>(35 - k)], 1e-5) << k;
    BeamFrame slant = downward_beam(1000, 1000);
    const double s = std::sin(0.6), c = std::cos(0.6);
    slant.axes = {{c, 0, -s}, slant.axes.cy, {-s, 0, -c}};
    slant.source_mm = Vec3{0, 0, 12} + slant.axes.cz * 1000.0;
    const auto aside = factors(medium, slant);
    EXPECT_LT(aside[11], down[11]);  // the way to the bone is longer
    const auto fall = [](const auto& f) { return std::log(std::log(f[10]) / std::log(f[9])); };
    EXPECT_NEAR(fall(aside) / fall(down), 1 / c, 0.02);
}

TEST(Detour, GivesTheSameBitsForAnyNumberOfThreads) {
    const Medium medium = bone_in_water();
    const auto many = water_lengths_along(downward_beam(1000, 1000), medium, 2);
    par::set_threads(1);
    const auto one = water_lengths_along(downward_beam(1000, 1000), medium, 2);
    par::set_threads(0);
    for (std::size_t v = 0; v < one.size(); ++v) EXPECT_EQ(one[v].primary, many[v].primary);
}

}  // namespace
}  // namespace coutard::dose
