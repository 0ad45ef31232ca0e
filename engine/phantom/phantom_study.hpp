#pragma once
#include <string>

#include "engine/phantom/phantom_patient.hpp"

namespace coutard::phantom {

/// All labels as contours, coloured and named by TG-263; numbers from 1.
StructureSet structures_of(const PhantomPatient& patient, const std::string& label);

/// What the bits of the OpenKBP layout mean, by bit: the seven organs, PTV_5600, PTV_6300, PTV_7000, and where dose
/// may be (External).
const std::vector<std::string>& label_names();

/// Labels of that layout.
Volume<std::uint16_t> label_bits(const PhantomPatient& patient);

}  // namespace coutard::phantom
