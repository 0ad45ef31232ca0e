#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "engine/image/volume.hpp"

namespace coutard::contouring {

/// What a network is given beside the CT.
enum class Guide : std::uint8_t {
    None,
    Prior,   ///< contours of another day, one channel per structure that it draws
    Prompts  ///< contours of organs, one channel each; points a person set; a rough contour of the first structure
};

/// Input channels after those of the CT: contours to begin from as depths (depth_channel), organs as the part
/// inside, marks of points from 0 to 1; 0 where nothing is given.
struct GuideInput {
    Guide kind = Guide::None;
    std::vector<std::string> organs;  ///< of Prompts, TG-263
    bool operator==(const GuideInput&) const = default;

    /// \param outputs  structures that the network draws
    int channels(int outputs) const;
    /// Which input channel the logits of each output begin from (NetConfig::starts). \param windows  channels of the CT
    std::vector<int> starts(int windows, int outputs) const;
    /// \throws InputError organs without prompts, or one of them drawn too
    void check(const std::vector<std::string>& outputs) const;
};

/// "none", "prior" or "prompts". \throws InputError another word
Guide guide_named(const std::string& name);
const char* name_of(Guide guide);

/// How deep each voxel lies in a contour that a network begins from, in six times the error that its surface is thought
/// to have: 1 from so deep inside on, 0 at the surface, -1 from so far outside on; of an empty mask -1 everywhere.
/// \param error_mm  standard deviation of the surface's place, along its normal, kLeastErrorMm to kMostErrorMm
/// \throws ContractError another error
Volume<float> depth_channel(const Mask& contour, double error_mm);
constexpr double kLeastErrorMm = 1, kMostErrorMm = 10;  ///< below, the voxels of a network are too coarse to tell
constexpr double kRoughErrorMm = 10.0 / 3;              ///< of a rough contour

/// Height of a point's mark at a distance: a Gaussian of 6 mm, read where it is above a thousandth.
float mark_at(double squared_mm2);
constexpr double kMarkReachMm = 22.5;  ///< beyond, mark_at is 0

}  // namespace coutard::contouring
