#pragma once
#include <vector>

#include "dose/commissioning/beam_fit.hpp"

namespace coutard::dose {

/// The curves with, for each set of output factors among them, its 10x10 cm field from all that was measured.
/// \throws InputError there is none
std::vector<MeasuredCurve> with_references(std::vector<MeasuredCurve> curves, const std::vector<MeasuredCurve>& all);

/// Measured curves and calculated ones, normalised alike and weighted. Theory: docs/theory/commissioning.md, section 3.
class ResidualSet {
  public:
    explicit ResidualSet(std::vector<MeasuredCurve> curves);

    std::size_t size() const { return count_; }
    /// Calculated less measured over the standard deviation, for every point that is fitted.
    std::vector<double> of(const std::vector<std::vector<double>>& readings) const;
    std::vector<FittedCurve> compared(const std::vector<std::vector<double>>& readings,
                                      const std::vector<std::vector<double>>& start) const;

  private:
    struct Prepared {
        std::size_t reference = 0;  ///< of an output factor: the curve of the 10x10 cm field
        std::vector<double> wanted, sigma;
    };
    std::vector<double> normalised(std::size_t curve, const std::vector<std::vector<double>>& readings) const;

    std::vector<MeasuredCurve> curves_;
    std::vector<Prepared> prepared_;
    std::size_t count_ = 0;
};

}  // namespace coutard::dose
