#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace coutard::dose {

/// A substance of data/physics: its photon attenuation and electrons per gram.
struct Material {
    std::string name;
    double density_g_cm3 = 1;                ///< usual density
    double electrons_relative_to_water = 1;  ///< electrons per gram over those of water
    double stopping_relative_to_water = 1;   ///< mass collision stopping power of electrons of 1 MeV over water's
    /// How far charged particles of a photon's first event advance in water over here, both in g/cm2, by the photon's
    /// energy (rising). Empty: as electrons_relative_to_water.
    std::vector<double> advance_energy_MeV, primary_relative_to_water;
    std::vector<double> energy_MeV;         ///< rising
    std::vector<double> attenuation_cm2_g;  ///< mu/rho without coherent scattering

    /// mu/rho without coherent scattering [cm2/g]: what the superposition engine removes from the beam.
    double attenuation(double energy_MeV) const;
    /// Mass density times this is how dense water would stop the charged particles of the first event, at the same
    /// place. Linear in ln E, its ends beyond.
    double primary_scale(double photon_MeV) const;
    /// The part of primary_scale that is not stopping power: how winding their ways are, over those in water. 1 where
    /// no advance is known.
    double detour(double photon_MeV) const;
};

/// Materials by name, read once from a physics folder.
class MaterialLibrary {
  public:
    /// \param physics_dir data/physics \throws InputError materials.json or a table is missing or malformed
    explicit MaterialLibrary(const std::filesystem::path& physics_dir);

    /// \throws InputError naming the material and those that exist
    const Material& at(const std::string& name) const;
    bool has(const std::string& name) const { return materials_.contains(name); }

  private:
    std::map<std::string, Material> materials_;
};

}  // namespace coutard::dose
