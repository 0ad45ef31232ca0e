#include "engine/store/nifti_file.hpp"

#include <nifti1_io.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/base/log.hpp"
#include "engine/store/nifti.hpp"

namespace coutard::nifti {
namespace fs = std::filesystem;
namespace {

using Header = std::unique_ptr<nifti_image, decltype(&nifti_image_free)>;
using Stream = std::unique_ptr<gzFile_s, decltype(&gzclose)>;

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
    throw InputError(file.string() + ": " + why);
}

Header open_header(const fs::path& file) {
    if (!fs::is_regular_file(file)) refuse(file, "no such file");
    nifti_set_debug_level(0);  // its words go to standard error; ours go into the exception
    Header header(nifti_image_read(file.c_str(), 0), nifti_image_free);
    if (!header) refuse(file, "not a NIfTI-1 file, or its header is damaged");
    return header;
}

void set_world(const nifti_image& header, const fs::path& file, Raw& raw) {
    if (header.sform_code <= 0 && header.qform_code <= 0)
        refuse(file, "no orientation: sform_code and qform_code are 0, expected one of them set");
    const int units = header.xyz_units;
    if (units != NIFTI_UNITS_MM && units != NIFTI_UNITS_UNKNOWN)
        refuse(file, "xyzt_units: found code " + std::to_string(units) + ", expected 2 (mm)");
    const mat44& m = header.sform_code > 0 ? header.sto_xyz : header.qto_xyz;
    if (header.sform_code > 0 && header.qform_code > 0) {
        double apart = 0;
        for (int r = 0; r < 3; ++r)
            for (int c = 0; c < 4; ++c)
                apart = std::max(apart, std::abs(static_cast<double>(m.m[r][c]) - header.qto_xyz.m[r][c]));
        if (apart > 0.1) log::warn(file.string() + ": sform and qform differ; the sform is taken");
    }
    const auto column = [&](int c) { return Vec3{m.m[0][c], m.m[1][c], m.m[2][c]}; };
    raw.columns = {column(0), column(1), column(2)};
    raw.origin = column(3);
}

/// All but the numbers.
Raw raw_of(const nifti_image& header, const fs::path& file) {
    Raw raw;
    std::copy(std::begin(header.dim), std::end(header.dim), raw.dim.begin());
    raw.intent = header.intent_code;
    for (int d = 1; d <= raw.dim[0]; ++d)
        if (raw.dim[static_cast<std::size_t>(d)] < 1) refuse(file, "dim[" + std::to_string(d) + "] is not positive");
    set_world(header, file, raw);
    return raw;
}

[[noreturn]] void refuse_short(const fs::path& file, std::size_t found, std::size_t wanted) {
    refuse(file, "holds " + std::to_string(found) + " bytes of data, expected " + std::to_string(wanted));
}

std::vector<char> read_bytes(const nifti_image& header, const fs::path& file, std::size_t wanted) {
    // libniftiio's own loader turns NaN into 0 without a word, so the numbers are read here.
    Stream stream(gzopen(header.iname, "rb"), gzclose);
    if (!stream) refuse(file, "cannot be opened");
    const auto offset = static_cast<std::size_t>(std::max<decltype(header.iname_offset)>(0, header.iname_offset));
    if (gzdirect(stream.get()) != 0) {  // plain: its size tells before anything is allocated
        const auto whole = static_cast<std::size_t>(fs::file_size(header.iname));
        if (whole < offset + wanted) refuse_short(file, whole - std::min(whole, offset), wanted);
    }
    if (gzseek(stream.get(), header.iname_offset, SEEK_SET) != header.iname_offset)
        refuse(file, "ends before its data");
    std::vector<char> bytes;
    while (bytes.size() < wanted) {  // zipped: the claimed size is believed piece by piece
        const std::size_t done = bytes.size(), step = std::min<std::size_t>(wanted - done, 1U << 26);
        bytes.resize(done + step);
        const int got = gzread(stream.get(), bytes.data() + done, static_cast<unsigned>(step));
        if (got <= 0) refuse_short(file, done, wanted);
        bytes.resize(done + static_cast<std::size_t>(got));
    }
    return bytes;
}

template <class T>
std::vector<double> numbers(const std::vector<char>& bytes) {
    std::vector<double> out(bytes.size() / sizeof(T));
    for (std::size_t i = 0; i < out.size(); ++i) {
        T value;
        std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
        out[i] = static_cast<double>(value);
    }
    return out;
}

std::vector<double> numbers(const fs::path& file, int datatype, const std::vector<char>& bytes) {
    switch (datatype) {
        case DT_UINT8:
            return numbers<std::uint8_t>(bytes);
        case DT_INT8:
            return numbers<std::int8_t>(bytes);
        case DT_INT16:
            return numbers<std::int16_t>(bytes);
        case DT_UINT16:
            return numbers<std::uint16_t>(bytes);
        case DT_INT32:
            return numbers<std::int32_t>(bytes);
        case DT_UINT32:
            return numbers<std::uint32_t>(bytes);
        case DT_FLOAT32:
            return numbers<float>(bytes);
        case DT_FLOAT64:
            return numbers<double>(bytes);
        default:
            refuse(file, "datatype " + std::to_string(datatype) + " is not a real number type that is read here");
    }
}

mat44 matrix(const Mat3& columns, const Vec3& origin) {
    mat44 m{};
    for (int r = 0; r < 3; ++r) {
        m.m[r][0] = static_cast<float>(columns.cx[r]);
        m.m[r][1] = static_cast<float>(columns.cy[r]);
        m.m[r][2] = static_cast<float>(columns.cz[r]);
        m.m[r][3] = static_cast<float>(origin[r]);
    }
    m.m[3][3] = 1;
    return m;
}

nifti_1_header header_of(const Sheet& sheet) {
    const int datatype = sheet.type == NiftiType::Float32 ? DT_FLOAT32
                         : sheet.type == NiftiType::Int16 ? DT_INT16
                                                          : DT_UINT16;
    auto dim = sheet.dim;
    Header image(nifti_make_new_nim(dim.data(), datatype, 0), nifti_image_free);
    ensure(image != nullptr, "nifti_make_new_nim");
    image->sto_xyz = matrix(sheet.columns, sheet.origin);
    image->sform_code = image->qform_code = NIFTI_XFORM_SCANNER_ANAT;
    nifti_mat44_to_quatern(image->sto_xyz, &image->quatern_b, &image->quatern_c, &image->quatern_d, &image->qoffset_x,
                           &image->qoffset_y, &image->qoffset_z, &image->dx, &image->dy, &image->dz, &image->qfac);
    image->pixdim[0] = image->qfac;
    image->pixdim[1] = image->dx;
    image->pixdim[2] = image->dy;
    image->pixdim[3] = image->dz;
    image->xyz_units = NIFTI_UNITS_MM;
    image->intent_code = sheet.intent;
    image->scl_slope = static_cast<float>(sheet.slope);
    std::strncpy(image->descrip, sheet.description.c_str(), sizeof(image->descrip) - 1);
    image->nifti_type = NIFTI_FTYPE_NIFTI1_1;
    auto header = nifti_convert_nim2nhdr(image.get());
    header.vox_offset = 352;
    std::memcpy(header.magic, "n+1", 4);
    return header;
}

bool put(gzFile stream, const void* data, std::size_t size) {
    const auto* from = static_cast<const char*>(data);
    while (size > 0) {
        const auto step = static_cast<unsigned>(std::min<std::size_t>(size, 1U << 28));
        if (gzwrite(stream, from, step) != static_cast<int>(step)) return false;
        from += step;
        size -= step;
    }
    return true;
}

}  // namespace

