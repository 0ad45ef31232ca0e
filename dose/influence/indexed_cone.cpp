#include "dose/influence/indexed_cone.hpp"

#include <cstdlib>

namespace coutard::dose {

IndexedCone indexed_cone(const Grid& grid, const Vec3& direction) {
    IndexedCone out{cone_lines(grid, direction), {}, {}, {}, {}};
    const auto layers = static_cast<std::size_t>(extent(grid, out.lines.axis[0]));
    out.layer_begin.assign(layers, 0);
    out.layer_end.assign(layers, 0);
    const auto& steps = out.lines.steps;
    for (std::size_t s = 0; s < steps.size(); ++s) {
        const auto layer = static_cast<std::size_t>(steps[s].layer);
        if (s == 0 || steps[s - 1].layer != steps[s].layer) out.layer_begin[layer] = static_cast<std::uint32_t>(s);
        out.layer_end[layer] = static_cast<std::uint32_t>(s) + 1;
    }
    for (int k = 0; k < 2; ++k) {
        out.size[k] = extent(grid, out.lines.axis[k + 1]);
        for (std::size_t s = 0; s < steps.size(); ++s)
            while (out.reach[k].size() <= static_cast<std::size_t>(std::abs(steps[s].across[k])))
                out.reach[k].push_back(static_cast<std::uint32_t>(s));
        out.reach[k].push_back(static_cast<std::uint32_t>(steps.size()));
    }
    return out;
}

}  // namespace coutard::dose
