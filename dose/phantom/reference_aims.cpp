#include "dose/phantom/reference_aims.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace coutard::dose {
namespace {

template <class... T>
std::string text_of(const char* format, T... values) {
    char text[200];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

}  // namespace

std::optional<double> SuperpositionAims::axis_percent(double depth_cm) const {
    if (depth_cm < from_cm) return {};
    return depth_cm < slab_from_cm ? water_percent : behind_percent;
}

SuperpositionAims superposition_aims(const SlabSpec& spec, const ReferenceAxis& reference) {
    constexpr double slabs_gamma_percent = 97;
    SuperpositionAims out;
    const auto peak = std::max_element(reference.dose.begin(), reference.dose.end()) - reference.dose.begin();
    out.from_cm = reference.depth_cm[static_cast<std::size_t>(peak)];
    out.slab_from_cm = std::numeric_limits<double>::infinity();
    for (const auto* regions : {&spec.slabs, &spec.inserts})
        for (const SlabRegion& r : *regions)
            if (r.material != "water" || r.density_g_cm3) out.slab_from_cm = std::min(out.slab_from_cm, r.z_cm[0]);
    if (std::isfinite(out.slab_from_cm)) out.gamma_percent = slabs_gamma_percent;
    return out;
}

GammaCriteria superposition_gamma() {
    GammaCriteria criteria;
    criteria.dose_percent = 2;
    criteria.distance_mm = 2;
    return criteria;
}

std::vector<AimResult> judge_superposition(const AxisCheck& axis, const std::optional<ReferenceGamma>& gamma,
                                           const SuperpositionAims& aims) {
    const AxisPoint* worst = nullptr;
    double most = 0;
    for (const AxisPoint& p : axis.points) {
        const auto allowed = aims.axis_percent(p.depth_cm);
        if (!allowed || (worst != nullptr && std::abs(p.difference) / *allowed <= most)) continue;
        most = std::abs(p.difference) / *allowed;
        worst = &p;
    }
    std::vector<AimResult> out;
    if (worst != nullptr)
        out.push_back({text_of("axis %+.2f +- %.2f %% at %.2f cm (aim %g %%)", worst->difference, worst->sigma,
                               worst->depth_cm, *aims.axis_percent(worst->depth_cm)),
                       most <= 1});
    if (gamma)
        out.push_back({text_of("gamma %.2f %% (aim %g %%)", gamma->pass_percent(), aims.gamma_percent),
                       gamma->pass_percent() >= aims.gamma_percent});
    return out;
}

std::vector<AimResult> judge_monte_carlo(const AxisCheck& axis, const std::optional<VoxelCheck>& voxels,
                                         const MonteCarloAims& aims) {
    std::vector<AimResult> out;
    out.push_back({text_of("%zu of %zu depths off (aim 0)", axis.outside, axis.points.size()), axis.outside == 0});
    out.push_back({text_of("mean %+.2f %% (aim %g %%)", axis.mean_percent, aims.mean_percent),
                   std::abs(axis.mean_percent) <= aims.mean_percent});
    if (voxels)
        out.push_back({text_of("voxels %.2f %% (aim %g %%)", voxels->percent(), aims.voxels_percent),
                       voxels->percent() >= aims.voxels_percent});
    return out;
}

}  // namespace coutard::dose
