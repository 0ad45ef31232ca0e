// `coutard validate contours`: how well models draw, how they bear spoilt images, and what prompts and another day's
// contours are worth.
#include <array>
#include <cstdio>
#include <memory>
#include <sstream>

#include "contouring/train/score_markdown.hpp"
#include "contouring/train/stress_table.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/image/resample.hpp"
#include "engine/par/for_each.hpp"
#include "engine/shape/body.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/validate_parts.hpp"
#include "registration/quality/both_parts.hpp"
#include "registration/registrar.hpp"

namespace coutard::gui {
namespace {

namespace fs = std::filesystem;
using namespace contouring;
constexpr double kDayNoiseHu = 10;  // two scans of one patient differ by their noise
constexpr double kPropagatedToMm = 1;

struct Options {
    std::string model = "head_neck", prior_model, target_model;
    fs::path data, left_out, out;
    std::size_t patients = 0;
    bool scores = false, stress = false;
};

std::string model_line(const NetworkContourer& model, std::size_t patients) {
    return "Model " + model.card().name + ", weights " + model.card().weights_sha256 + "; " + std::to_string(patients) +
           " patients.\n\n";
}

std::string stress_markdown(const NetworkContourer& model, const std::vector<StressRow>& rows) {
    int patients = 0;
    for (const StressRow& r : rows) patients = std::max(patients, r.patients);
    std::string text = "## Spoilt images\n\n" + model_line(model, static_cast<std::size_t>(patients)) +
                       "| image | patients | mean DSC | lost | fallen (over 0.05) | of those with a new warning | "
                       "new warning without a fall |\n|---|---|---|---|---|---|---|\n";
    char line[200];
    for (const StressRow& r : rows) {
        std::snprintf(line, sizeof line, "| %s | %d | %.3f | %.3f | %d | %d | %d |\n", r.stress.text().c_str(),
                      r.patients, r.dice, r.lost, r.fallen, r.warned, r.false_alarms);
        text += line;
    }
    return text;
}

/// One way to get today's contours, with what it drew on every patient.
struct Way {
    const char* words;
    std::vector<CaseScore> cases;
};

/// The ways that are compared, in the order of the table.
struct Ways {
    Way copied{"contours of before, where they were", {}}, propagated{"propagated by deformable registration", {}},
        scratch{"drawn anew", {}}, refined_copied{"prior network, given those where they were (2.5 mm off)", {}},
        refined_propagated{"prior network, given the propagated ones (1 mm off)", {}};
    std::vector<const Way*> all() const {
        return {&copied, &propagated, &scratch, &refined_copied, &refined_propagated};
    }
};

std::vector<MaskedStructure> labels_of(const TrainingCase& c, const std::vector<std::string>& names) {
    std::vector<MaskedStructure> labels;
    for (std::size_t s = 0; s < names.size(); ++s)
        if (c.knows(static_cast<int>(s))) labels.push_back({names[s], label_of(c, static_cast<int>(s))});
    return labels;
}

void score_masks(const std::vector<MaskedStructure>& truth, const std::vector<MaskedStructure>& drawn,
                 const std::string& patient, Way& way) {
    for (const MaskedStructure& reference : truth)
        for (const MaskedStructure& mask : drawn)
            if (mask.name == reference.name)
                way.cases.push_back(case_score(patient, mask.name, reference.mask, mask.mask));
}

/// The patient on another day, drawn in each way. The truth is the label carried by the field that made the day.
void compare_day(const TrainingCase& before, std::uint64_t seed, const NetworkContourer& anew,
                 const NetworkContourer& with_prior, const Registrar& registrar, Ways& ways) {
    const TrainingCase today = other_day_of(before, seed);
    const auto& names = with_prior.card().structures;
    const auto hu_before = image_of(before), hu_today = spoilt(image_of(today), {Spoil::Noise, kDayNoiseHu}, {}, seed);
    const auto truth = labels_of(today, names), planned = labels_of(before, names);
    const auto field = registration::register_both_parts(
                           registrar, {hu_today, hu_before, find_body(hu_today), find_body(hu_before)}, false, {})
                           .field;
    std::vector<MaskedStructure> moved;
    for (const MaskedStructure& p : planned) moved.push_back({p.name, warp(p.mask, field)});
    const auto drawn = [&](const NetworkContourer& model, std::optional<std::vector<MaskedStructure>> prior,
                           double error_mm) {
        ContourRequest request;
        request.prior = std::move(prior), request.prior_error_mm = error_mm;
        return model.masks(hu_today, request, {}).masks;
    };
    score_masks(truth, planned, before.name, ways.copied);
    score_masks(truth, moved, before.name, ways.propagated);
    score_masks(truth, drawn(anew, {}, kOtherDayErrorMm), before.name, ways.scratch);
    score_masks(truth, drawn(with_prior, planned, kOtherDayErrorMm), before.name, ways.refined_copied);
    score_masks(truth, drawn(with_prior, moved, kPropagatedToMm), before.name, ways.refined_propagated);
}

std::string prior_markdown(const NetworkContourer& with_prior, const Ways& ways, std::size_t patients) {
    const auto& names = with_prior.card().structures;
    std::string text = "## The day's anatomy\n\n" + model_line(with_prior, patients) + "| contours |";
    for (const std::string& name : names) text += " " + name + " |";
    text += " mean DSC | surface Dice 3 mm | below 0.5 |\n|---|";
    for (std::size_t s = 0; s < names.size() + 3; ++s) text += "---|";
    char cell[40];
    for (const Way* way : ways.all()) {
        text += "\n| " + std::string(way->words) + " |";
        double dice = 0, near = 0;
        int failures = 0;
        const auto organs = organ_scores(way->cases, names);
        for (const OrganScore& o : organs) {
            std::snprintf(cell, sizeof cell, " %.3f |", o.dice);
            text += cell;
            dice += o.dice / static_cast<double>(organs.size());
            near += o.surface_dice_3mm / static_cast<double>(organs.size());
            failures += o.failures;
        }
        std::snprintf(cell, sizeof cell, " %.3f | %.3f | %d |", dice, near, failures);
        text += cell;
    }
    return text + "\n";
}

std::string compare_days(const Options& options, const NetworkContourer& anew, const ContourerOptions& how,
                         const LeftOut& left_out, const Common& common) {
    const NetworkContourer with_prior(find_card(data_folder() / "nets", options.prior_model), how);
    validate(with_prior.card().guide.kind == Guide::Prior, "--prior-model", with_prior.card().name,
             "a model that takes another day's contours");
    const auto registrar = registration::make_registrar(common.wanted_device(), common.threads);
    auto folders = find_cases(options.data);
    if (options.patients > 0 && folders.size() > options.patients) folders.resize(options.patients);
    Ways ways;
    std::size_t done = 0;
    for (const auto& folder : folders) {
        common.progress.at(static_cast<double>(done) / static_cast<double>(folders.size()), folder.filename().string());
        const auto before = read_case(folder, with_prior.card().structures, left_out);
        compare_day(before, common.seed + done, anew, with_prior, *registrar, ways);
        ++done;
    }
    return prior_markdown(with_prior, ways, done);
}

/// Targets with nothing, a point, five points, a scribble and a rough contour.
std::string compare_prompts(const Options& options, const ContourerOptions& how, const LeftOut& left_out,
                            const Common& common) {
    const NetworkContourer model(find_card(data_folder() / "nets", options.target_model), how);
    validate(model.card().guide.kind == Guide::Prompts, "--target-model", model.card().name,
             "a model that takes points or a rough contour");
    constexpr std::array<std::pair<const char*, PromptKind>, 5> kinds{{{"nothing", PromptKind::None},
                                                                       {"one point", PromptKind::Point},
                                                                       {"five points", PromptKind::Points},
                                                                       {"a scribble", PromptKind::Scribble},
                                                                       {"a rough contour", PromptKind::Rough}}};
    std::vector<std::pair<std::string, ScoreTable>> rows;
    for (const auto& [words, kind] : kinds) {
        ScoreOptions scoring;
        scoring.prompt = kind, scoring.seed = common.seed, scoring.patients = options.patients;
        rows.emplace_back(words, score_contours(model, options.data, left_out, common.progress, scoring));
    }
    ScoreOptions scoring;
    scoring.seed = common.seed, scoring.patients = options.patients;
    rows.emplace_back("no network: the rough contour grown by 5 mm",
                      score_margin(model.card().structures.front(), options.data, left_out, common.progress, scoring));
    return "## Targets\n\n" + model_line(model, rows.front().second.patients) +
           prompts_markdown(model.card().structures, rows);
}

std::string compare_scores(const Options& options, const NetworkContourer& model, const LeftOut& left_out,
                           const Common& common) {
    ScoreOptions scoring;
    scoring.patients = options.patients;
    const ScoreTable table = score_contours(model, options.data, left_out, common.progress, scoring);
    return "## Agreement\n\n" + model_line(model, table.patients) + scores_markdown(table);
}

void run(const Options& options, const Common& common) {
    expect_folder_of(options.out);
    par::set_threads(common.threads);
    ContourerOptions how;
    how.device = common.device, how.threads = common.threads;
    const LeftOut left_out = options.left_out.empty() ? LeftOut{} : read_left_out(options.left_out);
    std::string report = "# Contours: validation\n";
    const auto add = [&](const std::string& part) {
        report += "\n" + part;
        if (!options.out.empty()) write_text_atomically(options.out, report);  // what is known is kept
    };
    const bool scores =
        options.scores || (!options.stress && options.prior_model.empty() && options.target_model.empty());
    if (scores || options.stress || !options.prior_model.empty()) {
        const NetworkContourer model(find_card(data_folder() / "nets", options.model), how);
        if (scores) add(compare_scores(options, model, left_out, common));
        if (options.stress)
            add(stress_markdown(model, stress_table(model, options.data, left_out, usual_stresses(), options.patients,
                                                    common.seed, common.progress)));
        if (!options.prior_model.empty()) add(compare_days(options, model, how, left_out, common));
    }
    if (!options.target_model.empty()) add(compare_prompts(options, how, left_out, common));
    end_progress();
    std::fputs(report.c_str(), stdout);
}

}  // namespace

void add_validate_contours(CLI::App& validate, Common& common) {
    auto options = std::make_shared<Options>();
    auto* command = with_common(
        validate.add_subcommand(
            "contours", "contouring models on patients they never saw: agreement, spoilt images, another day, prompts"),
        common);
    command->add_option("--data", options->data, "folder of patients that the models never saw")->required();
    command->add_option("--left-out", options->left_out, "list of labels known to be wrong (JSON)");
    command->add_option("--model", options->model, "name in data/nets, or a model card");
    command->add_flag("--scores", options->scores,
                      "agreement and doubt per structure; default when nothing else is asked");
    command->add_flag("--stress", options->stress,
                      "noise, blur, thick slices, offsets, streaks, cuts, turned patients");
    command->add_option("--prior-model", options->prior_model,
                        "model that takes another day's contours: held against copying, propagation and drawing anew");
    command->add_option("--target-model", options->target_model,
                        "model of targets: with nothing, a point, five, a scribble and a rough contour");
    command->add_option("--patients", options->patients, "only the first so many");
    command->add_option("--out", options->out, "report to write (Markdown)");
    command->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
