#include <algorithm>
#include <numeric>

#include "gui/report/figures.hpp"
#include "gui/report/plot_axes.hpp"

namespace coutard::gui::report {

Figure gamma_figure(const GammaSection& gamma, double width) {
    constexpr double height = 150;
    const auto draw = [gamma, width](Canvas& canvas) {
        const auto& bins = gamma.histogram;
        const double all =
            static_cast<double>(std::max<std::size_t>(1, std::accumulate(bins.begin(), bins.end(), std::size_t{0})));
        const double most =
            bins.empty() ? 1 : 100 * static_cast<double>(*std::max_element(bins.begin(), bins.end())) / all;
        const Axes axes{{30, 20},
                        {width - 42, height - 20 - 32},
                        {gamma.cap, gamma.cap / 10},
                        ticks_for(std::max(most, 1.0), 4),
                        "Gamma index",
                        "Voxels [%]"};
        draw_axes(canvas, axes);
        const double step = gamma.cap / static_cast<double>(std::max<std::size_t>(1, bins.size()));
        for (std::size_t b = 0; b < bins.size(); ++b) {
            const double percent = 100 * static_cast<double>(bins[b]) / all, from = step * static_cast<double>(b);
            const Spot top = axes.at(from, percent), next = axes.at(from + step, 0);
            canvas.fill({top.x + 0.4, top.y}, {next.x - top.x - 0.8, next.y - top.y},
                        from + step / 2 <= 1 ? pass : fail, 0.85);
        }
        canvas.line(axes.at(1, 0), axes.at(1, axes.y.end), {ink, 0.8, {3, 2}, 1});
    };
    return {{width, height}, draw, "Histogram of the gamma index"};
}

}  // namespace coutard::gui::report
