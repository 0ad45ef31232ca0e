#pragma once
#include <chrono>
#include <optional>
#include <vector>

#include "engine/optimise/fluence_problem.hpp"
#include "engine/optimise/working_set.hpp"

namespace coutard {

/// Solves a fluence problem whose influence is a matrix in memory: BoundedLbfgs steps in a working set, looks at the
/// whole problem every few steps, and takes another set where voxels came near a limit or beamlets want to open. Ends
/// by the KKT residual of the whole problem. Theory: docs/theory/optimisation.md, working sets.
class FluenceSearch {
  public:
    /// Keeps a reference to `problem`. \throws ContractError the influence is no matrix in memory
    FluenceSearch(const FluenceProblem& problem, std::vector<double> start, const SolverOptions& options);
    /// \throws Interrupted
    Solution run(const Progress& progress);

  private:
    /// A point at which the whole problem was looked at.
    struct Look {
        std::vector<double> x, gradient;
        std::vector<float> dose_Gy;
        double value = 0, kkt = 0;
    };
    Look look(std::vector<double> x);
    bool renew_set();  ///< whether there is another set now
    void fit_model();  ///< to the whole problem at the last look
    void distrust(int& steps);
    double in_set(std::span<const double> x, std::span<double> gradient);
    std::optional<SolverEnd> ended() const;
    /// Steps in the set, until it is solved, the search ends or as many are done.
    void step(const SmoothFunction& function, int most, const Progress& progress);

    const FluenceProblem& problem_;
    SolverOptions options_;
    BoundedLbfgs search_;
    Look last_;
    std::optional<WorkingSet> set_;
    std::vector<float> weights_, back_, dose_Gy_, slope_;  ///< of the set
    std::vector<float> gain_, rest_Gy_;  ///< per voxel of the set: dose = gain x own entries' dose + rest
    std::vector<double> tilt_;           ///< per beamlet of the set: gradient that the model lacks at the last look
    double first_kkt_ = 0, margin_;
    RowMatrix::Entries entries_ = RowMatrix::Entries::Own;  ///< of sets: all, once the model of own ones is no help
    Solution result_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace coutard
