#pragma once
#include <functional>
#include <vector>

namespace coutard::dose {

/// What an edge takes away from an even fluence, against the distance past it: 0 far in the open, its full share far
/// behind it. Integrals are tabulated, so that means over pixels and over an even motion of the edge cost a
/// few look-ups.
class EdgeShadow {
  public:
    EdgeShadow() = default;
    /// \param blocked share taken away at a distance behind the edge [mm]; constant beyond +-reach_mm
    EdgeShadow(const std::function<double(double)>& blocked, double reach_mm, double step_mm = 0.05);

    /// Share taken away far behind the edge.
    double full() const { return blocked_.back(); }
    /// Mean share taken from a pixel [a, a + width] by an edge that moves evenly from e0 to e1 and covers what lies
    /// above it. \param width [mm], positive
    double above(double e0, double e1, double a, double width) const;
    /// The same for an edge that covers what lies below it.
    double below(double e0, double e1, double a, double width) const { return above(-e0, -e1, -a - width, width); }

  private:
    double once(double d) const;   ///< integral of the share up to d
    double twice(double d) const;  ///< integral of that
    /// Cubic between entries of a table and its slopes.
    double between(const std::vector<double>& table, const std::vector<double>& slope, double d) const;

    double reach_ = 1, step_ = 1;
    std::vector<double> blocked_, once_, twice_;
};

}  // namespace coutard::dose
