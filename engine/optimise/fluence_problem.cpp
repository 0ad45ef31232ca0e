#include "engine/optimise/fluence_problem.hpp"

#include <algorithm>
#include <map>

#include "engine/base/error.hpp"
#include "engine/optimise/fluence_search.hpp"

namespace coutard {
namespace {

void add_dose(const FluenceProblem& problem, const std::vector<float>& per_fraction, std::vector<float>& dose) {
    const auto fractions = static_cast<float>(problem.fractions);
    for (std::size_t v = 0; v < dose.size(); ++v)
        dose[v] = fractions * per_fraction[v] + (problem.background_Gy.empty() ? 0.0F : problem.background_Gy[v]);
}

}  // namespace

double roughness(const FluenceProblem& problem, std::span<const double> w, std::span<double> gradient) {
    if (problem.smoothing <= 0 || problem.pairs.empty()) return 0;
    const double scale =
        problem.smoothing / (problem.mean_weight * problem.mean_weight * static_cast<double>(problem.pairs.size()));
    double sum = 0;
    for (const auto& [first, second, weight] : problem.pairs) {
        const double c = scale * static_cast<double>(weight), off = w[first] - w[second];
        sum += c * off * off;
        gradient[first] += 2 * c * off;
        gradient[second] -= 2 * c * off;
    }
    return sum;
}

std::vector<NeighbourPair> neighbours(const std::vector<BeamletBeam>& beams) {
    std::vector<NeighbourPair> pairs;
    std::uint32_t base = 0;
    for (const auto& beam : beams) {
        std::map<std::pair<int, int>, std::uint32_t> at;  // row, column
        for (std::uint32_t i = 0; i < beam.beamlets.size(); ++i)
            at[{beam.beamlets[i].row, beam.beamlets[i].column}] = base + i;
        for (const auto& [place, index] : at) {
            if (const auto right = at.find({place.first, place.second + 1}); right != at.end())
                pairs.push_back({index, right->second, 1});
            if (const auto above = at.find({place.first + 1, place.second}); above != at.end())
                pairs.push_back({index, above->second, 0.25F});
        }
        base += static_cast<std::uint32_t>(beam.beamlets.size());
    }
    return pairs;
}

std::vector<float> dose_of(const FluenceProblem& problem, const std::vector<double>& weights) {
    std::vector<float> per_fraction(problem.influence.voxel_count()), dose(per_fraction.size());
    problem.influence.forward(std::vector<float>(weights.begin(), weights.end()), per_fraction);
    add_dose(problem, per_fraction, dose);
    return dose;
}

std::vector<double> even_start(const FluenceProblem& problem, const VoxelList& where, double dose_Gy) {
    const std::size_t n = problem.influence.beamlet_count();
    const double background = problem.background_Gy.empty() ? 0 : mean_dose(where, problem.background_Gy);
    const double unit = mean_dose(where, dose_of(problem, std::vector<double>(n, 1.0))) - background;
    validate(unit > 0, "dose of the open beams in the target [Gy per MU]", unit, "more than 0");
    return std::vector<double>(n, std::max(0.0, dose_Gy - background) / unit);
}

double fluence_objective(const FluenceProblem& problem, std::span<const double> x, std::span<double> gradient,
                         std::vector<float>& dose) {
    const std::size_t n = problem.influence.beamlet_count(), voxels = problem.influence.voxel_count();
    std::vector<float> back(n), per_fraction(voxels), slope(voxels);
    dose.resize(voxels);
    problem.influence.forward(std::vector<float>(x.begin(), x.end()), per_fraction);
    add_dose(problem, per_fraction, dose);
    const double value = problem.objectives(dose, slope);
    problem.influence.transpose(slope, back);
    for (std::size_t i = 0; i < n; ++i) gradient[i] = static_cast<double>(back[i]) * problem.fractions;
    return value + roughness(problem, x, gradient);
}

Solution optimise_fluence(const FluenceProblem& problem, std::vector<double> start, const SolverOptions& options,
                          const Progress& progress) {
    const std::size_t voxels = problem.influence.voxel_count();
    expect(start.size() == problem.influence.beamlet_count(), "optimise fluence: one start weight per beamlet");
    expect(problem.background_Gy.empty() || problem.background_Gy.size() == voxels,
           "optimise fluence: background per voxel");
    if (problem.influence.rows()) return FluenceSearch(problem, std::move(start), options).run(progress);
    std::vector<float> dose;
    const SmoothFunction function = [&](std::span<const double> x, std::span<double> gradient) {
        return fluence_objective(problem, x, gradient, dose);
    };
    return minimise_bounded(function, std::move(start), options, progress);
}

}  // namespace coutard
