#include "engine/optimise/bounded_lbfgs.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

using Values = std::vector<double>;

double dot(const Values& a, const Values& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

/// Steps and gradient changes of the last iterations: a product with the inverse Hessian they imply.
class Memory {
  public:
    explicit Memory(int pairs) : limit_(static_cast<std::size_t>(pairs)) {}

    void keep(Values step, Values change) {
        const double curvature = dot(step, change);
        if (curvature <= 1e-10 * std::sqrt(dot(step, step) * dot(change, change))) return;
        pairs_.push_back({std::move(step), std::move(change), 1 / curvature});
        if (pairs_.size() > limit_) pairs_.pop_front();
    }
    void forget() { pairs_.clear(); }
    bool empty() const { return pairs_.empty(); }

    /// Two-loop recursion in the free variables: entries of `q` outside them are zero and stay so.
    void apply(Values& q, const std::vector<char>& is_free) const {
        if (pairs_.empty()) return;
        Values part(pairs_.size());
        for (std::size_t k = pairs_.size(); k-- > 0;) {
            part[k] = pairs_[k].rho * dot(pairs_[k].step, q);
            for (std::size_t i = 0; i < q.size(); ++i)
                if (is_free[i]) q[i] -= part[k] * pairs_[k].change[i];
        }
        const auto& last = pairs_.back();
        const double scale = 1 / (last.rho * dot(last.change, last.change));
        for (auto& value : q) value *= scale;
        for (std::size_t k = 0; k < pairs_.size(); ++k) {
            const double b = pairs_[k].rho * dot(pairs_[k].change, q);
            for (std::size_t i = 0; i < q.size(); ++i)
                if (is_free[i]) q[i] += (part[k] - b) * pairs_[k].step[i];
        }
    }

  private:
    struct Pair {
        Values step, change;
        double rho;
    };
    std::size_t limit_;
    std::deque<Pair> pairs_;
};

struct Point {
    Values x, gradient;
    double value = 0;
};

double kkt_residual(const Point& p) {
    double worst = 0;
    for (std::size_t i = 0; i < p.x.size(); ++i)
        worst = std::max(worst, std::abs(p.x[i] - std::max(0.0, p.x[i] - p.gradient[i])));
    return worst;
}

/// Search along P(x + t direction); Armijo's rule, backtracking by a parabola. False: no lower value.
bool search(const SmoothFunction& function, const Point& from, const Values& direction, double first, Point& to,
            int& evaluations) {
    double t = first;
    for (int attempt = 0; attempt < 25; ++attempt) {
        double slope = 0;
        for (std::size_t i = 0; i < from.x.size(); ++i) {
            to.x[i] = std::max(0.0, from.x[i] + t * direction[i]);
            slope += from.gradient[i] * (to.x[i] - from.x[i]);
        }
        if (slope >= 0) return false;
        to.value = function(to.x, to.gradient);
        ++evaluations;
        if (to.value <= from.value + 1e-4 * slope) return true;
        const double curve = to.value - from.value - slope;  // parabola through value, slope and trial
        t *= std::isfinite(curve) && curve > 0 ? std::clamp(-slope / (2 * curve), 0.1, 0.6) : 0.1;
    }
    return false;
}

}  // namespace

std::string_view text_of(SolverEnd end) {
    switch (end) {
        case SolverEnd::Converged:
            return "converged";
        case SolverEnd::Stalled:
            return "no further descent";
        case SolverEnd::Iterations:
            return "iteration limit";
        case SolverEnd::TimeLimit:
            return "time limit";
    }
    return "";
}

Solution minimise_bounded(const SmoothFunction& function, std::vector<double> start, const SolverOptions& options,
                          const Progress& progress) {
    expect(options.max_iterations >= 0 && options.memory >= 1, "solver: iterations and memory");
    const auto began = std::chrono::steady_clock::now();
    const std::size_t n = start.size();
    Point now{std::move(start), Values(n), 0}, next{Values(n), Values(n), 0};
    for (auto& value : now.x) value = std::max(0.0, value);
    now.value = function(now.x, now.gradient);
    ensure(std::isfinite(now.value), "solver: the function is finite at the start");

    Solution result;
    result.evaluations = 1;
    result.values.push_back(now.value);
    const double first_kkt = std::max(kkt_residual(now), 1e-300);
    Memory memory(options.memory);
    std::vector<char> is_free(n);
    for (;;) {
        result.kkt = kkt_residual(now) / first_kkt;
        progress.at(std::min(1.0, static_cast<double>(result.iterations) / std::max(options.max_iterations, 1)),
                    "optimise");
        if (result.kkt <= options.tolerance || first_kkt <= 1e-300) {
            result.end = SolverEnd::Converged;
            break;
        }
        if (result.iterations >= options.max_iterations) {
            result.end = SolverEnd::Iterations;
            break;
        }
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
        if (options.time_limit_s > 0 && spent.count() > options.time_limit_s) {
            result.end = SolverEnd::TimeLimit;
            break;
        }
        const auto back = result.values.size();
        if (back > 10 && result.values[back - 11] - now.value < options.stall * std::abs(now.value)) {
            result.end = SolverEnd::Stalled;
            break;
        }

        Values direction(n);
        for (std::size_t i = 0; i < n; ++i) {
            is_free[i] = now.x[i] > 0 || now.gradient[i] < 0;
            direction[i] = is_free[i] ? now.gradient[i] : 0;
        }
        memory.apply(direction, is_free);
        for (auto& value : direction) value = -value;
        if (dot(direction, now.gradient) >= 0) {  // not a descent: the memory is of no use here
            memory.forget();
            for (std::size_t i = 0; i < n; ++i) direction[i] = is_free[i] ? -now.gradient[i] : 0;
        }
        const double length = memory.empty() ? 0.1 * std::max(std::sqrt(dot(now.x, now.x)), 1.0) /
                                                   std::sqrt(std::max(dot(direction, direction), 1e-300))
                                             : 1.0;
        if (!search(function, now, direction, length, next, result.evaluations)) {
            if (memory.empty()) {
                result.end = SolverEnd::Stalled;
                break;
            }
            memory.forget();
            continue;
        }
        Values step(n), change(n);
        for (std::size_t i = 0; i < n; ++i) {
            step[i] = next.x[i] - now.x[i];
            change[i] = next.gradient[i] - now.gradient[i];
        }
        memory.keep(std::move(step), std::move(change));
        std::swap(now, next);
        ++result.iterations;
        result.values.push_back(now.value);
    }
    result.x = std::move(now.x);
    result.value = now.value;
    return result;
}

}  // namespace coutard
