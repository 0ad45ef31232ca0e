#pragma once
#include <filesystem>
#include <string>

#include "engine/ports/exchange.hpp"

namespace coutard::rtdicom {

/// Reads a Spatial Registration (rigid) or Deformable Spatial Registration. The object's own frame of
/// reference is the fixed image's. Of a deformable one, `field` is the whole displacement (matrices before
/// and after the grid folded in) and `rigid` stays the identity.
/// \throws InputError not a REG, scaling or shearing matrix, several moving images, NaN in the field: by name
RegistrationObject read_registration(const std::filesystem::path& file);

/// Writes a Deformable Spatial Registration when there is a field (it must hold the whole displacement),
/// else a Spatial Registration; refers to every slice of both images. \returns its SOP Instance UID
/// \throws OutputError an image without identity, frames of reference that are not theirs, no space
std::string write_registration(const std::filesystem::path& file, const RegistrationObject& registration,
                               const CtImage& fixed, const CtImage& moving);

}  // namespace coutard::rtdicom
