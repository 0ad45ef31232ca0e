#pragma once
#include <cmath>

#include "dose/montecarlo/charged_walk.hd.hpp"

namespace coutard::dose {

/// What a source sends: place and direction in the scene's frame [cm], where it may lie outside the voxels.
struct SourceParticle {
    Kind kind = Kind::Photon;
    double energy_MeV = 0;  ///< kinetic
    Vec3 at, direction;
    float weight = 1;
};

/// Which particle of a history's set a source draws. Particles of a set are spread over what they are drawn from, one
/// in each stratum; sets are independent of each other.
struct Member {
    int number = 0, of = 1;
    double shift = 0;  ///< even in (0, 1), one for the whole set

    /// A chance in (0, 1), in the stratum of this member.
    COUTARD_HD double first(par::Philox& rng) const { return (number + rng.uniform()) / of; }
    /// The same in another order of the strata, turned at random from set to set. \param step no factor of `of`
    COUTARD_HD double other(par::Philox& rng, int step) const {
        const double at = (number * step % of + rng.uniform()) / of + shift;
        return at < 1 ? at : at - 1;
    }
};

/// Bring a particle to the first voxel on its way; false when it misses all.
template <class Space>
COUTARD_HD bool enter(const Scene<Space>& scene, const SourceParticle& from, Particle& particle) {
    double low = 0, high = 1e30;
    for (int k = 0; k < 3; ++k) {
        const double size = scene.count[k] * scene.voxel_cm[k], d = from.direction[k], x = from.at[k];
        if (d == 0) {
            if (x < 0 || x >= size) return false;
            continue;
        }
        low = std::fmax(low, std::fmin(-x / d, (size - x) / d));
        high = std::fmin(high, std::fmax(-x / d, (size - x) / d));
    }
    if (low >= high) return false;
    particle = {from.kind, from.weight, from.energy_MeV, from.direction, {from.at + from.direction * low, {}}};
    for (int k = 0; k < 3; ++k) {
        const int at = static_cast<int>(std::floor(particle.place.at[k] / scene.voxel_cm[k]));
        particle.place.voxel[k] = at < 0 ? 0 : at >= scene.count[k] ? scene.count[k] - 1 : at;
    }
    return true;
}

/// One direction of a plan in the scene's frame [cm]: photons from a point through the pixels of a map.
struct SourceField {
    Vec3 source, corner, step_x, step_y;  ///< pixel (i, j) spans corner + [i, i + 1) step_x + [j, j + 1) step_y
    int nx = 0;
    std::size_t first_pixel = 0, pixels = 0, first_bin = 0, bins = 0;  ///< in the arrays of the source
};

/// Photons of many fields, each in proportion to what it delivers; even within a pixel.
template <class Space>
struct FluenceSource {
    par::View<const SourceField, Space> fields;
    par::View<const double, Space> delivered;              ///< photons up to and with each field
    par::View<const double, Space> pixels;                 ///< photons up to and with each pixel of its field
    par::View<const double, Space> parts;                  ///< photons up to and with each bin of its spectrum
    par::View<const double, Space> energy_MeV, width_MeV;  ///< of the bins

    COUTARD_HD SourceParticle operator()(par::Philox& rng, const Member& member) const {
        const SourceField& f = fields[drawn(delivered.data, delivered.size, member.first(rng))];
        // two draws of 32 bits: a map may have more pixels than one tells apart evenly
        const double chance = member.other(rng, 3) + (rng.uniform() - 0.5) / 4294967296.0;
        const auto pixel = static_cast<int>(drawn(pixels.data + f.first_pixel, f.pixels, chance));
        const double i = pixel % f.nx + rng.uniform(), j = pixel / f.nx + rng.uniform();
        const std::size_t bin = f.first_bin + drawn(parts.data + f.first_bin, f.bins, member.other(rng, 7));
        SourceParticle out;
        out.weight = 1.0F / static_cast<float>(member.of);
        out.energy_MeV = energy_MeV[bin] + (rng.uniform() - 0.5) * width_MeV[bin];
        out.at = f.source;
        out.direction = unit(f.corner + f.step_x * i + f.step_y * j - f.source);
        return out;
    }

  private:
    /// Index of the entry of cumulated sums that a chance in (0, 1) falls into.
    COUTARD_HD static std::size_t drawn(const double* cumulated, std::size_t n, double chance) {
        const double wanted = chance * cumulated[n - 1];
        std::size_t low = 0, high = n - 1;  // the first entry above what is wanted
        while (low < high) {
            const std::size_t middle = (low + high) / 2;
            if (cumulated[middle] > wanted)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }
};

}  // namespace coutard::dose
