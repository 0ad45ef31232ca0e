#pragma once
#include <vector>

#include "dose/montecarlo/region.hpp"
#include "engine/image/volume.hpp"

namespace coutard::dose {

/// Rows of pdd.csv.
struct DepthDose {
    std::vector<double> depth_cm, dose;
    std::vector<double> uncertainty;  ///< relative, one sigma; empty where nothing is drawn by chance
};
/// Rows of profiles.csv for one axis and depth.
struct Profile {
    char axis;
    double depth_cm;
    std::vector<double> offaxis_cm, dose;
    std::vector<double> uncertainty;  ///< as above
};

/// Per layer of a phantom's grid: |x|, |y| <= half width, by the covered part of each voxel.
std::vector<Region> axis_regions(const Grid& grid, double half_width_cm);
/// Per voxel along the axis ('x' or 'y'): a strip of that half width, linear between voxel centres in depth.
std::vector<Region> profile_regions(const Grid& grid, char axis, double depth_cm, double half_width_cm);
/// Per cell between two neighbouring depths of `faces_cm`, which rise from the surface: the same, over the layers or
/// parts of layers in it. \throws InputError a cell reaches beyond the grid
std::vector<Region> axis_regions(const Grid& grid, double half_width_cm, const std::vector<double>& faces_cm);
double mean_of(const Volume<float>& dose, const Region& region);

/// Mean over the axis_regions.
DepthDose depth_dose(const Volume<float>& dose, double half_width_cm);
/// Mean over the profile_regions.
Profile lateral_profile(const Volume<float>& dose, char axis, double depth_cm, double half_width_cm);
/// Depths and places of the above without doses.
DepthDose depths_of(const Grid& grid);
Profile places_of(const Grid& grid, char axis, double depth_cm);

}  // namespace coutard::dose
