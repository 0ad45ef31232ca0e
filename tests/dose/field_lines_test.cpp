#include "dose/superposition/field_lines.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dose/phantom/slab_dose.hpp"
#include "dose/superposition/superpose_parts.hpp"
#include "engine/par/for_each.hpp"
#include "tests/dose/dose_tables.hpp"

namespace coutard::dose {
namespace {
using test::DoseTables, test::uniform_box;

/// Energy released as a GPU finds it: a ray to every voxel.
std::vector<float> voxel_by_voxel(const SuperpositionJob& job) {
    using par::Host, par::view;
    const Medium& medium = *job.medium;
    std::vector<float> out(medium.grid.count() * energy_groups);
    auto release = release_of<Host>(job);
    release.fluence.sums = view(job.fluence_sums);
    release.fluence.values = view(job.fluence.focal.values);
    release.density = view(medium.density);
    release.material = view(medium.material);
    release.attenuation = view(job.attenuation);
    release.energy_fluence = view(job.kernel->energy_fluence);
    release.group = view(job.kernel->group);
    release.terma = view(out);
    par::for_each_index(Host{}, medium.grid.count(), release, 256);
    return out;
}

/// Energy laid down as a GPU does it: the whole ladder on the voxels, line by line, to the end.
std::vector<float> line_by_line(const SuperpositionJob& job) {
    using par::Host, par::view;
    const auto terma = voxel_by_voxel(job);
    std::vector<std::int64_t> deposit(job.medium->grid.count());
    for (std::size_t c = 0; c < job.directions.size(); ++c) {
        const ConeLines through = cone_lines(job.medium->grid, job.directions[c]);
        auto line = cone_executor<Host>(job.medium->grid, through, view(through.steps));
        line.terma = view(terma);
        line.water = view(job.water);
        line.amplitude = {job.kernel->cones[c].amplitude.data(), job.kernel->cones[c].amplitude.size()};
        line.tilt = tilt_of(*job.kernel);
        std::copy(job.kernel->cones[c].own.begin(), job.kernel->cones[c].own.end(), line.own);
        line.fan = ray_fan(job.medium->grid, through, job.beam, job.directions[c]);
        line.unit = job.unit;
        line.deposit = view(deposit);
        par::for_each_index(Host{}, line.lines(), line, 64);
    }
    std::vector<float> out;
    for (const auto counts : deposit) out.push_back(static_cast<float>(job.unit.value(counts)));
    return out;
}

/// A layer of another density, `from` to `to` of the layers across z.
Medium with_layer(Medium medium, int from, int to, float density) {
    const Size3 n = medium.grid.size();
    for (int k = from; k < to; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) medium.density[medium.grid.flat(i, j, k)] = density;
    return medium;
}

/// Of doses in % of the largest; sum: of energy, in % of all.
struct Difference {
    double worst = 0, rms = 0, sum = 0;
};

Difference compare(const Medium& medium, const ConeLayout& layout, const BeamFrame& beam = downward_beam(1000, 1000),
                   const FluenceMap& map = rectangle_fluence(-20, 20, -25, 25, 1)) {
    const auto kernel = DoseTables::get().kernel(layout);
    const auto job = make_job(medium, beam, map, kernel);
    const auto found = transport_cpu(job, {}).energy, truth = line_by_line(job);
    double most = 0, square = 0, all = 0, off = 0;
    for (std::size_t v = 0; v < truth.size(); ++v)
        most = std::max(most, static_cast<double>(truth[v]) / static_cast<double>(medium.density[v]));
    Difference out;
    for (std::size_t v = 0; v < truth.size(); ++v) {
        const double energy = static_cast<double>(found[v]) - static_cast<double>(truth[v]),
                     d = energy / static_cast<double>(medium.density[v]) / most;
        out.worst = std::max(out.worst, 100 * std::abs(d));
        square += d * d;
        off += energy;
        all += static_cast<double>(truth[v]);
    }
    out.rms = 100 * std::sqrt(square / static_cast<double>(truth.size()));
    out.sum = 100 * off / all;
    testing::Test::RecordProperty("worst_percent", std::to_string(out.worst));
    testing::Test::RecordProperty("rms_percent", std::to_string(out.rms));
    testing::Test::RecordProperty("sum_percent", std::to_string(out.sum));
    return out;
}

TEST(FieldLines, CarryWhatSingleLinesDo) {  // cells of one voxel: only ends of weak lines differ
    const Difference d = compare(uniform_box(22, 30, 5, 1), ConeLayout::standard());
    EXPECT_LT(d.worst, 0.005);
    EXPECT_NEAR(d.sum, 0, 0.001);
}

TEST(FieldLines, CarryWhatSingleLinesDoThroughLungAndAir) {
    const Medium slabs = with_layer(with_layer(uniform_box(22, 34, 5, 1), 8, 20, 0.26F), 22, 25, 0.0012F);
    BeamFrame beam = downward_beam(1000, 1000);
    beam.source_mm = beam.source_mm + Vec3{3, -2, 0};
    const Difference d = compare(slabs, ConeLayout::standard(), beam);
    EXPECT_LT(d.worst, 0.005);
    EXPECT_NEAR(d.sum, 0, 0.001);
}

TEST(FieldLines, CarryWhatSingleLinesDoFromASide) {  // through a face at 30 degrees, along lines of all main axes
    const BeamFrame beam = beam_frame({0, 0, 75}, 40, 15, 20);
    const Difference d = compare(uniform_box(30, 30, 5, 1), ConeLayout::coarse(), beam);
    EXPECT_LT(d.worst, 0.005);
    EXPECT_NEAR(d.sum, 0, 0.001);
}

TEST(FieldLines, ScatterOnCellsIsThatOnVoxels) {  // 2.5 mm: cells of 2 x 2 x 2
    const Medium slabs = with_layer(uniform_box(40, 56, 2.5, 1), 16, 36, 0.26F);
    const Difference d = compare(slabs, ConeLayout::standard());
    EXPECT_LT(d.worst, 0.5);
    EXPECT_LT(d.rms, 0.1);
    EXPECT_NEAR(d.sum, 0, 0.1);
}

TEST(FieldLines, DimPlacesAreCarriedOnCells) {  // leakage of 2 % all around the field, through a step in density
    FluenceMap map = rectangle_fluence(-20, 20, -25, 25, 1), wide = rectangle_fluence(-80, 80, -80, 80, 1);
    for (int j = 0; j < wide.ny; ++j)
        for (int i = 0; i < wide.nx; ++i) {
            const int a = i - 60, b = j - 55;
            const bool open = a >= 0 && a < map.nx && b >= 0 && b < map.ny;
            wide.at(i, j) = open ? 1 : 0.02;
        }
    const Medium slabs = with_layer(uniform_box(40, 56, 2.5, 1), 16, 36, 0.26F);
    const Difference d = compare(slabs, ConeLayout::standard(), downward_beam(1000, 1000), wide);
    EXPECT_LT(d.worst, 0.7);  // 2 without what dim places release
    EXPECT_LT(d.rms, 0.12);
    EXPECT_NEAR(d.sum, 0, 0.1);
}

}  // namespace
}  // namespace coutard::dose
