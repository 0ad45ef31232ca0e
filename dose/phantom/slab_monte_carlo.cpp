#include "dose/phantom/slab_monte_carlo.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "dose/phantom/slab_dose.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

constexpr double electron_reach_cm = 0.75;  // most electrons of some MeV come from closer

/// More splits close to the axis, where the depth dose is scored.
std::vector<float> axis_importance(const Grid& grid, double half_width_cm) {
    std::vector<float> out;
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) {
                const Vec3 p = grid.point(i, j, k) * 0.1;
                const double off = std::max(std::abs(p.x), std::abs(p.y)) - half_width_cm;
                out.push_back(off < 0.5 * electron_reach_cm ? 1.0F : off < 2 * electron_reach_cm ? 0.25F : 0.0625F);
            }
    return out;
}

/// Mean relative error of the depth dose beyond 1.5 cm, whose regions come first.
double axis_error(const MonteCarloSums& sums, double voxel_mm, int layers) {
    double sum = 0, count = 0;
    for (int k = 0; k < layers; ++k) {
        if ((k + 0.5) * voxel_mm < 15 && layers * voxel_mm > 30) continue;
        sum += sums.regions.relative_error(static_cast<std::size_t>(k), sums.histories);
        count += 1;
    }
    return sum / count;
}

}  // namespace

namespace {

/// A frame of the field around the axis, less the frames inside it.
struct Zone {
    double half_x, half_y;              ///< outer edges [cm]
    double inner_x = -1, inner_y = -1;  ///< inner edges; negative: none
    int first = 0, members = 0;         ///< of a set

    double area_cm2() const { return 4 * (half_x * half_y - (inner_x > 0 ? inner_x * inner_y : 0)); }
    bool holds(double x, double y) const { return std::abs(x) > inner_x || std::abs(y) > inner_y; }
};

/// All of the field; with focus, two frames around the axis and the rest.
std::vector<Zone> zones_of(double half_x, double half_y, double scored_cm, bool focus, int members) {
    std::vector<Zone> out;
    if (focus)
        for (const double reach : {scored_cm + 0.5 * electron_reach_cm, scored_cm + 2 * electron_reach_cm}) {
            if (reach >= half_x && reach >= half_y) break;
            Zone zone{std::min(half_x, reach), std::min(half_y, reach)};
            if (!out.empty()) {
                zone.inner_x = out.back().half_x;
                zone.inner_y = out.back().half_y;
            }
            out.push_back(zone);
        }
    Zone rest{half_x, half_y};
    if (!out.empty()) {
        rest.inner_x = out.back().half_x;
        rest.inner_y = out.back().half_y;
    }
    out.push_back(rest);
    int left = members;
    for (std::size_t z = 0; z < out.size(); ++z) {
        out[z].first = members - left;
        out[z].members = z + 1 < out.size() ? std::max(1, left / 2) : left;
        left -= out[z].members;
    }
    return out;
}

}  // namespace

ParticleSource ideal_source(const SlabSpec& spec, const Spectrum& spectrum, int members, bool axis_focus) {
    expect(members >= (axis_focus ? 4 : 1), "ideal source: four members or more to focus on the axis");
    std::vector<double> cumulated;
    double sum = 0;
    for (double part : spectrum.photons) cumulated.push_back(sum += part);
    const double ssd = spec.ssd_cm, half_x = spec.field_cm[0] / 2, half_y = spec.field_cm[1] / 2;
    const Vec3 focus{spec.size_cm[0] / 2, spec.size_cm[1] / 2, -ssd};
    const auto zones = zones_of(half_x, half_y, spec.pdd_half_width_cm, axis_focus, members);
    const double per_cm2 = 1 / (ssd * ssd * rectangle_solid_angle(half_x, half_y, ssd));  // photons there, at cos = 1
    return [=](par::Philox& rng, const Member& member) {
        const double choice = member.other(rng, 7) * cumulated.back();
        const auto bin = static_cast<std::size_t>(
            std::min(std::lower_bound(cumulated.begin(), cumulated.end(), choice), cumulated.end() - 1) -
            cumulated.begin());
        std::size_t z = 0;
        while (z + 1 < zones.size() && member.number >= zones[z + 1].first) ++z;
        const Zone& zone = zones[z];
        // one in each cell of a lattice where there are no holes
        const int columns = std::max(1, static_cast<int>(std::sqrt(zone.members))), rows = zone.members / columns;
        const bool latticed = zone.inner_x < 0 && columns * rows == zone.members;
        const int own = member.number - zone.first;
        Vec3 ray{0, 0, ssd};
        do {
            const double u = latticed ? (own % columns + rng.uniform()) / columns : rng.uniform();
            const double v = latticed ? (own / columns + rng.uniform()) / rows : rng.uniform();
            ray.x = (2 * u - 1) * zone.half_x;
            ray.y = (2 * v - 1) * zone.half_y;
        } while (!zone.holds(ray.x, ray.y));
        const double c = ssd / norm(ray);
        SourceParticle out;
        out.energy_MeV = spectrum.energy_MeV[bin] + (rng.uniform() - 0.5) * spectrum.width_MeV[bin];
        out.weight = static_cast<float>(per_cm2 * c * c * c * zone.area_cm2() / zone.members);
        out.direction = unit(ray);
        out.at = focus + ray;
        return out;
    };
}

