#include "engine/store/nifti_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/base/log.hpp"
#include "engine/store/nifti.hpp"
#include "engine/store/nifti_header.hpp"

namespace coutard::nifti {
namespace fs = std::filesystem;
namespace {

using Stream = std::unique_ptr<gzFile_s, decltype(&gzclose)>;

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
    throw InputError(file.string() + ": " + why);
}

void set_world(const Header& header, const fs::path& file, Raw& raw) {
    if (header.sform_code <= 0 && header.qform_code <= 0)
        refuse(file, "no orientation: sform_code and qform_code are 0, expected one of them set");
    constexpr int unknown = 0, mm = 2;
    const int units = header.xyzt_units & 7;
    if (units != mm && units != unknown)
        refuse(file, "xyzt_units: found code " + std::to_string(units) + ", expected 2 (mm)");
    const Place place = header.sform_code > 0 ? sform(header) : qform(header);
    if (header.sform_code > 0 && header.qform_code > 0) {
        const Place other = qform(header);
        double apart = 0;
        for (int r = 0; r < 3; ++r)
            apart = std::max({apart, std::abs(place.columns.cx[r] - other.columns.cx[r]),
                              std::abs(place.columns.cy[r] - other.columns.cy[r]),
                              std::abs(place.columns.cz[r] - other.columns.cz[r]),
                              std::abs(place.origin[r] - other.origin[r])});
        if (apart > 0.1) log::warn(file.string() + ": sform and qform differ; the sform is taken");
    }
    raw.columns = place.columns;
    raw.origin = place.origin;
}

/// All but the numbers.
Raw raw_of(const Header& header, const fs::path& file) {
    Raw raw;
    std::copy(std::begin(header.dim), std::end(header.dim), raw.dim.begin());
    raw.intent = header.intent_code;
    for (int d = 1; d <= raw.dim[0]; ++d)
        if (raw.dim[static_cast<std::size_t>(d)] < 1) refuse(file, "dim[" + std::to_string(d) + "] is not positive");
    set_world(header, file, raw);
    return raw;
}

[[noreturn]] void refuse_type(const fs::path& file, int datatype) {
    refuse(file, "datatype " + std::to_string(datatype) + " is not a real number type that is read here");
}

[[noreturn]] void refuse_short(const fs::path& file, std::size_t found, std::size_t wanted) {
    refuse(file, "holds " + std::to_string(found) + " bytes of data, expected " + std::to_string(wanted));
}

std::vector<char> read_bytes(const Header& header, const fs::path& file, std::size_t wanted) {
    Stream stream(gzopen(file.c_str(), "rb"), gzclose);
    if (!stream) refuse(file, "cannot be opened");
    const auto offset = std::max(sizeof(Header), static_cast<std::size_t>(std::max(0.0F, header.vox_offset)));
    if (gzdirect(stream.get()) != 0) {  // plain: its size tells before anything is allocated
        const auto whole = static_cast<std::size_t>(fs::file_size(file));
        if (whole < offset + wanted) refuse_short(file, whole - std::min(whole, offset), wanted);
    }
    if (gzseek(stream.get(), static_cast<z_off_t>(offset), SEEK_SET) != static_cast<z_off_t>(offset))
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
        case uint8:
            return numbers<std::uint8_t>(bytes);
        case int8:
            return numbers<std::int8_t>(bytes);
        case int16:
            return numbers<std::int16_t>(bytes);
        case uint16:
            return numbers<std::uint16_t>(bytes);
        case int32:
            return numbers<std::int32_t>(bytes);
        case uint32:
            return numbers<std::uint32_t>(bytes);
        case float32:
            return numbers<float>(bytes);
        case float64:
            return numbers<double>(bytes);
        default:
            refuse_type(file, datatype);
    }
}

Header header_of(const Sheet& sheet) {
    Header h;
    expect(std::all_of(sheet.dim.begin(), sheet.dim.end(), [](int d) { return d <= 32767; }),
           "write_nifti: at most 32767 voxels along an axis");
    std::copy(sheet.dim.begin(), sheet.dim.end(), std::begin(h.dim));
    h.datatype = sheet.type == NiftiType::Float32 ? float32 : sheet.type == NiftiType::Int16 ? int16 : uint16;
    h.bitpix = static_cast<std::int16_t>(8 * bytes_per_number(h.datatype));
    h.intent_code = static_cast<std::int16_t>(sheet.intent);
    h.scl_slope = static_cast<float>(sheet.slope);
    sheet.description.copy(h.descrip, sizeof(h.descrip) - 1);
    set_place(h, {sheet.columns, sheet.origin});
    return h;
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
    return raw_of(open_header(file).header, file);
}

Raw read(const fs::path& file) {
    const auto [header, swapped] = open_header(file);
    Raw raw = raw_of(header, file);
    std::size_t count = 1;
    for (int d = 1; d <= raw.dim[0]; ++d) {
        count *= static_cast<std::size_t>(raw.dim[static_cast<std::size_t>(d)]);
        if (count > 4'000'000'000U) refuse(file, "holds more than 4 thousand million numbers");
    }
    if (!std::isfinite(header.scl_slope) || !std::isfinite(header.scl_inter))
        refuse(file, "scl_slope or scl_inter is not finite");
    const std::size_t width = bytes_per_number(header.datatype);
    if (width == 0) refuse_type(file, header.datatype);
    auto bytes = read_bytes(header, file, count * width);
    if (swapped) swap_bytes(bytes.data(), count, width);
    raw.values = numbers(file, header.datatype, bytes);
    const double slope = header.scl_slope, more = header.scl_inter;
    if (slope != 0 && (slope != 1 || more != 0))
        for (double& value : raw.values) value = value * slope + more;
    return raw;
}

void write(const fs::path& file, const Sheet& sheet, const std::vector<char>& bytes) {
    const auto name = file.filename().string();
    const bool zipped = name.ends_with(".nii.gz");
    if (!is_nifti(file)) throw OutputError(file.string() + ": expected a name that ends in .nii or .nii.gz");
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
