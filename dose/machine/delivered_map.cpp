#include "dose/machine/delivered_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <optional>

#include "dose/machine/beam_check.hpp"
#include "dose/machine/head_shadow.hpp"
#include "dose/machine/visible_source.hpp"
#include "engine/plan/motion.hpp"

namespace coutard::dose {

namespace {

FluenceMap empty_map(const Beam& beam, double margin, double pixel) {
    Jaws all = beam.control_points.front().jaws;
    for (const auto& p : beam.control_points) {
        all.x1 = std::min(all.x1, p.jaws.x1);
        all.x2 = std::max(all.x2, p.jaws.x2);
        all.y1 = std::min(all.y1, p.jaws.y1);
        all.y2 = std::max(all.y2, p.jaws.y2);
    }
    FluenceMap map;
    map.pixel_mm = pixel;
    map.x0_mm = pixel * std::floor((all.x1 - margin) / pixel);
    map.y0_mm = pixel * std::floor((all.y1 - margin) / pixel);
    map.nx = static_cast<int>(std::ceil((all.x2 + margin - map.x0_mm) / pixel));
    map.ny = static_cast<int>(std::ceil((all.y2 + margin - map.y0_mm) / pixel));
    map.values.assign(static_cast<std::size_t>(map.nx) * static_cast<std::size_t>(map.ny), 0.0);
    return map;
}

/// Shadows of two edges that face each other and move evenly, per pixel of a line: the parts that each leaves open,
/// and what it lets through where it covers.
struct EdgePair {
    std::vector<double> low, high;
    double leak = 1;

    EdgePair() = default;
    EdgePair(const EdgeShadow& edge, std::array<double, 2> lows, std::array<double, 2> highs, double x0, double pixel,
             int n)
        : leak(1 - edge.full()) {
        const double share = edge.full() > 0 ? 1 / edge.full() : 0;
        for (int i = 0; i < n; ++i) {
            const double a = x0 + i * pixel;
            low.push_back(std::clamp(1 - share * edge.below(lows[0], lows[1], a, pixel), 0.0, 1.0));
            high.push_back(std::clamp(1 - share * edge.above(highs[0], highs[1], a, pixel), 0.0, 1.0));
        }
    }
};

/// The same of a leaf's upper half and its neighbour's lower half. \param lows tips of the bank at -x: of the upper
/// half at the beginning and end, then of the lower half
EdgePair tongue_pair(const TongueShadow& edge, std::array<double, 4> lows, std::array<double, 4> highs, double x0,
                     double pixel, int n) {
    EdgePair out;
    out.leak = 1 - edge.full();
    const double share = edge.full() > 0 ? 1 / edge.full() : 0;
    for (int i = 0; i < n; ++i) {
        const double a = x0 + i * pixel;
        out.low.push_back(std::clamp(1 - share * edge.below(lows[0], lows[1], lows[2], lows[3], a, pixel), 0.0, 1.0));
        out.high.push_back(
            std::clamp(1 - share * edge.above(highs[0], highs[1], highs[2], highs[3], a, pixel), 0.0, 1.0));
    }
    return out;
}

/// Up to three edges on one side of an opening, each with the part that it leaves open and its leak. All shadows move
/// with the same point of the focal spot, so the one that leaves most open is open wherever another is: the mean of
/// the product is not the product of means.
class SameSide {
  public:
    void add(double open, double leak) {
        int at = count_++;
        for (; at > 0 && open_[at - 1] > open; --at) {
            open_[at] = open_[at - 1];
            leak_[at] = leak_[at - 1];
        }
        open_[at] = open;
        leak_[at] = leak;
    }
    double through() const {
        double sum = 0, before = 0, factor = 1;
        for (int k = 0; k < count_; ++k) {
            sum += factor * (open_[k] - before);
            before = open_[k];
            factor *= leak_[k];
        }
        return sum + factor * (1 - before);
    }

