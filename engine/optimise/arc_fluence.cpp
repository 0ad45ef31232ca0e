#include "engine/optimise/arc_fluence.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"

namespace coutard {
namespace {

constexpr double still_mm = 1e-6;  // a leaf that moves less is at rest

/// Part of a cell [a, b] left of an edge that moves evenly from u0 to u1, averaged over the way [mm], and its
/// derivatives by u0 and u1.
struct Passed {
    double mm, by_u0, by_u1;
};
Passed passed(double u0, double u1, double a, double b) {
    const auto cut = [&](double u) { return std::clamp(u, a, b) - a; };
    if (std::abs(u1 - u0) < still_mm) {
        const double u = (u0 + u1) / 2, slope = u > a && u < b ? 0.5 : 0;
        return {cut(u), slope, slope};
    }
    const auto whole = [&](double u) {  // antiderivative of cut
        if (u <= a) return 0.0;
        if (u < b) return (u - a) * (u - a) / 2;
        return (b - a) * (b - a) / 2 + (u - b) * (b - a);
    };
    const double mean = (whole(u1) - whole(u0)) / (u1 - u0);
    return {mean, (mean - cut(u0)) / (u1 - u0), (cut(u1) - mean) / (u1 - u0)};
}

double overlap(double a1, double a2, double b1, double b2) {
    return std::max(0.0, std::min(a2, b2) - std::max(a1, b1));
}

}  // namespace

ArcFluence::ArcFluence(const std::vector<BeamletBeam>& directions, const Machine& machine)
    : directions_(directions), machine_(machine), first_{0} {
    expect(directions.size() >= 2, "arc fluence: two directions or more");
    for (std::size_t d = 0; d < directions.size(); ++d) {
        expect(d == 0 || directions[d].gantry_deg > directions[d - 1].gantry_deg, "arc fluence: rising gantry angles");
        expect(directions[d].collimator_deg == directions[0].collimator_deg &&
                   directions[d].couch_deg == directions[0].couch_deg,
               "arc fluence: one collimator and couch angle");
        rows_.push_back(rows_of(directions[d]));
        row_of_.emplace_back(static_cast<std::size_t>(machine.leaf_pairs()), -1);
        for (std::size_t r = 0; r < rows_.back().rows.size(); ++r)
            row_of_.back()[static_cast<std::size_t>(rows_.back().rows[r].pair)] = static_cast<int>(r);
        first_.push_back(first_.back() + directions[d].beamlets.size());
    }
}

std::vector<ArcFluence::Share> ArcFluence::shares(const ArcPath& path, std::size_t interval) const {
    const double angle = path.angle_at(static_cast<double>(interval) + 0.5);
    const auto gantry = [&](std::size_t d) { return directions_[d].gantry_deg; };
    std::size_t next = 0;
    while (next < directions_.size() && gantry(next) <= angle) ++next;
    const std::size_t after = next % directions_.size(), before = (next + directions_.size() - 1) % directions_.size();
    const auto ahead = [](double from, double to) { return std::fmod(to - from + 720, 360); };
    const double gap = ahead(gantry(before), gantry(after)), part = ahead(gantry(before), angle) / gap;
    return {{before, 1 - part}, {after, part}};
}

template <class F>
void ArcFluence::each(std::size_t direction, int pair, double from, double to, const F& f) const {
    const int r = row_of_[direction][static_cast<std::size_t>(pair)];
    if (r < 0) return;
    const auto& row = rows_[direction].rows[static_cast<std::size_t>(r)];
    const double width = rows_[direction].width_mm;
    const int count = static_cast<int>(row.beamlet.size()),
              low = std::clamp(static_cast<int>(std::floor((from - row.x0_mm) / width)), 0, count),
              high = std::clamp(static_cast<int>(std::ceil((to - row.x0_mm) / width)), 0, count);
    for (int c = low; c < high; ++c)
        if (const int b = row.beamlet[static_cast<std::size_t>(c)]; b >= 0)
            f(static_cast<std::size_t>(b), row.x0_mm + width * c, row.x0_mm + width * (c + 1));
}

double ArcFluence::in_jaws(const Beamlet& b, const Jaws& j) const {
    const double part = overlap(b.x_mm - b.width_mm / 2, b.x_mm + b.width_mm / 2, j.x1, j.x2) / b.width_mm *
                        overlap(b.y_mm - b.height_mm / 2, b.y_mm + b.height_mm / 2, j.y1, j.y2) / b.height_mm;
    return part + (1 - part) * machine_.jaw_transmission;
}

std::vector<double> ArcFluence::fluence(std::span<const ArcShape> arcs) const {
    std::vector<double> all(beamlet_count(), 0.0);
    const double leak = machine_.leaf_transmission, half = machine_.dosimetric_leaf_gap_mm / 2;
    par::for_each_index(par::Host{}, directions_.size(), [&](std::size_t d) {
        const auto& beamlets = directions_[d].beamlets;
        double* own = all.data() + first_[d];
        for (const ArcShape& arc : arcs) {
            std::vector<double> open(beamlets.size(), 0.0);
            double given = 0;
            for (std::size_t k = 0; k < arc.mu.size(); ++k)
                for (const Share& share : shares(arc.path, k)) {
                    if (share.direction != d || arc.mu[k] <= 0) continue;
                    const double mu = share.part * arc.mu[k];
                    given += mu;
                    for (std::size_t p = 0; p < arc.pairs.size(); ++p) {
                        const double l0 = arc.x1_mm[arc.at(k, p)] - half, l1 = arc.x1_mm[arc.at(k + 1, p)] - half,
                                     r0 = arc.x2_mm[arc.at(k, p)] + half, r1 = arc.x2_mm[arc.at(k + 1, p)] + half;
                        each(d, arc.pairs[p], std::min(l0, l1), std::max(r0, r1),
                             [&](std::size_t b, double low, double high) {
                                 open[b] +=
                                     mu * (passed(r0, r1, low, high).mm - passed(l0, l1, low, high).mm) / (high - low);
                             });
                    }
                }
            for (std::size_t b = 0; b < beamlets.size(); ++b)
                own[b] += in_jaws(beamlets[b], arc.jaws) * (leak * given + (1 - leak) * open[b]);
        }
    });
    return all;
}

std::vector<ArcGradient> ArcFluence::gradient(std::span<const ArcShape> arcs,
                                              std::span<const double> by_fluence) const {
    expect(by_fluence.size() == beamlet_count(), "arc gradient: one value per beamlet");
    const double leak = machine_.leaf_transmission, half = machine_.dosimetric_leaf_gap_mm / 2;
    std::vector<ArcGradient> all;
    for (const ArcShape& arc : arcs) {
        const std::size_t pairs = arc.pairs.size(), intervals = arc.mu.size();
        std::vector<double> jaws_weighted(beamlet_count()), leaked(directions_.size(), 0.0);
        for (std::size_t d = 0; d < directions_.size(); ++d)
            for (std::size_t b = 0; b < directions_[d].beamlets.size(); ++b) {
                const std::size_t i = first_[d] + b;
                jaws_weighted[i] = in_jaws(directions_[d].beamlets[b], arc.jaws) * by_fluence[i];
                leaked[d] += leak * jaws_weighted[i];
            }
        // of each interval: both ends of both tips of each pair
        std::vector<double> ends(4 * pairs * intervals, 0.0);
        ArcGradient out{std::vector<double>(arc.x1_mm.size(), 0.0), std::vector<double>(arc.x1_mm.size(), 0.0),
                        std::vector<double>(intervals, 0.0)};
        par::for_each_index(par::Host{}, intervals, [&](std::size_t k) {
            for (const Share& share : shares(arc.path, k)) {
                const double* weight = jaws_weighted.data() + first_[share.direction];
                double open = 0;
                for (std::size_t p = 0; p < pairs; ++p) {
                    const double l0 = arc.x1_mm[arc.at(k, p)] - half, l1 = arc.x1_mm[arc.at(k + 1, p)] - half,
                                 r0 = arc.x2_mm[arc.at(k, p)] + half, r1 = arc.x2_mm[arc.at(k + 1, p)] + half;
                    double* end = ends.data() + 4 * (k * pairs + p);
                    const double scale = share.part * arc.mu[k] * (1 - leak);
                    each(share.direction, arc.pairs[p], std::min(l0, l1), std::max(r0, r1),
                         [&](std::size_t b, double low, double high) {
                             const Passed left = passed(l0, l1, low, high), right = passed(r0, r1, low, high);
                             const double w = weight[b] / (high - low);
                             open += w * (right.mm - left.mm);
                             end[0] -= scale * w * left.by_u0;
                             end[1] -= scale * w * left.by_u1;
                             end[2] += scale * w * right.by_u0;
                             end[3] += scale * w * right.by_u1;
                         });
                }
                out.mu[k] += share.part * (leaked[share.direction] + (1 - leak) * open);
            }
        });
        for (std::size_t k = 0; k < intervals; ++k)
            for (std::size_t p = 0; p < pairs; ++p) {
                const double* end = ends.data() + 4 * (k * pairs + p);
                out.x1[arc.at(k, p)] += end[0];
                out.x1[arc.at(k + 1, p)] += end[1];
                out.x2[arc.at(k, p)] += end[2];
                out.x2[arc.at(k + 1, p)] += end[3];
            }
        all.push_back(std::move(out));
    }
    return all;
}

}  // namespace coutard
