#include <algorithm>

#include "engine/base/atomic_file.hpp"
#include "gui/cli/validation_report.hpp"
#include "gui/report/curve_figure.hpp"

namespace coutard::gui {
namespace {
namespace fs = std::filesystem;
using namespace dose;

constexpr double width = 560;

double peak_of(const ValidationCase& c) {
    return *std::max_element(c.axis.dose.begin(), c.axis.dose.end());
}

std::vector<double> scaled(const std::vector<double>& values, double factor) {
    std::vector<double> out;
    for (double v : values) out.push_back(factor * v);
    return out;
}

/// Standard deviations from relative ones.
std::vector<double> sigmas(const std::vector<double>& dose, const std::vector<double>& relative, double factor) {
    std::vector<double> out;
    for (std::size_t i = 0; i < dose.size(); ++i) out.push_back(factor * dose[i] * relative[i]);
    return out;
}

report::CurvePlot axis_plot(const ValidationCase& c) {
    const double percent = 100 / peak_of(c), last = c.axis.depth_cm.back();
    report::CurvePlot plot;
    plot.title = c.spec.name + ": depth dose on the axis";
    plot.x_title = "depth [cm]";
    plot.y_title = "% of the reference's maximum";
    plot.reference_name = "reference";
    plot.same_reference = true;
    for (const ValidationRow& r : c.rows)
        plot.series.push_back({r.engine(), r.superposition ? report::accent : report::organ_colour(0), c.axis.depth_cm,
                               scaled(c.axis.dose, percent), scaled(r.cells.dose, percent),
                               sigmas(c.axis.dose, c.axis.uncertainty, percent)});
    const double behind = std::min(c.aims.slab_from_cm, last);
    plot.limits.push_back({c.aims.from_cm, behind, c.aims.water_percent});
    if (behind < last) plot.limits.push_back({behind, last, c.aims.behind_percent});
    plot.most_difference = c.aims.behind_percent;
    if (c.spec.slabs.size() > 1)
        for (const SlabRegion& s : c.spec.slabs)
            plot.marks.push_back({s.z_cm[0], s.material.substr(0, s.material.find('_'))});
    return plot;
}

/// All depths of one engine along x.
report::CurvePlot profile_plot(const ValidationCase& c, const ValidationRow& row) {
    const report::Colour colours[] = {report::accent,          report::fail,
                                      report::organ_colour(0), report::target_colour(0),
                                      report::organ_colour(2), report::organ_colour(3)};
    const double percent = 100 / peak_of(c);
    report::CurvePlot plot;
    plot.title = c.spec.name + ": profiles along x at several depths, " + row.engine();
    plot.x_title = "x [cm]";
    plot.y_title = "% of the reference's maximum on the axis";
    plot.reference_name = "reference";
    for (std::size_t p = 0; p < c.profiles.size(); ++p) {
        const Profile& truth = c.profiles[p];
        if (truth.axis != 'x') continue;
        char name[32];
        std::snprintf(name, sizeof name, "%.1f cm", truth.depth_cm);
        plot.series.push_back({name, colours[plot.series.size() % std::size(colours)], truth.offaxis_cm,
                               scaled(truth.dose, percent), scaled(row.profiles[p].dose, percent),
                               sigmas(truth.dose, truth.uncertainty, percent)});
    }
    return plot;
}

}  // namespace

std::vector<ValidationFigure> write_validation_figures(const fs::path& folder, const ValidationCase& one) {
    std::vector<ValidationFigure> out;
    const auto write = [&](const report::CurvePlot& plot, const std::string& file) {
        if (plot.series.empty()) return;
        write_text_atomically(folder / file, report::svg_of(report::curve_figure(plot, width)));
        out.push_back({plot.title, file});
    };
    write(axis_plot(one), one.name + "_axis.svg");
    for (const ValidationRow& r : one.rows)
        if (!r.profiles.empty())
            write(profile_plot(one, r),
                  one.name + (r.superposition ? "_profiles_superposition.svg" : "_profiles_montecarlo.svg"));
    return out;
}

}  // namespace coutard::gui
