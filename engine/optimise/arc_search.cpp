#include "engine/optimise/arc_search.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

constexpr double length_unit_mm = 3;  // a step of 1 in the solver's variables
constexpr double far_left_mm = 1000;  // middles are counted from there: they are never at the solver's bound
constexpr double stall_part = 1e-4;   // ten steps that gain less end the search

/// Arcs as the variables of a solver that knows x >= 0: middle and half of what a pair is open beyond its gap; monitor
/// units.
class Variables {
  public:
    Variables(std::vector<ArcShape> arcs, const Machine& machine) : arcs_(std::move(arcs)) {
        double sum = 0;
        std::size_t count = 0;
        for (const auto& arc : arcs_) sum += arc.monitor_units(), count += arc.mu.size();
        mu_unit_ = std::max(1e-3, 0.3 * sum / static_cast<double>(count));
        gap_ = machine.leaf_min_gap_mm + 0.02;
    }

    std::vector<double> start() const {
        std::vector<double> x;
        for (const auto& arc : arcs_) {
            for (std::size_t i = 0; i < arc.x1_mm.size(); ++i) {
                x.push_back(((arc.x1_mm[i] + arc.x2_mm[i]) / 2 + far_left_mm) / length_unit_mm);
                x.push_back(std::max(0.0, (arc.x2_mm[i] - arc.x1_mm[i] - gap_) / 2) / length_unit_mm);
            }
            for (const double mu : arc.mu) x.push_back(mu / mu_unit_);
        }
        return x;
    }

    /// The arcs at x, tips beyond the field cut.
    std::vector<ArcShape> at(std::span<const double> x) const {
        auto arcs = arcs_;
        std::size_t v = 0;
        for (auto& arc : arcs) {
            for (std::size_t i = 0; i < arc.x1_mm.size(); ++i, v += 2) {
                const double middle = x[v] * length_unit_mm - far_left_mm, half = x[v + 1] * length_unit_mm + gap_ / 2;
                arc.x1_mm[i] = std::clamp(middle - half, arc.jaws.x1, arc.jaws.x2 - gap_);
                arc.x2_mm[i] = std::clamp(middle + half, arc.jaws.x1 + gap_, arc.jaws.x2);
            }
            for (double& mu : arc.mu) mu = x[v++] * mu_unit_;
        }
        return arcs;
    }

    /// By the variables, from that by tips and monitor units; a tip that is cut does not move.
    void chain(const std::vector<ArcShape>& arcs, const std::vector<ArcGradient>& by_shape, std::span<double> g) const {
        std::size_t v = 0;
        for (std::size_t a = 0; a < arcs.size(); ++a) {
            const auto& arc = arcs[a];
            for (std::size_t i = 0; i < arc.x1_mm.size(); ++i, v += 2) {
                const double left = arc.x1_mm[i] <= arc.jaws.x1 ? std::min(0.0, by_shape[a].x1[i]) : by_shape[a].x1[i],
                             right = arc.x2_mm[i] >= arc.jaws.x2 ? std::max(0.0, by_shape[a].x2[i]) : by_shape[a].x2[i];
                g[v] = (left + right) * length_unit_mm;
                g[v + 1] = (right - left) * length_unit_mm;
            }
            for (const double by_mu : by_shape[a].mu) g[v++] = by_mu * mu_unit_;
        }
    }

  private:
    std::vector<ArcShape> arcs_;
    double mu_unit_ = 1, gap_ = 0.5;
};

/// (23): travel of tips beyond what is free, and monitor units that jump; weights are those of a mean.
double penalties(const std::vector<ArcShape>& arcs, const ArcOptions& options, double unit,
                 std::vector<ArcGradient>& gradient) {
    double value = 0;
    for (std::size_t a = 0; a < arcs.size(); ++a) {
        const auto& arc = arcs[a];
        const std::size_t pairs = arc.pairs.size();
        const double of_travel =
            options.travel_weight * unit /
            (options.free_travel_mm * options.free_travel_mm * static_cast<double>(arcs.size() * arc.mu.size()));
        const auto travel = [&](const std::vector<double>& tips, std::vector<double>& g) {
            for (std::size_t k = 0; k < arc.mu.size(); ++k)
                for (std::size_t p = 0; p < pairs; ++p) {
                    const double way = tips[arc.at(k + 1, p)] - tips[arc.at(k, p)],
                                 over = std::abs(way) - options.free_travel_mm;
                    if (over <= 0) continue;
                    value += of_travel * over * over;
                    const double slope = 2 * of_travel * over * (way > 0 ? 1 : -1);
                    g[arc.at(k + 1, p)] += slope;
                    g[arc.at(k, p)] -= slope;
                }
        };
        travel(arc.x1_mm, gradient[a].x1);
        travel(arc.x2_mm, gradient[a].x2);
        const double mean = std::max(1e-6, arc.monitor_units() / static_cast<double>(arc.mu.size())),
                     of_spread = options.spread_weight * unit /
                                 (mean * mean * static_cast<double>(arcs.size() * arc.mu.size()));
        for (std::size_t k = 0; k + 1 < arc.mu.size(); ++k) {
            const double off = arc.mu[k + 1] - arc.mu[k];
            value += of_spread * off * off;
            gradient[a].mu[k + 1] += 2 * of_spread * off;
            gradient[a].mu[k] -= 2 * of_spread * off;
        }
    }
    return value;
}

}  // namespace

ArcSolution optimise_arcs(const FluenceProblem& problem, const ArcFluence& through, std::vector<ArcShape> arcs,
                          const Machine& machine, const ArcOptions& options, const Progress& progress) {
    expect(problem.influence.beamlet_count() == through.beamlet_count(),
           "arcs: the matrix has the directions' beamlets");
    expect(problem.smoothing == 0, "arcs: leaves are what they are, fluence is not smoothed");
    const Variables variables(std::move(arcs), machine);
    std::vector<double> by_fluence(through.beamlet_count());
    std::vector<float> dose;
    double unit = 0, of_dose = 0;
    const SmoothFunction function = [&](std::span<const double> x, std::span<double> g) {
        const auto shapes = variables.at(x);
        const auto fluence = through.fluence(shapes);
        of_dose = fluence_objective(problem, fluence, by_fluence, dose);
        if (unit == 0) unit = of_dose;
        auto by_shape = through.gradient(shapes, by_fluence);
        const double value = of_dose + penalties(shapes, options, unit, by_shape);
        variables.chain(shapes, by_shape, g);
        return value;
    };
    SolverOptions solver;
    solver.max_iterations = options.iterations;
    solver.stall = stall_part;
    auto found = minimise_bounded(function, variables.start(), solver, progress);
    ArcSolution out;
    out.arcs = variables.at(found.x);
    for (auto& arc : out.arcs) keep_limits(arc, machine);
    out.value = fluence_objective(problem, through.fluence(out.arcs), by_fluence, dose);
    out.kkt = found.kkt;
    out.iterations = found.iterations;
    out.values = std::move(found.values);
    return out;
}

}  // namespace coutard
