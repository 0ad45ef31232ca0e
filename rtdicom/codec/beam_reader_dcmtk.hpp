#pragma once
// Internal to rtdicom: one item of BeamSequence.
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "rtdicom/codec/record_dcmtk.hpp"

namespace coutard::rtdicom {

/// Whether the item delivers treatment (not set-up, portal imaging or verification).
bool is_treatment(const Record& beam);

/// The beam without its meterset, which the fraction group holds. Remarks go to `notes`.
/// \throws InputError what planning does not support, or what type 1 lacks: by name
Beam read_beam(const Record& beam, std::vector<std::string>& notes);

}  // namespace coutard::rtdicom
