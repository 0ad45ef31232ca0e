#pragma once
#include <string>
#include <vector>

#include "engine/image/volume.hpp"

namespace coutard::contouring {

/// What is odd about an image that shall be a CT, in words; empty when nothing is: too little of the patient, coarse
/// slices, pixels that are not square, hardly any bone, values that are no Hounsfield units of a patient.
/// \param hu  [HU], finite
/// \throws InputError no value below -100: an MR, or not in Hounsfield units
std::vector<std::string> odd_about(const Volume<float>& hu);

}  // namespace coutard::contouring
