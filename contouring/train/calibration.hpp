#pragma once
#include <array>
#include <vector>

#include "contouring/pipeline/chances.hpp"
#include "contouring/pipeline/doubt.hpp"

namespace coutard::contouring {

/// How often voxels were inside, by the logit of their probability.
class Reliability {
  public:
    /// Voxels of an image within 8 mm of the surface of either mask; probabilities are interpolated to it.
    void add(const Chances& chances, int structure, const Mask& reference, const Mask& drawn);
    void add(const Reliability& other);
    /// One voxel, or several alike.
    void add(float p, bool inside, double voxels = 1);

    double voxels() const;
    /// The calibration of least negative log likelihood, the voxels joined by one that knows nothing (a normal prior of
    /// width 1 on 1 / temperature about 1 and on shift / temperature about 0); temperatures 0.1 to 10.
    Calibration best_calibration() const;

  private:
    friend class CalibrationError;
    static constexpr int kBins = 480;
    /// Of p' = sigmoid(a logit p + c).
    struct Logistic {
        double a = 1, c = 0;
    };
    Logistic fitted(Logistic at, bool slope_too) const;
    std::array<double, kBins> count_{}, inside_{};
};

/// Expected calibration error in fifteen equal bins of probability: Naeini et al., AAAI 2015. Voxels of several
/// patients, each with a calibration of its own.
class CalibrationError {
  public:
    void add(const Reliability& voxels, const Calibration& calibration);
    /// 0 without voxels.
    double value() const;

  private:
    static constexpr int kBins = 15;
    std::array<double, kBins> count_{}, said_{}, inside_{};
};

/// The error of patients as the network says and calibrated, each patient by all the others.
struct CrossedError {
    double before = 0, after = 0;
};
CrossedError crossed_error(const std::vector<Reliability>& patients);

/// Least squares line through (x, y), and their correlation; slope 0 and correlation 0 where x does not vary.
struct Line {
    double offset = 0, slope = 0, correlation = 0;
};
Line fitted_line(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace coutard::contouring
