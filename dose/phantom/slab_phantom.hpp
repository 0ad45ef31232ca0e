#pragma once
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

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
    std::array<double, 2> field_cm{10, 10};  ///< ideal: at the surface; machine: at the isocentre
    double monitor_units = 100;              ///< machine beam
    double pdd_half_width_cm = 0.5;
    std::vector<double> profile_depths_cm;
};

/// \throws InputError naming file and entry: unknown key, overlapping slabs, a gap, a field or size not positive
SlabSpec read_slab_spec(const std::filesystem::path& file);
SlabSpec parse_slab_spec(const std::string& text, const std::string& where);

/// Grid in phantom coordinates: x, y centred, z = 0 at the surface [mm].
Grid slab_grid(const SlabSpec& spec);
/// Voxels of the phantom; one cut by a boundary takes the volume-weighted density and the material of
/// the larger part. \throws InputError unknown material
Medium slab_medium(const SlabSpec& spec, const MaterialLibrary& library);

/// Rows of pdd.csv.
struct DepthDose {
    std::vector<double> depth_cm, dose;
};
/// Rows of profiles.csv for one axis and depth.
struct Profile {
    char axis;
    double depth_cm;
    std::vector<double> offaxis_cm, dose;
};
/// Mean over |x|, |y| <= half width, by the covered part of each voxel.
DepthDose depth_dose(const Volume<float>& dose, double half_width_cm);
/// Mean over a strip of that half width, linear between voxel centres in depth.
Profile lateral_profile(const Volume<float>& dose, char axis, double depth_cm, double half_width_cm);

}  // namespace coutard::dose
