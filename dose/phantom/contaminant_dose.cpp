#include "dose/phantom/contaminant_dose.hpp"

#include <algorithm>
#include <cmath>

#include "dose/montecarlo/monte_carlo.hpp"

namespace coutard::dose {

ContaminantDepths contaminant_depth_dose(const ContaminantElectrons& electrons, const std::filesystem::path& data_dir,
                                         std::uint64_t histories, std::uint64_t seed) {
    constexpr double layer_mm = 1, wide_mm = 2000;  // wide layers: one ray stands for a broad beam
    const MaterialLibrary library(data_dir / "physics");
    const int layers = static_cast<int>(std::ceil(0.65 * electrons.high_MeV * 10 / layer_mm));  // [cm] range, and more
    Medium water;
    water.grid = Grid({1, 1, layers}, {0, 0, 0.5 * layer_mm}, {wide_mm, wide_mm, layer_mm});
    water.materials = {library.at("water")};
    water.density.assign(water.grid.count(), 1.0F);
    water.material.assign(water.grid.count(), 0);
    const TransportTables tables(data_dir / "physics", {"water"});
    const MonteCarloScene scene(water, tables);
    const double a = std::exp(-electrons.low_MeV / electrons.scale_MeV),
                 b = std::exp(-electrons.high_MeV / electrons.scale_MeV), scale = electrons.scale_MeV;
    MonteCarloRun run;
    run.histories = histories;
    run.seed = seed;
    run.reduction.splits = 1;
    run.reduction.reject_below_MeV = 0;
    MonteCarloSums sums;
    scene.run(
        [=](par::Philox& rng, const Member&) {
            SourceParticle out;
            out.kind = Kind::Electron;
            out.energy_MeV = -scale * std::log(a - rng.uniform() * (a - b));
            out.at = {0.05 * wide_mm, 0.05 * wide_mm, -1};
            out.direction = {0, 0, 1};
            return out;
        },
        run, {}, sums, {});
    ContaminantDepths out;
    const double per_g = gray_per_MeV_g / (0.1 * layer_mm) / static_cast<double>(sums.histories);
    for (std::size_t k = 0; k < static_cast<std::size_t>(layers); ++k) {
        out.depth_g_cm2.push_back(0.1 * layer_mm * (static_cast<double>(k) + 0.5));
        out.dose_Gy_cm2.push_back(sums.voxels.energy_MeV(k) * per_g);
        out.uncertainty.push_back(sums.voxels.relative_error(k, sums.histories));
    }
    out.depth_g_cm2.insert(out.depth_g_cm2.begin(), 0.0);
    out.dose_Gy_cm2.insert(out.dose_Gy_cm2.begin(), 1.5 * out.dose_Gy_cm2[0] - 0.5 * out.dose_Gy_cm2[1]);
    out.uncertainty.insert(out.uncertainty.begin(), out.uncertainty.front());
    return out;
}

}  // namespace coutard::dose
