#pragma once
#include "dose/machine/head.hd.hpp"
#include "dose/montecarlo/source.hd.hpp"
#include "dose/physics/constants.hd.hpp"
#include "engine/geom/grid.hpp"
#include "engine/geom/iec61217.hpp"

namespace coutard::dose {

/// Sources of a head, in the order of HeadMachine::discs.
enum class HeadDisc { Focal, ExtraFocal, Electrons };

/// A machine as its particles meet it; indices are into the arrays of the source.
struct HeadMachine {
    HeadGeometry head;
    MonitorBackscatter backscatter;
    DiscSource discs[3];
    std::size_t first_edge = 0, pairs = 0;       ///< leaf edges
    std::size_t first_profile = 0, profile = 0;  ///< planar fluence off the axis, at profile_step_mm
    std::size_t first_row = 0, rows = 1;         ///< cumulated spectra off the axis, at row_step_mm
    std::size_t first_bin = 0, bins = 0;         ///< of the spectra
    double profile_step_mm = 1, row_step_mm = 20, most_planar = 1;
    double scale_MeV = 1, low_MeV = 0.2, high_MeV = 6;  ///< of electrons
};

/// Even motion between two control points.
struct HeadSegment {
    Vec3 isocentre_mm;
    Mat3 patient_from_fixed;
    double gantry_deg = 0, gantry_way_deg = 0, collimator_deg = 0;
    double jaws[2][4];                          ///< x1, x2, y1, y2 at its beginning and end [mm]
    std::size_t leaves[2] = {0, 0}, pairs = 0;  ///< tips at its beginning and end; no pairs: no MLC
    int machine = 0;
};

/// What one disc sends in one segment: through a window around the jaws' opening, which holds all that is followed.
struct HeadLamp {
    std::size_t segment = 0;
    HeadDisc disc = HeadDisc::Focal;
    double low_x = 0, high_x = 0, low_y = 0, high_y = 0;  ///< window in settings of the jaws [mm]
    float weight = 1;                                     ///< of its particles
};

/// Particles of a plan's beams, each flown through jaws and leaves at their own planes: a place on the focal, extra-
/// focal or electron source, a moment of the delivery, a direction; then the primary attenuation of what it meets
/// decides whether it lives (photons), any metal stops it (electrons). No scatter from collimators. Theory:
/// docs/theory/beam.md, section 3.
template <class Space>
struct HeadSource {
    Grid grid;  ///< of the scene
    par::View<const HeadMachine, Space> machines;
    par::View<const HeadSegment, Space> segments;
    par::View<const HeadLamp, Space> lamps;
    par::View<const double, Space> delivered;  ///< particles tried up to and with each lamp
    par::View<const double, Space> leaves;     ///< tips [mm], shape (sets, 2, pairs)
    par::View<const double, Space> edges, profiles, spectra, energy_MeV, width_MeV;

    /// One try: a particle of weight 0 did not come through.
    COUTARD_HD SourceParticle operator()(par::Philox& rng, const Member& member) const {
        const HeadLamp& lamp = lamps[drawn(delivered.data, delivered.size, member.first(rng))];
        const HeadSegment& s = segments[lamp.segment];
        const HeadMachine& m = machines[static_cast<std::size_t>(s.machine)];
        const DiscSource& disc = m.discs[static_cast<int>(lamp.disc)];
        const double sad = m.head.sad_mm, from = disc.from_target_mm, moment = rng.uniform();
        SourceParticle out;
        out.kind = lamp.disc == HeadDisc::Electrons ? Kind::Electron : Kind::Photon;
        out.weight = 0;
        double px = 0, py = 0;
        place_on(disc, s.collimator_deg, rng, px, py);
        const double setting_x = lamp.low_x + member.spread(rng, 3, 0) * (lamp.high_x - lamp.low_x),
                     setting_y = lamp.low_y + member.spread(rng, 5, 1) * (lamp.high_y - lamp.low_y);
        const Projection on_x = projection(from, m.head.jaw_x.middle_mm(), sad),
                         on_y = projection(from, m.head.jaw_y.middle_mm(), sad);
        const double qx = (setting_x - on_x.shift * px) / on_x.spread, qy = (setting_y - on_y.shift * py) / on_y.spread;
        const double r = std::sqrt(qx * qx + qy * qy);
        const double survives = rng.uniform();
        if (survives >= transmitted(lamp, s, m, ray_between(px, py, from, qx, qy, sad), moment, r)) return out;
        out.weight = lamp.weight / static_cast<float>(member.of);
        out.energy_MeV = lamp.disc == HeadDisc::Electrons
                             ? electron_MeV(m, member.spread(rng, 7, 2))
                             : photon_MeV(m, lamp.disc == HeadDisc::Focal ? r : 0, member.spread(rng, 7, 2), rng);
        const Mat3 axes = s.patient_from_fixed * iec::fixed_from_gantry(s.gantry_deg + moment * s.gantry_way_deg) *
                          iec::gantry_from_device(s.collimator_deg);
        out.at = in_scene(s.isocentre_mm + axes * Vec3{px, py, sad - from});
        out.direction = unit(in_scene(s.isocentre_mm + axes * Vec3{qx, qy, 0}) - out.at);
        return out;
    }

