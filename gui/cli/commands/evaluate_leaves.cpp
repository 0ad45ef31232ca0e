// `coutard evaluate leaves`: a picture of how leaves and jaws of a plan move.
#include <iostream>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "gui/cli/evaluate_parts.hpp"
#include "gui/report/leaf_figure.hpp"
#include "rtdicom/exchange.hpp"

namespace coutard::gui {

void add_evaluate_leaves(CLI::App& evaluate, Common& common) {
    struct Options {
        std::filesystem::path plan, out;
    };
    auto options = std::make_shared<Options>();
    auto* part = with_common(evaluate.add_subcommand("leaves", "draw how leaves and jaws of a plan move"), common);
    part->add_option("--plan", options->plan, "RTPLAN")->required();
    part->add_option("--out", options->out, "picture to write (.png or .svg)")->required();
    part->callback([options] {
        const std::string end = options->out.extension().string();
        validate(end == ".png" || end == ".svg", "--out", options->out.filename().string(),
                 "a file ending in .png or .svg");
        const Plan plan = rtdicom::make_exchange()->read_plan(options->plan);
        constexpr double width_pt = 760, pixels_per_pt = 2;
        const auto figure = report::leaf_figure(plan, width_pt);
        write_text_atomically(options->out,
                              end == ".png" ? report::png_of(figure, pixels_per_pt) : report::svg_of(figure));
        std::cout << plan.beams.size() << " beams drawn in " << options->out.string() << '\n';
    });
}

}  // namespace coutard::gui
