#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "contouring/net/model_card.hpp"
#include "engine/plan/case.hpp"
#include "engine/plan/protocol.hpp"
#include "engine/ports/contourer.hpp"
#include "engine/ports/exchange.hpp"

namespace coutard::gui {

/// What a person gives a contouring network beside the CT: files and places of the command line.
struct GuideFiles {
    std::filesystem::path prior;           ///< RTSTRUCT of another day on this CT
    std::optional<double> prior_error_mm;  ///< how far off its surfaces may be (standard deviation along the normal)
    std::filesystem::path organs;          ///< RTSTRUCT of today's organs, for models of targets
    std::vector<std::string> points;       ///< "x,y,z" [mm, LPS] inside the target
    std::filesystem::path rough;           ///< RTSTRUCT, mask or label map with a rough contour of the target
    std::string rough_name;                ///< which structure of it; empty: the only one
};

/// "12.5,-30,410" as a point [mm]. \throws InputError other text
Vec3 point_from_text(const std::string& text);

/// A request for a model, with what the files hold on the grid of the CT.
/// \param only  structures wanted; empty: all
/// \throws InputError naming the file: no such structure, two that mean one name, an error of a prior that is not
/// given, points or files that the model takes no use of
ContourRequest guided_request(const Exchange& exchange, const contouring::ModelCard& card, const GuideFiles& files,
                              const std::vector<std::string>& only, const CtImage& ct);

/// Follow a protocol's target rules on what was drawn and given; what they make takes the place of structures of its
/// name, as mask and as contours, described by the rule. Rules that cannot be followed become warnings.
/// \param given  structures that a person drew (GTV, CTV), may be empty
void follow_protocol(const Protocol& protocol, const StructureSet& given, const CtImage& ct, ContourProposal& proposal);

}  // namespace coutard::gui
