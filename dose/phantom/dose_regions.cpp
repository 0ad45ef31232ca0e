#include "dose/phantom/dose_regions.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// Distance of each voxel of a layer from the nearest marked one [mm]; infinite where none is.
std::vector<double> distances_mm(const std::vector<bool>& marked, int nx, int ny, const Vec3& spacing_mm) {
    constexpr double far = HUGE_VAL;
    const auto at = [nx](int i, int j) { return static_cast<std::size_t>(i + nx * j); };
    std::vector<double> row(marked.size(), far), out(marked.size(), far);
    for (int j = 0; j < ny; ++j) {  // along x, from both sides
        double gap = far;
        for (int i = 0; i < nx; ++i) row[at(i, j)] = gap = marked[at(i, j)] ? 0 : gap + spacing_mm.x;
        gap = far;
        for (int i = nx - 1; i >= 0; --i) {
            gap = marked[at(i, j)] ? 0 : gap + spacing_mm.x;
            row[at(i, j)] = std::min(row[at(i, j)], gap);
        }
    }
    for (int j = 0; j < ny; ++j)
        for (int i = 0; i < nx; ++i)
            for (int other = 0; other < ny; ++other)
                out[at(i, j)] = std::min(out[at(i, j)], std::hypot(row[at(i, other)], (other - j) * spacing_mm.y));
    return out;
}

/// Sums of one region.
class Gather {
  public:
    explicit Gather(double tolerance) { check_.tolerance = tolerance; }
    /// A voxel: doses tested and of the reference with its error, in units of the result.
    void add(double tested, double reference, double error, double weight) {
        const double allowed = std::hypot(check_.tolerance, 2 * error);
        ++check_.voxels;
        if (std::abs(tested - reference) <= allowed) within_ += 1;
        expected_ += error > 0 ? std::erf(allowed / error / std::sqrt(2.0)) : 1;
        tested_ += weight * tested;
        reference_ += weight * reference;
        weights_ += weight;
    }
    /// \param relative standard error of the mean of the reference
    RegionCheck done(double relative) const {
        RegionCheck out = check_;
        if (out.voxels == 0) return out;
        out.mean = (tested_ - reference_) / weights_;
        out.sigma = relative * reference_ / weights_;
        out.within = 100 * within_ / static_cast<double>(out.voxels);
        out.expected = 100 * expected_ / static_cast<double>(out.voxels);
        return out;
    }

  private:
    RegionCheck check_;
    double within_ = 0, expected_ = 0, tested_ = 0, reference_ = 0, weights_ = 0;
};

double largest(const Volume<float>& dose) {
    return static_cast<double>(*std::max_element(dose.values().begin(), dose.values().end()));
}

}  // namespace

Verdict judged(double mean, double sigma, double tolerance) {
    if (std::abs(mean) + 2 * sigma <= tolerance) return Verdict::Met;
    return std::abs(mean) - 2 * sigma > tolerance ? Verdict::Missed : Verdict::Open;
}

Verdict RegionCheck::verdict() const {
    constexpr double share_percent = 95;
    if (voxels == 0) return Verdict::Met;
    return within < share_percent ? Verdict::Missed : judged(mean, sigma, tolerance);
}

Volume<float> plane_gradient(const Volume<float>& dose) {
    const Grid& g = dose.grid();
    const Size3 n = g.size();
    Volume<float> out(g);
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                const int i0 = std::max(0, i - 1), i1 = std::min(n.x - 1, i + 1), j0 = std::max(0, j - 1),
                          j1 = std::min(n.y - 1, j + 1);
                const auto slope = [](float high, float low, double mm) {
                    return mm > 0 ? static_cast<double>(high - low) / mm : 0;
                };
                out.at(i, j, k) = static_cast<float>(
                    std::hypot(slope(dose.at(i1, j, k), dose.at(i0, j, k), (i1 - i0) * g.spacing_mm().x),
                               slope(dose.at(i, j1, k), dose.at(i, j0, k), (j1 - j0) * g.spacing_mm().y)));
            }
    return out;
}

