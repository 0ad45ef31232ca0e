#pragma once
#include <Eigen/Core>
#include <deque>
#include <span>

namespace coutard::registration {

/// What a predictor has seen: the latest samples of all markers, oldest first. Positions between
/// samples are linear between the two neighbours, both seen already.
class PositionHistory {
  public:
    /// \param keep_s samples older than this before the latest one are forgotten [s]
    explicit PositionHistory(double keep_s) : keep_s_(keep_s) {}

    /// \throws ContractError time not later than the latest, another number of values, values not finite
    void add(double t_s, std::span<const double> position_mm);

    bool empty() const { return samples_.empty(); }
    std::size_t width() const { return empty() ? 0 : static_cast<std::size_t>(samples_.back().position_mm.size()); }
    double latest_s() const { return samples_.back().t_s; }
    double oldest_s() const { return samples_.front().t_s; }
    const Eigen::VectorXd& latest_mm() const { return samples_.back().position_mm; }
    /// Position at a time [s]; beyond either end the value at that end holds.
    Eigen::VectorXd at(double t_s) const;

  private:
    struct Sample {
        double t_s;
        Eigen::VectorXd position_mm;
    };
    double keep_s_;
    std::deque<Sample> samples_;
};

}  // namespace coutard::registration
