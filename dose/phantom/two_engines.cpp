#include "dose/phantom/two_engines.hpp"

#include "dose/phantom/slab_dose.hpp"

namespace coutard::dose {
namespace {

/// Beyond this superposition is not taken for symmetric: means over images would hide what is compared.
constexpr double most_asymmetric_percent = 1;

/// Superposition in smaller voxels, averaged over those of the description. Where a boundary of materials cuts one, the
/// mean is over both of them, not of their mixture as in Monte Carlo.
Volume<float> finer_superposition(SlabSpec spec, int finer, const std::filesystem::path& data_dir, Device device,
                                  const Progress& progress) {
    Volume<float> out(slab_grid(spec));
    for (double& mm : spec.voxel_mm) mm /= finer;
    const Volume<float> fine = slab_dose(spec, data_dir, ConeLayout::standard(), device, progress).dose;
    const Size3 n = fine.grid().size();
    const float share = 1.0F / static_cast<float>(finer * finer * finer);
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) out.at(i / finer, j / finer, k / finer) += share * fine.at(i, j, k);
    return out;
}

}  // namespace

TwoDoses two_doses(const SlabSpec& spec, const std::filesystem::path& data_dir, const TwoEnginesRun& run,
                   const Progress& progress) {
    TwoDoses out;
    out.superposition = finer_superposition(spec, run.finer, data_dir, run.device, progress.part(0, 0.1));
    SlabRun how;
    how.run.seed = run.seed;
    how.run.members = 16;
    how.run.reduction = for_sets_of(how.run.members);
    how.run.histories = 20'000;
    how.uncertainty = run.uncertainty;
    if (run.regions) how.regions = run.regions(out.superposition);
    SlabMonteCarlo rays = slab_monte_carlo(spec, data_dir, how, progress.part(0.1, 1));
    out.regions = std::move(rays.regions);
    out.own_uncertainty = rays.mean_uncertainty;
    out.monte_carlo = {std::move(rays.dose), std::move(rays.uncertainty)};
    return out;
}

TwoDoses averaged(const TwoDoses& doses, const SlabSpec& spec) {
    const Mirrors mirrors = beam_mirrors(spec);
    TwoDoses out = doses;
    out.asymmetry_percent = asymmetry_percent(doses.superposition, mirrors);
    if (out.asymmetry_percent > most_asymmetric_percent) return out;
    out.images = mirrors.count();
    out.superposition = over_images(doses.superposition, mirrors);
    out.monte_carlo = over_images(doses.monte_carlo.dose, doses.monte_carlo.uncertainty, mirrors);
    return out;
}

}  // namespace coutard::dose
