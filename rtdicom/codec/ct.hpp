#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "engine/plan/case.hpp"

namespace coutard::rtdicom {

/// Reads one CT series in Hounsfield units.
/// \param source    a folder (other objects in it are left aside), or one file of the series: then the
///                  slices of its series are taken from its folder
/// \param position  for files that leave PatientPosition empty; absent: taken from the orientation and noted
/// \param series_uid  which series of a folder with several; empty: there must be one
/// \throws InputError no CT, several series, gaps, duplicates, tilt, mixed geometry, missing type 1
///                    attribute, truncated file, decubitus: each by name
CtImage read_ct(const std::filesystem::path& source, std::optional<PatientPosition> position,
                const std::string& series_uid);

/// Writes one file per slice, CT_0001.dcm and so on, HU rounded to whole numbers (signed 16 bit).
/// Empty identifiers of `ct` (study, series, frame, slices) are made and filled in.
/// \returns the Series Instance UID
/// \throws OutputError the folder is missing or full; files of this call are removed again
std::string write_ct(const std::filesystem::path& folder, CtImage& ct);

}  // namespace coutard::rtdicom
