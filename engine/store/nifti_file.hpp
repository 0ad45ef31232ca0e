#pragma once
// Private to engine/store: a NIfTI-1 file as header and numbers, before anybody asks what they mean.
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/geom/grid.hpp"
#include "engine/store/nifti.hpp"

namespace coutard::nifti {

/// What a header says and the numbers.
struct Raw {
    std::array<int, 8> dim{};  ///< dim[0] axes; dim[1..] sizes
    int intent = 0;
    Mat3 columns;                ///< world step per voxel along i, j, k [mm]
    Vec3 origin;                 ///< world point of voxel (0, 0, 0)
    std::vector<double> values;  ///< scaled, in the order of the file
};

/// Sizes and place alone; values stay empty. \throws InputError naming the file
Raw read_header(const std::filesystem::path& file);
/// \throws InputError naming the file
Raw read(const std::filesystem::path& file);

/// What to write.
struct Sheet {
    std::array<int, 8> dim{};
    int intent = 0;
    Mat3 columns;
    Vec3 origin;
    NiftiType type = NiftiType::Float32;
    double slope = 1;
    std::string description;
};

/// \param bytes the numbers as they shall lie on disk, machine byte order
void write(const std::filesystem::path& file, const Sheet& sheet, const std::vector<char>& bytes);

}  // namespace coutard::nifti
