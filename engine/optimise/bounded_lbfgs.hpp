#pragma once
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
    int memory = 12;          ///< pairs kept for the inverse Hessian
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
    std::vector<double> values;  ///< per iteration, falling
};

/// Minimise over x >= 0 by limited-memory BFGS in the free variables with a line search along the
/// projected path (two-metric projection). Every accepted step lowers the value.
/// Sources: Bertsekas, SIAM J Control Optim 20 (1982) 221; Nocedal, Math Comp 35 (1980) 773.
/// Theory: docs/theory/optimisation.md, 9-12.
/// \param start  projected onto x >= 0 first
/// \throws Interrupted when progress is told to stop
Solution minimise_bounded(const SmoothFunction& function, std::vector<double> start, const SolverOptions& options,
                          const Progress& progress);

}  // namespace coutard
