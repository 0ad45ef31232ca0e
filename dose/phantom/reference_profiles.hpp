#pragma once
#include <filesystem>

#include "dose/phantom/slab_scoring.hpp"

namespace coutard::dose {

/// Profiles of another code: means over cells along an axis (x or y), symmetric around 0, of a strip around it.
/// \throws InputError the file lacks axis, depth_cm, offaxis_cm, dose or rel_uncert, an axis is neither x nor y, or
/// distances do not rise
std::vector<Profile> read_reference_profiles(const std::filesystem::path& csv);

/// A dose on the cells of such a profile. \param half_width_cm of the strip
Profile on_reference(const Volume<float>& dose, const Profile& reference, double half_width_cm);

/// A profile held against a reference.
struct ProfileCheck {
    double inside = 0, outside = 0;  ///< largest difference more than 8 mm within and beyond the reference's 50 % edge
                                     ///< [% of the reference on the axis at that depth], signed
    double width_mm = 0;             ///< at half height, ours less the reference's
    double penumbra_mm = 0;          ///< from 80 to 20 %, ours less the reference's
    double reference_width_mm = 0, reference_penumbra_mm = 0;
};
/// Edges are those of positive distances. \throws InputError a profile that does not fall to 20 % of its middle
/// \throws ContractError ours on other cells
ProfileCheck check_profile(const Profile& reference, const Profile& ours);

}  // namespace coutard::dose
