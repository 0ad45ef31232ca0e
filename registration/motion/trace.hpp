#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace coutard::registration {

/// Positions of markers over time as a camera measured them; sample times rise.
class BreathingTrace {
  public:
    /// \param t_s         times [s], strictly rising, finite
    /// \param position_mm shape (samples, markers, 3), x of the first marker first [mm], finite
    /// \throws ContractError sizes that do not fit, no marker, times that do not rise
    BreathingTrace(std::vector<double> t_s, std::vector<double> position_mm, int markers);

    std::size_t samples() const { return t_s_.size(); }
    int markers() const { return markers_; }
    std::size_t width() const { return 3 * static_cast<std::size_t>(markers_); }  ///< numbers per sample
    double time_s(std::size_t sample) const { return t_s_[sample]; }
    std::span<const double> at(std::size_t sample) const { return {position_mm_.data() + sample * width(), width()}; }
    /// Where the markers were at any time between the first and the last sample [mm], linear between
    /// samples: truth for scoring. It looks at the sample after t, so a predictor must not use it.
    /// \throws ContractError outside the trace
    std::vector<double> truth_at(double t_s) const;

  private:
    std::vector<double> t_s_, position_mm_;
    int markers_;
};

/// A CSV table: header `t_s,m1_x_mm,m1_y_mm,m1_z_mm,m2_x_mm,...`, then a row per sample.
/// \throws InputError naming file, line and column: not a number, NaN or infinite, a row of another
///         length, times that do not rise, a header that is not of this form, fewer than two samples
BreathingTrace read_trace(const std::filesystem::path& csv);

/// The samples a clock of that rate would have taken: at each tick the latest sample not later than
/// the tick (plus 1 ms for rounded times), with its own time and never twice. No value is interpolated,
/// because a sample interpolated at t would hold a part of the sample after t. A trace that is
/// slower than the clock stays as it is. Theory: docs/theory/motion.md (1).
BreathingTrace at_rate(const BreathingTrace& trace, double rate_hz);

}  // namespace coutard::registration
