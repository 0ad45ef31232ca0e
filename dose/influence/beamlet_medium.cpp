#include "dose/influence/beamlet_medium.hpp"

namespace coutard::dose {

BeamletMedium::BeamletMedium(const Medium& m)
    : medium(m), cells(m, cell_mm), scatter_share(cells.dose_share(m)), fine(m.grid), coarse(cells.grid, cells.water) {}

void BeamletMedium::turn_to(const std::vector<float>& primary_water) {
    fine.set(primary_water);
}

DoseRows::DoseRows(const SceneMedium& scene, const BeamletMedium& medium, const Grid& dose_grid,
                   const std::optional<Mask>& wanted)
    : PaddedRows(dose_grid.size(), scene.first), per_mass(PaddedRows::count()), share(PaddedRows::count()) {
    for (int k = 0; k < size.z; ++k)
        for (int j = 0; j < size.y; ++j)
            for (int i = 0; i < size.x; ++i) {
                if (wanted && (*wanted)[dose_grid.flat(i, j, k)] == 0) continue;
                const std::size_t v = medium.medium.grid.flat(i + first.x, j + first.y, k + first.z);
                const float density = medium.medium.density[v];
                per_mass[place(i, j, k)] = density > 0 ? 1 / density : 0.0F;
                share[place(i, j, k)] = medium.scatter_share[v];
            }
}

}  // namespace coutard::dose
