#include "engine/eval/gamma.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <vector>

#include "engine/eval/structure_dose.hpp"
#include "engine/par/for_each.hpp"

namespace coutard {
namespace {

/// A volume with its outermost voxels repeated once on each side, so that the half voxel beyond the
/// outermost centres needs no special case. Padded index = index + 1.
class Padded {
  public:
    explicit Padded(const Volume<float>& from) : size_(from.grid().size()), nx_(size_.x + 2), ny_(size_.y + 2) {
        values_.resize(static_cast<std::size_t>(nx_) * static_cast<std::size_t>(ny_) *
                       static_cast<std::size_t>(size_.z + 2));
        std::size_t out = 0;
        for (int k = -1; k <= size_.z; ++k)
            for (int j = -1; j <= size_.y; ++j)
                for (int i = -1; i <= size_.x; ++i)
                    values_[out++] = from.at(std::clamp(i, 0, size_.x - 1), std::clamp(j, 0, size_.y - 1),
                                             std::clamp(k, 0, size_.z - 1));
    }
    int count(int axis) const { return axis == 0 ? size_.x : axis == 1 ? size_.y : size_.z; }
    /// The eight corners of the cell whose low corner is given, x fastest.
    void corners(const int (&low)[3], double (&v)[8]) const {
        const auto at = [&](int j, int k) {
            return values_.data() +
                   (static_cast<std::size_t>(low[2] + k) * static_cast<std::size_t>(ny_) +
                    static_cast<std::size_t>(low[1] + j)) *
                       static_cast<std::size_t>(nx_) +
                   static_cast<std::size_t>(low[0]);
        };
        for (int row = 0; row < 4; ++row) {
            const float* p = at(row & 1, row >> 1);
            v[2 * row] = p[0];
            v[2 * row + 1] = p[1];
        }
    }

  private:
    Size3 size_;
    int nx_, ny_;
    std::vector<float> values_;
};

/// A neighbour of the cell that holds the point, and the least distance^2 it can have from any such
/// point, in units of the criterion.
struct Neighbour {
    int at[3];
    double least;
};

std::vector<Neighbour> neighbours(const Vec3& spacing_mm, const GammaCriteria& criteria) {
    const double reach_mm = criteria.cap * criteria.distance_mm;
    int n[3];
    for (int a = 0; a < 3; ++a) n[a] = static_cast<int>(std::ceil(reach_mm / spacing_mm[a]));
    const auto part = [&](int d, int a) {
        const double gap = std::max(0, std::abs(d) - 1) * spacing_mm[a] / criteria.distance_mm;
        return gap * gap;
    };
    std::vector<Neighbour> all;
    for (int k = -n[2]; k <= n[2]; ++k)
        for (int j = -n[1]; j <= n[1]; ++j)
            for (int i = -n[0]; i <= n[0]; ++i) {
                const double least = part(i, 0) + part(j, 1) + part(k, 2);
                if (least < criteria.cap * criteria.cap) all.push_back({{i, j, k}, least});
            }
    std::sort(all.begin(), all.end(), [](const Neighbour& a, const Neighbour& b) {
        const auto far = [](const Neighbour& c) { return std::abs(c.at[0]) + std::abs(c.at[1]) + std::abs(c.at[2]); };
        if (a.least != b.least) return a.least < b.least;
        if (far(a) != far(b)) return far(a) < far(b);
        return std::lexicographical_compare(a.at, a.at + 3, b.at, b.at + 3);
    });
    return all;
}

/// Finds the least gamma^2 of one reference point after another.
class Search {
  public:
    Search(const Padded& dose, const Vec3& spacing_mm, const GammaCriteria& criteria)
        : dose_(dose),
          steps_(criteria.steps),
          cap2_(criteria.cap * criteria.cap),
          cells_(neighbours(spacing_mm, criteria)) {
        for (int a = 0; a < 3; ++a) step_[a] = criteria.distance_mm / (steps_ * spacing_mm[a]);
    }

