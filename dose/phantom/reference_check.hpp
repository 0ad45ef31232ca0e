#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "dose/phantom/slab_scoring.hpp"

namespace coutard::dose {

/// A depth dose of another code: means over cells whose faces follow from their centres, the first at depth 0.
struct ReferenceAxis {
    std::vector<double> depth_cm, dose, uncertainty;  ///< dose absolute, uncertainty relative (one sigma)
};
/// \throws InputError the file lacks depth_cm, dose or rel_uncert, or depths do not rise
ReferenceAxis read_reference_axis(const std::filesystem::path& csv);

/// Faces of cells from their centres and the first face.
std::vector<double> cell_faces(const std::vector<double>& centres, double low);

/// Even cells: the first begins at `origin`.
struct EvenCells {
    double origin, width;
};
/// Means of values on even cells over other cells given by their centres, the first of which begins at `low`.
/// \throws InputError a cell reaches beyond the values
std::vector<double> on_cells(const std::vector<double>& values, const EvenCells& cells, double low,
                             const std::vector<double>& centres);

/// One depth of a comparison.
struct AxisPoint {
    double depth_cm = 0;
    double difference = 0, sigma = 0;  ///< [% of the reference's maximum]
};
/// A depth dose held against a reference.
struct AxisCheck {
    std::vector<AxisPoint> points;
    double mean_percent = 0;  ///< signed difference of the sums over 1.5 to 25 cm [%]
    double chi2 = 0;          ///< per depth
    double own_percent = 0;   ///< median relative uncertainty of ours beyond 1.5 cm [%]
    std::size_t outside = 0;  ///< depths beyond 3 mm farther off than 1 % of the maximum plus two sigma
    AxisPoint worst;          ///< of those beyond 3 mm, by what exceeds two sigma
};
/// \param ours in the reference's cells, with uncertainties
AxisCheck check_axis(const ReferenceAxis& reference, const DepthDose& ours);

/// A dose grid of another code.
struct ReferenceVoxels {
    std::vector<double> x_cm, y_cm, z_cm;  ///< centres, rising; faces as ReferenceAxis, symmetric in x and y
    std::vector<float> dose, uncertainty;  ///< x fastest
};
/// \throws InputError a column is missing, or rows are no full grid
ReferenceVoxels read_reference_voxels(const std::filesystem::path& csv);

/// Faces of a grid's cells [cm]; the outermost end where the scored region does.
struct VoxelFaces {
    std::vector<double> x_cm, y_cm, z_cm;
};
VoxelFaces faces_of(const ReferenceVoxels& voxels);

/// What a voxel may be off by.
struct VoxelCriterion {
    double percent = 1;      ///< of the maximum
    double distance_mm = 1;  ///< times the gradient
};

/// A dose grid held against a reference.
struct VoxelCheck {
    VoxelCriterion criterion;
    std::size_t judged = 0;  ///< reference voxels above 10 % of the maximum
    std::size_t within = 0;  ///< of these, within hypot(percent of the maximum, distance times the gradient, two sigma)
    double expected = 0;     ///< part that noise alone would leave within, were both right [%]
    double chi2 = 0;         ///< per judged voxel
    double percent() const { return 100.0 * static_cast<double>(within) / static_cast<double>(judged); }
};
/// \param dose, uncertainty of a phantom's grid (x, y centred, z from the surface)
VoxelCheck check_voxels(const ReferenceVoxels& reference, const Volume<float>& dose, const Volume<float>& uncertainty,
                        const VoxelCriterion& criterion = {});

}  // namespace coutard::dose
