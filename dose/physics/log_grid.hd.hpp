#pragma once
#include <cmath>

#include "engine/base/hd.hpp"

namespace coutard::dose {

/// Where an energy falls on a lattice that is even in ln E: cell and part of it. One logarithm serves
/// every table on the same lattice.
struct LogCell {
    int cell = 0;
    double part = 0;
};

/// Energies E_k = low exp(k step), k = 0 .. count - 1 [MeV].
struct LogGrid {
    double low_MeV = 0.001;
    double step = 0.02;  ///< in ln E
    int count = 0;

    COUTARD_HD LogCell find(double energy_MeV) const {
        double at = std::log(energy_MeV / low_MeV) / step;
        at = at < 0 ? 0 : at;
        int cell = static_cast<int>(at);
        if (cell > count - 2) {
            cell = count - 2;
            at = at > count - 1 ? count - 1 : at;
        }
        return {cell, at - cell};
    }
    COUTARD_HD double energy(int k) const { return low_MeV * std::exp(k * step); }
};

/// Straight line between two lattice points of a table.
COUTARD_HD inline double lookup(const double* values, const LogCell& at) {
    return values[at.cell] + at.part * (values[at.cell + 1] - values[at.cell]);
}

}  // namespace coutard::dose
