#include "engine/optimise/bounded_lbfgs.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0;  // in turn: one sum would wait for its last addition
    std::size_t i = 0;
    for (; i + 4 <= a.size(); i += 4) {
        s0 += a[i] * b[i];
        s1 += a[i + 1] * b[i + 1];
        s2 += a[i + 2] * b[i + 2];
        s3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.size(); ++i) s0 += a[i] * b[i];
    return (s0 + s1) + (s2 + s3);
}

/// q += t v, where `part` is 1; nothing where it is 0.
void add(std::vector<double>& q, double t, const std::vector<double>& v, const std::vector<double>& part) {
    for (std::size_t i = 0; i < q.size(); ++i) q[i] += t * v[i] * part[i];
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

double kkt_residual(std::span<const double> x, std::span<const double> gradient) {
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        worst = std::max(worst, std::abs(x[i] - std::max(0.0, x[i] - gradient[i])));
    return worst;
}

BoundedLbfgs::BoundedLbfgs(std::vector<double> start, int memory) : limit_(static_cast<std::size_t>(memory)) {
    expect(memory >= 1, "solver: at least one pair of memory");
    move_to(std::move(start));
    now_.gradient.resize(now_.x.size());
    next_ = now_;
}

void BoundedLbfgs::move_to(std::vector<double> x) {
    now_.x = std::move(x);
    for (auto& value : now_.x) value = std::max(0.0, value);
}

void BoundedLbfgs::evaluate(const SmoothFunction& function) {
    now_.value = function(now_.x, now_.gradient);
    ++evaluations_;
    ensure(std::isfinite(now_.value), "solver: the function is finite where it stands");
}

void BoundedLbfgs::keep(Values step, Values change) {
    const double curvature = dot(step, change);
    if (curvature <= 1e-10 * std::sqrt(dot(step, step) * dot(change, change))) return;
    pairs_.push_back({std::move(step), std::move(change), 1 / curvature});
    if (pairs_.size() > limit_) pairs_.pop_front();
}

/// Two-loop recursion in the free variables: entries of `q` outside them are zero and stay so.
void BoundedLbfgs::apply(Values& q, const Values& is_free) const {
    if (pairs_.empty()) return;
    Values part(pairs_.size());
    for (std::size_t k = pairs_.size(); k-- > 0;) {
        part[k] = pairs_[k].rho * dot(pairs_[k].step, q);
        add(q, -part[k], pairs_[k].change, is_free);
    }
    const auto& last = pairs_.back();
    const double scale = 1 / (last.rho * dot(last.change, last.change));
    for (auto& value : q) value *= scale;
    for (std::size_t k = 0; k < pairs_.size(); ++k) {
        const double b = pairs_[k].rho * dot(pairs_[k].change, q);
        add(q, part[k] - b, pairs_[k].step, is_free);
    }
}

/// Search along P(x + t direction); Armijo's rule, backtracking by a parabola. False: no lower value.
bool BoundedLbfgs::search(const SmoothFunction& function, const Values& direction, double first) {
    double t = first;
    for (int attempt = 0; attempt < 25; ++attempt) {
        double slope = 0;
        for (std::size_t i = 0; i < now_.x.size(); ++i) {
            next_.x[i] = std::max(0.0, now_.x[i] + t * direction[i]);
            slope += now_.gradient[i] * (next_.x[i] - now_.x[i]);
        }
        if (slope >= 0) return false;
        next_.value = function(next_.x, next_.gradient);
        ++evaluations_;
        if (next_.value <= now_.value + 1e-4 * slope) return true;
        const double curve = next_.value - now_.value - slope;  // parabola through value, slope and trial
        t *= std::isfinite(curve) && curve > 0 ? std::clamp(-slope / (2 * curve), 0.1, 0.6) : 0.1;
    }
    return false;
}

bool BoundedLbfgs::step(const SmoothFunction& function) {
    const std::size_t n = now_.x.size();
    Values is_free(n), direction(n);
    for (;;) {
        for (std::size_t i = 0; i < n; ++i) {
            is_free[i] = now_.x[i] > 0 || now_.gradient[i] < 0 ? 1 : 0;
            direction[i] = is_free[i] * now_.gradient[i];
        }
        apply(direction, is_free);
        for (auto& value : direction) value = -value;
        if (dot(direction, now_.gradient) >= 0) {  // not a descent: the memory is of no use here
            pairs_.clear();
            for (std::size_t i = 0; i < n; ++i) direction[i] = -is_free[i] * now_.gradient[i];
        }
        const double length = pairs_.empty() ? 0.1 * std::max(std::sqrt(dot(now_.x, now_.x)), 1.0) /
                                                   std::sqrt(std::max(dot(direction, direction), 1e-300))
                                             : 1.0;
        if (search(function, direction, length)) break;
        if (pairs_.empty()) return false;
        pairs_.clear();
    }
    Values step(n), change(n);
    for (std::size_t i = 0; i < n; ++i) {
        step[i] = next_.x[i] - now_.x[i];
        change[i] = next_.gradient[i] - now_.gradient[i];
    }
    keep(std::move(step), std::move(change));
    std::swap(now_, next_);
    return true;
}

Solution minimise_bounded(const SmoothFunction& function, std::vector<double> start, const SolverOptions& options,
                          const Progress& progress) {
    expect(options.max_iterations >= 0, "solver: iterations not negative");
    const auto began = std::chrono::steady_clock::now();
    BoundedLbfgs search(std::move(start), options.memory);
    search.evaluate(function);
    Solution result;
    result.values.push_back(search.value());
    const double first_kkt = std::max(search.kkt(), 1e-300);
    const auto ended = [&]() -> std::optional<SolverEnd> {
        if (result.kkt <= options.tolerance || first_kkt <= 1e-300) return SolverEnd::Converged;
        if (result.iterations >= options.max_iterations) return SolverEnd::Iterations;
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
        if (options.time_limit_s > 0 && spent.count() > options.time_limit_s) return SolverEnd::TimeLimit;
        const auto back = result.values.size();
        if (back > 10 && result.values[back - 11] - search.value() < options.stall * std::abs(search.value()))
            return SolverEnd::Stalled;
        return std::nullopt;
    };
    for (;;) {
        result.kkt = search.kkt() / first_kkt;
        progress.at(std::min(1.0, static_cast<double>(result.iterations) / std::max(options.max_iterations, 1)),
                    "optimise");
        if (const auto end = ended()) {
            result.end = *end;
            break;
        }
        if (!search.step(function)) {
            result.end = SolverEnd::Stalled;
            break;
        }
        ++result.iterations;
        result.values.push_back(search.value());
    }
    result.x = search.x();
    result.value = search.value();
    result.evaluations = search.evaluations();
    return result;
}

}  // namespace coutard
