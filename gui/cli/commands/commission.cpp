// coutard commission: a beam model fitted to measured depth doses, profiles and output factors.
#include <cstdio>
#include <memory>

#include "dose/commissioning/beam_fit.hpp"
#include "dose/commissioning/fit_check.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/commission_summary.hpp"
#include "gui/cli/console.hpp"
#include "gui/report/curve_figure.hpp"

namespace coutard::gui {
namespace {
namespace fs = std::filesystem;
using namespace dose;

struct CommissionOptions {
    fs::path measurements, out, report;
    std::string machine;
    FitOptions fit;
};

/// A file, or a name of data/machines.
fs::path machine_file(const std::string& machine) {
    if (fs::is_regular_file(machine)) return machine;
    const fs::path named = data_folder() / "machines" / (machine + ".json");
    validate(
        machine.find('/') == std::string::npos && fs::is_regular_file(named),
        "--machine: found no file '" + machine + "' and no machine of that name in " + named.parent_path().string());
    return named;
}

report::CurvePlot plot_of(const FittedCurve& curve) {
    report::CurvePlot plot;
    plot.title = curve.measured.title() + (curve.held_out ? " (held out)" : "");
    const bool depth = curve.measured.kind == CurveKind::DepthDose;
    plot.x_title = depth ? "depth [cm]" : "place along the axis [cm]";
    plot.y_title = depth ? "% of the measured dose at 10 cm" : "% of the measured dose on the axis";
    report::CurveSeries& series = plot.series.emplace_back();
    series.name = "calculated";
    for (std::size_t i = 0; i < curve.found.size(); ++i) {
        series.x.push_back(0.1 * curve.measured.place_mm(curve.measured.points[i]));
        series.reference.push_back(100 * curve.wanted[i]);
        series.calculated.push_back(100 * curve.found[i]);
    }
    return plot;
}

/// SVG beside the report, one per scan. \returns names, empty where a curve is one point
std::vector<std::string> write_figures(const fs::path& report, const BeamFit& fit) {
    std::vector<std::string> names;
    for (std::size_t c = 0; c < fit.curves.size(); ++c) {
        names.emplace_back();
        if (fit.curves[c].found.size() < 2) continue;
        names.back() = report.stem().string() + "_curve" + std::to_string(c + 1) + ".svg";
        write_text_atomically(report.parent_path() / names.back(),
                              report::svg_of(report::curve_figure(plot_of(fit.curves[c]), 420)));
    }
    return names;
}

void run(const CommissionOptions& options, const Common& common) {
    par::set_threads(common.threads);
    const fs::path start = machine_file(options.machine);
    const std::string name = options.out.stem().string();
    validate(!fs::is_directory(options.out) && !name.empty(), "--out: " + options.out.string() + ": is a folder");
    for (const fs::path& file : {options.out, options.report, common.json}) {  // known before minutes of work
        const fs::path folder = file.has_parent_path() ? file.parent_path() : ".";
        if (!fs::is_directory(folder)) throw OutputError(file.string() + ": there is no folder " + folder.string());
    }
    const BeamModel model = read_beam_model_file(start, data_folder());
    const MeasurementSet measured = read_measurements(options.measurements);
    const BeamFit fit = fit_beam(model, measured, options.fit, data_folder(), common.wanted_device(), common.progress);
    end_progress();
    const std::string machine = fitted_machine_json(start, fit, name,
                                                    std::to_string(measured.curves.size()) + " curves of " +
                                                        fs::absolute(options.measurements).filename().string());
    if (!options.report.empty())
        write_text_atomically(options.report, commissioning_markdown(fit, name, measured, options.fit,
                                                                     write_figures(options.report, fit)));
    if (!common.json.empty()) write_text_atomically(common.json, commission_json(fit, name, measured, options.fit));
    write_text_atomically(options.out, machine);
    std::size_t good = 0;
    for (const auto& c : fit.curves) good += check_curve(c, model.machine.sad_mm).passes();
    for (const auto& p : fit.parameters)
        std::printf("%-34s %10.4g -> %10.4g +- %.2g%s\n", p.name.c_str(), p.start, p.value, p.uncertainty,
                    p.at_bound       ? " (at its bound)"
                    : p.determined() ? ""
                                     : " (hardly determined)");
    std::printf("%s: %zu of %zu curves within the tolerances of MPPG 5.b against these data, %.0f s\n", name.c_str(),
                good, fit.curves.size(), fit.seconds);
}

}  // namespace

void add_commission(CLI::App& app, Common& common) {
    auto options = std::make_shared<CommissionOptions>();
    auto* command = with_common(
        app.add_subcommand("commission", "fit a beam model to measured depth doses, profiles, output factors"), common);
    command
        ->add_option("--measurements", options->measurements,
                     "folder of CSV, W2CAD or RFA300 files (docs/formats/measurements.md)")
        ->required();
    command->add_option("--machine", options->machine, "machine to start from: a file, or a name of data/machines")
        ->required();
    command->add_option("--out", options->out, "machine file to write")->required();
    command->add_option("--report", options->report, "report to write (Markdown), with figures (SVG) beside it");
    command->add_option("--hold-out", options->fit.hold_out, "fields to predict and not to fit, as 5x5 [cm]");
    command->add_option("--hold", options->fit.hold, "parameters to keep, by the beginning of their names");
    command->add_option("--chamber", options->fit.chamber_mm, "width over which the detector takes the mean [mm]")
        ->check(CLI::Range(0.0, 30.0));
    command->add_option("--voxel", options->fit.fine_mm, "fine voxels of the last stage [mm]")
        ->check(CLI::Range(1.0, 5.0));
    command->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
