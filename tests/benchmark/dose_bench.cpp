// Speed of the dose room: medians of --benchmark_repetitions=10.
#include <benchmark/benchmark.h>

#include "dose/influence/beamlet_matrix.hpp"
#include "dose/machine/scene_medium.hpp"
#include "dose/phantom/slab_dose.hpp"
#include "dose/superposition/superpose_parts.hpp"
#include "dose/superposition/superposition_engine.hpp"
#include "tests/dose/dose_tables.hpp"

namespace coutard::dose {
namespace {
using test::DoseTables, test::uniform_box;

void terma(benchmark::State& state) {
    const Medium water = uniform_box(60, 60, 4, 1);
    const auto kernel = DoseTables::get().kernel(ConeLayout::standard());
    const auto job = make_job(water, downward_beam(1000, 1000), rectangle_fluence(-50, 50, -50, 50, 1), kernel);
    for (auto _ : state) benchmark::DoNotOptimize(terma_cpu(job));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(water.grid.count()));
}
BENCHMARK(terma)->Unit(benchmark::kMillisecond)->UseRealTime();

void cones(benchmark::State& state) {
    const Medium water = uniform_box(60, 60, 4, 1);
    const auto kernel = DoseTables::get().kernel(state.range(0) == 0 ? ConeLayout::coarse() : ConeLayout::standard());
    const auto map = rectangle_fluence(-50, 50, -50, 50, 1);
    for (auto _ : state)
        benchmark::DoNotOptimize(superpose(water, downward_beam(1000, 1000), map, kernel, Device::Cpu, {}));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(water.grid.count() * kernel.cones.size()));
}
BENCHMARK(cones)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();

void influence(benchmark::State& state) {
    DoseScene scene;
    scene.hu = Volume<float>(Grid({60, 60, 60}, {-88.5, -88.5, -88.5}, {3, 3, 3}), 0.0F);
    scene.dose_grid = Grid({40, 40, 40}, {-78, -78, -78}, {4, 4, 4});
    BeamletBeam beam;
    for (double y = -17.5; y < 20; y += 5)
        for (double x = -17.5; x < 20; x += 5) beam.beamlets.push_back({x, y, 5, 5, 0, 0});
    const SuperpositionEngine engine(DoseTables::get().data, {Device::Cpu, ConeLayout::standard()});
    for (auto _ : state) benchmark::DoNotOptimize(engine.influence(scene, {beam}, {}, {}));
    state.SetItemsProcessed(state.iterations() * 64);
}
BENCHMARK(influence)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace coutard::dose