  private:
    double open_[3], leak_[3];
    int count_ = 0;
};

/// Mean transmission of jaws and leaves in the focal spot's light, for the pixels of one map.
class FocalAperture {
  public:
    FocalAperture(const BeamModel& model, double collimator_deg, const FluenceMap& map)
        : shadow_(model, collimator_deg), strips_(model, shadow_, map.y0_mm, map.pixel_mm, map.ny) {}

    /// A segment of the motion so short that in it edges move as one.
    void add(FluenceMap& map, const ControlPoint& from, const ControlPoint& to, double mu) const {
        const double p = map.pixel_mm;
        const EdgePair jaw_x(shadow_.jaw_x, {from.jaws.x1, to.jaws.x1}, {from.jaws.x2, to.jaws.x2}, map.x0_mm, p,
                             map.nx),
            jaw_y(shadow_.jaw_y, {from.jaws.y1, to.jaws.y1}, {from.jaws.y2, to.jaws.y2}, map.y0_mm, p, map.ny);
        const bool leaves = !from.leaves_x1.empty();
        const auto lines = leaves ? strip_lines(map, from, to, jaw_x)
                                  : std::vector<std::vector<double>>{line({&jaw_x, nullptr, nullptr})};
        std::vector<double> row(static_cast<std::size_t>(map.nx));
        for (int j = 0; j < map.ny; ++j) {
            std::fill(row.begin(), row.end(), 0.0);
            const double low = jaw_y.low[static_cast<std::size_t>(j)], high = jaw_y.high[static_cast<std::size_t>(j)];
            const auto add_line = [&](std::size_t strip, double begin, double end) {
                const double open =
                    std::max(0.0, std::min(begin, low) + high - 1) - std::max(0.0, std::min(end, low) + high - 1);
                const double part = jaw_y.leak * (begin - end) + (1 - jaw_y.leak) * open;
                if (part != 0)
                    for (std::size_t i = 0; i < row.size(); ++i) row[i] += part * lines[strip][i];
            };
            if (leaves)
                for (const auto& share : strips_.row(j)) add_line(share.strip, share.begin, share.end);
            else
                add_line(0, 1, 0);
            for (int i = 0; i < map.nx; ++i) map.at(i, j) += mu * row[static_cast<std::size_t>(i)];
        }
    }

  private:
    /// What lines of pixels see through pairs of edges, one behind the other; a null pair is not there.
    static std::vector<double> line(std::initializer_list<const EdgePair*> pairs) {
        std::vector<double> out;
        double least = 1;
        std::size_t n = 0;
        for (const EdgePair* pair : pairs)
            if (pair != nullptr) {
                least *= pair->leak;
                n = pair->low.size();
            }
        for (std::size_t i = 0; i < n; ++i) {
            SameSide low, high;
            for (const EdgePair* pair : pairs)
                if (pair != nullptr) {
                    low.add(pair->low[i], pair->leak);
                    high.add(pair->high[i], pair->leak);
                }
            out.push_back(std::max(least, low.through() + high.through() - 1));
        }
        return out;
    }

