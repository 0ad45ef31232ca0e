#pragma once
#include <cmath>
#include <cstdint>

#include "dose/physics/medium.hpp"
#include "dose/ray/fluence.hd.hpp"
#include "dose/ray/walk.hd.hpp"
#include "dose/superposition/cone_state.hd.hpp"
#include "engine/geom/iec61217.hpp"
#include "engine/par/view.hd.hpp"

namespace coutard::dose {

/// Executor: energy released per volume in voxel i, by energy group (docs/theory/dose.md, section 2):
///   T_g = rho sum_{E in g} Phi(E) E (mu/rho)_E exp(-tau_E),  tau along the ray from the source to the
/// centre, fluence averaged over the voxel. Unit: MeV/cm3 for 1 photon/cm2 at the isocentre distance.
template <class Space>
struct TermaExecutor {
    using space = Space;
    Grid grid;
    BeamFrame beam;
    FluenceSums<Space> fluence;
    par::View<const float, Space> density;  ///< [g/cm3]
    par::View<const std::uint8_t, Space> material;
    par::View<const double, Space> attenuation;     ///< mu/rho [cm2/g], shape (bins, materials)
    par::View<const double, Space> energy_fluence;  ///< photons x energy [MeV] per bin
    par::View<const int, Space> group;              ///< of each bin
    int materials;
    par::View<float, Space> terma;  ///< out, shape (voxels, energy_groups)

    COUTARD_HD void operator()(std::size_t i) const {
        float* out = terma.data + i * energy_groups;
        for (int g = 0; g < energy_groups; ++g) out[g] = 0;
        if (density[i] <= 0) return;
        const Vec3 centre = centre_of(i);
        const double open = mean_fluence(centre);
        if (open <= 0) return;
        double path[Medium::max_materials] = {};  // [g/cm2] per material
        const Vec3 ray = centre - beam.source_mm;
        const double length_cm = norm(ray) / 10;
        walk(grid, box_point(grid, beam.source_mm), box_point(grid, centre), [&](std::size_t v, double part) {
            path[material[v]] += static_cast<double>(density[v]) * part * length_cm;
        });
        const double scale = open * density[i] * beam.sad_mm * beam.sad_mm / dot(ray, ray);
        const int here = material[i];
        double sum[energy_groups] = {};
        for (std::size_t bin = 0; bin < energy_fluence.size; ++bin) {
            const double* mu = attenuation.data + bin * static_cast<std::size_t>(materials);
            double tau = 0;
            for (int m = 0; m < materials; ++m) tau += mu[m] * path[m];
            sum[group[bin]] += energy_fluence[bin] * mu[here] * std::exp(-tau);
        }
        for (int g = 0; g < energy_groups; ++g) out[g] = static_cast<float>(sum[g] * scale);
    }

    COUTARD_HD Vec3 centre_of(std::size_t i) const {
        const auto nx = static_cast<std::size_t>(grid.size().x), ny = static_cast<std::size_t>(grid.size().y);
        return grid.point(static_cast<double>(i % nx), static_cast<double>(i / nx % ny),
                          static_cast<double>(i / (nx * ny)));
    }
    /// Mean of the map over the shadow of the voxel: a rectangle with the second moments of the shadow,
    /// which is exact when grid and device axes are parallel.
    COUTARD_HD double mean_fluence(const Vec3& centre) const {
        const Vec3 at = beam.to_device(centre);
        if (at.z >= beam.sad_mm) return 0;  // behind the source
        const double zoom = beam.sad_mm / (beam.sad_mm - at.z);
        return fluence.mean(at.x * zoom, at.y * zoom, zoom * half_width(beam.axes.cx), zoom * half_width(beam.axes.cy));
    }
    COUTARD_HD double half_width(const Vec3& axis) const {
        const Mat3& d = grid.direction();
        const Vec3& s = grid.spacing_mm();
        const double a = dot(d.cx, axis) * s.x, b = dot(d.cy, axis) * s.y, c = dot(d.cz, axis) * s.z;
        return 0.5 * std::sqrt(a * a + b * b + c * c);
    }
};

}  // namespace coutard::dose
