#include "dose/physics/medium.hpp"

namespace coutard::dose {

std::vector<float> Medium::electron_density() const {
    std::vector<float> out(density.size());
    for (std::size_t v = 0; v < out.size(); ++v)
        out[v] = density[v] * static_cast<float>(materials[material[v]].electrons_relative_to_water);
    return out;
}

}  // namespace coutard::dose
