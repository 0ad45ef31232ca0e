// `coutard adapt`: the day's anatomy against the running plan: contours, dose, a new plan, advice.
#include <chrono>
#include <iostream>

#include "contouring/net/network_contourer.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "engine/plan/protocol_json.hpp"
#include "engine/shape/rasterise.hpp"
#include "gui/cli/adapt_output.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/plan_output.hpp"
#include "gui/cli/wiring.hpp"
#include "registration/registrar.hpp"
#include "rtdicom/exchange.hpp"
#include "rtdicom/references.hpp"

namespace coutard::gui {
namespace {

struct Options {
    std::filesystem::path plan, ct, daily, out;
    std::string protocol, model = "head_neck", position;
    int fractions_done = 0, iterations = 80, rounds = 2;
    double grid_mm = 3, influence_grid_mm = 4;
    bool no_network = false, no_couch_correction = false;
};

/// The CT that the plan was made on: named, or beside the plan.
std::filesystem::path planning_ct_of(const Options& options) {
    if (!options.ct.empty()) return options.ct;
    if (std::filesystem::is_directory(options.plan / "CT")) return options.plan / "CT";
    throw InputError(options.plan.string() + ": found no folder CT, expected the planning CT: name it with --ct");
}

registration::RegistrationFigures figures_of(const CtImage& daily, const CtImage& planning, const AdaptResult& result) {
    std::optional<Mask> body;
    if (const Structure* external = result.structures.find("External")) body = rasterise(*external, daily.hu.grid());
    return registration::registration_figures(daily.hu, planning.hu, result.field, body, nullptr, nullptr);
}

/// The dose of the whole plan on the planning CT: what the course so far is taken from.
Dose planned_dose(const Exchange& exchange, const std::filesystem::path& file, const CtImage& planning,
                  const Plan& plan) {
    Dose dose = exchange.read_dose(file);
    try {
        rtdicom::check_belongs(dose, planning);
        rtdicom::check_belongs(dose, plan);
    } catch (const InputError& problem) {
        throw InputError(file.string() + ": " + problem.what());
    }
    return dose;
}

void run(const Options& options, const Common& common) {
    par::set_threads(common.threads);
    const auto start = std::chrono::steady_clock::now();
    const auto same = [&](const std::filesystem::path& folder) {
        return std::filesystem::exists(options.out) && std::filesystem::exists(folder) &&
               std::filesystem::equivalent(options.out, folder);
    };
    for (const auto& folder : {options.plan, options.daily, options.ct})
        validate(!same(folder), "--out " + options.out.string() + ": is a folder that is read, expected another");
    OutputFolder out(options.out);
    const auto exchange = rtdicom::make_exchange();
    common.progress.at(0, "read plan and images");
    const auto planning_source = planning_ct_of(options);
    CtImage planning = read_image(*exchange, planning_source, options.position);
    validate(!planning.slices.empty(), "planning CT " + planning_source.string(), "an image that is not DICOM",
             "the CT that the plan refers to; coutard plan writes one into the folder CT");
    CtImage daily = read_image(*exchange, options.daily, options.position);
    rtdicom::check_same_patient(planning, daily);
    const StructureSet structures = read_structures_of(*exchange, options.plan / "RS.dcm", planning);
    const Plan plan = exchange->read_plan(options.plan / "RP.dcm");
    rtdicom::check_belongs(plan, planning);
    const Dose planned = planned_dose(*exchange, options.plan / "RD.dcm", planning, plan);
    const std::string name = options.protocol.empty() ? plan.protocol : options.protocol;
    validate(!name.empty(), (options.plan / "RP.dcm").string() + ": protocol", "none", "its name: give --protocol");
    const Protocol protocol = find_protocol(name, data_folder() / "protocols");
    const Machine machine = machine_named(protocol.machine);
    const auto engine = dose_engine("superposition", common);
    const auto registrar = registration::make_registrar(common.wanted_device(), common.threads);
    std::unique_ptr<Contourer> contourer;
    if (!options.no_network) {
        contouring::ContourerOptions how;
        how.device = common.device, how.threads = common.threads;
        contourer = contouring::open_contourer(contouring::find_card(data_folder() / "nets", options.model), how);
    }
    AdaptRequest request{.planning_ct = planning,
                         .structures = structures,
                         .plan = plan,
                         .planned_Gy = planned.gy,
                         .protocol = protocol,
                         .machine = machine,
                         .daily_ct = daily};
    request.fractions_done = options.fractions_done;
    request.couch_correction = !options.no_couch_correction;
    request.grid_mm = options.grid_mm;
    request.influence_grid_mm = options.influence_grid_mm;
    request.iterations = options.iterations;
    request.correction_rounds = options.rounds;
    AdaptResult result = adapt(request, *registrar, contourer.get(), *engine, common.progress.part(0.02, 0.93));
    const auto figures = figures_of(daily, planning, result);
    common.progress.at(0.94, "write objects and report");
    const StageTimes times{{"adapt", std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()}};
    write_adapt_folder(out, *exchange, request, daily, result, figures, engine->name(), times);
    out.commit();
    common.progress.at(1, "done");
    end_progress();
    if (!common.json.empty()) write_text_atomically(common.json, adapt_json(request, result, figures, times));
    std::cout << registration::figures_text(figures) << "\nscheduled plan on today's anatomy\n"
              << goals_text(result.scheduled_goals) << "plan of the day\n"
              << goals_text(result.adapted.goals);
    if (!result.adapted_course_goals.empty())
        std::cout << "course: fractions done as planned, the rest by the plan of the day, on today's anatomy\n"
                  << goals_text(result.adapted_course_goals);
    for (const std::vector<std::string>* notes : std::initializer_list<const std::vector<std::string>*>{
             &planning.notes, &daily.notes, &structures.notes, &plan.notes, &planned.notes})
        print_notes(*notes);
    for (const auto& warning : result.warnings) std::cout << "look: " << warning << '\n';
    std::cout << "advice: " << text_of(result.advice) << '\n'
              << "time: " << times.front().second << " s\nreport: " << (options.out / "report.html").string() << '\n';
}

}  // namespace

void add_adapt(CLI::App& app, Common& common) {
    auto options = std::make_shared<Options>();
    auto* command =
        with_common(app.add_subcommand("adapt", "the day's anatomy: contours, dose, adapted plan, advice"), common);
    command->add_option("--plan", options->plan, "folder that `coutard plan` wrote (RP.dcm, RS.dcm, RD.dcm)")
        ->required();
    command->add_option("--daily", options->daily, "the day's CT: DICOM folder or NIfTI")->required();
    command->add_option("--out", options->out, "folder to write")->required();
    command->add_option("--ct", options->ct, "planning CT; default: folder CT inside the plan's folder");
    command->add_option("--protocol", options->protocol, "name or JSON file; default: the plan's");
    command->add_option("--fractions-done", options->fractions_done, "fractions delivered before today")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--model", options->model, "network that contours the day's CT for comparison");
    command->add_flag("--no-network", options->no_network, "propagate contours only");
    command->add_flag("--no-couch-correction", options->no_couch_correction,
                      "the isocentre stays where the room has it");
    command->add_option("--grid", options->grid_mm, "dose grid [mm]")->check(CLI::Range(1.0, 10.0));
    command->add_option("--influence-grid", options->influence_grid_mm, "grid of the optimiser [mm]")
        ->check(CLI::Range(2.0, 10.0));
    command->add_option("--iterations", options->iterations, "of the first optimisation")->check(CLI::Range(1, 10000));
    command->add_option("--rounds", options->rounds, "correction rounds at most")->check(CLI::Range(0, 20));
    command->add_option("--patient-position", options->position, "HFS, HFP, FFS or FFP, where the CT does not say");
    command->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
