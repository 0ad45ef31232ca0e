// coutard motion: breathing prediction from marker traces.
#include <cstdio>
#include <iostream>
#include <memory>
#include <sstream>

#include "engine/base/atomic_file.hpp"
#include "engine/par/for_each.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "registration/motion/evaluation.hpp"

namespace coutard::gui {
namespace {
using namespace registration;

struct MotionOptions {
    std::filesystem::path trace, out;
    std::vector<double> horizons_s{0.2, 0.5, 1.0};
    double horizon_s = 0.5;
};

void print_scores(const std::vector<MotionScore>& scores) {
    std::printf("%-10s %-22s %10s %8s %9s %7s  %s\n", "horizon s", "method", "RMSE mm", "nRMSE", "max mm", "n",
                "settings");
    for (const auto& s : scores)
        std::printf("%-10.2f %-22s %10.3f %8.3f %9.2f %7zu  %s\n", s.horizon_s, s.method.c_str(), s.rmse_mm, s.nrmse,
                    s.max_mm, s.predictions, s.settings.c_str());
}

void evaluate(const MotionOptions& options, const Common& common) {
    par::set_threads(common.threads);
    const auto trace = read_trace(options.trace);
    const MotionProtocol protocol;
    const auto scores = evaluate_motion(trace, options.horizons_s, protocol, common.progress);
    end_progress();
    std::printf("%s: %zu samples, %zu at %.0f Hz, %d markers; test from sample %zu of these\n",
                options.trace.string().c_str(), trace.samples(), at_rate(trace, protocol.rate_hz).samples(),
                protocol.rate_hz, trace.markers(), protocol.train + protocol.tune + 1);
    print_scores(scores);
    if (!common.json.empty())
        write_text_atomically(common.json, motion_json(options.trace.string(), trace, protocol, scores));
}

std::string predictions_csv(const std::vector<Prediction>& predictions, int markers) {
    std::ostringstream text;
    text << "made_s,for_s";
    for (int m = 1; m <= markers; ++m)
        for (const char axis : {'x', 'y', 'z'}) text << ",m" << m << '_' << axis << "_mm";
    text << '\n' << std::fixed;
    text.precision(3);
    for (const auto& p : predictions) {
        text << p.made_s << ',' << p.for_s;
        for (const double v : p.position_mm) text << ',' << v;
        text << '\n';
    }
    return text.str();
}

void predict(const MotionOptions& options, const Common& common) {
    par::set_threads(common.threads);
    validate(options.horizon_s > 0 && options.horizon_s <= 10, "--horizon [s]", options.horizon_s,
             "above 0, at most 10");
    const MotionProtocol protocol;
    const auto trace = at_rate(read_trace(options.trace), protocol.rate_hz);
    const Announced announced = announce(trace, options.horizon_s, protocol);
    // On standard error always: standard output may be the table.
    const auto known = protocol.train + protocol.tune;
    if (announced.tuned)
        std::cerr << "note: settings were chosen on samples 1 to " << known << "; predictions begin after them\n";
    else
        std::cerr << "note: " << trace.samples() << " samples at " << protocol.rate_hz << " Hz, more than " << known
                  << " are needed to choose settings: these are predictions with the default ones\n";
    const auto table = predictions_csv(announced.predictions, trace.markers());
    if (!common.json.empty())
        write_text_atomically(common.json, announced_json(options.trace.string(), options.horizon_s, announced));
    if (options.out.empty()) {
        std::cout << table;
        return;
    }
    write_text_atomically(options.out, table);
    std::printf("%zu predictions %.2f s ahead written to %s; online-ridge, %s\n", announced.predictions.size(),
                options.horizon_s, options.out.string().c_str(), announced.settings.text().c_str());
}

}  // namespace

void add_motion(CLI::App& app, Common& common) {
    auto options = std::make_shared<MotionOptions>();
    auto* motion = app.add_subcommand("motion", "breathing prediction from traces of markers");
    motion->require_subcommand(1);

    auto* eval = with_common(
        motion->add_subcommand("evaluate", "errors of predictors on a trace, by the fixed protocol"), common);
    eval->add_option("--trace", options->trace, "CSV: t_s,m1_x_mm,m1_y_mm,m1_z_mm,... [s, mm]")->required();
    eval->add_option("--horizon", options->horizons_s, "how far ahead [s], one or more")->capture_default_str();
    eval->callback([options, &common] { evaluate(*options, common); });

    auto* ahead = with_common(motion->add_subcommand("predict", "positions ahead of time as CSV"), common);
    ahead->add_option("--trace", options->trace, "CSV: t_s,m1_x_mm,m1_y_mm,m1_z_mm,... [s, mm]")->required();
    ahead->add_option("--horizon", options->horizon_s, "how far ahead [s]")->capture_default_str();
    ahead->add_option("--out", options->out, "CSV to write; absent: standard output");
    ahead->callback([options, &common] { predict(*options, common); });

    auto* train = with_common(motion->add_subcommand("train", "train a network predictor: not in this build"), common);
    train->add_option("--trace", options->trace, "CSV: t_s,m1_x_mm,m1_y_mm,m1_z_mm,... [s, mm]");
    train->add_option("--horizon", options->horizons_s, "how far ahead [s]");
    train->callback([] {
        throw NotBuilt(
            "motion train: this build has no network predictor; 'motion evaluate' and 'motion predict' learn online");
    });
}

}  // namespace coutard::gui
