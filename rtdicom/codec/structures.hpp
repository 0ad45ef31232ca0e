#pragma once
#include <filesystem>
#include <string>

#include "engine/plan/case.hpp"
#include "engine/shape/structure.hpp"

namespace coutard::rtdicom {

/// Reads an RTSTRUCT. A last point that repeats the first is dropped; POINT contours stay as contours of
/// one point; empty ROIs stay; open contours and polygons of fewer than three points are left out and noted.
/// Density overrides and boluses, which the dose does not follow, are noted.
/// \throws InputError not an RTSTRUCT, missing type 1 attribute, several frames of reference, contours
///                    off the transverse plane: by name
StructureSet read_structures(const std::filesystem::path& file);

/// Writes an RTSTRUCT that refers to the slices of `ct`, in all and per contour.
/// ROI numbers of 0 get the next free one. \returns its SOP Instance UID
/// \throws OutputError a CT without identity, two ROIs of one number, a contour of two points, no space
std::string write_structures(const std::filesystem::path& file, const StructureSet& structures, const CtImage& ct);

}  // namespace coutard::rtdicom
