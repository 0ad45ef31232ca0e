#pragma once
#include <cstdint>
#include <cstring>

#include "engine/base/hd.hpp"

namespace coutard::dose {

/// Energies with 64 even cells in every octave from 2^-10 to 2^5 MeV. The bits of a float tell cell and
/// part: no logarithm. A straight line in a cell misses 1/E^2 by 2e-4 at most.
struct OctaveGrid {
    static constexpr int per_octave = 64, lowest_exponent = -10, octaves = 15;
    static constexpr int count = per_octave * octaves + 1;  ///< lattice points
    static constexpr double low_MeV = 1.0 / 1024, high_MeV = 32;

    struct Cell {
        int index = 0;
        float part = 0;     ///< of the cell
        float per_MeV = 0;  ///< one over the cell's width: slope of a table = difference times this
    };

    COUTARD_HD static float power_of_two(int exponent) {
        const auto bits = static_cast<std::uint32_t>(exponent + 127) << 23;
        float out;
        std::memcpy(&out, &bits, sizeof out);
        return out;
    }
    /// Outside the lattice its ends hold.
    COUTARD_HD static Cell find(double energy_MeV) {
        const auto energy = static_cast<float>(energy_MeV);
        std::uint32_t bits;
        std::memcpy(&bits, &energy, sizeof bits);
        const int index = static_cast<int>(bits >> 17) - ((127 + lowest_exponent) << 6);
        if (index < 0) return {0, 0, 0};
        if (index >= count - 1) return {count - 2, 1, 0};
        const int exponent = static_cast<int>(bits >> 23) - 127;
        return {index, static_cast<float>(bits & 0x1FFFFU) * 0x1p-17F, power_of_two(6 - exponent)};
    }
    COUTARD_HD static double energy(int k) {
        return power_of_two(lowest_exponent + k / per_octave) * (1.0 + (k % per_octave) / 64.0);
    }
};

}  // namespace coutard::dose
