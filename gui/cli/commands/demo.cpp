// `coutard demo`: the whole journey on the phantom patient, as the very commands that a person would type.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/journey_summary.hpp"

namespace coutard::gui {
namespace {

struct Options {
    std::filesystem::path out = "out/demo";
    bool quick = false;
};

/// Runs commands of this program within it, showing each first.
class Journey {
  public:
    explicit Journey(const Common& common) : common_(common) {}

    void step(const std::string& what, std::vector<std::string> words) {
        std::cout << "\n-- " << what << "\n$ coutard";
        for (const auto& word : words) std::cout << ' ' << word;
        std::cout << std::endl;
        const auto start = std::chrono::steady_clock::now();
        Common common = common_;
        common.json.clear();
        CLI::App app;
        register_commands(app, common);
        const std::vector<std::string> typed = words;
        std::reverse(words.begin(), words.end());  // as CLI11 wants a list of words
        try {
            app.parse(words);
        } catch (const CLI::ParseError& problem) {
            throw ContractError("demo: " + what + ": " + problem.what());
        }
        end_progress();
        steps_.push_back(
            {what, typed, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()});
    }

    void print_times() const {
        double sum = 0;
        std::cout << "\nTimes\n";
        for (const auto& step : steps_) {
            std::printf("  %-58s %6.1f s\n", step.what.c_str(), step.seconds);
            sum += step.seconds;
        }
        std::printf("  %-58s %6.1f s\n", "all", sum);
    }

    const std::vector<JourneyStep>& steps() const { return steps_; }

  private:
    const Common& common_;
    std::vector<JourneyStep> steps_;
};

void run(const Options& options, const Common& common) {
    const auto in = [&](const char* name) { return (options.out / name).string(); };
    std::filesystem::create_directories(options.out);
    Journey journey(common);
    const std::string protocol = "head_neck_70_63_56";
    journey.step("a phantom patient: CT and the physician's targets", {"patient", "head-neck", "--out", in("patient")});
    journey.step("organs by the network, targets kept",
                 {"contour", "--ct", in("patient"), "--with", in("patient/RS.dcm"), "--out", in("contours.dcm")});
    journey.step("how well the network did, against the phantom's truth",
                 {"evaluate", "contours", "--reference", in("patient/RS.dcm"), "--test", in("contours.dcm"), "--ct",
                  in("patient"), "--only", "Brainstem", "SpinalCord", "Parotid_L", "Parotid_R", "Esophagus", "Larynx",
                  "Bone_Mandible", "External"});
    std::vector<std::string> plan{"plan",       "--ct",   in("patient"), "--structures", in("contours.dcm"),
                                  "--protocol", protocol, "--out",       in("plan")};
    std::vector<std::string> day{"patient", "head-neck", "--out",         in("day"), "--shift",         "3",
                                 "-2.5",    "3",         "--weight-loss", "0.03",    "--tumour-shrink", "0.3"};
    std::vector<std::string> adapt{"adapt",   "--plan",           in("plan"), "--ct",        in("patient"),
                                   "--daily", in("day"),          "--out",    in("adapted"), "--protocol",
                                   protocol,  "--fractions-done", "15"};
    // Coarser than the commands' own defaults: a demonstration shall take minutes on two cores.
    const std::vector<std::string> coarser =
        options.quick
            ? std::vector<std::string>{"--grid", "6", "--influence-grid", "8", "--iterations", "30", "--rounds", "0"}
            : std::vector<std::string>{"--grid", "4", "--influence-grid", "5", "--iterations", "60", "--rounds", "1"};
    for (auto* words : {&plan, &adapt}) words->insert(words->end(), coarser.begin(), coarser.end());
    journey.step("a deliverable plan with its dose and report", plan);
    journey.step("fraction 16: shifted, thinner, the tumour smaller", day);
    journey.step("the day's contours and dose, a plan of the day, advice", adapt);
    journey.print_times();
    if (!common.json.empty()) write_text_atomically(common.json, demo_json(journey.steps(), options.out));
    std::cout << "\nReports\n  plan:            " << in("plan/report.html")
              << "  (and report.pdf)\n  plan of the day: " << in("adapted/report.html")
              << "  (and report.pdf)\nDICOM objects lie beside them: RTSTRUCT, RTPLAN, RTDOSE, REG.\n"
              << "Look at them: coutard view " << in("patient") << ' ' << in("plan") << "\n";
}

}  // namespace

void add_demo(CLI::App& app, Common& common) {
    auto options = std::make_shared<Options>();
    auto* command = with_common(app.add_subcommand("demo", "the whole journey on the bundled phantom patient"), common);
    command->add_option("--out", options->out, "folder to write");
    command->add_flag("--quick", options->quick, "coarser still, for tests");
    command->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
