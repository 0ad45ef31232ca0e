#pragma once
#include "dose/machine/beam_model.hpp"
#include "dose/phantom/slab_phantom.hpp"
#include "dose/superposition/superpose.hpp"

namespace coutard::dose {

/// Dose of a slab phantom by superposition. An ideal beam: Gy cm2 per unit of mean planar fluence over
/// the field at the surface; a machine beam: Gy for its monitor units.
/// \param data_dir the data folder (physics, kernels, machines)
/// \throws InputError unknown material, spectrum or machine; NotBuilt as superpose()
BeamDose slab_dose(const SlabSpec& spec, const std::filesystem::path& data_dir, const ConeLayout& layout, Device device,
                   const Progress& progress);

/// Fluence per monitor unit [photons/cm2] that gives 0.01 Gy at the depth of maximum under the conditions of
/// docs/formats/machine.md: what data/machines/NAME.json keeps as beam_model.calibration.
double calibrated_fluence(const std::string& machine, const std::filesystem::path& data_dir, Device device,
                          const Progress& progress);
double calibrated_fluence(BeamModel model, const std::filesystem::path& data_dir, Device device,
                          const Progress& progress);

/// Solid angle [sr] of a rectangle of half sides a, b at distance d, seen from above its centre.
double rectangle_solid_angle(double a, double b, double d);
/// A beam straight down onto the plane z = 0 from a source above its origin [mm].
BeamFrame downward_beam(double source_to_surface_mm, double sad_mm);

}  // namespace coutard::dose
