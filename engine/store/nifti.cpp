#include "engine/store/nifti.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

#include "engine/store/nifti_file.hpp"

namespace coutard {
namespace fs = std::filesystem;
namespace {

constexpr int displacement_intent = 1006, vector_intent = 1007;  // nifti1.h: DISPVECT, VECTOR

/// World on disk to memory and back: the same sign changes both ways.
Vec3 turned(const Vec3& v, World world) {
    return world == World::Patient ? Vec3{-v.x, -v.y, v.z} : v;
}

/// A grid and whether the disk's i axis runs the other way.
struct Placed {
    Grid grid;
    bool reversed = false;
};

Placed place(const nifti::Raw& raw, const fs::path& file, World world) {
    const Size3 n{raw.dim[1], raw.dim[2], raw.dim[3]};
    Vec3 axis[3] = {turned(raw.columns.cx, world), turned(raw.columns.cy, world), turned(raw.columns.cz, world)};
    Vec3 origin = turned(raw.origin, world), spacing;
    for (int k = 0; k < 3; ++k) {
        spacing[k] = norm(axis[k]);
        validate(std::isfinite(spacing[k]) && spacing[k] > 1e-6, file.string() + ": voxel size [mm]", spacing[k],
                 "above 0");
        axis[k] = axis[k] / spacing[k];
    }
    validate(std::isfinite(norm(origin)), file.string() + ": origin is not finite");
    const double skew =
        std::max({std::abs(dot(axis[0], axis[1])), std::abs(dot(axis[1], axis[2])), std::abs(dot(axis[0], axis[2]))});
    validate(skew < 1e-4, file.string() + ": the image is sheared; cosine between its axes", skew, "0");
    const bool reversed = dot(axis[0], cross(axis[1], axis[2])) < 0;
    if (reversed) {
        origin = origin + axis[0] * (spacing.x * (n.x - 1));
        axis[0] = -axis[0];
    }
    // Headers hold float32: make the axes exactly orthonormal again.
    axis[1] = unit(axis[1] - axis[0] * dot(axis[0], axis[1]));
    return {Grid(n, origin, spacing, {axis[0], axis[1], cross(axis[0], axis[1])}), reversed};
}

/// Flat index on disk of voxel (i, j, k) in memory.
std::size_t on_disk(const Placed& placed, int i, int j, int k) {
    return placed.grid.flat(placed.reversed ? placed.grid.size().x - 1 - i : i, j, k);
}

template <class T, class Take>
Volume<T> gather(const Placed& placed, const Take& take) {
    Volume<T> out(placed.grid);
    const auto n = placed.grid.size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) out.at(i, j, k) = take(on_disk(placed, i, j, k), i, j, k);
    return out;
}

std::string voxel_name(const fs::path& file, int i, int j, int k) {
    return file.string() + ": voxel (" + std::to_string(i) + ", " + std::to_string(j) + ", " + std::to_string(k) + ")";
}

std::string shape_of(const nifti::Raw& raw) {
    std::string text;
    for (int d = 1; d <= raw.dim[0]; ++d)
        text += (d > 1 ? " x " : "") + std::to_string(raw.dim[static_cast<std::size_t>(d)]);
    return text;
}

nifti::Raw read_scalar(const fs::path& file) {
    auto raw = nifti::read(file);
    const bool flat = raw.values.size() == static_cast<std::size_t>(raw.dim[1]) * static_cast<std::size_t>(raw.dim[2]) *
                                               static_cast<std::size_t>(raw.dim[3]);
    validate(raw.dim[0] >= 3 && flat, file.string() + ": dimensions", shape_of(raw), "one 3-D image");
    return raw;
}

nifti::Sheet sheet_of(const Grid& grid, World world, Handed handed) {
    nifti::Sheet sheet;
    sheet.dim = {3, grid.size().x, grid.size().y, grid.size().z, 1, 1, 1, 1};
    const Mat3& d = grid.direction();
    const Vec3& s = grid.spacing_mm();
    sheet.columns = {turned(d.cx * s.x, world), turned(d.cy * s.y, world), turned(d.cz * s.z, world)};
    sheet.origin = turned(grid.origin_mm(), world);
    if (handed == Handed::Left) {
        sheet.origin = sheet.origin + sheet.columns.cx * (grid.size().x - 1);
        sheet.columns.cx = -sheet.columns.cx;
    }
    return sheet;
}

/// Rows of i turned around where the file shall run that way.
template <class T>
std::vector<T> in_order(std::span<const T> values, int row, Handed handed) {
    std::vector<T> out(values.begin(), values.end());
    if (handed == Handed::Left)
        for (auto at = out.begin(); at != out.end(); at += row) std::reverse(at, at + row);
    return out;
}

template <class T, class Values>
std::vector<char> bytes_of(const Values& values, double slope, const fs::path& file) {
    std::vector<char> bytes(values.size() * sizeof(T));
    for (std::size_t v = 0; v < values.size(); ++v) {
        const double stored = static_cast<double>(values[v]) / slope;
        expect(std::isfinite(stored), file.string() + ": a value to write is not finite");
        T cell;
        if constexpr (std::is_integral_v<T>) {
            const double whole = std::round(stored);
            expect(whole >= std::numeric_limits<T>::min() && whole <= std::numeric_limits<T>::max(),
                   file.string() + ": a value does not fit the number type");
            cell = static_cast<T>(whole);
        } else {
            cell = static_cast<T>(stored);
        }
        std::memcpy(bytes.data() + v * sizeof(T), &cell, sizeof(T));
    }
    return bytes;
}

}  // namespace

