#include "dose/physics/medium.hpp"

namespace coutard::dose {

std::vector<WaterLength> Medium::water_lengths(double photon_MeV) const {
    std::vector<WaterLength> per_density;
    for (const Material& m : materials)
        per_density.push_back(
            {static_cast<float>(m.electrons_relative_to_water), static_cast<float>(m.primary_scale(photon_MeV))});
    std::vector<WaterLength> out(density.size());
    for (std::size_t v = 0; v < out.size(); ++v) {
        const WaterLength& one = per_density[material[v]];
        out[v] = {density[v] * one.scatter, density[v] * one.primary};
    }
    return out;
}

}  // namespace coutard::dose