    /// Per strip that the map sees: what its pixels along x see through leaves and jaws.
    std::vector<std::vector<double>> strip_lines(const FluenceMap& map, const ControlPoint& from,
                                                 const ControlPoint& to, const EdgePair& jaws) const {
        std::vector<EdgePair> whole, upper, lower;  // of the leaves that the map sees
        const int first = strips_.first_leaf(), last = strips_.last_leaf();
        for (auto l = static_cast<std::size_t>(first); l < static_cast<std::size_t>(last); ++l)
            for (auto [edge, into] : {std::pair{&shadow_.leaf_end, &whole}, std::pair{&shadow_.upper_half_end, &upper},
                                      std::pair{&shadow_.lower_half_end, &lower}})
                into->emplace_back(*edge, std::array{from.leaves_x1[l], to.leaves_x1[l]},
                                   std::array{from.leaves_x2[l], to.leaves_x2[l]}, map.x0_mm, map.pixel_mm, map.nx);
        const auto of = [&](const std::vector<EdgePair>& pairs, int leaf) {
            return leaf >= first && leaf < last ? &pairs[static_cast<std::size_t>(leaf - first)] : nullptr;
        };
        const auto past_jaws = line({&jaws});
        std::vector<std::vector<double>> out(strips_.strips().size());
        for (std::size_t s = 0; s < out.size(); ++s) {
            if (!strips_.seen(s)) continue;
            const LeafStrip& strip = strips_.strips()[s];
            const auto u = static_cast<std::size_t>(strip.upper), l = static_cast<std::size_t>(strip.lower);
            if (strip.behind == Behind::BothHalves && of(upper, strip.upper) != nullptr &&
                of(lower, strip.lower) != nullptr && close(from, to, u, l)) {
                const EdgePair both = tongue_pair(
                    shadow_.tongue, {from.leaves_x1[u], to.leaves_x1[u], from.leaves_x1[l], to.leaves_x1[l]},
                    {from.leaves_x2[u], to.leaves_x2[u], from.leaves_x2[l], to.leaves_x2[l]}, map.x0_mm, map.pixel_mm,
                    map.nx);
                out[s] = line({&jaws, &both});
                add_meeting_ends(out[s], map, from, to, u, l, past_jaws);
                continue;
            }
            out[s] = strip.behind == Behind::Leaf ? line({&jaws, of(whole, strip.upper)})
                                                  : line({&jaws, of(upper, strip.upper), of(lower, strip.lower)});
            if (strip.behind == Behind::Leaf && of(whole, strip.upper) != nullptr)
                add_meeting_ends(out[s], map, from, to, u, u, past_jaws);
        }
        return out;
    }

    /// What a closed pair lets through beyond the sum of its ends' shadows; of a strip behind the upper half of one
    /// leaf and the lower half of another, where they end alike.
    void add_meeting_ends(std::vector<double>& line, const FluenceMap& map, const ControlPoint& from,
                          const ControlPoint& to, std::size_t u, std::size_t l,
                          const std::vector<double>& past_jaws) const {
        constexpr double alike_mm = 0.1;
        const auto middle = [&](const std::vector<double>& a, const std::vector<double>& b, std::size_t leaf) {
            return 0.5 * (a[leaf] + b[leaf]);
        };
        const double x1 = middle(from.leaves_x1, to.leaves_x1, u), x2 = middle(from.leaves_x2, to.leaves_x2, u);
        if (std::abs(middle(from.leaves_x1, to.leaves_x1, l) - x1) > alike_mm ||
            std::abs(middle(from.leaves_x2, to.leaves_x2, l) - x2) > alike_mm)
            return;
        const double width = shadow_.meeting_ends.width_mm(x2 - x1);
        if (width <= 0) return;
        for (std::size_t i = 0; i < line.size(); ++i)
            line[i] += past_jaws[i] * width *
                       line_in_pixel(0.5 * (x1 + x2), shadow_.leaf_middle_mm,
                                     map.x0_mm + static_cast<double>(i) * map.pixel_mm, map.pixel_mm);
    }

    /// Whether the ends of neighbours shade each other, on either bank.
    bool close(const ControlPoint& from, const ControlPoint& to, std::size_t u, std::size_t l) const {
        const auto apart = [&](const std::vector<double>& a, const std::vector<double>& b) {
            return 0.5 * (a[l] + b[l] - a[u] - b[u]);
        };
        return shadow_.tongue.joint(apart(from.leaves_x1, to.leaves_x1)) &&
               shadow_.tongue.joint(apart(from.leaves_x2, to.leaves_x2));
    }

