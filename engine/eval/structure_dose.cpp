#include "engine/eval/structure_dose.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <sstream>
#include <vector>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

/// The dose at continuous indices of another grid: both lattices are affine, so one map serves all.
class Sampler {
  public:
    Sampler(const Volume<float>& dose, const Grid& from) : dose_(dose) {
        const auto to = [&](double i, double j, double k) { return dose.grid().index(from.point(i, j, k)); };
        zero_ = to(0, 0, 0);
        along_ = {to(1, 0, 0) - zero_, to(0, 1, 0) - zero_, to(0, 0, 1) - zero_};
    }
    /// Dose and its slope per voxel of the structure's grid. False beyond half a voxel from the outermost
    /// centres; within that half the edge value holds.
    bool at(const Vec3& index, double& value, Vec3& slope) const {
        const Vec3 p = zero_ + along_ * index;
        const Size3 n = dose_.grid().size();
        const int count[3] = {n.x, n.y, n.z};
        int low[3], high[3];
        double part[3];
        for (int a = 0; a < 3; ++a) {
            constexpr double rounding = 1e-6;
            if (p[a] < -0.5 - rounding || p[a] > count[a] - 0.5 + rounding) return false;
            const double inside = std::clamp(p[a], 0.0, static_cast<double>(count[a] - 1));
            low[a] = std::min(static_cast<int>(inside), count[a] - 1);
            high[a] = std::min(low[a] + 1, count[a] - 1);
            part[a] = inside - low[a];
        }
        const auto mix = [](double from, double to, double t) { return from + t * (to - from); };
        double row[4], rise[4];  // rows along x at (low, high) y of (low, high) z
        for (int r = 0; r < 4; ++r) {
            const int j = r & 1 ? high[1] : low[1], k = r >> 1 ? high[2] : low[2];
            const double from = dose_.at(low[0], j, k), to = dose_.at(high[0], j, k);
            row[r] = mix(from, to, part[0]);
            rise[r] = to - from;
        }
        const double near = mix(row[0], row[1], part[1]), far = mix(row[2], row[3], part[1]);
        value = mix(near, far, part[2]);
        const Vec3 of_dose{mix(mix(rise[0], rise[1], part[1]), mix(rise[2], rise[3], part[1]), part[2]),
                           mix(row[1] - row[0], row[3] - row[2], part[2]), far - near};
        slope = along_.transposed() * of_dose;
        return true;
    }

  private:
    const Volume<float>& dose_;
    Vec3 zero_;
    Mat3 along_;
};

/// One voxel cut into equal parts.
struct SubVoxels {
    std::vector<Vec3> centres;  ///< relative to the voxel's centre, in voxels
    Vec3 size;                  ///< in voxels
    double each() const { return 1.0 / static_cast<double>(centres.size()); }
};

SubVoxels sub_voxels(const Vec3& spacing_mm, double step_mm) {
    int n[3];
    for (int a = 0; a < 3; ++a) {
        n[a] = std::clamp(static_cast<int>(std::ceil(spacing_mm[a] / step_mm - 1e-6)), 1, 7);
        n[a] += 1 - n[a] % 2;  // odd: the centre is one of them, so Dmax meets the voxel's own value
    }
    SubVoxels subs{{}, {1.0 / n[0], 1.0 / n[1], 1.0 / n[2]}};
    const auto at = [](int i, int count) { return (i + 0.5) / count - 0.5; };
    for (int k = 0; k < n[2]; ++k)
        for (int j = 0; j < n[1]; ++j)
            for (int i = 0; i < n[0]; ++i) subs.centres.push_back({at(i, n[0]), at(j, n[1]), at(k, n[2])});
    return subs;
}

/// Direction in which coverage rises, in index space: 3 x 3 x 3 differences weighted 1-2-1.
Vec3 rise_of(const Mask& mask, int i, int j, int k) {
    const Size3 n = mask.grid().size();
    Vec3 rise;
    for (int c = -1; c <= 1; ++c)
        for (int b = -1; b <= 1; ++b)
            for (int a = -1; a <= 1; ++a) {
                const int x = std::clamp(i + a, 0, n.x - 1), y = std::clamp(j + b, 0, n.y - 1),
                          z = std::clamp(k + c, 0, n.z - 1);
                const double part = mask.at(x, y, z);
                const int wa = 2 - std::abs(a), wb = 2 - std::abs(b), wc = 2 - std::abs(c);
                rise = rise + Vec3{double(a * wb * wc), double(b * wa * wc), double(c * wa * wb)} * part;
            }
    return rise;
}

/// Volume per dose bin from samples that each spread over a range of doses, at the cost of two entries
/// per sample: the cumulative volume is a sum of ramps, kept as kinks at the bin edges.
class SpreadHistogram {
  public:
    explicit SpreadHistogram(double width) : width_(width) {}

    void add(double from, double to, double volume) {
        if (to - from < 1e-3 * width_) {
            kink(from, 0, volume);
            return;
        }
        const double density = volume / (to - from);
        kink(from, density, 0);
        kink(to, -density, 0);
    }
    /// What lies below `least` or above `most` is booked there: no sample had such a dose.
    std::vector<double> bins(double least, double most) const {
        const auto first = static_cast<std::size_t>(least / width_), last = static_cast<std::size_t>(most / width_);
        std::vector<double> volume(last + 1);
        double slope = 0, below = 0, before = 0;
        for (std::size_t edge = 0; edge < kinks_.size(); ++edge) {  // kinks_[e]: at the edge e, upper end of bin e - 1
            below += slope * width_ + kinks_[edge].step;
            slope += kinks_[edge].slope;
            if (edge > 0) volume[std::clamp(edge - 1, first, last)] += below - before;
            before = below;
        }
        for (double& v : volume) v = std::max(v, 0.0);  // rounding
        return volume;
    }

