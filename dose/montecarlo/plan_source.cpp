#include "dose/montecarlo/plan_source.hpp"

#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::dose {

PlanSource::PlanSource(const std::vector<PlanField>& fields, const Grid& grid) {
    const auto in_scene = [&](const Vec3& point_mm) {
        const Vec3 at = grid.index(point_mm) + Vec3{0.5, 0.5, 0.5}, s = grid.spacing_mm();
        return Vec3{at.x * s.x / 10, at.y * s.y / 10, at.z * s.z / 10};
    };
    double all = 0;
    for (const auto& field : fields) {
        const FluenceMap& map = field.map;
        SourceField f;
        f.source = in_scene(field.frame.source_mm);
        f.corner = in_scene(field.frame.point_at({map.x0_mm, map.y0_mm}));
        f.step_x = in_scene(field.frame.point_at({map.x0_mm + map.pixel_mm, map.y0_mm})) - f.corner;
        f.step_y = in_scene(field.frame.point_at({map.x0_mm, map.y0_mm + map.pixel_mm})) - f.corner;
        f.nx = map.nx;
        f.first_pixel = pixels_.size();
        f.pixels = map.values.size();
        f.first_bin = parts_.size();
        f.bins = field.spectrum.photons.size();
        double sum = 0, part = 0;
        const double pixel_cm2 = map.pixel_mm * map.pixel_mm / 100, sad = field.frame.sad_mm;
        for (int j = 0; j < map.ny; ++j)
            for (int i = 0; i < map.nx; ++i) {
                const double x = map.x0_mm + (i + 0.5) * map.pixel_mm, y = map.y0_mm + (j + 0.5) * map.pixel_mm;
                const double c = sad / std::sqrt(sad * sad + x * x + y * y);  // pixel's solid angle: area c^3 / sad^2
                pixels_.push_back(sum += map.at(i, j) * pixel_cm2 * c * c * c * field.fluence);
            }
        if (sum <= 0) {
            pixels_.resize(f.first_pixel);
            continue;
        }
        for (std::size_t b = 0; b < f.bins; ++b) {
            parts_.push_back(part += field.spectrum.photons[b]);
            energy_MeV_.push_back(field.spectrum.energy_MeV[b]);
            width_MeV_.push_back(field.spectrum.width_MeV[b]);
        }
        fields_.push_back(f);
        delivered_.push_back(all += sum);
    }
    validate(all > 0, "Monte Carlo: the beams deliver no photons");
}

FluenceSource<par::Host> PlanSource::view() const {
    using par::view;
    return {view(fields_), view(delivered_), view(pixels_), view(parts_), view(energy_MeV_), view(width_MeV_)};
}

}  // namespace coutard::dose
