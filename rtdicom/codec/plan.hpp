#pragma once
#include <filesystem>
#include <string>

#include "engine/plan/case.hpp"
#include "engine/plan/plan.hpp"

namespace coutard::rtdicom {

/// Reads an external-beam photon RTPLAN. What a control point leaves out is inherited from the one
/// before; the kind of delivery follows from what moves while dose is delivered. Set-up beams are left
/// out and noted. Cumulative weights are divided by the final one.
/// \throws InputError no beams, missing type 1 attribute, wedge, block, compensator, bolus, applicator, MLCY,
///                    other radiation, pitched or rolled couch, moving isocentre, decubitus: by name
Plan read_plan(const std::filesystem::path& file);

/// Writes an RTPLAN: UNAPPROVED, intent RESEARCH, "not a medical device" in its description.
/// It refers to plan.structure_set_uid. \returns its SOP Instance UID
/// \throws OutputError a CT without identity, no beams, leaves without leaf edges, weights that do not
///                     run from 0 to 1, no space
std::string write_plan(const std::filesystem::path& file, const Plan& plan, const CtImage& ct);

}  // namespace coutard::rtdicom
