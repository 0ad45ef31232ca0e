#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dose/machine/head.hd.hpp"
#include "dose/machine/softening.hpp"
#include "engine/plan/machine.hpp"

namespace coutard::dose {

/// Electrons that come with the photons: an exponential spectrum, and what they leave in water.
struct ContaminantElectrons {
    DiscSource disc;
    double scale_MeV = 1, low_MeV = 0.2, high_MeV = 6;  ///< exp(-T/scale) between low and high
    std::vector<double> depth_g_cm2;                    ///< rising from 0
    std::vector<double> dose_Gy_cm2;                    ///< in a broad beam, per electron/cm2
};

/// The beam of a machine: what data/machines/NAME.json says under beam_model (docs/formats/machine.md), which both
/// dose engines read. Theory: docs/theory/beam.md.
struct BeamModel {
    Machine machine;
    std::string spectrum = "mohan6";      ///< of data/physics/spectra, on the axis
    double spectrum_power = 0;            ///< hardens it: beam_spectrum()
    DiscSource focal;                     ///< at the target
    std::vector<double> off_axis_mm;      ///< distance from the axis at the isocentre plane, rising from 0
    std::vector<double> off_axis_factor;  ///< planar fluence there over that on the axis
    std::vector<double> softening_angle_deg, softening_attenuation;  ///< as in the file; empty: none
    SpectrumRows softening;  ///< spectra off the axis that follow from them; empty: the same everywhere
    std::optional<DiscSource> extra_focal;
    std::optional<ContaminantElectrons> electrons;
    HeadGeometry head;
    MonitorBackscatter backscatter;
    double fluence_per_mu = 0;  ///< focal photons/cm2 per MU on the axis at the isocentre, open field

    /// Planar focal fluence at a distance from the axis over that on it, open field.
    double planar(double off_axis_mm) const;
    /// Focal photons per solid angle at a point of the isocentre plane over those on the axis, open field.
    double open(double x_mm, double y_mm) const;
    /// Standard deviation of the focal spot along the device's x and y [mm], for a collimator angle.
    std::pair<double, double> spot_mm(double collimator_deg) const;
    /// Standard deviation of the focal spot's shadow behind the leaves [mm], mean of both axes.
    double leaf_blur_mm() const;
    /// How far the focal spot's shadow carries fluence at the isocentre plane [mm]: four standard deviations.
    double blur_reach_mm() const;
};

/// \param data_dir the data folder \throws InputError unknown machine, or a beam_model missing or wrong
BeamModel read_beam_model(const std::filesystem::path& data_dir, const std::string& machine);
/// The same from a machine file anywhere.
BeamModel read_beam_model_file(const std::filesystem::path& file, const std::filesystem::path& data_dir);

/// The photon spectrum on the axis. \throws InputError as read_spectrum
Spectrum beam_spectrum(const BeamModel& model, const std::filesystem::path& physics_dir);
/// The spectra off the axis of a model with this spectrum; empty where the file has no softening.
SpectrumRows beam_softening(const BeamModel& model, const std::filesystem::path& physics_dir);

/// How far leaf ends must stand back at the isocentre plane for the gap between them to weigh what the machine's
/// dosimetric leaf gap says, with what their round ends let through [mm].
double leaf_end_offset_mm(const HeadGeometry& head, double dosimetric_leaf_gap_mm);

}  // namespace coutard::dose
