#pragma once
#include <cmath>
#include <vector>

#include "dose/machine/delivered_map.hpp"
#include "dose/montecarlo/plan_source.hpp"
#include "dose/phantom/slab_beam.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::test {

inline const dose::BeamModel& machine_model() {
    static const dose::BeamModel model = dose::read_beam_model(repository("data"), "generic_6mv");
    return model;
}

/// The collimators alone: flat fluence, one source, a monitor that sees nothing come back.
inline dose::BeamModel bare_model() {
    dose::BeamModel model = machine_model();
    model.off_axis_factor.assign(model.off_axis_mm.size(), 1.0);
    model.extra_focal.reset();
    model.electrons.reset();
    model.softening = {};
    model.backscatter = {};
    return model;
}

/// A beam of one aperture, or of two with even motion between them. Jaws [mm].
inline Beam aperture(Jaws jaws, double mu = 1) {
    Beam beam;
    beam.monitor_units = mu;
    ControlPoint p;
    p.jaws = jaws;
    beam.control_points = {p, p};
    beam.control_points[1].cumulative = 1;
    return beam;
}

inline Beam with_leaves(Beam beam, const std::vector<double>& x1, const std::vector<double>& x2) {
    for (auto& p : beam.control_points) {
        p.leaves_x1 = x1;
        p.leaves_x2 = x2;
    }
    return beam;
}

/// Planar fluence of one source at the pixels of a map, over that of the open beam on the axis: rays from random points
/// of the source, at random moments, to random points of each pixel, through the head's geometry.
inline dose::FluenceMap traced(const dose::BeamModel& model, const Beam& beam, dose::HeadDisc which,
                               const dose::FluenceMap& pixels, int rays) {
    using namespace dose;
    PlanSource plan(Grid({1, 1, 1}, {0, 0, 0}, {1, 1, 1}));
    const Spectrum spectrum = read_spectrum(repository("data") / "physics", model.spectrum);
    plan.add(beam, model, spectrum, phantom_from_fixed(), 1);
    const auto source = plan.view();
    const HeadMachine& m = source.machines[0];
    const DiscSource& disc = m.discs[static_cast<int>(which)];
    HeadLamp lamp;
    lamp.disc = which;
    FluenceMap out = pixels;
    par::Philox rng(7, 1);
    const auto normal = [&] { return std::sqrt(-2 * std::log(rng.uniform())) * std::cos(2 * pi * rng.uniform()); };
    for (int j = 0; j < out.ny; ++j)
        for (int i = 0; i < out.nx; ++i) {
            double sum = 0;
            for (int k = 0; k < rays; ++k) {
                const double x = out.x0_mm + (i + rng.uniform()) * out.pixel_mm,
                             y = out.y0_mm + (j + rng.uniform()) * out.pixel_mm;
                const auto ray = ray_between(disc.sigma_x_mm * normal(), disc.sigma_y_mm * normal(),
                                             disc.from_target_mm, x, y, m.head.sad_mm);
                double moment = rng.uniform();
                // segments are drawn by what they deliver
                std::size_t s = 0;
                double before = 0;
                while (s + 1 < source.segments.size && moment > beam.control_points[s + 1].cumulative) {
                    before = beam.control_points[s + 1].cumulative;
                    ++s;
                }
                moment = (moment - before) / (beam.control_points[s + 1].cumulative - before);
                lamp.segment = s;
                sum += source.transmitted(lamp, source.segments[s], m, ray, moment, std::hypot(x, y));
            }
            out.at(i, j) = sum / rays * m.backscatter.most() * disc.fluence *
                           (which == HeadDisc::Focal ? m.most_planar : 1) * beam.monitor_units;
        }
    return out;
}

/// A map's values as planar fluence. \param from_mm distance of its source from the target
inline dose::FluenceMap planar(dose::FluenceMap map, double from_mm = 0, double sad_mm = 1000) {
    for (int j = 0; j < map.ny; ++j)
        for (int i = 0; i < map.nx; ++i) {
            const double x = map.x0_mm + (i + 0.5) * map.pixel_mm, y = map.y0_mm + (j + 0.5) * map.pixel_mm;
            map.at(i, j) /= std::pow(1 + (x * x + y * y) / ((sad_mm - from_mm) * (sad_mm - from_mm)), 1.5);
        }
    return map;
}

}  // namespace coutard::test
