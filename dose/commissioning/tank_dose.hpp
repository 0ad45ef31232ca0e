#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <vector>

#include "dose/machine/beam_model.hpp"
#include "dose/superposition/superpose.hpp"

namespace coutard::dose {

/// A field of the jaws around the axis on a water tank, and where dose is read.
struct TankField {
    double x_mm = 100, y_mm = 100;  ///< sides at the isocentre plane
    double ssd_mm = 1000;
    std::vector<Vec3> points_mm;  ///< x, y as IEC 61217 at gantry and collimator 0; z depth
};

/// Grid and cones of a calculation.
struct TankGrid {
    double x_mm = 2.5, y_mm = 2.5, depth_mm = 2.5;  ///< sides of voxels
    ConeLayout layout = ConeLayout::standard();
};

/// What a grid is read for: voxels are fine along the scan, coarse elsewhere.
enum class ScanWay { Depth, X, Y, Diagonal };

/// \param fine_mm  sets the scale: voxels of this depth for depth doses, half of it along x or y, in fields up to 12
/// cm; larger fields take larger voxels
TankGrid tank_grid(ScanWay way, double field_side_mm, double fine_mm, const ConeLayout& layout);

/// Dose at the points of a field: Gy per focal photon/cm2, the monitor's backscatter left out.
struct TankDose {
    std::vector<double> photons;
    std::vector<double> electrons;  ///< per electron/cm2 of the contaminants' source; nothing: no such source
};

/// Superposition in a tank through a machine's head. Theory: docs/theory/commissioning.md, section 1.
class WaterTank {
  public:
    /// \param chamber_mm dose is the mean over a square of this side across the beam; 0: at the point
    WaterTank(std::filesystem::path data_dir, double chamber_mm, Device device);

    /// \throws InputError points further than 60 cm from the axis or the surface
    TankDose dose(const BeamModel& model, const TankField& field, const TankGrid& grid, const Progress& progress) const;

  private:
    const BeamKernel& kernel(const BeamModel& model, const ConeLayout& layout) const;

    std::filesystem::path data_dir_;
    double chamber_mm_;
    Device device_;
    PointKernelSet points_;
    Material water_;
    mutable std::map<std::pair<std::string, std::pair<double, std::size_t>>, BeamKernel> kernels_;
};

/// Dose at a point from a grid of means over voxels: cubic, with what the mean over a voxel and over its shadow takes
/// from the curvature given back. Points outside take the nearest inside.
double sharp_dose(const Volume<float>& dose, const Vec3& at_mm);

}  // namespace coutard::dose
