// Speed of the dose room: medians of --benchmark_repetitions=10.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "dose/influence/beamlet_matrix.hpp"
#include "dose/machine/beamlet_fluence.hpp"
#include "dose/machine/delivered_map.hpp"
#include "dose/machine/scene_medium.hpp"
#include "dose/phantom/reference_check.hpp"
#include "dose/phantom/slab_dose.hpp"
#include "dose/phantom/slab_monte_carlo.hpp"
#include "dose/superposition/superpose_parts.hpp"
#include "dose/superposition/superposition_engine.hpp"
#include "engine/optimise/sparse_influence.hpp"
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

/// Nine beams around a box of water of 48 cm, on its 3 mm CT; beamlets of 5 mm over a target of 9 cm.
struct NineBeams {
    DoseScene scene;
    std::vector<BeamletBeam> beams;

    NineBeams() {
        scene.hu = Volume<float>(Grid({160, 160, 160}, {-238.5, -238.5, -238.5}, {3, 3, 3}), 0.0F);
        scene.dose_grid = Grid({96, 96, 96}, {-237.5, -237.5, -237.5}, {5, 5, 5});
        for (int b = 0; b < 9; ++b) {
            BeamletBeam beam;
            beam.gantry_deg = 40 * b;
            for (double y = -47.5; y < 50; y += 5)
                for (double x = -47.5; x < 50; x += 5)
                    if (std::hypot(x, y) < 49) beam.beamlets.push_back({x, y, 5, 5, 0, 0});
            beams.push_back(std::move(beam));
        }
    }
    std::size_t beamlets() const { return beams.size() * beams.front().beamlets.size(); }
};

/// Most memory that the process has held so far [GB].
double peak_memory() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    return static_cast<double>(use.ru_maxrss) * 1024 / 1e9;
}

/// The open fields of the same beamlets by field superposition with the same cones, on the dose grid [Gy].
Volume<float> open_fields(const NineBeams& job) {
    const auto& data = DoseTables::get().data;
    const SceneMedium place = scene_medium(job.scene, data);
    const BeamModel model = read_beam_model(data, "generic_6mv");
    const BeamKernel kernel = DoseTables::get().kernel(ConeLayout::coarse());
    constexpr double pixel_mm = 0.5;
    std::vector<double> sum(place.medium.grid.count());
    for (const auto& beam : job.beams) {
        FluenceMap map = rectangle_fluence(-80, 80, -80, 80, pixel_mm);
        std::fill(map.values.begin(), map.values.end(), 0.0);
        const BeamletFluence head(model, beam);
        for (const auto& b : beam.beamlets) {
            const FluenceMap one = head.of(b, pixel_mm);
            const auto left = static_cast<int>(std::lround((one.x0_mm - map.x0_mm) / pixel_mm)),
                       low = static_cast<int>(std::lround((one.y0_mm - map.y0_mm) / pixel_mm));
            for (int j = 0; j < one.ny; ++j)
                for (int i = 0; i < one.nx; ++i)
                    if (i + left >= 0 && i + left < map.nx && j + low >= 0 && j + low < map.ny)
                        map.at(i + left, j + low) += one.at(i, j);
        }
        HeadFluence open(std::move(map));
        open.softening = model.softening;
        const auto one =
            superpose(place.medium, beam_frame(beam.isocentre_mm, beam.gantry_deg, 0, 0, 1000, job.scene.lying), open,
                      kernel, Device::Cpu, {});
        for (std::size_t v = 0; v < sum.size(); ++v) sum[v] += model.fluence_per_mu * static_cast<double>(one.dose[v]);
    }
    Volume<float> all(place.medium.grid);
    for (std::size_t v = 0; v < sum.size(); ++v) all[v] = static_cast<float>(sum[v]);
    return on_dose_grid(all, place, job.scene.dose_grid);
}

void influence_nine_beams(benchmark::State& state) {
    const NineBeams job;
    const SuperpositionEngine engine(DoseTables::get().data, {Device::Cpu});
    std::unique_ptr<InfluenceOperator> matrix;
    for (auto _ : state) matrix = engine.influence(job.scene, job.beams, {}, {});
    state.counters["beamlets"] = static_cast<double>(job.beamlets());
    state.counters["peak_GB"] = peak_memory();
    state.counters["matrix_MB"] = static_cast<double>(matrix->rows()->bytes()) / 1e6;
    std::vector<float> weight(matrix->beamlet_count(), 1.0F), dose(matrix->voxel_count());
    matrix->forward(weight, dose);
    const auto open = open_fields(job);
    const double peak = *std::max_element(open.values().begin(), open.values().end());
    double worst = 0, square = 0;
    for (std::size_t v = 0; v < dose.size(); ++v) {
        const double off = (static_cast<double>(dose[v]) - static_cast<double>(open[v])) / peak;
        worst = std::max(worst, std::abs(off));
        square += off * off;
    }
    state.counters["worst_percent"] = 100 * worst;
    state.counters["rms_percent"] = 100 * std::sqrt(square / static_cast<double>(dose.size()));
}
BENCHMARK(influence_nine_beams)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime()->Iterations(1);

/// Root mean square of the relative errors over 1.5 to 25 cm.
double axis_error(const std::vector<double>& depth_cm, const std::vector<double>& uncertainty) {
    double square = 0;
    int cells = 0;
    for (std::size_t i = 0; i < depth_cm.size(); ++i)
        if (depth_cm[i] > 1.5 && depth_cm[i] < 25) square += uncertainty[i] * uncertainty[i], ++cells;
    return std::sqrt(square / cells);
}

/// 1/(sigma^2 T) on the central 1x1 cm of water under 10x10 cm beside EGSnrc's in the same cells, whose 409
/// core-seconds are the word of tests/golden/egsnrc/README.md. For one core: taskset -c 0.
void monte_carlo_axis(benchmark::State& state) {
    constexpr double reference_seconds = 409;
    const auto golden = test::repository("tests/golden/egsnrc");
    const SlabSpec spec = read_slab_spec(golden / "specs/S1.json");
    const ReferenceAxis reference = read_reference_axis(golden / "S1_pdd.csv");
    SlabRun how;
    how.run.members = 32;
    how.run.reduction = for_sets_of(how.run.members);
    how.run.reduction.splits = 64;
    how.run.histories = 40'000;
    how.axis_focus = true;
    how.cell_faces_cm = cell_faces(reference.depth_cm, 0);
    SlabMonteCarlo found;
    const std::clock_t start = std::clock();
    for (auto _ : state) found = slab_monte_carlo(spec, test::repository("data"), how, {});
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    const double ours = axis_error(found.cells.depth_cm, found.cells.uncertainty),
                 theirs = axis_error(reference.depth_cm, reference.uncertainty);
    state.counters["cpu_s"] = seconds;
    state.counters["error_percent"] = 100 * ours;
    state.counters["reference_error_percent"] = 100 * theirs;
    state.counters["times_reference_efficiency"] = theirs * theirs * reference_seconds / (ours * ours * seconds);
}
BENCHMARK(monte_carlo_axis)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace coutard::dose
