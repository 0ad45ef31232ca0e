#pragma once
#include <vector>

#include "dose/machine/beam_model.hpp"
#include "dose/machine/edge_shadow.hpp"
#include "engine/plan/plan.hpp"

namespace coutard::dose {

/// Shadows of a leaf's upper half and its neighbour's lower half, where the tongue of one lies over the other: a ray
/// meets both round ends, so one shadow is not a product of two.
class TongueShadow {
  public:
    TongueShadow() = default;
    TongueShadow(const HeadGeometry& head, double spot_mm);

    /// Whether ends so far apart [mm] still shade each other; else each casts its own shadow.
    bool joint(double apart_mm) const;
    double full() const { return tables_.front().full(); }
    /// As EdgeShadow::above, of ends of the upper and the lower half that move evenly.
    double above(double upper0, double upper1, double lower0, double lower1, double a, double width) const;
    double below(double upper0, double upper1, double lower0, double lower1, double a, double width) const {
        return above(-upper0, -upper1, -lower0, -lower1, -a - width, width);
    }

  private:
    std::vector<EdgeShadow> tables_;  ///< for the lower end 4 mm before the upper one, to 4 mm behind it
};

/// Where the round ends of a closed leaf pair stand out over their settings, rays meet both: 1 - T of the pair is less
/// than the sum of its ends'.
class MeetingEnds {
  public:
    MeetingEnds() = default;
    explicit MeetingEnds(const HeadGeometry& head) : head_(head) {}

    /// Width [mm] that light is let through beyond what the two shadows leave, of ends set `apart` [mm at the isocentre
    /// plane]: the integral of (1 - T of one end)(1 - T of the other).
    double width_mm(double apart) const;

  private:
    HeadGeometry head_;
};

/// Shadows of single collimator edges in the light of the focal spot, at the isocentre plane, from the ways that rays
/// take through the head's geometry (head.hd.hpp): penumbra, leak and round leaf ends in one.
struct HeadShadow {
    EdgeShadow jaw_x, jaw_y;
    EdgeShadow leaf_end, upper_half_end, lower_half_end;  ///< all of a leaf's thickness, and its halves
    TongueShadow tongue;
    MeetingEnds meeting_ends;
    double leaf_middle_mm;  ///< standard deviation of the spot as the leaves' middle plane casts it
    double gap_mm;  ///< between leaf sides, as wide as what it lets through: the spot's rays cross it at a slant
    double upper_side_mm, lower_side_mm;  ///< standard deviation of the shadow of leaf sides, per half

    HeadShadow(const BeamModel& model, double collimator_deg);
};

/// Mean over a pixel [a, a + width] of a unit Gaussian line.
double line_in_pixel(double at, double sigma, double a, double width);

/// Parts of the leaves' thickness that a strip along x lies behind.
enum class Behind { Leaf, UpperHalf, LowerHalf, BothHalves };

/// A strip between two leaf sides: which leaf the upper and the lower half of the thickness belong to there; -1, or the
/// number of pairs: none.
struct LeafStrip {
    Behind behind;
    int upper, lower;
};

/// The strips that leaf sides, tongues and gaps make, and where they lie in the rows of a map, in the focal spot's
/// light.
class LeafStrips {
  public:
    /// Parts of a row that lie above the side where a strip begins, and above the one where it ends.
    struct Share {
        std::size_t strip;
        double begin, end;
    };
    LeafStrips(const BeamModel& model, const HeadShadow& shadow, double y0_mm, double pixel_mm, int rows);

    const std::vector<LeafStrip>& strips() const { return strips_; }
    const std::vector<Share>& row(int j) const { return rows_[static_cast<std::size_t>(j)]; }
    bool seen(std::size_t strip) const { return seen_[strip]; }  ///< by any row
    /// Leaves that any row sees: [first, last).
    int first_leaf() const { return first_; }
    int last_leaf() const { return last_; }

  private:
    std::vector<LeafStrip> strips_;
    std::vector<std::vector<Share>> rows_;
    std::vector<bool> seen_;
    int first_ = 0, last_ = 0;
};

}  // namespace coutard::dose
