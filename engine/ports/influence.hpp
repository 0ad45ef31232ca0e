#pragma once
#include <span>
#include <string>
#include <vector>

#include "engine/geom/grid.hpp"
#include "engine/geom/vec3.hpp"

namespace coutard {

/// A small rectangle of fluence at the isocentre plane [mm], beam limiting device axes.
struct Beamlet {
    double x_mm = 0, y_mm = 0;           ///< centre
    double width_mm = 5, height_mm = 5;  ///< along x (leaf travel) and y
    int row = 0, column = 0;             ///< leaf pair; step along x
};

/// A beam direction with its beamlets: what the fluence optimiser sees of a beam.
struct BeamletBeam {
    double gantry_deg = 0, collimator_deg = 0, couch_deg = 0;
    Vec3 isocentre_mm;
    std::string machine = "generic_6mv";
    std::vector<Beamlet> beamlets;
};

class RowMatrix;

/// Dose per unit fluence weight: dose [Gy per MU of open fluence, per fraction] in chosen voxels.
/// Weight 1 of every beamlet is the open field of 1 MU.
class InfluenceOperator {
  public:
    virtual ~InfluenceOperator() = default;
    virtual std::size_t voxel_count() const = 0;    ///< voxels of the dose grid
    virtual std::size_t beamlet_count() const = 0;  ///< over all beams, in order
    virtual const Grid& grid() const = 0;
    /// dose[v] = sum_b D[v, b] weight[b]; sizes voxel_count and beamlet_count. Same bits for any thread count.
    virtual void forward(std::span<const float> weight, std::span<float> dose) const = 0;
    /// weight_gradient[b] = sum_v D[v, b] dose_gradient[v]
    virtual void transpose(std::span<const float> dose_gradient, std::span<float> weight_gradient) const = 0;
    /// Where it is a matrix in memory (engine/optimise/row_matrix): optimisers leave out parts of it that do not
    /// matter.
    virtual const RowMatrix* rows() const { return nullptr; }
};

}  // namespace coutard
