#pragma once
#include <cstddef>
#include <type_traits>

#include "engine/par/view.hd.hpp"

namespace coutard::par {

/// Threads used by for_each_index on the CPU from now on; 0 means all cores. Set once, by the program.
void set_threads(int count);
int threads();

namespace detail {
using Chunk = void (*)(const void* execute, std::size_t from, std::size_t to);
/// Cut [0, n) into chunks of about `grain` and run them; rethrows the first exception.
void run_chunks(std::size_t n, std::size_t grain, const void* execute, Chunk chunk);
}  // namespace detail

/// Call execute(i) for i in [0, n), in any order, on all CPU threads. The executor writes only what
/// index i owns, or uses shared_add. \param grain indices that one task takes at least
template <class F>
void for_each_index(Host, std::size_t n, const F& execute, std::size_t grain = 1) {
    detail::run_chunks(n, grain, &execute, [](const void* f, std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to; ++i) (*static_cast<const F*>(f))(i);
    });
}

}  // namespace coutard::par
