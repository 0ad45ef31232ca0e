#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/image/volume.hpp"
#include "registration/quality/spread.hpp"

namespace coutard::registration {

/// Volume change det(I + grad u) at each voxel: 1 unchanged, 0 and below folded. Central differences
/// inside, one-sided at the grid's faces; an axis of one voxel does not stretch. Equation (9) of
/// docs/theory/registration.md.
Volume<float> jacobian(const DisplacementField& field);

/// Jacobian over the voxels of a mask (absent: all).
struct JacobianFigures {
    double min = 1, mean = 1, max = 1;
    std::size_t folded = 0;  ///< voxels with a determinant of 0 or less
    std::size_t count = 0;
};
/// \throws ContractError the mask lies on another grid
JacobianFigures jacobian_figures(const DisplacementField& field, const std::optional<Mask>& where);

/// |u| [mm] over a mask.
Spread length_figures(const DisplacementField& field, const std::optional<Mask>& where);

/// |found - truth| [mm] over a mask; both on one grid. \throws ContractError otherwise
Spread error_figures(const DisplacementField& found, const DisplacementField& truth, const std::optional<Mask>& where);

/// |u(x) + v(x + u(x))| [mm] over a mask: how far one ends from where one began after going to the moving
/// image and back. \param back registration the other way round, on the moving grid
/// Source: Christensen and Johnson, IEEE Trans Med Imaging 20 (2001) 568.
Spread consistency_figures(const DisplacementField& field, const DisplacementField& back,
                           const std::optional<Mask>& where);

/// A point that both images show [mm].
struct LandmarkPair {
    Vec3 fixed_mm, moving_mm;
};
/// Target registration error |x + u(x) - y| of each pair [mm], in order.
std::vector<double> landmark_errors(const DisplacementField& field, std::span<const LandmarkPair> pairs);

/// What `coutard register` and `coutard evaluate registration` report.
struct RegistrationFigures {
    Spread displacement_mm;            ///< in the body
    JacobianFigures jacobian;          ///< in the body
    std::optional<Spread> inverse_mm;  ///< inverse consistency, where a way back is known
    std::optional<Spread> error_mm;    ///< against a known truth
    /// Root mean square difference of the images in the body [HU], over the voxels that both images have
    /// before and after; nothing where they share none. Images without overlap before have an after alone.
    std::optional<double> hu_before, hu_after;
    std::size_t hu_voxels = 0;  ///< how many they are
};
/// \param back, truth nullptr where not known
RegistrationFigures registration_figures(const Volume<float>& fixed, const Volume<float>& moving,
                                         const DisplacementField& field, const std::optional<Mask>& body,
                                         const DisplacementField* back, const DisplacementField* truth);
std::string figures_text(const RegistrationFigures& figures);
std::string figures_json(const RegistrationFigures& figures);  ///< an object, indented by two

}  // namespace coutard::registration