    /// Chance that a try on this ray comes through: collimators, monitor, and the open beam's profile.
    COUTARD_HD double transmitted(const HeadLamp& lamp, const HeadSegment& s, const HeadMachine& m, const HeadRay& ray,
                                  double moment, double off_axis_mm) const {
        double jaws[4];
        for (int k = 0; k < 4; ++k) jaws[k] = s.jaws[0][k] + moment * (s.jaws[1][k] - s.jaws[0][k]);
        const double stretch = ray.stretch();
        const double y = jaw_length(m.head.jaw_y, m.head.sad_mm, ray.y, ray.sy, jaws[2], jaws[3]),
                     x = jaw_length(m.head.jaw_x, m.head.sad_mm, ray.x, ray.sx, jaws[0], jaws[1]);
        const bool electron = lamp.disc == HeadDisc::Electrons;
        if (electron && (x > 0 || y > 0)) return 0;
        double leaf = 0;
        if (s.pairs > 0) {
            const LeafTips tips{leaves.data + s.leaves[0], leaves.data + s.leaves[1], s.pairs, moment};
            leaf =
                leaf_length(m.head, par::View<const double, Space>{edges.data + m.first_edge, m.pairs + 1}, tips, ray);
            if (electron && leaf > 0) return 0;
        }
        double chance = m.backscatter.output(jaws[1] - jaws[0], jaws[3] - jaws[2]) / m.backscatter.most();
        if (lamp.disc == HeadDisc::Focal) chance *= planar(m, off_axis_mm) / m.most_planar;
        const double depth = y * m.head.jaw_y_per_mm + x * m.head.jaw_x_per_mm + leaf * m.head.leaf_per_mm;
        return depth > 0 ? chance * std::exp(-depth * stretch) : chance;
    }

  private:
    COUTARD_HD Vec3 in_scene(const Vec3& point_mm) const {
        const Vec3 at = grid.index(point_mm) + Vec3{0.5, 0.5, 0.5}, s = grid.spacing_mm();
        return {at.x * s.x / 10, at.y * s.y / 10, at.z * s.z / 10};
    }
    /// A point of the Gaussian disc, which turns with the gantry, in axes of the beam limiting device.
    COUTARD_HD static void place_on(const DiscSource& disc, double collimator_deg, par::Philox& rng, double& px,
                                    double& py) {
        const double radius = std::sqrt(-2 * std::log(rng.uniform())), angle = 2 * pi * rng.uniform();
        const double gx = disc.sigma_x_mm * radius * std::cos(angle), gy = disc.sigma_y_mm * radius * std::sin(angle);
        const iec::Turn t = iec::turn(collimator_deg);
        px = t.cos * gx + t.sin * gy;
        py = t.cos * gy - t.sin * gx;
    }
    COUTARD_HD double planar(const HeadMachine& m, double r) const {
        const double* table = profiles.data + m.first_profile;
        const double place = r / m.profile_step_mm, last = static_cast<double>(m.profile - 1);
        if (place >= last) return table[m.profile - 1];
        const auto i = static_cast<std::size_t>(place);
        return table[i] + (place - static_cast<double>(i)) * (table[i + 1] - table[i]);
    }
    COUTARD_HD double photon_MeV(const HeadMachine& m, double r, double chance, par::Philox& rng) const {
        const double last = static_cast<double>(m.rows - 1), place = std::fmin(r / m.row_step_mm, last);
        auto row = static_cast<std::size_t>(place);  // one of the two neighbours, by its weight
        if (m.rows > 1 && rng.uniform() < place - static_cast<double>(row)) ++row;
        const std::size_t bin = m.first_bin + drawn(spectra.data + m.first_row + row * m.bins, m.bins, chance);
        return energy_MeV[bin] + (rng.uniform() - 0.5) * width_MeV[bin];
    }
    COUTARD_HD static double electron_MeV(const HeadMachine& m, double chance) {
        const double a = std::exp(-m.low_MeV / m.scale_MeV), b = std::exp(-m.high_MeV / m.scale_MeV);
        return -m.scale_MeV * std::log(a - chance * (a - b));
    }
    /// Index of the entry of cumulated sums that a chance in (0, 1) falls into.
    COUTARD_HD static std::size_t drawn(const double* cumulated, std::size_t n, double chance) {
        const double wanted = chance * cumulated[n - 1];
        std::size_t low = 0, high = n - 1;  // the first entry above what is wanted
        while (low < high) {
            const std::size_t middle = (low + high) / 2;
            if (cumulated[middle] > wanted)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }
};

}  // namespace coutard::dose
