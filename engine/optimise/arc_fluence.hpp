#pragma once
#include <span>
#include <vector>

#include "engine/optimise/arc.hpp"
#include "engine/optimise/beamlet_rows.hpp"
#include "engine/ports/influence.hpp"

namespace coutard {

/// How the value of something changes with an arc's leaves and monitor units.
struct ArcGradient {
    std::vector<double> x1, x2;  ///< [1/mm], as ArcShape::x1_mm
    std::vector<double> mu;      ///< [1/MU]
};

/// Fluence of arcs over the beamlets of a few fixed directions. What an interval delivers counts to the two directions
/// beside its middle, by its nearness; leaves move evenly inside it (docs/theory/optimisation.md, 20-22).
class ArcFluence {
  public:
    /// \param directions  of one isocentre, collimator and couch, by rising gantry angle; kept by reference
    ArcFluence(const std::vector<BeamletBeam>& directions, const Machine& machine);

    /// Fluence over all beamlets, direction after direction [MU, as of the open field]; transmission included.
    std::vector<double> fluence(std::span<const ArcShape> arcs) const;
    /// From the gradient by fluence to that by leaves and monitor units; exact but where a tip stands on the edge of a
    /// beamlet, where it is that of one side.
    std::vector<ArcGradient> gradient(std::span<const ArcShape> arcs, std::span<const double> by_fluence) const;
    std::size_t beamlet_count() const { return first_.back(); }

  private:
    struct Share {
        std::size_t direction;
        double part;
    };
    std::vector<Share> shares(const ArcPath& path, std::size_t interval) const;
    /// Call f(beamlet over all, edges a and b in x) for the beamlets of a pair's row that [from, to] touches.
    template <class F>
    void each(std::size_t direction, int pair, double from, double to, const F& f) const;
    double in_jaws(const Beamlet& b, const Jaws& jaws) const;

    const std::vector<BeamletBeam>& directions_;
    Machine machine_;
    std::vector<BeamletRows> rows_;
    std::vector<std::vector<int>> row_of_;  ///< [direction][pair]: its row, -1 without
    std::vector<std::size_t> first_;        ///< beamlet of each direction, and their count
};

}  // namespace coutard
