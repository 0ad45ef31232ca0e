#include "dose/physics/medium.hpp"

namespace coutard::dose {

std::vector<WaterLength> Medium::water_lengths() const {
    std::vector<WaterLength> out(density.size());
    for (std::size_t v = 0; v < out.size(); ++v) {
        const Material& m = materials[material[v]];
        out[v] = {density[v] * static_cast<float>(m.electrons_relative_to_water),
                  density[v] * static_cast<float>(m.primary_relative_to_water)};
    }
    return out;
}

}  // namespace coutard::dose
