#pragma once
#include "engine/ports/motion_predictor.hpp"
#include "registration/motion/history.hpp"

namespace coutard::registration {

/// The markers stay where they are: what a predictor has to beat.
class HoldLastValue : public MotionPredictor {
  public:
    /// \param horizon_s how far ahead [s], positive
    explicit HoldLastValue(double horizon_s);
    std::string name() const override { return "hold-last-value"; }
    void observe(double t_s, std::span<const double> position_mm) override { seen_.add(t_s, position_mm); }
    std::vector<double> predict() const override;
    double horizon_s() const override { return horizon_s_; }

  private:
    double horizon_s_;
    PositionHistory seen_{0.0};
};

/// The markers go on with the mean velocity of the last moments.
class LinearExtrapolation : public MotionPredictor {
  public:
    /// \param horizon_s how far ahead [s], positive
    /// \param slope_s   velocity is measured over this time [s], positive
    explicit LinearExtrapolation(double horizon_s, double slope_s = 0.3);
    std::string name() const override { return "linear-extrapolation"; }
    void observe(double t_s, std::span<const double> position_mm) override { seen_.add(t_s, position_mm); }
    std::vector<double> predict() const override;
    double horizon_s() const override { return horizon_s_; }

  private:
    double horizon_s_, slope_s_;
    PositionHistory seen_;
};

}  // namespace coutard::registration
