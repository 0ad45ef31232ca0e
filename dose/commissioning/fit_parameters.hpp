#pragma once
#include <Eigen/Core>
#include <filesystem>
#include <vector>

#include "dose/commissioning/beam_fit.hpp"

namespace coutard::dose {

/// The numbers of a beam model that measurements are asked for, and models made from them.
class ParameterSet {
  public:
    /// \param curves off-axis factors are fitted as far as profiles reach
    /// \param hold    beginnings of names that are not fitted \throws InputError one fits no name, or nothing is left
    ParameterSet(const BeamModel& start, const std::vector<MeasuredCurve>& curves, const std::vector<std::string>& hold,
                 std::filesystem::path physics_dir);

    const std::vector<FitParameter>& all() const { return parameters_; }
    FitParameter& at(std::size_t k) { return parameters_[k]; }
    Eigen::VectorXd start() const;
    BeamModel model(const Eigen::VectorXd& x) const;

    /// Step of a forward difference from `x`; away from the upper bound.
    static double step(const FitParameter& parameter, double x);
    /// Whether it changes more than weights of known doses.
    static bool needs_transport(const FitParameter& parameter);
    /// Whether a scan of a field of this size could notice.
    bool seen_by(const FitParameter& parameter, const TankField& field, ScanWay way) const;

  private:
    BeamModel start_;
    std::filesystem::path physics_dir_;
    std::vector<FitParameter> parameters_;
};

}  // namespace coutard::dose
