#include "dose/machine/beamlet_fluence.hpp"

#include <algorithm>
#include <cmath>

#include "dose/machine/visible_source.hpp"

namespace coutard::dose {
namespace {

/// Integrals of a unit Gaussian over pixels 0, 1, 2, ... from its centre.
std::vector<double> gaussian_pixels(double sigma_pixels) {
    std::vector<double> out;
    for (int k = 0; k == 0 || k - 0.5 < 4 * sigma_pixels; ++k)
        out.push_back(0.5 * (std::erf((k + 0.5) / (std::sqrt(2.0) * sigma_pixels)) -
                             std::erf((k - 0.5) / (std::sqrt(2.0) * sigma_pixels))));
    return out;
}

void blur_lines(const std::vector<double>& in, std::vector<double>& out, int n, int lines, std::size_t step,
                std::size_t line_step, const std::vector<double>& weight) {
    const int reach = static_cast<int>(weight.size()) - 1;
    for (int l = 0; l < lines; ++l)
        for (int i = 0; i < n; ++i) {
            double sum = 0;
            for (int k = -reach; k <= reach; ++k)
                if (i + k >= 0 && i + k < n)
                    sum += weight[static_cast<std::size_t>(std::abs(k))] *
                           in[static_cast<std::size_t>(l) * line_step + static_cast<std::size_t>(i + k) * step];
            out[static_cast<std::size_t>(l) * line_step + static_cast<std::size_t>(i) * step] = sum;
        }
}

void blur(FluenceMap& map, double sigma_mm) {
    const auto weight = gaussian_pixels(sigma_mm / map.pixel_mm);
    std::vector<double> half(map.values.size());
    const auto row = static_cast<std::size_t>(map.nx);
    blur_lines(map.values, half, map.nx, map.ny, 1, row, weight);
    blur_lines(half, map.values, map.ny, map.nx, row, 1, weight);
}

/// A map with `grow` dark pixels more on each side.
FluenceMap grown(const FluenceMap& map, int grow) {
    FluenceMap out = map;
    out.nx += 2 * grow;
    out.ny += 2 * grow;
    out.x0_mm -= grow * map.pixel_mm;
    out.y0_mm -= grow * map.pixel_mm;
    out.values.assign(static_cast<std::size_t>(out.nx) * static_cast<std::size_t>(out.ny), 0.0);
    for (int j = 0; j < map.ny; ++j)
        for (int i = 0; i < map.nx; ++i) out.at(i + grow, j + grow) = map.at(i, j);
    return out;
}

/// The jaws around all beamlets.
Jaws around(const std::vector<Beamlet>& beamlets) {
    Jaws all{1e9, -1e9, 1e9, -1e9};
    for (const auto& b : beamlets)
        all = {std::min(all.x1, b.x_mm - 0.5 * b.width_mm), std::max(all.x2, b.x_mm + 0.5 * b.width_mm),
               std::min(all.y1, b.y_mm - 0.5 * b.height_mm), std::max(all.y2, b.y_mm + 0.5 * b.height_mm)};
    return all;
}

}  // namespace

BeamletFluence::BeamletFluence(const BeamModel& model, const BeamletBeam& beam)
    : model_(model), blur_mm_(model.leaf_blur_mm()) {
    if (beam.beamlets.empty()) return;
    ControlPoint open;
    open.jaws = around(beam.beamlets);
    output_ = model.backscatter.output(open.jaws.x2 - open.jaws.x1, open.jaws.y2 - open.jaws.y1);
    if (!model.extra_focal) return;
    constexpr double pixel_mm = 5;
    const VisibleSource visible(model, *model.extra_focal, beam.collimator_deg, false);
    extra_ = visible.empty_map({open}, pixel_mm);
    visible.add(extra_, open, model.extra_focal->fluence);
}

FluenceMap BeamletFluence::of(const Beamlet& b, double pixel) const {
    const double hx = 0.5 * b.width_mm, hy = 0.5 * b.height_mm;
    FluenceMap map = grown(rectangle_fluence(b.x_mm - hx, b.x_mm + hx, b.y_mm - hy, b.y_mm + hy, pixel),
                           static_cast<int>(std::ceil(reach_mm() / pixel)));
    blur(map, blur_mm_);
    double more = output_;
    if (extra_.nx > 0) {
        const auto pixel_at = [&](double at, double from, int n) {
            return std::clamp(static_cast<int>(std::floor((at - from) / extra_.pixel_mm)), 0, n - 1);
        };
        const double planar = std::max(0.1, model_.planar(std::hypot(b.x_mm, b.y_mm)));
        more *= 1 + extra_.at(pixel_at(b.x_mm, extra_.x0_mm, extra_.nx), pixel_at(b.y_mm, extra_.y0_mm, extra_.ny)) /
                        planar;
    }
    for (int j = 0; j < map.ny; ++j)
        for (int i = 0; i < map.nx; ++i)
            map.at(i, j) *= more * model_.open(map.x0_mm + (i + 0.5) * pixel, map.y0_mm + (j + 0.5) * pixel);
    return map;
}

}  // namespace coutard::dose
