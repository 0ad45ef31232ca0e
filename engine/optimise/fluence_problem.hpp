#pragma once
#include <vector>

#include "engine/optimise/bounded_lbfgs.hpp"
#include "engine/optimise/objective_sum.hpp"
#include "engine/ports/influence.hpp"

namespace coutard {

/// Two weights that shall not differ much, so that leaves can follow.
struct NeighbourPair {
    std::uint32_t first = 0, second = 0;
    float weight = 1;
};
/// Neighbours along the leaf travel (weight 1) and across the leaves (weight 1/4) within each beam.
std::vector<NeighbourPair> neighbours(const std::vector<BeamletBeam>& beams);

/// Find weights [MU per fraction] whose dose, added to a background, has the least objective.
struct FluenceProblem {
    const InfluenceOperator& influence;
    const ObjectiveSum& objectives;
    int fractions = 1;
    std::vector<float> background_Gy;  ///< whole course, per voxel; empty: none
    std::vector<NeighbourPair> pairs;
    double smoothing = 0;    ///< (8): weight of the mean squared difference of pairs, relative to mean_weight
    double mean_weight = 1;  ///< typical weight [MU], to which differences are compared
};

/// Whole-course dose of weights with the background [Gy].
std::vector<float> dose_of(const FluenceProblem& problem, const std::vector<double>& weights);

/// Equal weights that give the mean of `where` the wanted dose, background included [MU].
/// \throws InputError the beamlets reach no voxel of `where`
std::vector<double> even_start(const FluenceProblem& problem, const VoxelList& where, double dose_Gy);

/// Mean squared difference of neighbours (8), relative to the mean weight; its gradient is added to `gradient`.
double roughness(const FluenceProblem& problem, std::span<const double> weights, std::span<double> gradient);

/// The whole objective: its value and gradient by each weight. \param dose_Gy  whole course, of these weights;
/// overwritten
double fluence_objective(const FluenceProblem& problem, std::span<const double> weights, std::span<double> gradient,
                         std::vector<float>& dose_Gy);

/// Solve it; in working sets (fluence_search) where the influence is a matrix in memory. \throws Interrupted
Solution optimise_fluence(const FluenceProblem& problem, std::vector<double> start, const SolverOptions& options,
                          const Progress& progress);

}  // namespace coutard
