#pragma once
#include "dose/montecarlo/head_source.hd.hpp"
#include "dose/montecarlo/monte_carlo.hpp"

namespace coutard::dose {

/// Follow run.histories on a GPU in groups, and add each group's mean to `sums` as if it were one history: the error
/// is that of the spread of groups. No regions.
/// \throws par::DeviceError the device refused or failed; NotBuilt a build without CUDA; Interrupted
void run_on_gpu(const MonteCarloScene& scene, const HeadSource<par::Host>& source, const MonteCarloRun& run, int groups,
                MonteCarloSums& sums, const Progress& progress);

}  // namespace coutard::dose
