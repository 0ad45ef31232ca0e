#pragma once
#include <cstdint>
#include <vector>

#include "dose/superposition/cone_state.hd.hpp"
#include "dose/superposition/kernel_tilt.hd.hpp"
#include "dose/superposition/terma.hd.hpp"
#include "engine/geom/iec61217.hpp"
#include "engine/par/fixed_sum.hd.hpp"
#include "engine/par/view.hd.hpp"

namespace coutard::dose {

/// One stretch of a line inside one voxel, relative to the line's place in the lattice.
struct ConeStep {
    int layer;      ///< index on the dominant axis
    int across[2];  ///< voxels from the line's first one on the other axes
    float part;     ///< of the length of line in one layer; the parts of a layer sum to 1
};

/// The parallel lines of one cone direction through a grid: one enters every voxel face of each layer
/// across the dominant axis, so each voxel is crossed by the same length of line, and all lines take the
/// same steps.
struct ConeLines {
    int axis[3];           ///< dominant axis first, then the one that runs faster in memory
    int low[2], count[2];  ///< lattice of lines; some start beside the grid and enter through a side
    double layer_cm;       ///< length of line in one layer
    std::vector<ConeStep> steps;
};

/// Rays of a point source through voxel centres, for the tilt of kernels: all linear in the voxel's indices
/// (dominant axis, then the others, as in ConeLines).
struct RayFan {
    float from[3], step[3][3];  ///< voxel centre from the source [mm], patient axes
    float cone[3], axis[3];     ///< unit vectors: the cone, the central ray

    /// Cosines of the ray to the cone and to the central ray.
    COUTARD_HD void cosines(int layer, int u, int v, float& to_cone, float& to_axis) const {
        float square = 0;
        to_cone = to_axis = 0;
        for (int k = 0; k < 3; ++k) {
            const float r = from[k] + step[0][k] * static_cast<float>(layer) + step[1][k] * static_cast<float>(u) +
                            step[2][k] * static_cast<float>(v);
            square += r * r;
            to_cone += r * cone[k];
            to_axis += r * axis[k];
        }
        const float scale = 1 / sqrtf(square);
        to_cone *= scale;
        to_axis *= scale;
    }
};
RayFan ray_fan(const Grid& grid, const ConeLines& lines, const BeamFrame& beam, const Vec3& cone_direction);

/// Lines of the unit vector `direction` (patient axes) through a grid.
ConeLines cone_lines(const Grid& grid, const Vec3& direction);

/// Executor: carry the energy of one cone, all rates of the ladder, along one line; several lines add to one voxel.
/// What runs on a GPU; on the CPU FieldLines does the same for lines side by side.
template <class Space>
struct ConeLineExecutor {
    using space = Space;
    std::size_t stride[3];  ///< of ConeLines::axis in memory
    int size[2];            ///< voxels on the two other axes
    int low[2], count[2];
    float layer_cm;
    par::View<const ConeStep, Space> steps;
    par::View<const float, Space> terma;        ///< [MeV/cm3], shape (voxels, energy_groups)
    par::View<const WaterLength, Space> water;  ///< per voxel
    par::View<const float, Space> amplitude;    ///< part of energy, shape (energy_groups, ladder_rates), one cone
    KernelTilt<Space> tilt;
    float own[energy_groups];  ///< of the cone, for the tilt
    RayFan fan;
    par::FixedSum unit;                      ///< [MeV/cm3]
    par::View<std::int64_t, Space> deposit;  ///< in and out, per voxel

    COUTARD_HD std::size_t lines() const {
        return static_cast<std::size_t>(count[0]) * static_cast<std::size_t>(count[1]);
    }

    COUTARD_HD void operator()(std::size_t line) const {
        const auto row = static_cast<std::size_t>(count[0]);
        const int first[2] = {low[0] + static_cast<int>(line % row), low[1] + static_cast<int>(line / row)};
        ConeState<1> state;
        bool carries = false;
        for (std::size_t s = 0; s < steps.size; ++s) {
            const ConeStep step = steps[s];
            const int u = first[0] + step.across[0], v = first[1] + step.across[1];
            if (u < 0 || u >= size[0] || v < 0 || v >= size[1]) continue;
            const std::size_t at = static_cast<std::size_t>(step.layer) * stride[0] +
                                   static_cast<std::size_t>(u) * stride[1] + static_cast<std::size_t>(v) * stride[2];
            const float* released = terma.data + at * energy_groups;
            const bool fresh = releases(released);
            if (!carries && !fresh) continue;
            carries = true;
            const float cm = step.part * layer_cm;
            const WaterLength length{water[at].scatter * cm, water[at].primary * cm};
            float laid;
            if (fresh) {
                float to_cone, to_axis, factor[energy_groups];
                fan.cosines(step.layer, u, v, to_cone, to_axis);
                tilt.factors(to_cone, to_axis, own, factor);
                for (int g = 0; g < energy_groups; ++g) factor[g] *= released[g] * step.part;
                laid = state.pass_source(length.scatter, length.primary, factor, amplitude.data);
            } else {
                laid = state.pass(length.scatter, length.primary);
            }
            par::shared_add(deposit.data + at, unit.counts(laid));
        }
    }
};

/// An executor for one cone, its arrays in `Space`.
template <class Space>
ConeLineExecutor<Space> cone_executor(const Grid& grid, const ConeLines& lines,
                                      par::View<const ConeStep, Space> steps) {
    const std::size_t stride[3] = {1, static_cast<std::size_t>(grid.size().x),
                                   static_cast<std::size_t>(grid.size().x) * static_cast<std::size_t>(grid.size().y)};
    ConeLineExecutor<Space> out{};
    for (int k = 0; k < 3; ++k) out.stride[k] = stride[lines.axis[k]];
    for (int k = 0; k < 2; ++k) {
        out.size[k] = extent(grid, lines.axis[k + 1]);
        out.low[k] = lines.low[k];
        out.count[k] = lines.count[k];
    }
    out.layer_cm = static_cast<float>(lines.layer_cm);
    out.steps = steps;
    return out;
}

}  // namespace coutard::dose
