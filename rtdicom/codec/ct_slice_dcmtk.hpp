#pragma once
// Internal to rtdicom: one CT file.
#include <string>
#include <vector>

#include "rtdicom/codec/file_dcmtk.hpp"
#include "rtdicom/codec/slice_stack.hpp"

namespace coutard::rtdicom {

/// What the header of one CT image says, as far as putting the series together needs it.
struct CtSlice {
    std::filesystem::path path;
    std::string sop_uid, series_uid, series_description, image_type;
    std::string patient_id, study_uid, frame_uid, patient_position, rescale_type;
    SlicePlane plane;
};

/// \throws InputError naming the type 1 attribute that is missing or wrong
CtSlice read_slice_header(const File& file);

/// Decodes the `count` pixels of a slice and appends them to `hu`, once it is sure that the file holds
/// them. \returns how many pixels were padding, set to -1000 HU (air)
/// \throws InputError compressed in an unknown way, too few pixels, unsupported sample layout
std::size_t read_slice_hu(const std::filesystem::path& path, std::size_t count, std::vector<float>& hu);

}  // namespace coutard::rtdicom
