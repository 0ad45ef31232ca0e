#include "dose/phantom/slab_monte_carlo.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "dose/montecarlo/plan_source.hpp"
#include "dose/phantom/axis_focus.hpp"
#include "dose/phantom/slab_beam.hpp"
#include "dose/phantom/slab_dose.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

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

ParticleSource ideal_source(const SlabSpec& spec, const Spectrum& spectrum, int members, bool axis_focus) {
    std::vector<double> cumulated;
    double sum = 0;
    for (double part : spectrum.photons) cumulated.push_back(sum += part);
    const double ssd = spec.ssd_cm, half_x = spec.field_cm[0] / 2, half_y = spec.field_cm[1] / 2;
    const Vec3 focus{spec.size_cm[0] / 2, spec.size_cm[1] / 2, -ssd};
    const auto frames = axis_focus ? focused_frames(half_x, half_y, spec.pdd_half_width_cm, members)
                                   : whole_field(half_x, half_y, members);
    const double per_cm2 = 1 / (ssd * ssd * rectangle_solid_angle(half_x, half_y, ssd));  // photons there, at cos = 1
    return [=](par::Philox& rng, const Member& member) {
        std::size_t f = 0;
        while (f + 1 < frames.size() && member.number >= frames[f + 1].first) ++f;
        const FieldFrame& frame = frames[f];
        // one in each cell of a lattice where there are no holes
        const int columns = std::max(1, static_cast<int>(std::sqrt(frame.members))), rows = frame.members / columns;
        const bool latticed = frame.inner_x < 0 && columns * rows == frame.members;
        const int own = member.number - frame.first;
        const double choice = Member{own, frame.members, member.shift}.spread(rng, 7, 0) * cumulated.back();
        const auto bin = static_cast<std::size_t>(
            std::min(std::lower_bound(cumulated.begin(), cumulated.end(), choice), cumulated.end() - 1) -
            cumulated.begin());
        Vec3 ray{0, 0, ssd};
        do {
            const double u = latticed ? (own % columns + rng.uniform()) / columns : rng.uniform();
            const double v = latticed ? (own / columns + rng.uniform()) / rows : rng.uniform();
            ray.x = (2 * u - 1) * frame.half_x;
            ray.y = (2 * v - 1) * frame.half_y;
        } while (!frame.holds(ray.x, ray.y));
        const double c = ssd / norm(ray);
        SourceParticle out;
        out.energy_MeV = spectrum.energy_MeV[bin] + (rng.uniform() - 0.5) * spectrum.width_MeV[bin];
        out.weight = static_cast<float>(per_cm2 * c * c * c * frame.area_cm2() / frame.members);
        out.direction = unit(ray);
        out.at = focus + ray;
        return out;
    };
}

SlabMonteCarlo slab_monte_carlo(const SlabSpec& spec, const std::filesystem::path& data_dir, const SlabRun& how,
                                const Progress& progress) {
    expect(!spec.machine_beam || !how.axis_focus, "slab Monte Carlo: the axis is in focus of ideal beams only");
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
    auto cells = axis_regions(medium.grid, spec.pdd_half_width_cm, how.cell_faces_cm);
    std::move(cells.begin(), cells.end(), std::back_inserter(regions));
    regions.insert(regions.end(), how.regions.begin(), how.regions.end());
    double per_history = spec.field_cm[0] * spec.field_cm[1];  // Gy cm2 per photon/cm2; of a machine: Gy
    PlanSource head(medium.grid);
    if (spec.machine_beam) {
        const BeamModel model = read_beam_model(data_dir, spec.machine);
        head.add(slab_beam(spec, model.machine), model, beam_spectrum(model, physics), phantom_from_fixed(),
                 model.fluence_per_mu);
        per_history = head.tries();
    }
    const ParticleSource source =
        spec.machine_beam ? ParticleSource(head.view())
                          : ideal_source(spec, read_spectrum(physics, spec.spectrum), how.run.members, how.axis_focus);
    const std::size_t voxels = medium.grid.count();
    MonteCarloSums sums;
    MonteCarloRun next = how.run;
    const auto error = [&] {
        return how.axis_focus ? axis_error(sums, spec.voxel_mm[2], medium.grid.size().z) : scene.mean_error(sums);
    };
    const auto wanting = [&](int round) { return how.uncertainty > 0 && (round < 2 || error() > how.uncertainty); };
    if (how.axis_focus) next.reduction.focus = axis_column(spec, how.run.members);
    for (int round = 0; round == 0 || wanting(round); ++round) {
        scene.run(source, next, regions, sums, progress);
        next.first += next.histories;
    }
    SlabMonteCarlo out;
    out.histories = sums.histories;
    out.mean_uncertainty = scene.mean_error(sums);
    out.energy_in_MeV = sums.balance.energy_MeV(0);
    out.energy_out_MeV = sums.balance.energy_MeV(1);
    const double unit = gray_per_MeV_g * per_history / static_cast<double>(sums.histories);
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
    for (std::size_t c = 0; c + 1 < how.cell_faces_cm.size(); ++c)
        out.cells.depth_cm.push_back(0.5 * (how.cell_faces_cm[c] + how.cell_faces_cm[c + 1]));
    fill(out.cells.depth_cm.size(), out.cells.dose, out.cells.uncertainty);
    for (std::size_t r = 0; r < how.regions.size(); ++r, ++region)
        out.regions.push_back(
            {sums.regions.energy_MeV(region) * unit, sums.regions.relative_error(region, sums.histories)});
    return out;
}

}  // namespace coutard::dose
