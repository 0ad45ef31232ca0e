#pragma once
#include <functional>
#include <vector>

#include "engine/phantom/day_change.hpp"
#include "engine/phantom/recipe.hpp"
#include "engine/plan/case.hpp"
#include "engine/ports/contourer.hpp"

namespace coutard::phantom {

/// A patient whose truth is known.
struct PhantomPatient {
    CtImage ct;
    std::vector<MaskedStructure> masks;  ///< on the grid of the CT, exact to the sub-voxel
    DisplacementField to_planning;       ///< on the grid of the CT: today's point + u = the planning day's point
};

/// The grid of a recipe's CT at some spacing [mm].
Grid grid_of(const Recipe& recipe, const Vec3& spacing_mm);

/// Paint a patient voxel by voxel: each tissue covers the part of a voxel that its surface says.
/// \param to_planning today's point -> planning day's point; the couch stays where it is
/// \param noise_seed  CT noise is new every day
PhantomPatient paint(const std::vector<Layer>& layers, const Grid& grid, double noise_hu, std::uint64_t noise_seed,
                     const std::function<Vec3(const Vec3&)>& to_planning);

/// The whole of it: individual, day, grid. Labels missing from the recipe are simply not there.
PhantomPatient make_patient(const Recipe& recipe, const Individual& who, const DayChange& day, const Grid& grid,
                            std::uint64_t noise_seed);

}  // namespace coutard::phantom
