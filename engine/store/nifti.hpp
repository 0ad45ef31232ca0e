#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/image/volume.hpp"

namespace coutard {

/// What a NIfTI file's world coordinates are.
enum class World {
    Patient,  ///< RAS+ on disk, LPS in memory: x and y change sign, of points and of displacements
    Phantom,  ///< the phantom's own x, y, z: no sign changes
};

/// Whether a name ends in .nii or .nii.gz.
bool is_nifti(const std::filesystem::path& file);

/// Which way a file's i axis runs. Images in memory are right-handed.
enum class Handed {
    Right,  ///< as in memory
    Left,   ///< from the last voxel of memory to the first: files stored LAS, LPS, RPI, ...
};
/// How a file is stored, from its header alone. What is written back with it lies on the file's own grid,
/// voxel for voxel. \throws InputError as read_nifti
Handed handedness(const std::filesystem::path& file);

/// Read one 3-D image of any integer or real type; scl_slope and scl_inter are applied. Voxel order and
/// axes stay as on disk, except that a left-handed image is turned around along i.
/// \throws InputError naming the file: not NIfTI-1, damaged or short, not 3-D, no orientation, sheared,
/// lengths not in mm, or a value that is not finite (named by its voxel)
Volume<float> read_nifti(const std::filesystem::path& file, World world = World::Patient);
/// The same for whole numbers 0 to 65535 (label maps). \throws InputError also for any other value
Volume<std::uint16_t> read_nifti_bits(const std::filesystem::path& file, World world = World::Patient);
/// A displacement field: 5-D with three components, intent 1006 (displacement) or 1007 (vector).
/// \throws InputError as above, and for another intent or shape
DisplacementField read_nifti_field(const std::filesystem::path& file, World world = World::Patient);

/// Number type on disk.
enum class NiftiType { Float32, Int16, UInt16 };

/// How to store an image.
struct NiftiStorage {
    NiftiType type = NiftiType::Float32;
    double slope = 1;  ///< value = stored * slope; integers are rounded to the nearest
    World world = World::Patient;
    Handed handed = Handed::Right;
    std::string description = {};  ///< at most 79 bytes; longer text is cut
};

/// Write a NIfTI-1 file, gzipped when its name ends in .gz; sform and qform both say where it lies.
/// The old file stays until the new one is whole.
/// \throws OutputError the file cannot be written, or its name does not end in .nii or .nii.gz
/// \throws ContractError a value is not finite or does not fit the type
void write_nifti(const std::filesystem::path& file, const Volume<float>& image, const NiftiStorage& storage = {});
void write_nifti(const std::filesystem::path& file, const Volume<std::uint16_t>& bits, World world = World::Patient,
                 Handed handed = Handed::Right);
void write_nifti(const std::filesystem::path& file, const DisplacementField& field, World world = World::Patient,
                 Handed handed = Handed::Right);

}  // namespace coutard
