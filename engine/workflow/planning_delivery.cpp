#include "engine/workflow/planning_delivery.hpp"

#include <cstdio>

#include "engine/base/error.hpp"
#include "engine/optimise/beamlet_layout.hpp"
#include "engine/optimise/leaf_fluence.hpp"
#include "engine/optimise/sliding_window.hpp"

namespace coutard {
namespace {

constexpr double speed_reserve = 1.15;  // monitor units are scaled down when the plan is normalised

std::string name_of(const BeamletBeam& field, std::size_t part, std::size_t parts) {
    char text[32];
    std::snprintf(text, sizeof text, "G%03.0f", field.gantry_deg);
    return parts == 1 ? text : text + std::string(1, static_cast<char>('A' + part));
}

std::size_t count_all(const std::vector<BeamletBeam>& fields) {
    std::size_t count = 0;
    for (const auto& field : fields) count += field.beamlets.size();
    return count;
}

void number_beams(std::vector<Beam>& beams) {
    for (std::size_t b = 0; b < beams.size(); ++b) beams[b].number = static_cast<int>(b) + 1;
}

}  // namespace

Delivered sweep_all(const std::vector<BeamletBeam>& fields, const std::vector<double>& fluence,
                    const Machine& machine) {
    expect(fluence.size() == count_all(fields), "sweep: one fluence per beamlet");
    Delivered result;
    SlidingWindowOptions options;
    options.dose_rate_mu_min *= speed_reserve;
    std::size_t first = 0;
    for (const auto& field : fields) {
        const std::span<const double> own(fluence.data() + first, field.beamlets.size());
        const auto parts = split_for_carriage(field, own, widest_sweep_mm(machine));
        std::vector<double> left(own.size(), 0.0);
        for (std::size_t p = 0; p < parts.size(); ++p) {
            Beam beam = sliding_window(parts[p].beamlets, parts[p].fluence_MU, machine, options);
            if (beam.monitor_units <= 0) continue;
            beam.name = name_of(field, p, parts.size());
            const auto given = delivered_fluence(beam, field, machine);
            for (std::size_t b = 0; b < left.size(); ++b) left[b] += given[b];
            result.beams.push_back(std::move(beam));
        }
        result.fluence_MU.insert(result.fluence_MU.end(), left.begin(), left.end());
        first += field.beamlets.size();
    }
    validate(!result.beams.empty(), "plan: found no fluence in any beam, expected objectives that ask for dose");
    number_beams(result.beams);
    return result;
}

ApertureSet::ApertureSet(const std::vector<BeamletBeam>& fields, std::vector<Part> parts,
                         std::vector<std::size_t> field_of, const Machine& machine, Delivery delivery)
    : parts_(std::move(parts)), beamlets_(count_all(fields)), machine_(machine), delivery_(delivery) {
    std::vector<std::size_t> first(fields.size(), 0);
    for (std::size_t f = 1; f < fields.size(); ++f) first[f] = first[f - 1] + fields[f - 1].beamlets.size();
    for (std::size_t p = 0; p < parts_.size(); ++p)
        for (auto aperture : parts_[p].apertures) {
            aperture.mu = 1;
            const Beam alone = beam_of(parts_[p].beamlets, {aperture}, machine, delivery);
            fluences_.push_back(fluence_per_MU(alone, fields[field_of[p]], machine, first[field_of[p]]));
        }
}

ApertureSet ApertureSet::step_and_shoot_of(const std::vector<BeamletBeam>& fields, const std::vector<double>& fluence,
                                           const Machine& machine) {
    std::vector<Part> parts;
    std::vector<std::size_t> field_of;
    std::size_t first = 0;
    for (std::size_t f = 0; f < fields.size(); ++f) {
        const std::span<const double> own(fluence.data() + first, fields[f].beamlets.size());
        for (auto& part : split_for_carriage(fields[f], own, widest_sweep_mm(machine))) {
            parts.push_back({part.beamlets, step_and_shoot(part.beamlets, part.fluence_MU, machine)});
            field_of.push_back(f);
        }
        first += fields[f].beamlets.size();
    }
    return {fields, std::move(parts), std::move(field_of), machine, Delivery::StepAndShoot};
}

ApertureSet ApertureSet::conformal_of(const std::vector<BeamletBeam>& fields, const Machine& machine) {
    std::vector<Part> parts;
    std::vector<std::size_t> field_of;
    for (std::size_t f = 0; f < fields.size(); ++f) {
        parts.push_back({fields[f], {conformal_aperture(fields[f], machine, 1)}});
        field_of.push_back(f);
    }
    return {fields, std::move(parts), std::move(field_of), machine, Delivery::Static};
}

std::vector<double> ApertureSet::weights() const {
    std::vector<double> all;
    for (const auto& part : parts_)
        for (const auto& aperture : part.apertures) all.push_back(aperture.mu);
    return all;
}

Delivered ApertureSet::deliver(const std::vector<double>& weights) const {
    expect(weights.size() == fluences_.size(), "apertures: one weight each");
    Delivered result{{}, std::vector<double>(beamlets_, 0.0)};
    std::size_t index = 0;
    for (const auto& part : parts_) {
        auto apertures = part.apertures;
        double total = 0;
        for (auto& aperture : apertures) {
            const auto& fluence = fluences_[index];
            aperture.mu =
                weights[index++] < 0.5 ? 0 : weights[index - 1];  // half a monitor unit is the least a segment gets
            total += aperture.mu;
            for (std::size_t e = 0; e < fluence.beamlets.size(); ++e)
                result.fluence_MU[fluence.beamlets[e]] += aperture.mu * static_cast<double>(fluence.per_MU[e]);
        }
        if (total <= 0) continue;
        result.beams.push_back(beam_of(part.beamlets, apertures, machine_, delivery_));
        result.beams.back().name = name_of(part.beamlets, 0, 1);
    }
    validate(!result.beams.empty(),
             "plan: found no monitor units in any aperture, expected objectives that ask for dose");
    number_beams(result.beams);
    return result;
}

}  // namespace coutard
