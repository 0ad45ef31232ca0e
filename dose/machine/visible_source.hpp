#pragma once
#include <vector>

#include "dose/machine/beam_model.hpp"
#include "dose/ray/fluence.hd.hpp"
#include "engine/plan/plan.hpp"

namespace coutard::dose {

/// How much of a Gaussian disc above the jaws points of the isocentre plane see through jaws and leaves: the extra-
/// focal source or the contaminant electrons'. Theory: docs/theory/beam.md, section 3.
class VisibleSource {
  public:
    /// What rows of pixels see past the upper jaws and between leaf sides, of one map and one setting of those jaws.
    struct Rows {
        /// Rays that pass leaf `upper` in the upper half of the thickness and leaf `lower`, often the same or a
        /// neighbour, in the lower half; -1 and the number of pairs: beside the leaves.
        struct Way {
            int upper, lower;
            std::vector<double> share;  ///< of the disc along y, per row
        };
        double jaw_y1 = 0, jaw_y2 = 0;
        std::size_t pairs = 0;
        std::vector<Way> ways;
    };

    VisibleSource(const BeamModel& model, const DiscSource& disc, double collimator_deg, bool stopped_by_any_metal);

    /// An empty map that holds all that the jaws of these control points let through.
    FluenceMap empty_map(const std::vector<ControlPoint>& points, double pixel_mm) const;
    Rows rows(const FluenceMap& map, const ControlPoint& point) const;
    /// Add `weight` times the visible part of the disc [1] at each pixel's centre. \param rows of this map, found again
    /// where the upper jaws or the number of leaves are others
    void add(FluenceMap& map, const ControlPoint& point, double weight, Rows& rows) const;
    void add(FluenceMap& map, const ControlPoint& point, double weight) const {
        Rows once = rows(map, point);
        add(map, point, weight, once);
    }

  private:
    struct Interval {
        double low, high;
        Interval cut(const Interval& other) const;
    };
    struct Seen {
        Interval interval;
        double share;  ///< of the disc
    };
    /// Points of the disc along one axis that see `q` through an opening at the planes.
    Interval through(const std::vector<Projection>& planes, double low, double high, double q) const;
    /// The same through the strip of a leaf (-1 and `leaves`: beside the leaves) in one half of the thickness.
    Interval row(int leaf, int leaves, const Projection& plane, double shift, double y) const;
    /// The same between the round ends of a leaf pair: a ray at any slant may touch them, near the middle plane.
    Interval between_tips(const ControlPoint& point, int leaf, int leaves, double x) const;
    /// Where on the disc the ray to `x` leaves from that touches the end of a leaf. \param tip its setting
    /// \param side +1 for the bank at +x, else -1
    double touching(double tip, int side, double x) const;
    /// Share of the disc along one axis.
    static double share(const Interval& of, double sigma);

    const BeamModel& model_;
    DiscSource disc_;
    double sigma_x_, sigma_y_, leaf_leak_;
    double end_gap_mm_;  ///< how far leaf ends stand back from their settings, with what they let through
    std::vector<Projection> jaw_x_, jaw_y_;
    Projection upper_, lower_, middle_;  ///< sides of the halves of the leaves' thickness; middle plane
};

}  // namespace coutard::dose
