#pragma once
#include <array>

#include "dose/influence/beamlet_medium.hpp"

namespace coutard::dose {

/// A voxel that a beamlet reaches, and the part of the open beam's fluence in it.
struct ReachedVoxel {
    std::uint32_t voxel;
    float part;
};

/// One cone of a beam with its lines on both lattices.
struct BeamCone {
    IndexedCone fine, coarse;
    const Cone* cone;
    Vec3 direction;
};

/// Carries the released energy of single beamlets; one per thread, its buffers are used again. The primary part of the
/// ladder goes along fine lines, which end soon after their last source; the scatter part along lines through coarse
/// cells, to the end. Theory: docs/theory/dose.md, section 5.
class BeamletCarrier {
  public:
    BeamletCarrier(const BeamletMedium& medium, const DoseRows& rows);

    /// How many carriers to run: one per thread, at most 16, fewer where their buffers for so many voxels would
    /// take more than `most_bytes`; at least one.
    static int crew(std::size_t voxels, int threads, std::size_t most_bytes);
    static constexpr std::size_t bytes_per_voxel = 36;  ///< at 5 mm: cells are a quarter of the voxels

    /// Find the dose of what the reached voxels release (open_terma x part). Fine lines play roulette where they have
    /// grown weak, with random numbers of this beamlet.
    /// \param open_terma of the open beam [MeV/cm3], shape (voxels, energy_groups)
    /// \param ray of the beamlet, \param axis of the beam: unit vectors, for the tilt of the kernel
    void carry(const std::vector<ReachedVoxel>& reached, const std::vector<float>& open_terma,
               const std::vector<BeamCone>& cones, const KernelTilt<par::Host>& tilt, const Vec3& ray, const Vec3& axis,
               par::Philox rng);

    /// Largest dose [MeV/g] of the voxels that were reached and are denser than 0.1 g/cm3: thin air at the edge of the
    /// body may not set a scale.
    float largest() const { return largest_; }
    /// Dose [MeV/g] per place of the dose rows; ladder terms that cancel may leave it a hair below zero.
    const std::vector<float>& dose() const { return dose_; }

  private:
    /// \return the most energy that a voxel releases [MeV/cm3]
    float find_sources(const std::vector<ReachedVoxel>& reached, const std::vector<float>& open_terma,
                       const std::array<float, energy_groups>& scatter_per_cm);
    void find_largest(const std::vector<LineSource>& sources);
    void add_primary();

    const BeamletMedium& medium_;
    const DoseRows& rows_;
    BeamletLines<LadderPart::Primary> primary_;
    BeamletLines<LadderPart::Scatter> scatter_;
    std::vector<LineSource> fine_sources_, coarse_sources_;
    std::vector<std::uint32_t> source_of_cell_;  ///< 1 + index into coarse_sources_, 0 between calls
    std::vector<float> water_inverse_, scatter_per_water_, sharpened_;  ///< per address of the coarse lattice
    std::vector<float> along_x_, plane_;  ///< of the last, read at fine places of one and of two axes
    std::vector<float> dose_;
    float largest_ = 0;
};

}  // namespace coutard::dose
