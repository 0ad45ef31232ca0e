#pragma once
#include <cmath>
#include <cstdint>

#include "engine/base/hd.hpp"

namespace coutard::par {

/// Order-independent sums: values are rounded to whole quanta and added as 64-bit integers, so any
/// number of threads, on CPU or GPU, gives the same bits. Room: 2^63 quanta.
struct FixedSum {
    double quantum = 1;    ///< value of one count
    double per_value = 1;  ///< counts of one

    COUTARD_HD static FixedSum of(double quantum) { return {quantum, 1 / quantum}; }
    COUTARD_HD std::int64_t counts(double value) const {
#if defined(__CUDA_ARCH__)
        return __double2ll_rn(value * per_value);
#else
        return static_cast<std::int64_t>(std::llrint(value * per_value));
#endif
    }
    COUTARD_HD double value(std::int64_t counts) const {
        return static_cast<double>(counts) * quantum;
    }
};

/// Add to a sum that several threads share.
COUTARD_HD inline void shared_add(std::int64_t* sum, std::int64_t counts) {
#if defined(__CUDA_ARCH__)
    atomicAdd(reinterpret_cast<unsigned long long*>(sum), static_cast<unsigned long long>(counts));
#else
    __atomic_fetch_add(sum, counts, __ATOMIC_RELAXED);
#endif
}

}  // namespace coutard::par
