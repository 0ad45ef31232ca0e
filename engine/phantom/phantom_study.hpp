#pragma once
#include <string>

#include "engine/phantom/phantom_patient.hpp"

namespace coutard::phantom {

/// All labels as contours, coloured and named by TG-263; numbers from 1.
StructureSet structures_of(const PhantomPatient& patient, const std::string& label);

/// Labels of the OpenKBP layout: bit 0 Brainstem, 1 SpinalCord, 2 Parotid_R, 3 Parotid_L, 4 Esophagus,
/// 5 Larynx, 6 Bone_Mandible, 7 PTV_5600, 8 PTV_6300, 9 PTV_7000, 10 where dose may be (External).
Volume<std::uint16_t> label_bits(const PhantomPatient& patient);

}  // namespace coutard::phantom
