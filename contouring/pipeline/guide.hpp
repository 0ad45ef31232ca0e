#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace coutard::contouring {

/// What a network is given beside the CT.
enum class Guide : std::uint8_t {
    None,
    Prior,   ///< contours of another day, one channel per structure that it draws
    Prompts  ///< contours of organs, one channel each; points a person set; a rough contour of the first structure
};

/// Input channels after those of the CT. Values run from 0 outside to 1 inside; 0 where nothing is given.
struct GuideInput {
    Guide kind = Guide::None;
    std::vector<std::string> organs;  ///< of Prompts, TG-263
    bool operator==(const GuideInput&) const = default;

    /// \param outputs  structures that the network draws
    int channels(int outputs) const;
    /// \throws InputError organs without prompts, or one of them drawn too
    void check(const std::vector<std::string>& outputs) const;
};

/// "none", "prior" or "prompts". \throws InputError another word
Guide guide_named(const std::string& name);
const char* name_of(Guide guide);

/// Height of a point's mark at a distance: a Gaussian of 6 mm, read where it is above a thousandth.
float mark_at(double squared_mm2);
constexpr double kMarkReachMm = 22.5;  ///< beyond, mark_at is 0

}  // namespace coutard::contouring
