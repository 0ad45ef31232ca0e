#include "engine/optimise/working_set.hpp"

#include <algorithm>

namespace coutard {
namespace {

bool near_limit(const ObjectiveTerm& term, std::size_t i, double dose_Gy, double margin) {
    const double limit = term.limit(i);
    return (term.upper() && dose_Gy > limit * (1 - margin)) || (term.lower() && dose_Gy < limit * (1 + margin));
}

constexpr std::uint32_t absent = 0xffffffffU;

/// The term on the voxels that are there.
ObjectiveTerm restricted(const ObjectiveTerm& term, const std::vector<std::uint32_t>& place) {
    ObjectiveTerm out{term.objective, {}, {}};
    out.total = term.coverage();
    for (std::size_t i = 0; i < term.where.voxels.size(); ++i) {
        const auto at = place[term.where.voxels[i]];
        if (at == absent) continue;
        out.where.voxels.push_back(at);
        out.where.coverage.push_back(term.where.coverage[i]);
        if (!term.limit_Gy.empty()) out.limit_Gy.push_back(term.limit_Gy[i]);
    }
    return out;
}

}  // namespace

bool covers(const std::vector<std::uint32_t>& voxels, const ObjectiveSum& objectives, std::span<const float> dose,
            double margin) {
    std::vector<char> there(dose.size(), 0);
    for (const auto v : voxels) there[v] = 1;
    for (const auto& term : objectives.terms())
        for (std::size_t i = 0; i < term.where.voxels.size(); ++i) {
            const auto v = term.where.voxels[i];
            if (!there[v] && term.by_voxel() && near_limit(term, i, static_cast<double>(dose[v]), margin)) return false;
        }
    return true;
}

WorkingSet working_set(const RowMatrix& matrix, const ObjectiveSum& objectives, std::span<const float> dose,
                       std::vector<std::uint32_t> beamlets, double margin, RowMatrix::Entries entries) {
    std::vector<char> wanted(dose.size(), 0);
    for (const auto& term : objectives.terms())
        for (std::size_t i = 0; i < term.where.voxels.size(); ++i) {
            const auto v = term.where.voxels[i];
            if (!term.by_voxel() || near_limit(term, i, static_cast<double>(dose[v]), margin)) wanted[v] = 1;
        }
    std::vector<std::uint32_t> voxels, place(dose.size(), absent);
    for (std::uint32_t v = 0; v < dose.size(); ++v)
        if (wanted[v]) {
            place[v] = static_cast<std::uint32_t>(voxels.size());
            voxels.push_back(v);
        }
    std::vector<ObjectiveTerm> terms;
    for (const auto& term : objectives.terms())
        if (ObjectiveTerm part = restricted(term, place); !part.where.voxels.empty()) terms.push_back(std::move(part));
    RowMatrix part = matrix.restricted(voxels, beamlets, entries);
    return {std::move(voxels), std::move(beamlets), std::move(part), ObjectiveSum(std::move(terms))};
}

}  // namespace coutard
