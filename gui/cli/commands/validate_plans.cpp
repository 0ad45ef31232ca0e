// `coutard validate plans`: patients planned from a protocol alone, held beside the dose that their data set comes
// with.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include "contouring/train/training_case.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/eval/intact_body.hpp"
#include "engine/par/for_each.hpp"
#include "engine/plan/protocol_json.hpp"
#include "engine/shape/body.hpp"
#include "engine/shape/boolean.hpp"
#include "engine/shape/contour_from_mask.hpp"
#include "engine/store/nifti.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/plan_output.hpp"
#include "gui/cli/validate_parts.hpp"
#include "gui/cli/wiring.hpp"
#include "rtdicom/exchange.hpp"

namespace coutard::gui {
namespace {

namespace fs = std::filesystem;

struct Options {
    fs::path data, left_out, out;
    std::string protocol = "openkbp_70_63_56", technique = "imrt";
    std::vector<std::string> patients;
    std::size_t most = 0;
};

/// A patient of the OpenKBP layout, ready to plan.
struct Patient {
    std::string name;
    CtImage ct;
    StructureSet structures;
    std::vector<NamedMask> masks;
    Mask body;
    Volume<float> reference_Gy;
    bool whole = false;
};

/// What one criterion is in the plan and in the reference dose.
struct Line {
    std::string patient, criterion;
    bool target = false;
    double limit = 0, plan = 0, reference = 0;
    bool plan_meets = false, reference_meets = false;
};

Patient read_patient(const fs::path& folder, const contouring::LeftOut& left_out) {
    auto names = contouring::openkbp_structures();
    for (const char* target : {"PTV_5600", "PTV_6300", "PTV_7000"}) names.push_back(target);
    const auto c = contouring::read_case(folder, names, left_out);
    Patient out;
    out.name = c.name;
    out.ct.hu = contouring::image_of(c);
    out.ct.study.patient_id = out.ct.study.patient_name = c.name;
    out.body = find_body(out.ct.hu);
    Mask targets(out.ct.hu.grid());
    for (std::size_t s = 0; s < names.size(); ++s) {
        if (!c.knows(static_cast<int>(s))) continue;
        Mask mask = contouring::label_of(c, static_cast<int>(s));
        out.structures.structures.push_back(structure_from_mask(names[s], mask));
        out.structures.structures.back().number = static_cast<int>(s) + 1;
        if (names[s].starts_with("PTV")) targets = unite(targets, mask);
        out.masks.push_back({names[s], std::move(mask)});
    }
    out.whole = body_is_whole(out.body, targets);
    out.reference_Gy = read_nifti(folder / "dose.nii.gz");
    return out;
}

std::vector<GoalResult> judged(const Protocol& protocol, const Patient& patient, const Volume<float>& dose) {
    std::vector<StructureDose> doses;
    for (const auto& [name, mask] : patient.masks) doses.push_back(structure_dose(name, dose, mask));
    return evaluate_goals(protocol.goals, doses);
}

std::vector<Line> compared(const Protocol& protocol, const Patient& patient, const Volume<float>& plan) {
    const auto ours = judged(protocol, patient, plan), theirs = judged(protocol, patient, patient.reference_Gy);
    std::vector<Line> lines;
    for (std::size_t g = 0; g < ours.size(); ++g) {
        if (!ours[g].value || !theirs[g].value) continue;
        const auto& goal = ours[g].goal;
        lines.push_back({patient.name, text_of(goal), goal.relation == Relation::AtLeast, goal.limit, *ours[g].value,
                         *theirs[g].value, ours[g].status == GoalStatus::Pass, theirs[g].status == GoalStatus::Pass});
    }
    return lines;
}

constexpr const char* kHeader = "patient,criterion,target,limit,plan,reference,plan_meets,reference_meets\n";

std::string csv_of(const std::vector<Line>& lines) {
    std::string text = kHeader;
    char line[256];
    for (const Line& l : lines) {
        std::snprintf(line, sizeof line, "%s,%s,%d,%.6g,%.4f,%.4f,%d,%d\n", l.patient.c_str(), l.criterion.c_str(),
                      l.target, l.limit, l.plan, l.reference, l.plan_meets, l.reference_meets);
        text += line;
    }
    return text;
}

/// What an earlier run left of a patient. \throws InputError naming the file
std::vector<Line> read_lines(const fs::path& file) {
    std::ifstream in(file);
    std::string text;
    std::getline(in, text);
    validate(text + "\n" == kHeader, file.string() + ": not a table of criteria; remove it to plan this patient again");
    std::vector<Line> lines;
    while (std::getline(in, text)) {
        std::vector<std::string> cells;
        std::stringstream row(text);
        for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
        validate(cells.size() == 8, file.string() + ": cells in a row", cells.size(), "8");
        lines.push_back({cells[0], cells[1], cells[2] == "1", std::stod(cells[3]), std::stod(cells[4]),
                         std::stod(cells[5]), cells[6] == "1", cells[7] == "1"});
    }
    return lines;
}

std::string markdown(const std::vector<Line>& lines, const Options& options) {
    struct Count {
        int all = 0, plan = 0, reference = 0;
        void add(const Line& l) { ++all, plan += l.plan_meets, reference += l.reference_meets; }
    };
    std::vector<std::string> order;
    std::map<std::string, Count> by_criterion, by_patient;
    Count targets, organs;
    for (const Line& l : lines) {
        if (!by_criterion.contains(l.criterion)) order.push_back(l.criterion);
        by_criterion[l.criterion].add(l);
        by_patient[l.patient].add(l);
        (l.target ? targets : organs).add(l);
    }
    std::ostringstream out;
    out << "Protocol " << options.protocol << ", " << options.technique << ", " << by_patient.size()
        << " patients: criteria met by the delivered dose, and by the dose of the data set.\n\n"
        << "| criterion | patients | plan | data set |\n|---|---|---|---|\n";
    const auto row = [&](const std::string& name, const Count& c) {
        out << "| " << name << " | " << c.all << " | " << c.plan << " | " << c.reference << " |\n";
    };
    for (const auto& name : order) row(name, by_criterion[name]);
    row("all of targets", targets);
    row("all of organs", organs);
    out << "\n| patient | criteria | plan | data set |\n|---|---|---|---|\n";
    for (const auto& [name, count] : by_patient) row(name, count);
    return out.str();
}

/// Plan one patient and leave its folder and its table.
std::vector<Line> plan_patient(const Options& options, const Protocol& protocol, Patient patient, const Common& common,
                               const Progress& progress) {
    const auto began = std::chrono::steady_clock::now();
    const Machine machine = machine_named(protocol.machine);
    const auto engine = dose_engine("superposition", common);
    PlanningRequest request{.ct = patient.ct,
                            .structures = patient.structures,
                            .protocol = protocol,
                            .machine = machine,
                            .body = patient.body};
    request.technique = technique_named(options.technique);
    PlanningResult result = make_plan(request, *engine, progress);
    const auto lines = compared(protocol, patient, result.dose.gy);
    const StageTimes times{{"plan", std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count()}};
    OutputFolder folder(options.out / patient.name);
    write_plan_folder(folder, *rtdicom::make_exchange(), patient.ct, patient.structures, {}, protocol, result,
                      engine->name(), times);
    write_text_atomically(folder / "criteria.csv", csv_of(lines));
    folder.commit();
    return lines;
}

void run(const Options& options, const Common& common) {
    par::set_threads(common.threads);
    const Protocol protocol = find_protocol(options.protocol, data_folder() / "protocols");
    const auto left_out =
        options.left_out.empty() ? contouring::LeftOut{} : contouring::read_left_out(options.left_out);
    const auto folders = contouring::find_cases(options.data);
    for (const auto& name : options.patients)
        validate(std::any_of(folders.begin(), folders.end(), [&](const fs::path& f) { return f.filename() == name; }),
                 "--patient: there is no " + name + " in " + options.data.string());
    fs::create_directories(options.out);
    std::vector<Line> all;
    std::size_t done = 0;
    for (const auto& folder : folders) {
        const std::string name = folder.filename().string();
        const bool named = std::find(options.patients.begin(), options.patients.end(), name) != options.patients.end();
        if ((!options.patients.empty() && !named) || (options.most && done >= options.most)) continue;
        if (const fs::path before = options.out / name / "criteria.csv"; fs::exists(before)) {
            const auto lines = read_lines(before);
            all.insert(all.end(), lines.begin(), lines.end());
            ++done;
            continue;
        }
        Patient patient = read_patient(folder, left_out);
        if (!patient.whole && !named) {
            std::cout << name << ": left out, the scan does not show the whole body 20 mm around its targets\n";
            continue;
        }
        const double share = 1 / static_cast<double>(folders.size());
        const double from = share * static_cast<double>(&folder - folders.data());
        const auto lines =
            plan_patient(options, protocol, std::move(patient), common, common.progress.part(from, from + share));
        all.insert(all.end(), lines.begin(), lines.end());
        ++done;
        write_text_atomically(options.out / "criteria.md", markdown(all, options));
        write_text_atomically(options.out / "criteria.csv", csv_of(all));
    }
    end_progress();
    validate(!all.empty(), options.data.string() + ": no patient to plan");
    write_text_atomically(options.out / "criteria.md", markdown(all, options));
    write_text_atomically(options.out / "criteria.csv", csv_of(all));
    std::cout << markdown(all, options);
}

}  // namespace

void add_validate_plans(CLI::App& app, Common& common) {
    auto options = std::make_shared<Options>();
    auto* command = with_common(
        app.add_subcommand("plans", "patients of the OpenKBP layout planned, beside the dose they come with"), common);
    command->add_option("--data", options->data, "folder of patients (ct, labels, dose .nii.gz)")->required();
    command
        ->add_option("--out", options->out, "folder for plans and tables; a patient that is there is not planned again")
        ->required();
    command->add_option("--left-out", options->left_out, "JSON of labels that are wrong");
    command->add_option("--protocol", options->protocol, "name of a bundled protocol, or a JSON file");
    command->add_option("--technique", options->technique, "conformal, imrt or vmat");
    command->add_option("--patient", options->patients, "only these, whole or not");
    command->add_option("--patients", options->most, "only so many");
    command->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
