#pragma once
#include "dose/montecarlo/monte_carlo.hpp"

namespace coutard::dose {

/// Processes that share a run (MPI); one alone unless mpirun started several.
struct Ranks {
    int own = 0, count = 1;
    bool first() const { return own == 0; }  ///< the one that writes files
};

/// Starts MPI on the first call where mpirun (Open MPI, or any launcher that sets PMI_SIZE) asks for more than one.
Ranks ranks();

/// Add up the sums of all ranks; each has the total afterwards. Whole numbers: the same bits for any count.
void add_over_ranks(MonteCarloSums& sums);

}  // namespace coutard::dose
