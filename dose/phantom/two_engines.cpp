#include "dose/phantom/two_engines.hpp"

#include "dose/phantom/slab_dose.hpp"

namespace coutard::dose {
namespace {

/// Beyond this superposition is not taken for symmetric: means over images would hide what is compared.
constexpr double most_asymmetric_percent = 1;

}  // namespace

TwoDoses two_doses(const SlabSpec& spec, const std::filesystem::path& data_dir, const TwoEnginesRun& run,
                   const Progress& progress) {
    TwoDoses out;
    out.superposition = slab_dose(spec, data_dir, ConeLayout::standard(), run.device, progress.part(0, 0.1)).dose;
    SlabRun how;
    how.run.seed = run.seed;
    how.run.members = 16;
    how.run.reduction.photon_weight = 1.0F / 16;
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
