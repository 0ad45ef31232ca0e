#include "engine/par/for_each.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#ifdef COUTARD_HAS_TBB
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#endif

namespace coutard::par {
namespace {
std::atomic<int> g_threads{0};  // 0: all cores
}

void set_threads(int count) {
    g_threads = std::max(count, 0);
}

int threads() {
    const int wanted = g_threads;
    return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

namespace detail {
#ifdef COUTARD_HAS_TBB

void run_chunks(std::size_t n, std::size_t grain, const void* execute, Chunk chunk) {
    if (n == 0) return;
    // oneTBB starts no more threads than there are cores unless it is told to
    const oneapi::tbb::global_control allowed(oneapi::tbb::global_control::max_allowed_parallelism,
                                              static_cast<std::size_t>(threads()));
    oneapi::tbb::task_arena arena(threads());
    arena.execute([&] {
        oneapi::tbb::parallel_for(oneapi::tbb::blocked_range<std::size_t>(0, n, std::max<std::size_t>(grain, 1)),
                                  [&](const auto& range) { chunk(execute, range.begin(), range.end()); });
    });
}

#else  // the same with std::thread, for machines without oneTBB

void run_chunks(std::size_t n, std::size_t grain, const void* execute, Chunk chunk) {
    const std::size_t step = std::max({grain, std::size_t{1}, n / (static_cast<std::size_t>(threads()) * 16)});
    std::atomic<std::size_t> next{0};
    std::exception_ptr first;
    std::mutex guard;
    const auto work = [&] {
        try {
            for (std::size_t from; (from = next.fetch_add(step)) < n;) chunk(execute, from, std::min(from + step, n));
        } catch (...) {
            const std::scoped_lock lock(guard);
            if (!first) first = std::current_exception();
            next = n;
        }
    };
    std::vector<std::jthread> crew;
    for (int t = 1; t < threads() && n > step; ++t) crew.emplace_back(work);
    work();
    crew.clear();  // joins
    if (first) std::rethrow_exception(first);
}

#endif
}  // namespace detail
}  // namespace coutard::par
