#include "dose/superposition/detour.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dose/phantom/slab_dose.hpp"
#include "engine/base/error.hpp"
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
        if (k == 2) {  // the layer before the bone
            EXPECT_GT(four[coarse.grid.flat(1, 1, k)].primary, 1.02F);
        }
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

/// A cube of bone of `edge` voxels from voxel `first` of each axis in water.
Medium with_cube(Medium medium, const int (&first)[3], int edge) {
    medium.materials.push_back(DoseTables::get().library.at("bone_cortical_icru"));
    const auto within = [&](int at, int axis) { return at >= first[axis] && at < first[axis] + edge; };
    const Size3 n = medium.grid.size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i)
                if (within(i, 0) && within(j, 1) && within(k, 2)) medium.material[medium.grid.flat(i, j, k)] = 1;
    return medium;
}

TEST(Detour, FollowsRaysThatSpread) {  // before a cube that lies aside, voxels are changed on the way to it
    const Medium medium = with_cube(uniform_box(61, 40, 1, 1), {44, 30, 20}, 8);
    BeamFrame beam = downward_beam(60, 1000);  // 60 mm above the surface: rays to the cube's middle lean by 17.5/84
    const auto along = water_lengths_along(beam, medium, 2);
    // two layers before the cube, where what is changed was carried back along rays: its centre
    double sum = 0, x = 0, y = 0;
    for (int j = 0; j < 61; ++j)
        for (int i = 0; i < 61; ++i) {
            const double more = static_cast<double>(along[medium.grid.flat(i, j, 18)].primary) - 1;
            sum += more;
            x += more * (i - 30);
            y += more * (j - 30);
        }
    EXPECT_GT(sum, 0.1);
    const double cube_at = 60 + 20 + 0.5, here_at = 60 + 18 + 0.5;  // depths of layers below the source [mm]
    EXPECT_NEAR(x / sum, 17.5 * here_at / cube_at, 0.1);            // 17.1: upright it were 17.5
    EXPECT_NEAR(y / sum, 3.5 * here_at / cube_at, 0.1);
}

TEST(Detour, KnowsNoAxisFromAnother) {  // the same scene with its axes exchanged in turn, voxels of three edges
    const int n[3] = {24, 30, 36}, first[3] = {8, 11, 14};
    const double mm[3] = {1, 1.5, 2};
    const Vec3 source{14, -300, 40};
    std::vector<WaterLength> plain;
    for (int turn = 0; turn < 3; ++turn) {
        const auto of = [&](int axis) { return (axis + turn) % 3; };  // axis of the first scene
        Medium medium = uniform_box(4, 4, 1, 1);
        medium.grid = Grid({n[of(0)], n[of(1)], n[of(2)]}, {0, 0, 0}, {mm[of(0)], mm[of(1)], mm[of(2)]});
        medium.density.assign(medium.grid.count(), 1.0F);
        medium.material.assign(medium.grid.count(), 0);
        medium = with_cube(medium, {first[of(0)], first[of(1)], first[of(2)]}, 6);
        BeamFrame beam = downward_beam(1000, 1000);
        beam.source_mm = {source[of(0)], source[of(1)], source[of(2)]};
        Vec3 to_source{0, 0, 0};
        for (int a = 0; a < 3; ++a) (a == 0 ? to_source.x : a == 1 ? to_source.y : to_source.z) = of(a) == 1 ? -1 : 0;
        beam.axes.cz = to_source;
        const auto found = water_lengths_along(beam, medium, 2);
        if (turn == 0) plain = found;
        double most = 0;
        for (int k = 0; k < n[of(2)]; ++k)
            for (int j = 0; j < n[of(1)]; ++j)
                for (int i = 0; i < n[of(0)]; ++i) {
                    int at[3];
                    at[of(0)] = i;
                    at[of(1)] = j;
                    at[of(2)] = k;
                    const std::size_t same =
                        (static_cast<std::size_t>(at[2]) * 30 + static_cast<std::size_t>(at[1])) * 24 +
                        static_cast<std::size_t>(at[0]);
                    const float here = found[medium.grid.flat(i, j, k)].primary;
                    ASSERT_NEAR(here, plain[same].primary, 2e-6F) << turn << ": " << i << ' ' << j << ' ' << k;
                    most = std::max(most, std::abs(static_cast<double>(here) - 1));
                }
        EXPECT_GT(most, 0.03);
    }
}

TEST(Detour, VacuumHasNone) {  // whatever material it is called
    Medium medium = uniform_box(16, 16, 1, 1);
    medium.materials.push_back(DoseTables::get().library.at("bone_cortical_icru"));
    for (std::size_t v = medium.grid.count() / 2; v < medium.grid.count(); ++v) {
        medium.density[v] = 0;
        medium.material[v] = 1;
    }
    const auto along = water_lengths_along(downward_beam(1000, 1000), medium, 2);
    for (std::size_t v = 0; v < medium.grid.count(); ++v)
        EXPECT_EQ(along[v].primary, v < medium.grid.count() / 2 ? 1.0F : 0.0F);
}

TEST(Detour, RefusesNonsense) {
    Medium water = uniform_box(4, 4, 1, 1);
    EXPECT_THROW(water_lengths_along(downward_beam(1000, 1000), water, 0), ContractError);
    water.density.pop_back();
    EXPECT_THROW(water_lengths_along(downward_beam(1000, 1000), water, 2), ContractError);
}

TEST(Detour, GivesTheSameBitsForAnyNumberOfThreads) {
    const Medium medium = with_cube(uniform_box(96, 60, 1, 1), {40, 44, 20}, 20);
    par::set_threads(1);
    const auto one = water_lengths_along(downward_beam(100, 1000), medium, 2);
    par::set_threads(7);
    const auto many = water_lengths_along(downward_beam(100, 1000), medium, 2);
    par::set_threads(0);
    std::size_t changed = 0;
    for (std::size_t v = 0; v < one.size(); ++v) {
        ASSERT_EQ(one[v].primary, many[v].primary);
        changed += one[v].primary != 1.0F ? 1 : 0;
    }
    EXPECT_GT(changed, 10'000U);
}

}  // namespace
}  // namespace coutard::dose
