#include "dose/montecarlo/plan_source.hpp"

#include <algorithm>
#include <cmath>

#include "dose/machine/beam_check.hpp"
#include "engine/base/error.hpp"
#include "engine/plan/motion.hpp"

namespace coutard::dose {
namespace {
constexpr double margin_mm = 10;           // around the jaws' opening: what leaks farther out is left out
constexpr double farthest_mm = 400;        // profiles end there
constexpr float electron_weight = 0.125F;  // electrons leave their dose in few voxels: more and lighter ones
}  // namespace

int PlanSource::machine(const BeamModel& model, const Spectrum& spectrum) {
    const auto known = std::find(names_.begin(), names_.end(), model.machine.name);
    if (known != names_.end()) return static_cast<int>(known - names_.begin());
    HeadMachine m;
    m.head = model.head;
    m.backscatter = model.backscatter;
    m.discs[static_cast<int>(HeadDisc::Focal)] = model.focal;
    if (model.extra_focal) m.discs[static_cast<int>(HeadDisc::ExtraFocal)] = *model.extra_focal;
    if (model.electrons) {
        m.discs[static_cast<int>(HeadDisc::Electrons)] = model.electrons->disc;
        m.scale_MeV = model.electrons->scale_MeV;
        m.low_MeV = model.electrons->low_MeV;
        m.high_MeV = model.electrons->high_MeV;
    }
    m.first_edge = edges_.size();
    m.pairs = static_cast<std::size_t>(model.machine.leaf_pairs());
    edges_.insert(edges_.end(), model.machine.leaf_edges_mm.begin(), model.machine.leaf_edges_mm.end());
    m.first_profile = profiles_.size();
    m.profile = static_cast<std::size_t>(farthest_mm / m.profile_step_mm) + 1;
    for (std::size_t i = 0; i < m.profile; ++i)
        profiles_.push_back(model.planar(static_cast<double>(i) * m.profile_step_mm));
    m.most_planar =
        *std::max_element(profiles_.begin() + static_cast<std::ptrdiff_t>(m.first_profile), profiles_.end());
    m.first_bin = energy_MeV_.size();
    m.bins = spectrum.photons.size();
    energy_MeV_.insert(energy_MeV_.end(), spectrum.energy_MeV.begin(), spectrum.energy_MeV.end());
    width_MeV_.insert(width_MeV_.end(), spectrum.width_MeV.begin(), spectrum.width_MeV.end());
    m.first_row = spectra_.size();
    const bool softens = model.softening.bins > 0;
    expect(!softens || model.softening.bins == m.bins,
           "plan source: spectra off the axis in the bins of the one on it");
    const auto& photons = softens ? model.softening.photons : spectrum.photons;
    m.rows = photons.size() / m.bins;
    m.row_step_mm = model.softening.step_mm;
    double sum = 0;
    for (std::size_t i = 0; i < photons.size(); ++i) {
        if (i % m.bins == 0) sum = 0;
        spectra_.push_back(sum += photons[i]);
    }
    machines_.push_back(m);
    names_.push_back(model.machine.name);
    return static_cast<int>(machines_.size()) - 1;
}

void PlanSource::add_lamp(HeadDisc disc, const HeadMachine& m, double photons_per_cm2) {
    const DiscSource& from = m.discs[static_cast<int>(disc)];
    if (from.fluence <= 0) return;
    const auto& jaws = segments_.back().jaws;
    HeadLamp lamp;
    lamp.segment = segments_.size() - 1;
    lamp.disc = disc;
    // electrons stop in any metal: no margin for leaks, but a slant one may pass the middle of a jaw outside its edge
    lamp.low_x = std::min(jaws[0][0], jaws[1][0]) - margin_mm;
    lamp.high_x = std::max(jaws[0][1], jaws[1][1]) + margin_mm;
    lamp.low_y = std::min(jaws[0][2], jaws[1][2]) - margin_mm;
    lamp.high_y = std::max(jaws[0][3], jaws[1][3]) + margin_mm;
    if (disc == HeadDisc::Electrons) lamp.weight = electron_weight;
    // a window of settings at the jaws' middle is so much area at the isocentre plane, for any point of the disc
    const double spread = projection(from.from_target_mm, m.head.jaw_x.middle_mm(), m.head.sad_mm).spread *
                          projection(from.from_target_mm, m.head.jaw_y.middle_mm(), m.head.sad_mm).spread;
    const double area_cm2 = (lamp.high_x - lamp.low_x) * (lamp.high_y - lamp.low_y) / spread / 100;
    const double most = m.backscatter.most() * (disc == HeadDisc::Focal ? m.most_planar : 1);
    const double tries = photons_per_cm2 * from.fluence * area_cm2 * most / static_cast<double>(lamp.weight);
    lamps_.push_back(lamp);
    delivered_.push_back(this->tries() + tries);
}

void PlanSource::add(const Beam& beam, const BeamModel& model, const Spectrum& spectrum, Lying lying, double fluence) {
    add_segments(
        beam, model, spectrum,
        [lying](double couch_deg) {
            return (iec::fixed_from_support(couch_deg) * iec::support_from_patient(lying)).transposed();
        },
        fluence);
}

void PlanSource::add(const Beam& beam, const BeamModel& model, const Spectrum& spectrum, const Mat3& fixed,
                     double fluence) {
    add_segments(
        beam, model, spectrum, [&fixed](double) { return fixed; }, fluence);
}

template <class FixedAt>
void PlanSource::add_segments(const Beam& beam, const BeamModel& model, const Spectrum& spectrum, FixedAt&& fixed,
                              double fluence) {
    check_beam(beam, model.machine);
    const int number = machine(model, spectrum);
    const auto tips = [&](const ControlPoint& p) {
        const std::size_t first = leaves_.size();
        leaves_.insert(leaves_.end(), p.leaves_x1.begin(), p.leaves_x1.end());
        leaves_.insert(leaves_.end(), p.leaves_x2.begin(), p.leaves_x2.end());
        return first;
    };
    std::size_t begin = tips(beam.control_points.front());
    for (std::size_t k = 0; k + 1 < beam.control_points.size(); ++k) {
        const ControlPoint &a = beam.control_points[k], &b = beam.control_points[k + 1];
        const std::size_t end = tips(b);
        HeadSegment s;
        s.isocentre_mm = beam.isocentre_mm;
        s.patient_from_fixed = fixed(a.couch_deg);
        s.gantry_deg = a.gantry_deg;
        s.gantry_way_deg = gantry_way_deg(a.gantry_deg, b.gantry_deg);
        s.collimator_deg = a.collimator_deg;
        const Jaws* jaws[2] = {&a.jaws, &b.jaws};
        for (int e = 0; e < 2; ++e) {
            const double edges[4] = {jaws[e]->x1, jaws[e]->x2, jaws[e]->y1, jaws[e]->y2};
            std::copy(edges, edges + 4, s.jaws[e]);
        }
        s.leaves[0] = begin;
        s.leaves[1] = begin = end;
        s.pairs = a.leaves_x1.size();
        s.machine = number;
        const double mu = (b.cumulative - a.cumulative) * beam.monitor_units;
        if (mu <= 0) continue;
        segments_.push_back(s);
        for (HeadDisc disc : {HeadDisc::Focal, HeadDisc::ExtraFocal, HeadDisc::Electrons})
            add_lamp(disc, machines_[static_cast<std::size_t>(number)], mu * fluence);
    }
}

HeadSource<par::Host> PlanSource::view() const {
    validate(tries() > 0, "Monte Carlo: the beams deliver no photons");
    using par::view;
    return {grid_,        view(machines_), view(segments_), view(lamps_),      view(delivered_), view(leaves_),
            view(edges_), view(profiles_), view(spectra_),  view(energy_MeV_), view(width_MeV_)};
}

}  // namespace coutard::dose
