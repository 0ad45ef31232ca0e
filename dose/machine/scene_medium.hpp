#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "dose/physics/medium.hpp"
#include "engine/ports/dose_engine.hpp"

namespace coutard::dose {

/// A scene as the beam meets it: the lattice of the dose grid, extended to hold all that counts and
/// all overrides, so that neither attenuation nor scatter is cut where the dose grid ends.
struct SceneMedium {
    Medium medium;
    Size3 first;  ///< voxel of medium.grid where the dose grid begins (x, y, z)
};

/// Densities and materials from the CT by its curve; what does not count is air; overrides last. A voxel
/// takes the mean density of up to 4^3 points of the CT and the material that most of them have.
/// \throws InputError unknown curve or material, masks on another grid, a dose grid beside the CT
SceneMedium scene_medium(const DoseScene& scene, const std::filesystem::path& data_dir);

/// What a person should know of CT numbers in what counts that the curve does not reach and no override covers: how
/// many voxels lie above its end (they take the density there) or below its beginning. Empty where there are none.
std::vector<std::string> beyond_hu_curve(const DoseScene& scene, const std::filesystem::path& data_dir);

/// The part of a volume on the medium's grid that is the dose grid.
Volume<float> on_dose_grid(const Volume<float>& values, const SceneMedium& scene, const Grid& dose_grid);

}  // namespace coutard::dose