Raw read_header(const fs::path& file) {
    return raw_of(*open_header(file), file);
}

Raw read(const fs::path& file) {
    const auto header = open_header(file);
    Raw raw = raw_of(*header, file);
    std::size_t count = 1;
    for (int d = 1; d <= raw.dim[0]; ++d) count *= static_cast<std::size_t>(raw.dim[static_cast<std::size_t>(d)]);
    if (count > 4'000'000'000U) refuse(file, "holds more than 4 thousand million numbers");
    if (!std::isfinite(header->scl_slope) || !std::isfinite(header->scl_inter))
        refuse(file, "scl_slope or scl_inter is not finite");
    auto bytes = read_bytes(*header, file, count * static_cast<std::size_t>(header->nbyper));
    if (header->swapsize > 1 && header->byteorder != nifti_short_order())
        nifti_swap_Nbytes(bytes.size() / static_cast<std::size_t>(header->swapsize), header->swapsize, bytes.data());
    raw.values = numbers(file, header->datatype, bytes);
    const double slope = header->scl_slope, more = header->scl_inter;
    if (slope != 0 && (slope != 1 || more != 0))
        for (double& value : raw.values) value = value * slope + more;
    return raw;
}

void write(const fs::path& file, const Sheet& sheet, const std::vector<char>& bytes) {
    const auto name = file.filename().string();
    const bool zipped = name.ends_with(".nii.gz");
    if (!is_nifti(file))
        throw OutputError(file.string() + ": expected a name that ends in .nii or .nii.gz");
    const auto header = header_of(sheet);
    const char no_extension[4] = {};
    write_atomically(file, [&](const fs::path& beside) {
        Stream stream(gzopen(beside.c_str(), zipped ? "wb4" : "wbT"), gzclose);  // T: plain bytes
        if (!stream) throw OutputError(file.string() + ": cannot be written: " + std::strerror(errno));
        const bool good = put(stream.get(), &header, sizeof(header)) && put(stream.get(), no_extension, 4) &&
                          put(stream.get(), bytes.data(), bytes.size());
        if (!good || gzclose(stream.release()) != Z_OK)
            throw OutputError(file.string() + ": cannot be written: " + std::strerror(errno));
    });
}

}  // namespace coutard::nifti
