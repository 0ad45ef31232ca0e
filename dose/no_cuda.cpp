// What a build without CUDA answers for the whole room.
#include "dose/montecarlo/monte_carlo_gpu.hpp"
#include "dose/superposition/superpose_parts.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {

int cuda_devices() {
    return 0;
}

SuperpositionResult transport_cuda(const SuperpositionJob&, const Progress&) {
    throw NotBuilt("superposition on CUDA: this build has no CUDA");
}

void run_on_gpu(const MonteCarloScene&, const HeadSource<par::Host>&, const MonteCarloRun&, int, MonteCarloSums&,
                const Progress&) {
    throw NotBuilt("Monte Carlo on CUDA: this build has no CUDA");
}

}  // namespace coutard::dose
