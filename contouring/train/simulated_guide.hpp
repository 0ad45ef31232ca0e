#pragma once
#include <optional>

#include "contouring/pipeline/guide.hpp"
#include "contouring/train/wobble.hpp"

namespace coutard::contouring {

/// Contours of another day, made of today's.
struct PriorConfig {
    WobbleConfig wobble;
    double none_share = 0.1;      ///< nothing is given at all
    double absent_share = 0.1;    ///< a structure that is given in general is not
    double error_known_to = 0.3;  ///< the error that is told: standard deviation of its logarithm about the true one
};

/// What a person might set, made of the first structure (a PTV): points and a rough contour of its GTV, for which
/// stands the PTV eroded by a drawn depth.
struct PromptConfig {
    double none_share = 0.2;
    double points_share = 0.4;                 ///< one point half of the time, else two to five
    double scribble_share = 0.1;               ///< a line in one axial plane; the rest is a rough contour
    double least_mm = 3, most_mm = 10;         ///< eroded by; never more than 0.6 of the largest depth
    double points_besides_share = 0.3;         ///< points with the rough contour
    double organ_absent_share = 0.1;           ///< an organ that is known is not given
    WobbleConfig rough{2, 2, 0.03, 2, 40, 0};  ///< how rough the rough contour is
};

/// What a network learns to be guided by.
struct GuideTraining {
    GuideInput input;
    PriorConfig prior;
    PromptConfig prompts;
};

/// What a person sets.
enum class PromptKind : std::uint8_t { None, Point, Points, Scribble, Rough };
/// "none", "point", "points", "scribble" or "rough". \throws InputError another word
PromptKind prompt_named(const std::string& name);
struct Prompts {
    std::vector<Vec3> points_mm;
    std::optional<Mask> rough;  ///< on the case's grid
};

/// The case's first structure's depth, for prompts: distance to its surface [1/4 mm] plus 1, 0 outside.
/// \throws ContractError the case has no structure
Volume<std::uint8_t> depths_of(const TrainingCase& c);

/// Prompts of one kind inside the case's first structure where it is at least so deep (but no more than 0.6 of its
/// largest depth); five points, a rough contour that is exactly that. None where it was not contoured.
Prompts prompts_for(const TrainingCase& c, PromptKind kind, double depth_mm, Random& random);

/// Channels of Guide::Prior. \param structures  of the patch, those that the network draws
std::vector<float> simulated_prior(const Patch& patch, int structures, const Vec3& spacing_mm,
                                   const PriorConfig& config, Random& random);

/// Channels of Guide::Prompts: organs (structures of the patch after the drawn ones), points, rough contour. A case
/// whose first structure was not contoured gets organs alone.
/// \param depth  depths_of(from)
std::vector<float> simulated_prompts(const TrainingCase& from, const Volume<std::uint8_t>& depth, const Patch& patch,
                                     const Placement& where, int drawn, const Vec3& spacing_mm,
                                     const PromptConfig& config, Random& random);

}  // namespace coutard::contouring