std::vector<DoseRegion> split_regions(const Volume<float>& dose, const RegionTolerances& tolerances,
                                      const DepthRange& depths) {
    const Grid& g = dose.grid();
    const Size3 n = g.size();
    const Volume<float> gradient = plane_gradient(dose);
    const double tail = 0.01 * tolerances.tail_percent * largest(dose);
    std::vector<DoseRegion> out(dose.count(), DoseRegion::None);
    const auto layer = static_cast<std::size_t>(n.x) * static_cast<std::size_t>(n.y);
    for (int k = 0; k < n.z; ++k) {
        const double z = 0.1 * g.point(0, 0, k).z;
        if (z < depths.from || z > depths.to) continue;
        const std::size_t first = g.flat(0, 0, k);
        float most = 0;
        for (std::size_t v = first; v < first + layer; ++v) most = std::max(most, dose[v]);
        std::vector<bool> field(layer);
        for (std::size_t v = 0; v < layer; ++v) field[v] = most > 0 && dose[first + v] >= 0.5F * most;
        const auto away = distances_mm(field, n.x, n.y, g.spacing_mm());
        for (std::size_t v = 0; v < layer; ++v) {
            const double d = static_cast<double>(dose[first + v]);
            const double allowed = field[v] ? 0.01 * tolerances.high_percent * d : tail;
            const double shifted = tolerances.penumbra_mm * static_cast<double>(gradient[first + v]);
            if (shifted > allowed)
                out[first + v] = DoseRegion::Penumbra;
            else if (field[v])
                out[first + v] = DoseRegion::High;
            else if (away[v] <= tolerances.tail_reach_mm)
                out[first + v] = DoseRegion::Tail;
        }
    }
    return out;
}

std::array<Region, 3> region_means(const Volume<float>& tested, const RegionTolerances& tolerances,
                                   const DepthRange& depths) {
    const auto regions = split_regions(tested, tolerances, depths);
    const Volume<float> gradient = plane_gradient(tested);
    std::array<Region, 3> out;
    std::array<double, 3> sums{};
    for (std::size_t v = 0; v < regions.size(); ++v) {
        if (regions[v] == DoseRegion::None) continue;
        const auto r = static_cast<std::size_t>(regions[v]) - static_cast<std::size_t>(DoseRegion::High);
        // as check_regions weights differences: 1 over the local dose, slope squared over slope, 1
        const double weight = regions[v] == DoseRegion::High       ? 1 / static_cast<double>(tested[v])
                              : regions[v] == DoseRegion::Penumbra ? static_cast<double>(gradient[v])
                                                                   : 1;
        out[r].voxels.push_back(static_cast<std::uint32_t>(v));
        out[r].weights.push_back(weight);
        sums[r] += weight;
    }
    for (std::size_t r = 0; r < out.size(); ++r)
        for (double& w : out[r].weights) w /= sums[r];
    return out;
}

RegionChecks check_regions(const UncertainDose& reference, const Volume<float>& tested,
                           const RegionTolerances& tolerances, const DepthRange& depths,
                           const std::array<double, 3>& means_error) {
    expect(reference.dose.grid().same_as(tested.grid()), "check_regions: doses on one grid");
    const auto regions = split_regions(tested, tolerances, depths);
    const Volume<float> gradient = plane_gradient(tested);
    const double percent_of_most = 0.01 * largest(tested);
    Gather high(tolerances.high_percent), penumbra(tolerances.penumbra_mm), tail(tolerances.tail_percent);
    for (std::size_t v = 0; v < regions.size(); ++v) {
        const double d = static_cast<double>(tested[v]), r = static_cast<double>(reference.dose[v]),
                     sigma = r * static_cast<double>(reference.uncertainty[v]),
                     slope = static_cast<double>(gradient[v]);
        const auto add = [&](Gather& to, double unit, double weight) {
            to.add(d / unit, r / unit, sigma / unit, weight);
        };
        if (regions[v] == DoseRegion::High) add(high, 0.01 * d, 1);
        // least squares: the one shift that explains the most of all differences
        if (regions[v] == DoseRegion::Penumbra) add(penumbra, slope, slope * slope);
        if (regions[v] == DoseRegion::Tail) add(tail, percent_of_most, 1);
    }
    return {high.done(means_error[0]), penumbra.done(means_error[1]), tail.done(means_error[2])};
}

}  // namespace coutard::dose
