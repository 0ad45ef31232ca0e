#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "dose/montecarlo/transport_data.hd.hpp"

namespace coutard::dose {

/// How long a condensed step may be.
struct StepControl {
    double transport_paths = 0.1;  ///< of the first transport mean free path
    double energy_part = 0.08;     ///< of the electron's energy
};

/// Tables of coupled photon and electron transport in some substances, built from data/physics.
/// Theory: docs/theory/montecarlo.md.
class TransportTables {
  public:
    /// \param materials names of data/physics/materials.json; their order gives the index
    /// \throws InputError a table is missing or lacks a column; an unknown material
    TransportTables(const std::filesystem::path& physics_dir, std::vector<std::string> materials,
                    const Cutoffs& cut = {}, const StepControl& steps = {});

    const std::vector<std::string>& materials() const { return names_; }
    TransportData<par::Host> view() const;

  private:
    struct Source;
    void add_photons(const Source& source, const std::string& name);
    void add_charged(const Source& source, const std::string& name);
    void add_deflections(const Source& source, const std::string& name);

    std::vector<std::string> names_;
    Cutoffs cut_;
    StepControl steps_;
    std::vector<ChargedRow> electron_, positron_;
    std::vector<PhotonRow> photon_;
    std::vector<float> deflection_, brems_, binding_, coherent_, pair_charge_;
};

}  // namespace coutard::dose
