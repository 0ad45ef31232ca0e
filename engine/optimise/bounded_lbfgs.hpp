#pragma once
#include <deque>
#include <functional>

#include <span>
#include <string_view>
#include <vector>

#include "engine/base/progress.hpp"

namespace coutard {

/// A smooth function of x >= 0: returns its value and fills the gradient (same length as x).
using SmoothFunction = std::function<double(std::span<const double> x, std::span<double> gradient)>;

struct SolverOptions {
    int max_iterations = 200;
    int memory = 20;          ///< pairs kept for the inverse Hessian
    double tolerance = 1e-4;  ///< stop when the KKT residual fell to this part of its first value
    double stall = 1e-5;      ///< stop when ten iterations together lower the value by less than this part
    double time_limit_s = 0;  ///< 0: none. A limit that strikes makes the result depend on the machine's speed
};

enum class SolverEnd { Converged, Stalled, Iterations, TimeLimit };
std::string_view text_of(SolverEnd end);

struct Solution {
    std::vector<double> x;
    double value = 0;
    double kkt = 0;  ///< largest |x - max(0, x - gradient)|, as part of the one at the start
    int iterations = 0, evaluations = 0;
    SolverEnd end = SolverEnd::Iterations;
    std::vector<double> values;  ///< per iteration
};

/// Largest |x - max(0, x - gradient)|: 0 where the conditions of Karush, Kuhn and Tucker hold.
double kkt_residual(std::span<const double> x, std::span<const double> gradient);

/// Limited-memory BFGS in the free variables with a line search along the projected path (two-metric projection).
/// What it learnt of the curvature outlives a change of the function: one that is nearly the same, or whose variables
/// are held at 0 (gradient 0 there) in part, is followed from where it stands.
/// Sources: Bertsekas, SIAM J Control Optim 20 (1982) 221; Nocedal, Math Comp 35 (1980) 773.
/// Theory: docs/theory/optimisation.md, 9-12.
class BoundedLbfgs {
  public:
    /// \param start  projected onto x >= 0
    BoundedLbfgs(std::vector<double> start, int memory);

    /// Stand at x() as this function sees it; steps follow it from now on.
    void evaluate(const SmoothFunction& function);
    /// One step, which lowers the value. \return false: none does, even without the memory
    bool step(const SmoothFunction& function);
    /// Go to another point; what is known of the curvature stays. evaluate() comes next.
    void move_to(std::vector<double> x);

    const std::vector<double>& x() const { return now_.x; }
    double value() const { return now_.value; }
    double kkt() const { return kkt_residual(now_.x, now_.gradient); }
    int evaluations() const { return evaluations_; }

  private:
    using Values = std::vector<double>;
    struct Point {
        Values x, gradient;
        double value = 0;
    };
    struct Pair {
        Values step, change;
        double rho;
    };
    void keep(Values step, Values change);
    void apply(Values& q, const Values& is_free) const;
    bool search(const SmoothFunction& function, const Values& direction, double first);

    std::size_t limit_;
    std::deque<Pair> pairs_;
    Point now_, next_;
    int evaluations_ = 0;
};

/// Minimise over x >= 0 with BoundedLbfgs. Every accepted step lowers the value.
/// \param start  projected onto x >= 0 first
/// \throws Interrupted when progress is told to stop
Solution minimise_bounded(const SmoothFunction& function, std::vector<double> start, const SolverOptions& options,
                          const Progress& progress);

}  // namespace coutard
