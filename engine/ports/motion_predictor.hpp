#pragma once
#include <span>
#include <string>
#include <vector>

namespace coutard {

/// Predicts marker positions ahead of time from the past alone. Implemented by registration/motion.
class MotionPredictor {
  public:
    virtual ~MotionPredictor() = default;
    virtual std::string name() const = 0;
    /// The positions measured at time t [s], all markers' x, y, z [mm]; times rise. Learning from the
    /// truth of time t may happen here and not earlier.
    virtual void observe(double t_s, std::span<const double> position_mm) = 0;
    /// Position expected one horizon after the latest observation [mm]; the size of what was observed.
    virtual std::vector<double> predict() const = 0;
    virtual double horizon_s() const = 0;
};

}  // namespace coutard
