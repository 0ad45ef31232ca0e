#include "engine/optimise/objective_sum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

constexpr double geud_floor_Gy = 0.01;  // keeps D^a finite for a < 0 where no dose arrives yet

/// What a term adds: its value, and its gradient into `gradient` unless that is empty.
struct Sink {
    std::span<float> gradient;
    void add(std::uint32_t voxel, double slope) const {
        if (!gradient.empty()) gradient[voxel] += static_cast<float>(slope);
    }
};

/// (1/C) sum c (D - limit)^2 over voxels with low <= D <= high on the wrong side of their limit.
double squared(const ObjectiveTerm& term, std::span<const float> dose, bool under, bool over, double low, double high,
               const Sink& sink) {
    const double scale = term.objective.weight / term.coverage();
    double sum = 0;
    for (std::size_t i = 0; i < term.where.voxels.size(); ++i) {
        const auto voxel = term.where.voxels[i];
        const double d = dose[voxel];
        const double off = d - term.limit(i);
        if (d < low || d > high || (off < 0 ? !under : !over)) continue;
        const double c = scale * static_cast<double>(term.where.coverage[i]);
        sum += c * off * off;
        sink.add(voxel, 2 * c * off);
    }
    return sum;
}

double mean_above(const ObjectiveTerm& term, std::span<const float> dose, const Sink& sink) {
    const double off = mean_dose(term.where, dose) - term.objective.dose_Gy;
    if (off <= 0) return 0;
    const double slope = 2 * term.objective.weight * off / term.where.total();
    for (std::size_t i = 0; i < term.where.voxels.size(); ++i)
        sink.add(term.where.voxels[i], slope * static_cast<double>(term.where.coverage[i]));
    return term.objective.weight * off * off;
}

double geud(const ObjectiveTerm& term, std::span<const float> dose, const Sink& sink) {
    const double a = term.objective.a, total = term.where.total();
    double sum = 0;
    const auto at = [&](std::size_t i) {
        return std::max(static_cast<double>(dose[term.where.voxels[i]]), geud_floor_Gy);
    };
    for (std::size_t i = 0; i < term.where.voxels.size(); ++i)
        sum += static_cast<double>(term.where.coverage[i]) * std::pow(at(i) / term.objective.dose_Gy, a);
    const double eud = term.objective.dose_Gy * std::pow(sum / total, 1 / a);
    const double off = eud - term.objective.dose_Gy;
    if (a > 0 ? off <= 0 : off >= 0) return 0;
    const double slope = 2 * term.objective.weight * off * std::pow(eud, 1 - a) / total;
    for (std::size_t i = 0; i < term.where.voxels.size(); ++i)
        if (at(i) > geud_floor_Gy)
            sink.add(term.where.voxels[i],
                     slope * static_cast<double>(term.where.coverage[i]) * std::pow(at(i), a - 1));
    return term.objective.weight * off * off;
}

double evaluate(const ObjectiveTerm& term, std::span<const float> dose, const Sink& sink) {
    constexpr double all = std::numeric_limits<double>::infinity();
    const auto& o = term.objective;
    if (term.by_voxel()) return squared(term, dose, term.lower(), term.upper(), -all, all, sink);
    switch (o.kind) {
        case ObjectiveKind::MeanDose:
            return mean_above(term, dose, sink);
        case ObjectiveKind::MinDvh:
            return squared(term, dose, true, false, dose_at_volume(term.where, dose, o.volume_percent), all, sink);
        case ObjectiveKind::MaxDvh:
            return squared(term, dose, false, true, -all, dose_at_volume(term.where, dose, o.volume_percent), sink);
        case ObjectiveKind::Geud:
            return geud(term, dose, sink);
        default:
            break;
    }
    throw ContractError("objective: unknown kind");
}

}  // namespace

bool ObjectiveTerm::lower() const {
    return objective.kind == ObjectiveKind::MinDose || objective.kind == ObjectiveKind::UniformDose;
}

bool ObjectiveTerm::upper() const {
    return objective.kind == ObjectiveKind::MaxDose || objective.kind == ObjectiveKind::FallOff ||
           objective.kind == ObjectiveKind::UniformDose;
}

double VoxelList::total() const {
    return std::accumulate(coverage.begin(), coverage.end(), 0.0);
}

VoxelList voxels_of(const Mask& mask) {
    VoxelList list;
    for (std::size_t v = 0; v < mask.count(); ++v)
        if (mask[v] > 0) {
            list.voxels.push_back(static_cast<std::uint32_t>(v));
            list.coverage.push_back(part_inside(mask, v));
        }
    return list;
}

double dose_at_volume(const VoxelList& where, std::span<const float> dose, double volume_percent) {
    expect(!where.voxels.empty(), "dose_at_volume: at least one voxel");
    std::vector<std::uint32_t> order(where.voxels.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        const float da = dose[where.voxels[a]], db = dose[where.voxels[b]];
        return da != db ? da > db : a < b;
    });
    const double wanted = where.total() * volume_percent / 100;
    double volume = 0;
    for (const auto i : order) {
        volume += static_cast<double>(where.coverage[i]);
        if (volume >= wanted) return dose[where.voxels[i]];
    }
    return dose[where.voxels[order.back()]];
}

double mean_dose(const VoxelList& where, std::span<const float> dose) {
    expect(!where.voxels.empty(), "mean_dose: at least one voxel");
    double sum = 0;
    for (std::size_t i = 0; i < where.voxels.size(); ++i)
        sum += static_cast<double>(where.coverage[i]) * static_cast<double>(dose[where.voxels[i]]);
    return sum / where.total();
}

ObjectiveSum::ObjectiveSum(std::vector<ObjectiveTerm> terms) : terms_(std::move(terms)) {
    for (const auto& term : terms_) {
        expect(!term.where.voxels.empty() && term.where.voxels.size() == term.where.coverage.size(),
               "objective: voxels with their coverage");
        expect(term.limit_Gy.empty() || term.limit_Gy.size() == term.where.voxels.size(),
               "objective: one limit per voxel");
        expect(term.objective.kind != ObjectiveKind::Geud || (term.objective.a != 0 && term.objective.dose_Gy > 0),
               "objective: gEUD needs a != 0 and a positive dose");
    }
}

double ObjectiveSum::operator()(std::span<const float> dose, std::span<float> gradient) const {
    std::fill(gradient.begin(), gradient.end(), 0.0F);
    double sum = 0;
    for (const auto& term : terms_) sum += evaluate(term, dose, Sink{gradient});
    return sum;
}

std::vector<double> ObjectiveSum::shares(std::span<const float> dose) const {
    std::vector<double> result;
    for (const auto& term : terms_) result.push_back(evaluate(term, dose, Sink{}));
    return result;
}

}  // namespace coutard
