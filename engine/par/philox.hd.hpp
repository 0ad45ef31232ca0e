#pragma once
#include <cstdint>

#include "engine/base/hd.hpp"

namespace coutard::par {

/// Counter-based random numbers, Philox4x32-10: the stream of (seed, history) is the same on every
/// machine and thread, and no stream touches another.
/// Source: Salmon, Moraes, Dror, Shaw, SC11 (2011), "Parallel random numbers: as easy as 1, 2, 3".
class Philox {
  public:
    /// \param seed run; \param history number of the independent stream within the run
    COUTARD_HD Philox(std::uint64_t seed, std::uint64_t history)
        : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
          counter_{0, 0, static_cast<std::uint32_t>(history), static_cast<std::uint32_t>(history >> 32)} {}

    /// Next 32 random bits.
    COUTARD_HD std::uint32_t bits() {
        if (left_ == 0) refill();
        return block_[--left_];
    }
    /// Uniform in (0, 1), both ends excluded: 32 bits, centred in their cell.
    COUTARD_HD double uniform() { return (bits() + 0.5) * (1.0 / 4294967296.0); }

    /// One block: ten rounds on a counter with a key (exposed for the known-answer test).
    COUTARD_HD static void block(const std::uint32_t (&counter)[4], const std::uint32_t (&key)[2],
                                 std::uint32_t (&out)[4]) {
        std::uint32_t k0 = key[0], k1 = key[1];
        for (int i = 0; i < 4; ++i) out[i] = counter[i];
        for (int round = 0; round < 10; ++round) {
            const std::uint64_t a = std::uint64_t{0xD2511F53U} * out[0];
            const std::uint64_t b = std::uint64_t{0xCD9E8D57U} * out[2];
            const std::uint32_t next[4] = {
                static_cast<std::uint32_t>(b >> 32) ^ out[1] ^ k0, static_cast<std::uint32_t>(b),
                static_cast<std::uint32_t>(a >> 32) ^ out[3] ^ k1, static_cast<std::uint32_t>(a)};
            for (int i = 0; i < 4; ++i) out[i] = next[i];
            k0 += 0x9E3779B9U;
            k1 += 0xBB67AE85U;
        }
    }

  private:
    COUTARD_HD void refill() {
        block(counter_, key_, block_);
        if (++counter_[0] == 0) ++counter_[1];
        left_ = 4;
    }

    std::uint32_t key_[2];
    std::uint32_t counter_[4];
    std::uint32_t block_[4] = {};
    int left_ = 0;
};

}  // namespace coutard::par
