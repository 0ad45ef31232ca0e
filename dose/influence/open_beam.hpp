#pragma once
#include <cstdint>
#include <vector>

#include "dose/influence/beamlet_tile.hpp"
#include "dose/influence/tile_carrier.hpp"
#include "dose/machine/beamlet_fluence.hpp"
#include "engine/geom/iec61217.hpp"

namespace coutard::dose {

/// One beam direction of the matrix.
struct BeamletSource {
    const BeamletBeam* beam;
    const BeamModel* model;
    const BeamKernel* kernel;
    BeamFrame frame;
};

/// All that the beamlets of one direction share: energy released by fluence 1, and where voxels cast their shadows.
class OpenBeam {
  public:
    OpenBeam(const BeamletMedium& place, const BeamletSource& source);

    const std::vector<BeamCone>& cones() const { return cones_; }
    /// What charged particles meet in this direction, per voxel (water_lengths_along).
    const std::vector<float>& primary_water() const { return primary_water_; }
    /// Voxels in which beamlets of a tile release energy. \param seen per voxel, 0 before and after
    std::vector<TileSource> reached(const std::vector<std::size_t>& tile, std::vector<std::uint32_t>& seen) const;
    TileRays rays(const std::vector<std::size_t>& tile) const;

  private:
    struct Shadow {  // of a voxel on the isocentre plane
        std::uint32_t voxel;
        float x, y, zoom;
    };
    void index_shadows(const FluenceMap& map);
    /// Shadows that may see a beamlet.
    std::vector<Shadow> shadows_near(const FluenceMap& beamlet) const;
    static void find_parts(const FluenceReader<par::Host>& light, const std::vector<Shadow>& shadows, double half_x,
                           double half_y, std::vector<float>& parts);

    const BeamletSource& source_;
    Grid grid_;
    BeamletFluence head_;
    std::vector<float> primary_water_;
    std::vector<float> terma_;  // of fluence 1, shape (voxels, energy_groups)
    std::vector<std::vector<Shadow>> cells_;
    int nx_ = 0, ny_ = 0;
    double x0_ = 0, y0_ = 0;
    double half_x_, half_y_, most_zoom_ = 0;  // half shadow of a voxel at the isocentre [mm]
    std::vector<BeamCone> cones_;
};

}  // namespace coutard::dose
