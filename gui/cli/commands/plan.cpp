// `coutard plan`: from CT and contours to a deliverable plan with its dose, goals and report.
#include <chrono>
#include <iostream>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "engine/plan/protocol_json.hpp"
#include "engine/workflow/plan_workflow.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/evaluate_sources.hpp"
#include "gui/cli/plan_output.hpp"
#include "gui/cli/wiring.hpp"
#include "rtdicom/exchange.hpp"

namespace coutard::gui {
namespace {

struct Options {
    std::filesystem::path ct, structures, out;
    std::string protocol, position, technique = "imrt", delivery = "sliding-window";
    double grid_mm = 3, influence_grid_mm = 5;
    int iterations = 150, rounds = 2;
};

/// Seconds since the last call.
class Watch {
  public:
    double lap() {
        const auto now = std::chrono::steady_clock::now();
        const double seconds = std::chrono::duration<double>(now - last_).count();
        last_ = now;
        return seconds;
    }

  private:
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

void run(const Options& options, const Common& common) {
    const Technique technique = technique_named(options.technique);
    par::set_threads(common.threads);
    OutputFolder out(options.out);
    const Protocol protocol = find_protocol(options.protocol, data_folder() / "protocols");
    const Machine machine = machine_named(protocol.machine);
    const auto engine = dose_engine("superposition", common);
    const auto exchange = rtdicom::make_exchange();
    Watch watch;
    StageTimes times;
    common.progress.at(0, "read CT and structures");
    CtImage ct = read_image(*exchange, options.ct, options.position);
    const StructureSet structures = read_structures_of(*exchange, options.structures, ct);
    times.emplace_back("read", watch.lap());

    PlanningRequest request{.ct = ct,
                            .structures = structures,
                            .protocol = protocol,
                            .machine = machine,
                            .body = body_mask(ct, &structures)};
    request.technique = technique;
    request.delivery = options.delivery == "step-and-shoot" ? Delivery::StepAndShoot : Delivery::SlidingWindow;
    request.grid_mm = options.grid_mm;
    request.influence_grid_mm = options.influence_grid_mm;
    request.iterations = options.iterations;
    request.correction_rounds = options.rounds;
    PlanningResult result = make_plan(request, *engine, common.progress.part(0.02, 0.95));
    result.notes.insert(result.notes.end(), structures.notes.begin(), structures.notes.end());
    times.emplace_back("plan", watch.lap());

    common.progress.at(0.96, "write plan, dose and report");
    const auto given = first_nifti(options.structures) ? std::filesystem::path() : options.structures;
    write_plan_folder(out, *exchange, ct, structures, given, protocol, result, engine->name(), times);
    out.commit();
    times.emplace_back("write", watch.lap());
    common.progress.at(1, "done");
    end_progress();
    if (!common.json.empty()) write_text_atomically(common.json, plan_json(protocol, result, times));
    std::cout << protocol.name << ", " << result.plan.beams.size() << " beams, "
              << static_cast<int>(result.plan.monitor_units())
              << " MU per fraction; fluence dose against recalculated dose: gamma 3 %/3 mm "
              << result.gamma.pass_percent() << " %\n"
              << goals_text(result.goals);
    for (const auto* notes : {&ct.notes, &result.notes}) print_notes(*notes);
    for (const auto& [stage, seconds] : times) std::cout << stage << ' ' << seconds << " s  ";
    std::cout << "\nreport: " << (options.out / "report.html").string() << '\n';
}

}  // namespace

void add_plan(CLI::App& app, Common& common) {
    auto options = std::make_shared<Options>();
    auto* command = with_common(app.add_subcommand("plan", "optimised deliverable plan, dose and report"), common);
    command->add_option("--ct", options->ct, "CT: DICOM folder or file, or NIfTI")->required();
    command
        ->add_option("--structures", options->structures,
                     "RTSTRUCT, label map with a .json beside it, or folder of NIfTI masks")
        ->required();
    command->add_option("--protocol", options->protocol, "name of a bundled protocol, or a JSON file")->required();
    command->add_option("--out", options->out, "folder to write")->required();
    command->add_option("--technique", options->technique, "conformal, imrt or vmat")
        ->check(CLI::IsMember({"conformal", "imrt", "vmat"}));
    command->add_option("--delivery", options->delivery, "of imrt: sliding-window or step-and-shoot")
        ->check(CLI::IsMember({"sliding-window", "step-and-shoot"}));
    command->add_option("--grid", options->grid_mm, "dose grid [mm]")->check(CLI::Range(1.0, 10.0));
    command->add_option("--influence-grid", options->influence_grid_mm, "grid of the optimiser [mm]")
        ->check(CLI::Range(2.0, 10.0));
    command->add_option("--iterations", options->iterations, "of the first optimisation")->check(CLI::Range(1, 10000));
    command->add_option("--rounds", options->rounds, "correction rounds at most")->check(CLI::Range(0, 20));
    command->add_option("--patient-position", options->position, "HFS, HFP, FFS or FFP, where the CT does not say");
    command
        ->add_option("--max-memory", common.max_memory_GB,
                     "superposition: working memory [GB]; more is refused, the dose is the same")
        ->check(CLI::PositiveNumber);
    command->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
