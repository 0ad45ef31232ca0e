#pragma once
// Private to engine/store: the 348 bytes that begin a NIfTI-1 file, and the places that they tell.
// Source: nifti1.h of the NIfTI Data Format Working Group (2004), https://nifti.nimh.nih.gov/nifti-1.
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "engine/geom/vec3.hpp"

namespace coutard::nifti {

/// Field for field as in nifti1.h, whose names it keeps; numbers in the machine's byte order.
struct Header {
    std::int32_t sizeof_hdr = 348;
    char data_type[10] = {}, db_name[18] = {};  // unused
    std::int32_t extents = 0;                   // unused
    std::int16_t session_error = 0;             // unused
    char regular = 'r', dim_info = 0;
    std::int16_t dim[8] = {};
    float intent_p1 = 0, intent_p2 = 0, intent_p3 = 0;
    std::int16_t intent_code = 0, datatype = 0, bitpix = 0, slice_start = 0;
    float pixdim[8] = {1, 1, 1, 1, 1, 1, 1, 1};  ///< pixdim[0] is the handedness of the qform, -1 or 1
    float vox_offset = 352;                      ///< where the numbers begin [bytes]
    float scl_slope = 1, scl_inter = 0;
    std::int16_t slice_end = 0;
    char slice_code = 0, xyzt_units = 2;  ///< low three bits: 0 unknown, 1 m, 2 mm, 3 um
    float cal_max = 0, cal_min = 0, slice_duration = 0, toffset = 0;
    std::int32_t glmax = 0, glmin = 0;  // unused
    char descrip[80] = {}, aux_file[24] = {};
    std::int16_t qform_code = 0, sform_code = 0;  ///< above 0: that place is told
    float quatern_b = 0, quatern_c = 0, quatern_d = 0, qoffset_x = 0, qoffset_y = 0, qoffset_z = 0;
    float srow_x[4] = {}, srow_y[4] = {}, srow_z[4] = {};
    char intent_name[16] = {}, magic[4] = {'n', '+', '1', '\0'};
};
static_assert(sizeof(Header) == 348 && offsetof(Header, dim) == 40 && offsetof(Header, vox_offset) == 108 &&
              offsetof(Header, qform_code) == 252 && offsetof(Header, srow_x) == 280 && offsetof(Header, magic) == 344);

enum DataType : std::int16_t {
    uint8 = 2,
    int16 = 4,
    int32 = 8,
    float32 = 16,
    float64 = 64,
    int8 = 256,
    uint16 = 512,
    uint32 = 768
};
/// Bytes of one number; 0 for types that are not read here.
std::size_t bytes_per_number(int datatype);

/// World point of voxel (0, 0, 0) and the step per voxel along i, j, k [mm].
struct Place {
    Mat3 columns;
    Vec3 origin;
};
Place sform(const Header& header);
/// Method 2 of nifti1.h: rotation from the quaternion, lengths from pixdim.
Place qform(const Header& header);
/// Tell a place both ways. \param place axes at right angles; either hand
void set_place(Header& header, const Place& place);

/// A header as read, and whether the file's byte order is not this machine's.
struct Opened {
    Header header;
    bool swapped = false;
};
/// Sizes beyond dim[0] come back as 1. \throws InputError naming the file: missing, not NIfTI-1 in one file
Opened open_header(const std::filesystem::path& file);

/// Turn the byte order of each number of `width` bytes around.
void swap_bytes(char* data, std::size_t count, std::size_t width);

}  // namespace coutard::nifti
