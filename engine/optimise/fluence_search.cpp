#include "engine/optimise/fluence_search.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

// margins in parts of a limit: wide while doses still move far
constexpr double first_margin = 0.25, later_margin = 0.04, wider = 3, all_voxels = 1e6;
constexpr double kept_part = 0.3;      // of the margin: voxels that came so near must be in the set
constexpr double smaller_part = 0.85;  // of its beamlets: a set that shrank so far is worth a new one
constexpr int first_steps = 10, most_steps = 20, least_steps = 5;
constexpr double inner_tolerance = 0.5;  // of what the whole problem shall reach
constexpr double trusted_part = 0.5;     // of what a set promises that the whole shall gain
constexpr float most_gain = 3;           // of own entries' dose, to stand for all of it
constexpr double rounding = 1e-6;        // of values that are sums of float32 products

std::vector<std::uint32_t> open_beamlets(const std::vector<double>& x, const std::vector<double>& gradient) {
    std::vector<std::uint32_t> open;
    for (std::uint32_t b = 0; b < x.size(); ++b)
        if (x[b] > 0 || gradient[b] < 0) open.push_back(b);
    return open;
}

}  // namespace

FluenceSearch::FluenceSearch(const FluenceProblem& problem, std::vector<double> start, const SolverOptions& options)
    : problem_(problem), options_(options), search_(std::move(start), options.memory), margin_(first_margin) {
    expect(problem.influence.rows() != nullptr, "fluence search: the influence is a matrix in memory");
    expect(options.max_iterations >= 0, "solver: iterations not negative");
}

FluenceSearch::Look FluenceSearch::look(std::vector<double> x) {
    Look here{std::move(x), {}, {}, 0, 0};
    here.gradient.resize(here.x.size());
    here.value = fluence_objective(problem_, here.x, here.gradient, here.dose_Gy);
    ensure(std::isfinite(here.value), "solver: the objective is finite");
    here.kkt = kkt_residual(here.x, here.gradient);
    ++result_.evaluations;
    return here;
}

bool FluenceSearch::renew_set() {
    auto beamlets = open_beamlets(last_.x, last_.gradient);
    if (set_) {
        const bool all_there =
            std::includes(set_->beamlets.begin(), set_->beamlets.end(), beamlets.begin(), beamlets.end());
        const bool much_smaller =
            static_cast<double>(beamlets.size()) < smaller_part * static_cast<double>(set_->beamlets.size());
        if (all_there && !much_smaller && covers(set_->voxels, problem_.objectives, last_.dose_Gy, kept_part * margin_))
            return false;
    }
    set_ = working_set(*problem_.influence.rows(), problem_.objectives, last_.dose_Gy, std::move(beamlets), margin_,
                       entries_);
    weights_.resize(set_->beamlets.size());
    back_.resize(set_->beamlets.size());
    dose_Gy_.resize(set_->voxels.size());
    slope_.resize(set_->voxels.size());
    return true;
}

void FluenceSearch::fit_model() {
    const auto& [voxels, beamlets, matrix, objectives] = *set_;
    for (std::size_t b = 0; b < beamlets.size(); ++b) weights_[b] = static_cast<float>(last_.x[beamlets[b]]);
    matrix.forward(weights_, dose_Gy_);
    const auto fractions = static_cast<float>(problem_.fractions);
    gain_.assign(voxels.size(), fractions);
    rest_Gy_.resize(voxels.size());
    for (std::size_t v = 0; v < voxels.size(); ++v) {
        const float background = problem_.background_Gy.empty() ? 0.0F : problem_.background_Gy[voxels[v]];
        const float own = fractions * dose_Gy_[v], all = last_.dose_Gy[voxels[v]] - background;
        if (own > 0) gain_[v] = fractions * std::min(all / own, most_gain);
        rest_Gy_[v] = last_.dose_Gy[voxels[v]] - gain_[v] * dose_Gy_[v];
        dose_Gy_[v] = last_.dose_Gy[voxels[v]];
    }
    objectives(dose_Gy_, slope_);
    for (std::size_t v = 0; v < voxels.size(); ++v) slope_[v] *= gain_[v];
    matrix.transpose(slope_, back_);
    std::vector<double> smooth(last_.x.size(), 0.0);
    roughness(problem_, last_.x, smooth);
    tilt_.resize(beamlets.size());
    for (std::size_t b = 0; b < beamlets.size(); ++b)
        tilt_[b] = last_.gradient[beamlets[b]] - smooth[beamlets[b]] - static_cast<double>(back_[b]);
}