bool is_nifti(const fs::path& file) {
    const auto name = file.filename().string();
    return name.ends_with(".nii") || name.ends_with(".nii.gz");
}

Handed handedness(const fs::path& file) {
    // Sign changes of x and y together keep the hand, so the world does not matter.
    return place(nifti::read_header(file), file, World::Phantom).reversed ? Handed::Left : Handed::Right;
}

Volume<float> read_nifti(const fs::path& file, World world) {
    const auto raw = read_scalar(file);
    return gather<float>(place(raw, file, world), [&](std::size_t at, int i, int j, int k) {
        const auto value = static_cast<float>(raw.values[at]);
        if (!std::isfinite(value)) validate(false, voxel_name(file, i, j, k), value, "a finite number");
        return value;
    });
}

Volume<std::uint16_t> read_nifti_bits(const fs::path& file, World world) {
    const auto raw = read_scalar(file);
    return gather<std::uint16_t>(place(raw, file, world), [&](std::size_t at, int i, int j, int k) {
        const double value = raw.values[at];
        if (!(value >= 0 && value <= 65535 && value == std::floor(value)))
            validate(false, voxel_name(file, i, j, k), value, "a whole number 0 to 65535");
        return static_cast<std::uint16_t>(value);
    });
}

DisplacementField read_nifti_field(const fs::path& file, World world) {
    const auto raw = nifti::read(file);
    const bool vector = raw.dim[0] == 5 && raw.dim[4] == 1 && raw.dim[5] == 3;
    validate(vector, file.string() + ": dimensions", shape_of(raw), "nx x ny x nz x 1 x 3");
    validate(raw.intent == displacement_intent || raw.intent == vector_intent, file.string() + ": intent_code",
             raw.intent, "1006 or 1007");
    const auto placed = place(raw, file, world);
    const std::size_t n = placed.grid.count();
    return gather<Vec3f>(placed, [&](std::size_t at, int i, int j, int k) {
        const Vec3 u = turned({raw.values[at], raw.values[at + n], raw.values[at + 2 * n]}, world);
        if (!std::isfinite(norm(u))) validate(false, voxel_name(file, i, j, k) + " is not finite");
        return Vec3f{static_cast<float>(u.x), static_cast<float>(u.y), static_cast<float>(u.z)};
    });
}

void write_nifti(const fs::path& file, const Volume<float>& image, const NiftiStorage& storage) {
    expect(!image.empty(), "write_nifti: the image has voxels");
    expect(std::isfinite(storage.slope) && storage.slope > 0, "write_nifti: slope is positive");
    auto sheet = sheet_of(image.grid(), storage.world, storage.handed);
    const auto values = in_order<float>(image.values(), image.grid().size().x, storage.handed);
    sheet.type = storage.type;
    sheet.slope = storage.slope;
    sheet.description = storage.description;
    // A reader multiplies by the slope as float32: divide by that very number.
    const double slope = static_cast<float>(storage.slope);
    switch (storage.type) {
        case NiftiType::Float32:
            return nifti::write(file, sheet, bytes_of<float>(values, slope, file));
        case NiftiType::Int16:
            return nifti::write(file, sheet, bytes_of<std::int16_t>(values, slope, file));
        case NiftiType::UInt16:
            return nifti::write(file, sheet, bytes_of<std::uint16_t>(values, slope, file));
    }
}

void write_nifti(const fs::path& file, const Volume<std::uint16_t>& bits, World world, Handed handed) {
    expect(!bits.empty(), "write_nifti: the image has voxels");
    auto sheet = sheet_of(bits.grid(), world, handed);
    sheet.type = NiftiType::UInt16;
    nifti::write(
        file, sheet,
        bytes_of<std::uint16_t>(in_order<std::uint16_t>(bits.values(), bits.grid().size().x, handed), 1, file));
}

void write_nifti(const fs::path& file, const DisplacementField& field, World world, Handed handed) {
    expect(!field.empty(), "write_nifti: the field has voxels");
    auto sheet = sheet_of(field.grid(), world, handed);
    sheet.dim = {5, sheet.dim[1], sheet.dim[2], sheet.dim[3], 1, 3, 1, 1};
    sheet.intent = displacement_intent;
    std::vector<float> components(3 * field.count());
    for (std::size_t v = 0; v < field.count(); ++v) {
        const Vec3 u = turned({field[v].x, field[v].y, field[v].z}, world);
        for (int c = 0; c < 3; ++c)
            components[v + static_cast<std::size_t>(c) * field.count()] = static_cast<float>(u[c]);
    }
    nifti::write(file, sheet, bytes_of<float>(in_order<float>(components, field.grid().size().x, handed), 1, file));
}

}  // namespace coutard