    HeadShadow shadow_;
    LeafStrips strips_;
};

/// Longest way of a leaf or jaw edge between two control points [mm].
double longest_way(const ControlPoint& a, const ControlPoint& b) {
    double most = std::max({std::abs(b.jaws.x1 - a.jaws.x1), std::abs(b.jaws.x2 - a.jaws.x2),
                            std::abs(b.jaws.y1 - a.jaws.y1), std::abs(b.jaws.y2 - a.jaws.y2)});
    for (std::size_t l = 0; l < a.leaves_x1.size(); ++l)
        most = std::max({most, std::abs(b.leaves_x1[l] - a.leaves_x1[l]), std::abs(b.leaves_x2[l] - a.leaves_x2[l])});
    return most;
}

/// Sources of the head at one collimator angle, and how segments of motion are added to their maps.
class HeadMaps {
  public:
    HeadMaps(const Beam& beam, const BeamModel& model, double collimator_deg, double pixel_mm)
        : model_(model),
          empty_(empty_map(beam, std::max(10.0, model.blur_reach_mm()), pixel_mm)),
          focal_(model, collimator_deg, empty_) {
        constexpr double wide_pixel_mm = 5;
        if (model.extra_focal) {
            extra_.emplace(model, *model.extra_focal, collimator_deg, false);
            wide_ = extra_->empty_map(beam.control_points, wide_pixel_mm);
            extra_rows_ = extra_->rows(wide_, beam.control_points.front());
        }
        if (model.electrons) {
            electrons_.emplace(model, model.electrons->disc, collimator_deg, true);
            widest_ = electrons_->empty_map(beam.control_points, wide_pixel_mm);
            electron_rows_ = electrons_->rows(widest_, beam.control_points.front());
        }
    }

    HeadFluence dark() const {
        HeadFluence out(empty_);
        out.extra_focal = wide_;
        out.electrons = widest_;
        out.softening = model_.softening;
        if (extra_) out.extra_focal_from_mm = model_.extra_focal->from_target_mm;
        if (electrons_) {
            out.electrons_from_mm = model_.electrons->disc.from_target_mm;
            out.electron_depth_g_cm2 = model_.electrons->depth_g_cm2;
            out.electron_dose_Gy_cm2 = model_.electrons->dose_Gy_cm2;
        }
        return out;
    }

    void add(HeadFluence& into, const ControlPoint& a, const ControlPoint& b, double mu) {
        constexpr double step_mm = 1, wide_step_mm = 5;
        const double way = longest_way(a, b);
        in_steps(a, b, mu, way, step_mm, [&](const ControlPoint& from, const ControlPoint& to, double part) {
            focal_.add(into.focal, from, to, part);
        });
        if (!extra_ && !electrons_) return;
        in_steps(a, b, mu, way, wide_step_mm, [&](const ControlPoint& from, const ControlPoint& to, double part) {
            const ControlPoint middle = between(from, to, 0.5);
            if (extra_) extra_->add(into.extra_focal, middle, part * model_.extra_focal->fluence, extra_rows_);
            if (electrons_)
                electrons_->add(into.electrons, middle, part * model_.electrons->disc.fluence, electron_rows_);
        });
    }

    /// Give the maps of covered area the open beam's shape, per solid angle; undo what pixels blur.
    void finish(HeadFluence& fluence) const {
        fluence.focal.undo_pixel_blur();
        shape(fluence.focal, 0, [&](double x, double y) { return model_.planar(std::hypot(x, y)); });
        shape(fluence.extra_focal, fluence.extra_focal_from_mm, [](double, double) { return 1.0; });
        shape(fluence.electrons, fluence.electrons_from_mm, [](double, double) { return 1.0; });
    }

  private:
    template <class Add>
    void in_steps(const ControlPoint& a, const ControlPoint& b, double mu, double way, double step, Add&& add) const {
        const int parts = std::max(1, static_cast<int>(std::ceil(way / step)));
        for (int p = 0; p < parts; ++p) {
            const ControlPoint from = between(a, b, static_cast<double>(p) / parts),
                               to = between(a, b, (p + 1.0) / parts);
            const Jaws j = between(from, to, 0.5).jaws;
            add(from, to, mu / parts * model_.backscatter.output(j.x2 - j.x1, j.y2 - j.y1));
        }
    }

