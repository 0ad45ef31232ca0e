#pragma once
#include <cmath>
#include <cstdint>

#include "dose/ray/walk.hd.hpp"
#include "dose/superposition/terma.hd.hpp"
#include "engine/par/fixed_sum.hd.hpp"
#include "engine/par/view.hd.hpp"

namespace coutard::dose {

/// Exponentials that describe how the energy of a cone is laid down along it: rates
/// a_n = slowest_rate 2^n per cm of water. The ladder is common to all cones and groups.
inline constexpr int ladder_rates = 12;
inline constexpr double slowest_rate_per_cm = 0.02;

/// The parallel lines of one cone direction through a grid: one enters every voxel face of each layer
/// across the dominant axis, so each voxel is crossed by the same length of line.
struct ConeLines {
    int axis[3];           ///< dominant axis first
    double slope[2];       ///< voxels of axis[1], axis[2] per voxel of axis[0] (walked upwards)
    bool downwards;        ///< along -axis[0]
    int low[2], count[2];  ///< lattice of lines
    double layer_cm;       ///< length of line in one layer

    COUTARD_HD std::size_t lines() const {
        return static_cast<std::size_t>(count[0]) * static_cast<std::size_t>(count[1]);
    }
    /// Ends of line n in box space, in the direction of travel.
    COUTARD_HD void ends(const Grid& grid, std::size_t n, Vec3& a, Vec3& b) const {
        const int layers = extent(grid, axis[0]);
        const double u = low[0] + static_cast<int>(n % static_cast<std::size_t>(count[0])) + 0.5;
        const double v = low[1] + static_cast<int>(n / static_cast<std::size_t>(count[0])) + 0.5;
        a[axis[0]] = downwards ? layers : 0;
        b[axis[0]] = downwards ? 0 : layers;
        a[axis[1]] = u;
        a[axis[2]] = v;
        b[axis[1]] = u + slope[0] * layers;
        b[axis[2]] = v + slope[1] * layers;
    }
};

/// Lines of the unit vector `direction` (patient axes) through a grid.
ConeLines cone_lines(const Grid& grid, const Vec3& direction);

/// Executor: carry the energy of one cone along line i (docs/theory/dose.md, section 3). In a voxel of
/// water-equivalent length x that releases R evenly, the part a_n A_n exp(-a_n s) of the kernel gives
///   deposit = S (1 - e) + R A (1 - (1 - e)/(a x)),   S <- S e + R A (1 - e)/(a x),   e = exp(-a x):
/// exact within the voxel, and not a bit of energy is lost. Source: Ahnesjo, Med Phys 16 (1989) 577.
template <class Space>
struct ConeLineExecutor {
    using space = Space;
    Grid grid;
    ConeLines cone;
    par::View<const float, Space> terma;      ///< [MeV/cm3], shape (voxels, energy_groups)
    par::View<const float, Space> electrons;  ///< electron density relative to water
    par::View<const float, Space> amplitude;  ///< part of energy, shape (energy_groups, ladder_rates), one cone
    par::FixedSum unit;                       ///< [MeV/cm3]
    par::View<std::int64_t, Space> deposit;   ///< in and out, per voxel

    COUTARD_HD void operator()(std::size_t line) const {
        Vec3 a, b;
        cone.ends(grid, line, a, b);
        const int layers = extent(grid, cone.axis[0]);
        float state[ladder_rates] = {};
        bool carries = false;
        walk(grid, a, b, [&](std::size_t v, double part) {
            const float* released = terma.data + v * energy_groups;
            const bool source = released[0] > 0;
            if (!carries && !source) return;
            carries = true;
            const auto layer_part = static_cast<float>(part * layers);
            const float x = electrons[v] * layer_part * static_cast<float>(cone.layer_cm);
            if (x <= 0) return;
            const float given = source ? pass_source(state, released, layer_part, x) : pass(state, x);
            par::shared_add(deposit.data + v, unit.counts(given));
        });
    }

  private:
    /// 1 - exp(-a_n x) for the whole ladder: f_{n+1} = f_n (2 - f_n), no cancellation.
    COUTARD_HD static void ladder(float x, float (&lost)[ladder_rates]) {
        float f = -std::expm1(-static_cast<float>(slowest_rate_per_cm) * x);
        for (int n = 0; n < ladder_rates; ++n) {
            lost[n] = f;
            f *= 2 - f;
        }
    }
    COUTARD_HD static float pass(float (&state)[ladder_rates], float x) {
        float lost[ladder_rates], given = 0;
        ladder(x, lost);
        for (int n = 0; n < ladder_rates; ++n) {
            const float d = state[n] * lost[n];
            given += d;
            state[n] -= d;
        }
        return given;
    }
    COUTARD_HD float pass_source(float (&state)[ladder_rates], const float* released, float layer_part, float x) const {
        float lost[ladder_rates], given = 0;
        ladder(x, lost);
        float depth = static_cast<float>(slowest_rate_per_cm) * x;  // a_n x
        for (int n = 0; n < ladder_rates; ++n) {
            float r = 0;
            for (int g = 0; g < energy_groups; ++g)
                r += released[g] * amplitude[static_cast<std::size_t>(g * ladder_rates + n)];
            r *= layer_part;
            const float leaves = r * lost[n] / depth;
            const float d = state[n] * lost[n] + (r - leaves);
            given += d;
            state[n] += r - d;
            depth *= 2;
        }
        return given;
    }
};

}  // namespace coutard::dose
