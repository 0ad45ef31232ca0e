#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dose/phantom/slab_scoring.hpp"
#include "dose/physics/medium.hpp"
#include "engine/image/volume.hpp"

namespace coutard::dose {

/// A slab or box of one material; lengths [cm] in phantom coordinates (z is depth below the surface).
struct SlabRegion {
    std::string material;
    std::optional<double> density_g_cm3;
    std::array<double, 2> x_cm, y_cm, z_cm;
};

/// A slab phantom with its beam and scoring (docs/formats/phantom.md). Beam along +z on x = y = 0.
struct SlabSpec {
    std::string name;
    std::array<double, 3> size_cm{30, 30, 30};
    std::array<double, 3> voxel_mm{2.5, 2.5, 2.5};
    std::vector<SlabRegion> slabs, inserts;  ///< inserts override slabs, later ones earlier ones
    bool machine_beam = false;
    std::string spectrum = "mohan6";      ///< ideal beam
    std::string machine = "generic_6mv";  ///< machine beam
    double ssd_cm = 100;
    std::array<double, 2> field_cm{10, 10};          ///< ideal: at the surface; machine: sides of the jaws' opening
    double monitor_units = 100;                      ///< machine beam
    std::array<double, 4> jaws_cm{-5, 5, -5, 5};     ///< machine beam: x1, x2, y1, y2 at the isocentre (IEC 61217)
    std::vector<double> leaves_x1_cm, leaves_x2_cm;  ///< machine beam: tips at the isocentre; empty: no MLC
    double collimator_deg = 0;                       ///< machine beam
    double pdd_half_width_cm = 0.5;
    std::vector<double> profile_depths_cm;
    std::uint64_t histories = 0;  ///< of a Monte Carlo run; 0: not said
    double uncertainty = 0;       ///< mean relative one to stop at, over voxels above half of the maximum; 0: not said
};

/// \throws InputError naming file and entry: unknown key, overlapping slabs, a gap, a field or size not positive
SlabSpec read_slab_spec(const std::filesystem::path& file);
SlabSpec parse_slab_spec(const std::string& text, const std::string& where);

/// Grid in phantom coordinates: x, y centred, z = 0 at the surface [mm].
Grid slab_grid(const SlabSpec& spec);
/// Voxels of the phantom; one cut by a boundary takes the volume-weighted density and the material of
/// the larger part. \throws InputError unknown material
Medium slab_medium(const SlabSpec& spec, const MaterialLibrary& library);

}  // namespace coutard::dose
