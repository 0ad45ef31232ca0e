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
///   T_g = rho sum_{E in g} Phi(E) E (mu/rho)_E exp(-tau_E),  tau along the ray from the target to the
/// centre, fluence averaged over the voxel, and what its evenness blurs undone (FluenceReader::release); extra-focal
/// photons, which come from a point on the axis nearer to the isocentre, take the same way through matter
/// (docs/theory/beam.md, section 5). Unit: MeV/cm3 for 1 photon/cm2 at the isocentre distance.
template <class Space>
struct TermaExecutor {
    using space = Space;
    Grid grid;
    BeamFrame beam;
    FluenceReader<Space> fluence;
    FluenceReader<Space> extra_focal;          ///< no pixels: none
    double extra_focal_from_mm;                ///< distance of their source from the target
    par::View<const double, Space> softening;  ///< of focal photons over those on the axis, shape (rows, bins)
    double softening_step_mm;                  ///< from row to row, at the isocentre plane
    par::View<const float, Space> density;     ///< [g/cm3]
    par::View<const std::uint8_t, Space> material;
    par::View<const double, Space> attenuation;     ///< mu/rho [cm2/g], shape (bins, materials)
    par::View<const double, Space> energy_fluence;  ///< photons x energy [MeV] per bin
    par::View<const int, Space> group;              ///< of each bin
    int materials;
    par::View<float, Space> terma;  ///< out, shape (voxels, energy_groups)

    /// Fluence that a voxel is to release, from the target's focus and from the extra-focal source.
    struct Light {
        double focal = 0, extra = 0;
        COUTARD_HD bool none() const { return focal == 0 && extra == 0; }
    };
    /// Mass per area on a ray, per material [g/cm2].
    struct Paths {
        double of[Medium::max_materials];
    };

    COUTARD_HD void operator()(std::size_t i) const {
        float* out = terma.data + i * energy_groups;
        for (int g = 0; g < energy_groups; ++g) out[g] = 0;
        if (density[i] <= 0) return;
        const Vec3 centre = centre_of(i);
        const Light light = light_at(centre);
        if (!light.none()) release(i, centre, light, paths_to(centre));
    }

    COUTARD_HD Light light_at(const Vec3& centre) const {
        const Shadow focal = shadow(centre, 0);
        const double open = focal.falls ? fluence.release(focal.x, focal.y, focal.hx, focal.hy) : 0;
        if (extra_focal.nx == 0) return {open, 0};
        const Shadow wide = shadow(centre, extra_focal_from_mm);  // its map is smooth, and coarser than voxels
        return {open, wide.falls ? extra_focal.mean(wide.x, wide.y, wide.hx, wide.hy) : 0};
    }
    COUTARD_HD Paths paths_to(const Vec3& centre) const {
        Paths path = {};
        const double length_cm = norm(centre - beam.source_mm) / 10;
        walk(grid, box_point(grid, beam.source_mm), box_point(grid, centre), [&](std::size_t v, double part) {
            path.of[material[v]] += static_cast<double>(density[v]) * part * length_cm;
        });
        return path;
    }
    COUTARD_HD void release(std::size_t i, const Vec3& centre, const Light& light, const Paths& path) const {
        const Vec3 ray = centre - beam.source_mm;
        const double scale = light.focal * density[i] * beam.sad_mm * beam.sad_mm / dot(ray, ray);
        const double nearer = beam.sad_mm - extra_focal_from_mm;
        const Vec3 extra_ray = ray + beam.axes.cz * extra_focal_from_mm;
        const double extra_scale = light.extra * density[i] * nearer * nearer / dot(extra_ray, extra_ray);
        const SofteningRow soft = softening_row(centre);
        const int here = material[i];
        double sum[energy_groups] = {};
        for (std::size_t bin = 0; bin < energy_fluence.size; ++bin) {
            const double* mu = attenuation.data + bin * static_cast<std::size_t>(materials);
            double tau = 0;
            for (int m = 0; m < materials; ++m) tau += mu[m] * path.of[m];
            sum[group[bin]] += (scale * soft.of(bin) + extra_scale) * energy_fluence[bin] * mu[here] * std::exp(-tau);
        }
        for (int g = 0; g < energy_groups; ++g)
            terma.data[i * energy_groups + static_cast<std::size_t>(g)] = static_cast<float>(sum[g]);
    }

    COUTARD_HD Vec3 centre_of(std::size_t i) const {
        const auto nx = static_cast<std::size_t>(grid.size().x), ny = static_cast<std::size_t>(grid.size().y);
        return grid.point(static_cast<double>(i % nx), static_cast<double>(i / nx % ny),
                          static_cast<double>(i / (nx * ny)));
    }
    /// Shadow of a voxel on the isocentre plane: a rectangle with its second moments, which is exact when grid and
    /// device axes are parallel.
    struct Shadow {
        bool falls;  ///< false: the voxel lies behind the source
        double x, y, hx, hy;
    };
    /// \param from_mm distance of the source from the target
    COUTARD_HD Shadow shadow(const Vec3& centre, double from_mm) const {
        const Vec3 at = beam.to_device(centre);
        const double distance = beam.sad_mm - from_mm;
        if (at.z >= distance) return {false, 0, 0, 0, 0};
        const double zoom = distance / (distance - at.z);
        return {true, at.x * zoom, at.y * zoom, zoom * half_width(beam.axes.cx), zoom * half_width(beam.axes.cy)};
    }
    /// Two neighbours of the table of softening and the weight of the second.
    struct SofteningRow {
        const double *one, *other;
        double part;
        COUTARD_HD double of(std::size_t bin) const {
            return one == nullptr ? 1.0 : one[bin] + part * (other[bin] - one[bin]);
        }
    };
    COUTARD_HD SofteningRow softening_row(const Vec3& centre) const {
        if (softening.size == 0) return {nullptr, nullptr, 0};
        const Vec3 at = beam.to_device(centre);
        const double r = std::sqrt(at.x * at.x + at.y * at.y) * beam.sad_mm / (beam.sad_mm - at.z);
        const std::size_t bins = energy_fluence.size, last = softening.size / bins - 1;
        const double place =
            r / softening_step_mm < static_cast<double>(last) ? r / softening_step_mm : static_cast<double>(last);
        const std::size_t row = place >= static_cast<double>(last) ? last - 1 : static_cast<std::size_t>(place);
        return {softening.data + row * bins, softening.data + (row + 1) * bins, place - static_cast<double>(row)};
    }
    COUTARD_HD double half_width(const Vec3& axis) const {
        const Mat3& d = grid.direction();
        const Vec3& s = grid.spacing_mm();
        const double a = dot(d.cx, axis) * s.x, b = dot(d.cy, axis) * s.y, c = dot(d.cz, axis) * s.z;
        return 0.5 * std::sqrt(a * a + b * b + c * c);
    }
};

}  // namespace coutard::dose
