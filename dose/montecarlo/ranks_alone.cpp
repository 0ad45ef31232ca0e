// A build without MPI: one process.
#include "dose/montecarlo/ranks.hpp"

namespace coutard::dose {

Ranks ranks() {
    return {};
}

void add_over_ranks(MonteCarloSums&) {}

}  // namespace coutard::dose
