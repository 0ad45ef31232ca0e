#pragma once
#include <Eigen/Core>
#include <deque>
#include <string>

#include "engine/ports/motion_predictor.hpp"
#include "registration/motion/history.hpp"

namespace coutard::registration {

/// What the online linear predictor may choose from.
struct RidgeSettings {
    double order_s = 1.0;     ///< how far back its inputs reach [s]
    double lag_s = 0.1;       ///< distance of its inputs in time [s]
    double memory_s = 50;     ///< weight of an example falls by e in this time [s]
    double ridge = 1e-2;      ///< penalty on weights, in units of the mean square input
    double baseline_s = 10;   ///< time constant of the slow mean position, an input of its own [s]
    double warm_up_s = 5;     ///< hold the last value until this much was seen [s]
    int refresh_samples = 3;  ///< weights are solved anew every so many samples

    std::string text() const;  ///< "order 1 s, memory 50 s, ridge 0.01"
    bool operator==(const RidgeSettings&) const = default;
};

/// Online linear predictor: the displacement of all markers over one horizon is a linear function of
/// how all markers moved in the last moments, learnt by ridge regression with exponential forgetting.
/// With strong ridge it becomes hold-last-value. Causal: an example (inputs at s - h, truth at s) is
/// learnt when a sample at s or later arrives, and nothing seen later is used.
/// Theory: docs/theory/motion.md (2)-(6). Source: Sharp et al., Phys Med Biol 49 (2004) 425 (linear
/// prediction); Haykin, Adaptive Filter Theory (2002), chapter 9 (exponentially weighted least squares).
class RidgePredictor : public MotionPredictor {
  public:
    /// \throws ContractError horizon or a setting not positive
    explicit RidgePredictor(double horizon_s, const RidgeSettings& settings = {});

    std::string name() const override { return "online-ridge"; }
    void observe(double t_s, std::span<const double> position_mm) override;
    std::vector<double> predict() const override;
    double horizon_s() const override { return horizon_s_; }

  private:
    /// Inputs at a past time whose outcome is not known yet.
    struct Example {
        double t_s;
        Eigen::VectorXd inputs, position_mm;
    };
    Eigen::VectorXd inputs_now() const;
    void learn(const Example& example, double now_s);
    void solve();

    double horizon_s_;
    RidgeSettings settings_;
    PositionHistory seen_;
    Eigen::VectorXd slow_mean_mm_;
    std::deque<Example> waiting_;
    Eigen::MatrixXd gram_, cross_, weights_;  ///< weights: shape (inputs, coordinates)
    double first_s_ = 0, learnt_s_ = 0;
    int since_solved_ = 0;
};

}  // namespace coutard::registration
