#pragma once
#include <filesystem>
#include <vector>

#include "dose/physics/spectrum.hpp"

namespace coutard::dose {

/// Spectra at even distances from the axis of the isocentre plane, over the bins of the spectrum on the axis.
struct SpectrumRows {
    double step_mm = 20;
    std::size_t bins = 0;
    std::vector<double> photons;  ///< part of all photons there, shape (rows, bins); empty: as on the axis

    std::size_t rows() const { return bins == 0 ? 0 : photons.size() / bins; }
};

/// A spectrum less hardened by the flattening filter the farther from the axis: t(angle) of iron is taken away,
/// phi(E) -> phi(E) exp(t mu_iron(E)), so that the attenuation of its first half-value layer in water falls in the
/// given ratio to that on the axis. Theory: docs/theory/beam.md, section 2.
/// \param angle_deg rising from 0; \param attenuation ratio at each, 1 at 0
/// \throws InputError tables of iron or water are missing
SpectrumRows softened(const Spectrum& axis, const std::vector<double>& angle_deg,
                      const std::vector<double>& attenuation, double sad_mm, const std::filesystem::path& physics_dir);

/// ln 2 over the first half-value layer in water of the spectrum's collision kerma [cm2/g].
double half_value_attenuation(const Spectrum& spectrum, const std::filesystem::path& physics_dir);

}  // namespace coutard::dose