    /// \param point in padded indices, \param wanted dose there, \param dose_scale the dose criterion [Gy]
    double least(const Vec3& point, double wanted, double dose_scale) const {
        int home[3];
        for (int a = 0; a < 3; ++a) home[a] = std::clamp(static_cast<int>(std::floor(point[a])), 0, dose_.count(a));
        double best = cap2_;
        for (const auto& cell : cells_) {
            if (cell.least >= best) break;
            int low[3];
            bool there = true;
            for (int a = 0; a < 3; ++a) {
                low[a] = home[a] + cell.at[a];
                there = there && low[a] >= 0 && low[a] <= dose_.count(a);
            }
            if (there) search(low, point, wanted, dose_scale, best);
        }
        return best;
    }

  private:
    /// Lattice indices, counted from the point, whose places lie in [from, to] along an axis.
    struct Run {
        int first, last;
    };
    Run run(int axis, double point, int low) const {
        constexpr double rounding = 1e-9;
        const double from = std::max<double>(low, 0.5), to = std::min(low + 1.0, dose_.count(axis) + 0.5);
        return {static_cast<int>(std::ceil((from - point) / step_[axis] - rounding)),
                static_cast<int>(std::floor((to - point) / step_[axis] + rounding))};
    }

    void search(const int (&low)[3], const Vec3& point, double wanted, double dose_scale, double& best) const {
        Run r[3];
        double near2 = 0;  // distance^2 of the nearest lattice point of the cell, in steps^2
        for (int a = 0; a < 3; ++a) {
            r[a] = run(a, point[a], low[a]);
            if (r[a].first > r[a].last) return;
            const double gap = std::max({0, r[a].first, -r[a].last});
            near2 += gap * gap;
        }
        const double unit2 = 1.0 / (static_cast<double>(steps_) * steps_);
        if (near2 * unit2 >= best) return;
        double v[8];
        dose_.corners(low, v);
        const auto [least, most] = std::minmax_element(v, v + 8);  // trilinear values stay between the corners
        const double gap = std::max({0.0, *least - wanted, wanted - *most}) / dose_scale;
        if (near2 * unit2 + gap * gap >= best) return;
        for (double& corner : v) corner = (corner - wanted) / dose_scale;
        scan(low, point, r, v, unit2, best);
    }

    /// Along x the interpolated dose is linear, so gamma^2 is a parabola: its least lattice point is
    /// the one nearest to the vertex.
    void scan(const int (&low)[3], const Vec3& point, const Run (&r)[3], const double (&v)[8], double unit2,
              double& best) const {
        const double x0 = point.x - low[0], y0 = point.y - low[1], z0 = point.z - low[2];
        for (int k = r[2].first; k <= r[2].last; ++k) {
            const double k2 = static_cast<double>(k) * k * unit2;
            if (k2 >= best) continue;
            const double z = z0 + k * step_[2];
            const double v00 = v[0] + z * (v[4] - v[0]), v10 = v[1] + z * (v[5] - v[1]);
            const double v01 = v[2] + z * (v[6] - v[2]), v11 = v[3] + z * (v[7] - v[3]);
            for (int j = r[1].first; j <= r[1].last; ++j) {
                const double across = k2 + static_cast<double>(j) * j * unit2;
                if (across >= best) continue;
                const double y = y0 + j * step_[1];
                const double at_low = v00 + y * (v01 - v00), rise = v10 + y * (v11 - v10) - at_low;
                const double here = at_low + rise * x0, slope = rise * step_[0];
                const double vertex = -here * slope / (unit2 + slope * slope);
                const int i = static_cast<int>(std::lround(std::clamp<double>(vertex, r[0].first, r[0].last)));
                const double difference = here + slope * i;
                best = std::min(best, across + static_cast<double>(i) * i * unit2 + difference * difference);
            }
        }
    }

