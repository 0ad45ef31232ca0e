#include "engine/store/nifti_header.hpp"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>

#include "engine/base/error.hpp"

namespace coutard::nifti {
namespace {

/// All numbers; texts stay.
void swap_header(Header& h) {
    struct Run {
        std::size_t offset, count, width;
    };
    constexpr Run runs[] = {{offsetof(Header, sizeof_hdr), 1, 4},    {offsetof(Header, extents), 1, 4},
                            {offsetof(Header, session_error), 1, 2}, {offsetof(Header, dim), 8, 2},
                            {offsetof(Header, intent_p1), 3, 4},     {offsetof(Header, intent_code), 4, 2},
                            {offsetof(Header, pixdim), 11, 4},  // to scl_inter
                            {offsetof(Header, slice_end), 1, 2},     {offsetof(Header, cal_max), 4, 4},
                            {offsetof(Header, glmax), 2, 4},         {offsetof(Header, qform_code), 2, 2},
                            {offsetof(Header, quatern_b), 18, 4}};  // to srow_z
    for (const auto& run : runs) swap_bytes(reinterpret_cast<char*>(&h) + run.offset, run.count, run.width);
}

/// Axes of a unit quaternion (a, b, c, d): columns of nifti1.h's rotation matrix.
Mat3 rotation(double b, double c, double d) {
    double a = 1 - (b * b + c * c + d * d);
    if (a < 1e-7) {  // half a turn, to rounding
        const double scale = 1 / std::sqrt(b * b + c * c + d * d);
        b *= scale, c *= scale, d *= scale, a = 0;
    } else {
        a = std::sqrt(a);
    }
    return {{a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)},
            {2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b)},
            {2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - c * c - b * b}};
}

/// Quaternion (b, c, d) with a >= 0 of a rotation: from its largest component, so that nothing cancels.
Vec3 quaternion(const Mat3& m) {
    const double xx = m.cx.x, yy = m.cy.y, zz = m.cz.z;
    const double square[4] = {1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz};  // 4 a^2 ...
    const auto largest = std::max_element(square, square + 4) - square;
    const double q = 0.5 * std::sqrt(square[largest]), f = 0.25 / q;
    double a = 0;
    Vec3 v;
    if (largest == 0) {
        a = q;
        v = Vec3{m.cy.z - m.cz.y, m.cz.x - m.cx.z, m.cx.y - m.cy.x} * f;
    } else if (largest == 1) {
        a = (m.cy.z - m.cz.y) * f;
        v = {q, (m.cy.x + m.cx.y) * f, (m.cz.x + m.cx.z) * f};
    } else if (largest == 2) {
        a = (m.cz.x - m.cx.z) * f;
        v = {(m.cy.x + m.cx.y) * f, q, (m.cz.y + m.cy.z) * f};
    } else {
        a = (m.cx.y - m.cy.x) * f;
        v = {(m.cz.x + m.cx.z) * f, (m.cz.y + m.cy.z) * f, q};
    }
    return a < 0 ? -v : v;
}

void check_sizes(Header& h, const std::string& file) {
    validate(h.dim[0] >= 1 && h.dim[0] <= 7, file + ": dim[0]", h.dim[0], "1 to 7 axes");
    for (int d = 1; d < 8; ++d)
        if (d > h.dim[0] || (d > 3 && h.dim[d] == 0)) h.dim[d] = 1;  // some writers leave trivial axes 0
}

}  // namespace

void swap_bytes(char* data, std::size_t count, std::size_t width) {
    for (std::size_t i = 0; i < count; ++i) std::reverse(data + i * width, data + (i + 1) * width);
}

std::size_t bytes_per_number(int datatype) {
    switch (datatype) {
        case uint8:
        case int8:
            return 1;
        case int16:
        case uint16:
            return 2;
        case int32:
        case uint32:
        case float32:
            return 4;
        case float64:
            return 8;
        default:
            return 0;
    }
}

Place sform(const Header& h) {
    const auto column = [&](int c) { return Vec3{h.srow_x[c], h.srow_y[c], h.srow_z[c]}; };
    return {{column(0), column(1), column(2)}, column(3)};
}

Place qform(const Header& h) {
    const Mat3 axes = rotation(h.quatern_b, h.quatern_c, h.quatern_d);
    const auto length = [&](int d) { return h.pixdim[d] > 0 ? static_cast<double>(h.pixdim[d]) : 1.0; };
    const double hand = h.pixdim[0] < 0 ? -1 : 1;
    return {{axes.cx * length(1), axes.cy * length(2), axes.cz * (hand * length(3))},
            {h.qoffset_x, h.qoffset_y, h.qoffset_z}};
}

void set_place(Header& h, const Place& place) {
    const Vec3 axis[3] = {place.columns.cx, place.columns.cy, place.columns.cz};
    for (int c = 0; c < 3; ++c) {
        h.srow_x[c] = static_cast<float>(axis[c].x);
        h.srow_y[c] = static_cast<float>(axis[c].y);
        h.srow_z[c] = static_cast<float>(axis[c].z);
        h.pixdim[c + 1] = static_cast<float>(norm(axis[c]));
    }
    h.srow_x[3] = h.qoffset_x = static_cast<float>(place.origin.x);
    h.srow_y[3] = h.qoffset_y = static_cast<float>(place.origin.y);
    h.srow_z[3] = h.qoffset_z = static_cast<float>(place.origin.z);
    Mat3 axes{unit(axis[0]), unit(axis[1]), unit(axis[2])};
    h.pixdim[0] = axes.determinant() < 0 ? -1.0F : 1.0F;
    axes.cz = axes.cz * static_cast<double>(h.pixdim[0]);
    const Vec3 q = quaternion(axes);
    h.quatern_b = static_cast<float>(q.x);
    h.quatern_c = static_cast<float>(q.y);
    h.quatern_d = static_cast<float>(q.z);
    h.sform_code = h.qform_code = 1;  // scanner
}

Opened open_header(const std::filesystem::path& file) {
    const std::string name = file.string();
    validate(std::filesystem::is_regular_file(file), name + ": no such file");
    const std::unique_ptr<gzFile_s, decltype(&gzclose)> stream(gzopen(file.c_str(), "rb"), gzclose);
    validate(stream != nullptr, name + ": cannot be opened");
    Opened out;
    const bool whole = gzread(stream.get(), &out.header, sizeof(Header)) == static_cast<int>(sizeof(Header));
    validate(whole, name + ": not a NIfTI-1 file, or its header is damaged");
    std::int32_t size = out.header.sizeof_hdr;
    out.swapped = size != 348 && size != 540;
    if (out.swapped) swap_header(out.header);
    size = out.header.sizeof_hdr;
    validate(size != 540, name + ": is NIfTI-2, expected NIfTI-1");
    const bool pair = std::memcmp(out.header.magic, "ni1", 4) == 0;
    validate(!pair, name + ": is half of a pair (.hdr and .img), expected NIfTI-1 in one file");
    validate(size == 348 && std::memcmp(out.header.magic, "n+1", 4) == 0,
             name + ": not a NIfTI-1 file, or its header is damaged");
    validate(std::isfinite(out.header.vox_offset) && out.header.vox_offset < 1e9F, name + ": vox_offset",
             out.header.vox_offset, "352 or more");
    check_sizes(out.header, name);
    return out;
}

}  // namespace coutard::nifti