double FluenceSearch::in_set(std::span<const double> x, std::span<double> gradient) {
    const auto& [voxels, beamlets, matrix, objectives] = *set_;
    for (std::size_t b = 0; b < beamlets.size(); ++b) weights_[b] = static_cast<float>(x[beamlets[b]]);
    matrix.forward(weights_, dose_Gy_);
    for (std::size_t v = 0; v < voxels.size(); ++v) dose_Gy_[v] = gain_[v] * dose_Gy_[v] + rest_Gy_[v];
    double value = objectives(dose_Gy_, slope_);
    for (std::size_t v = 0; v < voxels.size(); ++v) slope_[v] *= gain_[v];
    matrix.transpose(slope_, back_);
    std::fill(gradient.begin(), gradient.end(), 0.0);
    for (std::size_t b = 0; b < beamlets.size(); ++b) {
        gradient[beamlets[b]] = static_cast<double>(back_[b]) + tilt_[b];
        value += tilt_[b] * (x[beamlets[b]] - last_.x[beamlets[b]]);
    }
    value += roughness(problem_, x, gradient);
    for (std::size_t b = 0, next = 0; b < gradient.size(); ++b)  // the others are held at 0
        if (next < beamlets.size() && beamlets[next] == b)
            ++next;
        else
            gradient[b] = 0;
    return value;
}

std::optional<SolverEnd> FluenceSearch::ended() const {
    if (result_.iterations >= options_.max_iterations) return SolverEnd::Iterations;
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began_;
    if (options_.time_limit_s > 0 && spent.count() > options_.time_limit_s) return SolverEnd::TimeLimit;
    const auto& values = result_.values;
    if (values.size() > 10 && std::abs(values[values.size() - 11] - values.back()) < options_.stall * values.back())
        return SolverEnd::Stalled;
    return std::nullopt;
}

void FluenceSearch::step(const SmoothFunction& function, int most, const Progress& progress) {
    search_.evaluate(function);
    for (int k = 0; k < most && !ended(); ++k) {
        progress.at(std::min(1.0, static_cast<double>(result_.iterations) / std::max(options_.max_iterations, 1)),
                    "optimise");
        if (search_.kkt() <= inner_tolerance * options_.tolerance * first_kkt_ || !search_.step(function)) return;
        ++result_.iterations;
        result_.values.push_back(search_.value());
    }
}

/// The whole gained less than the set promised: fewer steps; then all entries; then more voxels.
void FluenceSearch::distrust(int& steps) {
    if (steps > least_steps) {
        steps = std::max(least_steps, steps / 2);
    } else if (entries_ == RowMatrix::Entries::Own) {
        entries_ = RowMatrix::Entries::All;
        set_.reset();
    } else if (margin_ < all_voxels) {
        margin_ = margin_ * wider > 10 ? all_voxels : margin_ * wider;
        set_.reset();
    }
}

Solution FluenceSearch::run(const Progress& progress) {
    last_ = look(search_.x());
    first_kkt_ = std::max(last_.kkt, 1e-300);
    result_.values.push_back(last_.value);
    const SmoothFunction function = [this](std::span<const double> x, std::span<double> gradient) {
        return in_set(x, gradient);
    };
    int steps = first_steps;
    std::optional<SolverEnd> end;
    while (!end) {
        progress.at(std::min(1.0, static_cast<double>(result_.iterations) / std::max(options_.max_iterations, 1)),
                    "optimise");
        if (last_.kkt <= options_.tolerance * first_kkt_ || first_kkt_ <= 1e-300) {
            end = SolverEnd::Converged;
            break;
        }
        const bool fresh = renew_set();
        fit_model();
        const int before = result_.iterations;
        step(function, steps, progress);
        const double promised = last_.value - search_.value();
        Look here = look(search_.x());
        const double gained = last_.value - here.value;
        end = ended();
        if (gained < trusted_part * promised) distrust(steps);
        if (gained <= 0 &&
            std::max(promised, -gained) > rounding * std::abs(last_.value)) {  // stay where it was better
            if (set_ && margin_ >= all_voxels && entries_ == RowMatrix::Entries::All) end = SolverEnd::Stalled;
            search_.move_to(last_.x);
            continue;
        }
        if (!end && result_.iterations == before) {
            if (fresh && entries_ == RowMatrix::Entries::All) end = SolverEnd::Stalled;
            entries_ = RowMatrix::Entries::All;
            set_.reset();
        }
        last_ = std::move(here);
        if (last_.kkt <= options_.tolerance * first_kkt_) end = SolverEnd::Converged;
        margin_ = std::max(later_margin, margin_ / 2);
        steps = std::min(most_steps, 2 * steps);
    }
    result_.end = *end;
    result_.x = last_.x;
    result_.value = last_.value;
    result_.kkt = last_.kkt / first_kkt_;
    result_.evaluations += search_.evaluations();
    return std::move(result_);
}

}  // namespace coutard