  private:
    struct Kink {
        double slope = 0, step = 0;
    };
    /// From `at` on the cumulative volume rises by `slope` per Gy more, and by `step` at once.
    void kink(double at, double slope, double step) {
        const auto edge = static_cast<std::size_t>(at / width_) + 1;
        if (edge >= kinks_.size()) kinks_.resize(edge + 1);
        kinks_[edge].slope += slope;
        kinks_[edge].step += step + slope * (static_cast<double>(edge) * width_ - at);
    }

    double width_;
    std::vector<Kink> kinks_;
};

/// Adds up weighted doses.
struct Tally {
    SpreadHistogram histogram;
    double weight = 0, dose = 0, outside = 0;
    double least = 0, most = -1;
    Vec3 most_at;

    /// \param span width of the doses that the sample stands for
    void add(double gy, double span, double cm3, const Vec3& index) {
        const double half = std::min(span / 2, gy);
        histogram.add(gy - half, gy + half, cm3);
        if (weight == 0 || gy < least) least = gy;
        if (gy > most) most = gy, most_at = index;
        weight += cm3;
        dose += cm3 * gy;
    }
};

/// Part of each sub-voxel that is inside a voxel covered by `covered` of 1.
void share_out(double covered, const Vec3& rise, const SubVoxels& subs, std::vector<double>& weights,
               std::vector<std::size_t>& order) {
    const double each = subs.each();
    if (covered >= 1 || dot(rise, rise) == 0) return weights.assign(subs.centres.size(), covered * each);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const double ra = dot(rise, subs.centres[a]), rb = dot(rise, subs.centres[b]);
        return ra != rb ? ra > rb : a < b;
    });
    weights.assign(subs.centres.size(), 0);
    double left = covered;
    for (const auto s : order) {
        weights[s] = std::min(left, each);
        left -= weights[s];
        if (left <= 0) break;
    }
}

/// Width of the dose over a sub-voxel: that of the uniform distribution with the same variance.
double span_of(const Vec3& slope, const Vec3& size) {
    return norm({slope.x * size.x, slope.y * size.y, slope.z * size.z});
}

Tally tally_of(const Volume<float>& dose, const Mask& mask, const DoseSampling& sampling) {
    const Grid& grid = mask.grid();
    const Sampler sampler(dose, grid);
    const auto whole = sub_voxels(grid.spacing_mm(), sampling.step_mm);
    const auto partial = sub_voxels(grid.spacing_mm(), sampling.step_mm / 2);
    std::vector<std::size_t> order(partial.centres.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<double> weights;
    Tally tally{SpreadHistogram(sampling.bin_width.value()), 0, 0, 0, 0, -1, {}};
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) {
                const double covered = mask.at(i, j, k) / 255.0;
                if (covered == 0) continue;
                const auto& subs = covered < 1 ? partial : whole;
                share_out(covered, covered < 1 ? rise_of(mask, i, j, k) : Vec3{}, subs, weights, order);
                for (std::size_t s = 0; s < subs.centres.size(); ++s) {
                    if (weights[s] <= 0) continue;
                    const Vec3 index = Vec3{double(i), double(j), double(k)} + subs.centres[s];
                    const double cm3 = weights[s] * grid.voxel_cm3();
                    double gy = 0;
                    Vec3 slope;
                    if (!sampler.at(index, gy, slope)) tally.outside += cm3;
                    tally.add(gy, span_of(slope, subs.size), cm3, index);
                }
            }
    return tally;
}

}  // namespace

void validate_dose(const Volume<float>& dose, std::string_view what) {
    const auto values = dose.values();
    const auto bad = std::find_if(values.begin(), values.end(), [](float d) { return !(d >= 0) || !std::isfinite(d); });
    if (bad == values.end()) return;
    const auto flat = static_cast<std::size_t>(bad - values.begin());
    const auto nx = static_cast<std::size_t>(dose.grid().size().x), ny = static_cast<std::size_t>(dose.grid().size().y);
    std::ostringstream text;
    text << what << ": voxel (" << flat % nx << ", " << flat / nx % ny << ", " << flat / nx / ny << ") holds " << *bad
         << " Gy, expected a finite dose that is not negative";
    throw InputError(text.str());
}

StructureDose structure_dose(std::string name, const Volume<float>& dose, const Mask& mask,
                             const DoseSampling& sampling) {
    expect(!dose.empty() && !mask.empty(), "structure_dose: dose and mask have voxels");
    expect(sampling.step_mm > 0 && sampling.bin_width > Gy{0}, "structure_dose: step and bin width are positive");
    validate_dose(dose, "dose");
    const auto peak = *std::max_element(dose.values().begin(), dose.values().end());
    validate(peak < 1e6 * sampling.bin_width.value(), "dose [Gy]", peak, "0 to 10^6 bins");

    const Tally tally = tally_of(dose, mask, sampling);
    StructureDose result{std::move(name), Dvh({}, sampling.bin_width), {}, {}, {}, {}, Cm3{tally.outside}};
    if (tally.weight == 0) return result;
    result.dvh = Dvh(tally.histogram.bins(tally.least, tally.most), sampling.bin_width);
    result.mean = Gy{tally.dose / tally.weight};
    result.minimum = Gy{tally.least};
    result.maximum = Gy{tally.most};
    result.maximum_at_mm = mask.grid().point(tally.most_at);
    return result;
}

}  // namespace coutard
