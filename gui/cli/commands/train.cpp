// `coutard train`: train networks, and score them on patients they never saw.
#include <cstdio>
#include <iostream>
#include <thread>

#include "contouring/train/fingerprint.hpp"
#include "contouring/train/score.hpp"
#include "contouring/train/train_run.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/validate_parts.hpp"

namespace coutard::gui {
namespace {

namespace fs = std::filesystem;
using namespace contouring;

struct Training {
    std::filesystem::path config;
    TrainOptions options;
    bool seed_given = false;  ///< --seed stands above the settings' own
};

int all_cores() {
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void train(Training training, const Common& common) {
    TrainConfig config = read_train_config(training.config);
    if (training.seed_given) config.seed = common.seed;
    training.options.device = common.device;
    training.options.threads = common.threads > 0 ? common.threads : all_cores();
    const TrainSummary done = train_contour(config, training.options, common.progress);
    end_progress();
    std::cout << "trained on " << done.cases << " patients"
              << (done.extra_cases ? " and " + std::to_string(done.extra_cases) + " others" : "") << ": " << done.steps
              << " steps, " << done.minutes << " min, loss " << done.last_loss << "\nmodel card "
              << (training.options.out / (config.name + ".json")).string() << '\n';
    if (!common.json.empty())
        write_text_atomically(common.json, "{\"steps\": " + std::to_string(done.steps) +
                                               ", \"minutes\": " + std::to_string(done.minutes) +
                                               ", \"loss\": " + std::to_string(done.last_loss) + "}\n");
}

struct Planning {
    fs::path data, left_out, out;
    std::vector<std::string> structures = openkbp_structures();
    std::string name = "contour";
    double memory_GB = 0;
};

void plan(const Planning& planning, const Common& common) {
    expect_folder_of(planning.out);
    const LeftOut left_out = planning.left_out.empty() ? LeftOut{} : read_left_out(planning.left_out);
    std::vector<TrainingCase> cases;
    const auto folders = find_cases(planning.data);
    for (const fs::path& folder : folders) {
        common.progress.at(static_cast<double>(cases.size()) / static_cast<double>(folders.size()), "read");
        cases.push_back(read_case(folder, planning.structures, left_out));
    }
    const Fingerprint data = fingerprint_of(cases, planning.structures);
    TrainConfig config = plan_training(data, planning.memory_GB);
    config.name = planning.name;
    write_train_plan(planning.out, config);
    end_progress();
    const Vec3 &spacing = config.sampling.spacing_mm, &extent = data.median_extent_mm;
    const Size3& patch = config.sampling.patch;
    std::printf("%d patients, median extent %.0f x %.0f x %.0f mm\n", data.patients, extent.x, extent.y, extent.z);
    for (const auto& organ : data.organs)
        std::printf("%s: %d patients, median %.1f cm3\n", organ.name.c_str(), organ.patients, organ.median_cm3);
    std::printf(
        "spacing %.2f x %.2f x %.2f mm, patch %d x %d x %d, batch %d, %d levels, %.1f million weights, %.2f GB a "
        "step\n",
        spacing.x, spacing.y, spacing.z, patch.x, patch.y, patch.z, config.batch, config.net.levels(),
        static_cast<double>(config.net.parameters()) / 1e6, step_memory_GB(config));
}

struct Scoring {
    std::string model, title, prompt = "none", quality = "fast";
    ScoreOptions how;
    std::filesystem::path data, left_out, csv;
    ContourerOptions options;
    bool write = false;
};

void score(Scoring scoring, const Common& common) {
    scoring.options.device = common.device;
    scoring.options.threads = common.threads;
    scoring.options.quality = quality_named(scoring.quality);
    scoring.how.prompt = prompt_named(scoring.prompt), scoring.how.seed = common.seed;
    validate(!scoring.write || (scoring.how.prompt == PromptKind::None && !scoring.how.other_day &&
                                scoring.options.quality == Quality::Fast),
             "--write: a card holds scores of the fast quality without prompts, on the day of the labels");
    const auto file = find_card(data_folder() / "nets", scoring.model);
    const NetworkContourer model(file, scoring.options);
    const LeftOut left_out = scoring.left_out.empty() ? LeftOut{} : read_left_out(scoring.left_out);
    const ScoreTable table = score_contours(model, scoring.data, left_out, common.progress, scoring.how);
    end_progress();
    std::cout << as_text(table);
    if (!scoring.csv.empty()) write_scores_csv(scoring.csv, table);
    if (!common.json.empty()) write_text_atomically(common.json, scores_json(table));
    if (!scoring.write) return;
    ModelCard card = model.card();
    card.scores = table.organs;
    card.doubts.clear();
    for (const DoubtScore& d : table.doubts) card.doubts[d.structure] = d.model;
    card.scored_on = (scoring.title.empty() ? fs::canonical(scoring.data).filename().string() : scoring.title) + ", " +
                     std::to_string(table.patients) + " patients";
    write_card(file, card);
}

void add_training(CLI::App& parent, Common& common) {
    auto training = std::make_shared<Training>();
    TrainOptions& o = training->options;
    auto* command = with_common(
        parent.add_subcommand("contour", "train a contouring network on CTs with label maps (OpenKBP layout)"), common);
    command->add_option("--config", training->config, "network and training settings (JSON), data/nets/*_training.json")
        ->required();
    command->add_option("--data", o.data, "folder of patients: */ct.nii.gz with labels.nii.gz")->required();
    command->add_option("--extra", o.extra, "further folders, drawn from with the share that the settings say");
    command->add_option("--out", o.out, "folder for checkpoint, log, weights and model card")->required();
    command->add_option("--left-out", o.left_out, "list of labels known to be wrong (JSON)");
    command->add_option("--start", o.start,
                        "weights file (.cnet) to begin with, of a network that differs at most in inputs and outputs");
    command->add_flag("--resume", o.resume, "go on from the checkpoint in --out");
    command->add_option("--steps", o.steps, "end after so many steps in all")->check(CLI::NonNegativeNumber);
    command->add_option("--minutes", o.minutes, "end after so much training time in all [min]")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--save-minutes", o.save_minutes, "time between checkpoints [min]")->check(CLI::PositiveNumber);
    command->callback([training, command, &common] {
        training->seed_given = command->count("--seed") > 0;
        train(*training, common);
    });
}

void add_planning(CLI::App& parent, Common& common) {
    auto planning = std::make_shared<Planning>();
    auto* command = with_common(
        parent.add_subcommand("contour-plan", "settings for `train contour` by rule, of what the patients are like"),
        common);
    command->add_option("--data", planning->data, "folder of patients: */ct.nii.gz with labels.nii.gz")->required();
    command->add_option("--memory", planning->memory_GB, "for the arrays of one step [GB]; 0.5 suits two CPU cores")
        ->required()
        ->check(CLI::PositiveNumber);
    command->add_option("--out", planning->out, "settings to write (JSON)")->required();
    command->add_option("--structures", planning->structures, "to learn, TG-263; default: the seven of OpenKBP");
    command->add_option("--left-out", planning->left_out, "list of labels known to be wrong (JSON)");
    command->add_option("--name", planning->name, "of the model");
    command->callback([planning, &common] { plan(*planning, common); });
}

void add_scoring(CLI::App& parent, Common& common) {
    auto scoring = std::make_shared<Scoring>();
    auto* command = with_common(
        parent.add_subcommand("contour-score", "DSC and HD95 per organ of a contouring model on labelled patients"),
        common);
    command->add_option("--model", scoring->model, "name in data/nets, or a model card")->required();
    command->add_option("--data", scoring->data, "folder of patients that the model never saw")->required();
    command->add_option("--left-out", scoring->left_out, "list of labels known to be wrong (JSON)");
    command->add_option("--csv", scoring->csv, "write the figures of every patient");
    command->add_option("--title", scoring->title, "what the card calls these patients");
    command->add_option("--prompt", scoring->prompt,
                        "for models that take them: none, point, points (five), scribble or rough, made of the label");
    command->add_flag("--other-day", scoring->how.other_day,
                      "deform each patient; models that take a prior get the contours of before");
    command->add_flag("--write", scoring->write, "write the table into the model card");
    command->add_option("--quality", scoring->quality, "fast, or best: closer blocks and the mirrored patient");
    command->callback([scoring, &common] { score(*scoring, common); });
}

}  // namespace

void add_train(CLI::App& app, Common& common) {
    auto* command = app.add_subcommand("train", "train networks and score them");
    command->require_subcommand(1);
    add_planning(*command, common);
    add_training(*command, common);
    add_scoring(*command, common);
}

}  // namespace coutard::gui
