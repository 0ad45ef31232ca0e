#include <algorithm>
#include <cstdlib>

#define OMPI_SKIP_MPICXX 1
#include <mpi.h>

#include "dose/montecarlo/ranks.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

Ranks start() {
    if (std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr && std::getenv("PMI_SIZE") == nullptr) return {};
    int given = 0, initialised = 0;
    MPI_Initialized(&initialised);
    if (initialised == 0) {
        // one thread of a process talks to the others, the rest follow histories
        ensure(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &given) == MPI_SUCCESS, "MPI starts");
        std::atexit([] { MPI_Finalize(); });
    }
    Ranks out;
    MPI_Comm_rank(MPI_COMM_WORLD, &out.own);
    MPI_Comm_size(MPI_COMM_WORLD, &out.count);
    return out;
}

void add(std::vector<std::int64_t>& values) {
    constexpr std::size_t piece = std::size_t{1} << 28;  // counts of MPI are 32 bits
    for (std::size_t at = 0; at < values.size(); at += piece) {
        const auto n = static_cast<int>(std::min(piece, values.size() - at));
        ensure(MPI_Allreduce(MPI_IN_PLACE, values.data() + at, n, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD) == MPI_SUCCESS,
               "MPI adds");
    }
}

}  // namespace

Ranks ranks() {
    static const Ranks found = start();
    return found;
}

void add_over_ranks(MonteCarloSums& sums) {
    if (ranks().count == 1) return;
    for (HistorySums* part : {&sums.voxels, &sums.regions, &sums.balance}) {
        add(part->sum);
        add(part->squares);
    }
    std::vector<std::int64_t> histories{static_cast<std::int64_t>(sums.histories)};
    add(histories);
    sums.histories = static_cast<std::uint64_t>(histories[0]);
}

}  // namespace coutard::dose