SlabMonteCarlo slab_monte_carlo(const SlabSpec& spec, const std::filesystem::path& data_dir, const SlabRun& how,
                                const Progress& progress) {
    expect(!spec.machine_beam, "slab Monte Carlo: an ideal beam");
    const auto physics = data_dir / "physics";
    const Medium medium = slab_medium(spec, MaterialLibrary(physics));
    std::vector<std::string> names;
    for (const auto& m : medium.materials) names.push_back(m.name);
    const TransportTables tables(physics, names, how.cut, how.steps);
    const MonteCarloScene scene(
        medium, tables, how.axis_focus ? axis_importance(medium.grid, spec.pdd_half_width_cm) : std::vector<float>{});
    auto regions = axis_regions(medium.grid, spec.pdd_half_width_cm);
    for (double depth : spec.profile_depths_cm)
        for (char axis : {'x', 'y'}) {
            auto more = profile_regions(medium.grid, axis, depth, spec.pdd_half_width_cm);
            std::move(more.begin(), more.end(), std::back_inserter(regions));
        }
    const ParticleSource source =
        ideal_source(spec, read_spectrum(physics, spec.spectrum), how.run.members, how.axis_focus);
    const std::size_t voxels = medium.grid.count();
    MonteCarloSums sums;
    MonteCarloRun next = how.run;
    const auto error = [&] {
        return how.axis_focus ? axis_error(sums, spec.voxel_mm[2], medium.grid.size().z) : scene.mean_error(sums);
    };
    const auto wanting = [&](int round) { return how.uncertainty > 0 && (round < 2 || error() > how.uncertainty); };
    for (int round = 0; round == 0 || wanting(round); ++round) {
        scene.run(source, next, regions, sums, progress);
        next.first += next.histories;
    }
    SlabMonteCarlo out;
    out.histories = sums.histories;
    out.mean_uncertainty = scene.mean_error(sums);
    out.energy_in_MeV = sums.balance.energy_MeV(0);
    out.energy_out_MeV = sums.balance.energy_MeV(1);
    const double unit = gray_per_MeV_g * spec.field_cm[0] * spec.field_cm[1] / static_cast<double>(sums.histories);
    out.dose = Volume<float>(medium.grid);
    out.uncertainty = Volume<float>(medium.grid);
    for (std::size_t v = 0; v < voxels; ++v) {
        const double mass = scene.mass_g(v);
        out.dose.values()[v] = mass > 0 ? static_cast<float>(sums.voxels.energy_MeV(v) / mass * unit) : 0;
        out.uncertainty.values()[v] = static_cast<float>(sums.voxels.relative_error(v, sums.histories));
    }
    std::size_t region = 0;
    const auto fill = [&](std::size_t count, std::vector<double>& dose, std::vector<double>& uncertainty) {
        for (std::size_t i = 0; i < count; ++i, ++region) {
            dose.push_back(sums.regions.energy_MeV(region) * unit);
            uncertainty.push_back(sums.regions.relative_error(region, sums.histories));
        }
    };
    out.pdd = depths_of(medium.grid);
    fill(out.pdd.depth_cm.size(), out.pdd.dose, out.pdd.uncertainty);
    for (double depth : spec.profile_depths_cm)
        for (char axis : {'x', 'y'}) {
            Profile& p = out.profiles.emplace_back(places_of(medium.grid, axis, depth));
            fill(p.offaxis_cm.size(), p.dose, p.uncertainty);
        }
    return out;
}

}  // namespace coutard::dose
