#include "dose/montecarlo/history_tally.hpp"

#include <cmath>

namespace coutard::dose {

double HistorySums::relative_error(std::size_t cell, std::uint64_t histories) const {
    if (histories < 2 || sum[cell] <= 0) return 1;
    const double n = static_cast<double>(histories), mean = energy_MeV(cell) / n;
    const double mean_square = static_cast<double>(squares[cell]) * quantum_MeV2 / n;
    const double variance = (mean_square - mean * mean) / (n - 1);
    return variance > 0 ? std::sqrt(variance) / mean : 1;
}

RegionIndex::RegionIndex(const std::vector<Region>& regions, const std::vector<double>& mass_g) {
    if (regions.empty()) return;
    first.assign(mass_g.size() + 1, 0);
    for (const Region& r : regions)
        for (const std::uint32_t v : r.voxels) ++first[v + 1];
    for (std::size_t v = 0; v < mass_g.size(); ++v) first[v + 1] += first[v];
    region.resize(first.back());
    weight.resize(first.back());
    auto next = first;
    for (std::size_t r = 0; r < regions.size(); ++r)
        for (std::size_t i = 0; i < regions[r].voxels.size(); ++i) {
            const std::uint32_t v = regions[r].voxels[i], at = next[v]++;
            region[at] = static_cast<std::uint32_t>(r);
            weight[at] = mass_g[v] > 0 ? static_cast<float>(regions[r].weights[i] / mass_g[v]) : 0.0F;
        }
}

double HistoryScore::close() {
    for (const std::uint32_t v : touched_) {
        voxels_.add(v, now_[v]);
        if (!index_.first.empty())
            for (std::uint32_t e = index_.first[v]; e < index_.first[v + 1]; ++e) {
                double& now = region_now_[index_.region[e]];
                if (now == 0) touched_regions_.push_back(index_.region[e]);
                now += now_[v] * index_.weight[e];
            }
        now_[v] = 0;
    }
    for (const std::uint32_t r : touched_regions_) {
        regions_.add(r, region_now_[r]);
        region_now_[r] = 0;
    }
    touched_.clear();
    touched_regions_.clear();
    const double escaped = escaped_;
    escaped_ = 0;
    return escaped;
}

}  // namespace coutard::dose