    const Padded& dose_;
    int steps_;
    double cap2_;
    double step_[3];  // of the lattice, in voxels
    std::vector<Neighbour> cells_;
};

void check(const GammaCriteria& c, const Volume<float>& reference, const Volume<float>& evaluated, const Mask* body) {
    expect(!reference.empty() && !evaluated.empty(), "gamma: both doses have voxels");
    expect(c.dose_percent > 0 && c.distance_mm > 0, "gamma: criteria are positive");
    expect(c.threshold_percent >= 0 && c.threshold_percent < 100, "gamma: threshold is in [0, 100) percent");
    expect(c.cap > 1 && c.steps >= 10, "gamma: cap is above 1 and there are at least 10 steps");
    expect(!c.normalisation || *c.normalisation > Gy{0}, "gamma: normalisation is positive");
    expect(!body || body->grid().same_as(reference.grid()), "gamma: the body mask is on the grid of the reference");
    validate_dose(reference, "reference dose");
    validate_dose(evaluated, "evaluated dose");
}

double maximum_of(const Volume<float>& dose, const Mask* body) {
    float most = 0;
    for (std::size_t v = 0; v < dose.count(); ++v)
        if (!body || inside(*body, v)) most = std::max(most, dose[v]);
    return most;
}

struct RowSum {
    std::size_t evaluated = 0, passed = 0, beyond = 0;
    double sum = 0, maximum = 0;
};

}  // namespace

GammaResult gamma_index(const Volume<float>& reference, const Volume<float>& evaluated, const GammaCriteria& criteria,
                        const Mask* body, const Progress& progress) {
    check(criteria, reference, evaluated, body);
    const double normal = criteria.normalisation ? criteria.normalisation->value() : maximum_of(reference, body);
    validate(normal > 0, "gamma: the reference has no dose");
    GammaResult result{criteria, Gy{normal}, 0, 0, 0, 0, 0, Volume<float>(reference.grid(), -1.0F)};

    const Padded padded(evaluated);
    const Search search(padded, evaluated.grid().spacing_mm(), criteria);
    const double threshold = normal * criteria.threshold_percent / 100, percent = criteria.dose_percent / 100;
    const Size3 size = reference.grid().size();
    const auto row_count = static_cast<std::size_t>(size.y) * static_cast<std::size_t>(size.z);
    std::vector<RowSum> rows(row_count);
    std::atomic<std::size_t> done{0};
    par::for_each_index(par::Host{}, row_count, [&](std::size_t row) {
        const int j = static_cast<int>(row % static_cast<std::size_t>(size.y)),
                  k = static_cast<int>(row / static_cast<std::size_t>(size.y));
        RowSum& sum = rows[row];
        for (int i = 0; i < size.x; ++i) {
            const std::size_t v = reference.grid().flat(i, j, k);
            const double wanted = reference[v], scale = percent * (criteria.local ? wanted : normal);
            if (wanted < threshold || !(scale > 0) || (body && !inside(*body, v))) continue;
            const Vec3 at = evaluated.grid().index(reference.grid().point(i, j, k)) + Vec3{1, 1, 1};
            constexpr double rounding = 1e-6;
            bool there = true;
            for (int a = 0; a < 3; ++a)
                there = there && at[a] >= 0.5 - rounding && at[a] <= padded.count(a) + 0.5 + rounding;
            if (!there) {
                ++sum.beyond;
                continue;
            }
            const double index = std::sqrt(search.least(at, wanted, scale));
            result.map[v] = static_cast<float>(index);
            ++sum.evaluated;
            if (index <= 1 + 1e-6) ++sum.passed;
            sum.sum += index;
            sum.maximum = std::max(sum.maximum, index);
        }
        const auto now = ++done;
        if (now % 64 == 0) progress.at(static_cast<double>(now) / static_cast<double>(row_count), "gamma");
    });
    for (const auto& row : rows) {  // in order, so that any number of threads gives the same mean
        result.evaluated += row.evaluated;
        result.passed += row.passed;
        result.beyond += row.beyond;
        result.mean += row.sum;
        result.maximum = std::max(result.maximum, row.maximum);
    }
    validate(result.evaluated > 0, "gamma: no reference voxel above the threshold lies within the evaluated dose");
    result.mean /= static_cast<double>(result.evaluated);
    return result;
}

}  // namespace coutard