    template <class Planar>
    void shape(FluenceMap& map, double from_mm, Planar&& planar) const {
        for (int j = 0; j < map.ny; ++j)
            for (int i = 0; i < map.nx; ++i) {
                const double x = map.x0_mm + (i + 0.5) * map.pixel_mm, y = map.y0_mm + (j + 0.5) * map.pixel_mm;
                const double t = std::hypot(x, y) / (model_.machine.sad_mm - from_mm);
                map.at(i, j) *= planar(x, y) * std::pow(1 + t * t, 1.5);  // planar -> solid angle
            }
    }

    const BeamModel& model_;
    FluenceMap empty_, wide_, widest_;
    FocalAperture focal_;
    std::optional<VisibleSource> extra_, electrons_;
    VisibleSource::Rows extra_rows_, electron_rows_;
};

/// Maps of a beam, filled segment by segment: a segment joins the last direction while its gantry way allows.
class DirectionMaps {
  public:
    DirectionMaps(const Beam& beam, const BeamModel& model, double arc_step_deg, double pixel_mm)
        : beam_(beam), model_(model), arc_step_deg_(arc_step_deg), pixel_mm_(pixel_mm) {}

    void add(const ControlPoint& a, const ControlPoint& b) {
        const double mu = (b.cumulative - a.cumulative) * beam_.monitor_units,
                     way = gantry_way_deg(a.gantry_deg, b.gantry_deg);
        if (mu <= 0) return;
        const int parts = std::max(1, static_cast<int>(std::ceil(std::abs(way) / arc_step_deg_ - 1e-9)));
        for (int p = 0; p < parts; ++p)
            add_part(between(a, b, static_cast<double>(p) / parts), between(a, b, (p + 1.0) / parts), mu / parts,
                     way / parts);
    }
    std::vector<DirectionFluence> finish() {
        close();
        return std::move(out_);
    }

  private:
    void add_part(const ControlPoint& a, const ControlPoint& b, double mu, double way) {
        const bool same = !out_.empty() && std::abs(travelled_) + std::abs(way) <= arc_step_deg_ + 1e-9 &&
                          std::abs(gantry_way_deg(out_.back().gantry_deg + travelled_, a.gantry_deg)) < 1e-6 &&
                          out_.back().collimator_deg == a.collimator_deg && out_.back().couch_deg == a.couch_deg;
        if (!same) {
            close();
            if (!maps_ || (out_.back().collimator_deg != a.collimator_deg))
                maps_.emplace(beam_, model_, a.collimator_deg, pixel_mm_);
            out_.push_back({a.gantry_deg, a.collimator_deg, a.couch_deg, 0, maps_->dark()});
            travelled_ = weighted_ = 0;
        }
        weighted_ += mu * (travelled_ + 0.5 * way);
        travelled_ += way;
        out_.back().monitor_units += mu;
        maps_->add(out_.back().fluence, a, b, mu);
    }
    void close() {
        if (out_.empty() || out_.back().monitor_units <= 0) return;
        out_.back().gantry_deg += weighted_ / out_.back().monitor_units;
        maps_->finish(out_.back().fluence);
    }

    const Beam& beam_;
    const BeamModel& model_;
    double arc_step_deg_, pixel_mm_;
    std::optional<HeadMaps> maps_;
    std::vector<DirectionFluence> out_;
    double travelled_ = 0, weighted_ = 0;  // of the open direction: gantry way, and its mean weighted with MU
};

}  // namespace

std::vector<DirectionFluence> delivered_maps(const Beam& beam, const BeamModel& model, double arc_step_deg,
                                             double pixel_mm) {
    check_beam(beam, model.machine);
    DirectionMaps maps(beam, model, arc_step_deg, pixel_mm);
    for (std::size_t k = 0; k + 1 < beam.control_points.size(); ++k)
        maps.add(beam.control_points[k], beam.control_points[k + 1]);
    return maps.finish();
}

}  // namespace coutard::dose
