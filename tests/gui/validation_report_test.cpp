#include "gui/cli/validation_report.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/error.hpp"
#include "tests/harness/program.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::gui {
namespace {
using namespace dose;

/// A depth dose with profiles, and superposition above it by a factor.
ValidationCase made_up(double factor) {
    ValidationCase out;
    out.name = "T1";
    out.spec.name = "water";
    out.spec.slabs = {{"water", {}, {-30, 30}, {-30, 30}, {0, 30}}};
    ValidationRow row;
    row.superposition = true;
    for (int k = 0; k < 60; ++k) {
        const double z = 0.5 * (k + 0.5), d = 1e-12 * (1 - std::exp(-3 * z)) * std::exp(-0.05 * z);
        out.axis.depth_cm.push_back(z);
        out.axis.dose.push_back(d);
        out.axis.uncertainty.push_back(0.004);
        row.cells.depth_cm.push_back(z);
        row.cells.dose.push_back(factor * d);
        row.cells.uncertainty.push_back(0);
    }
    Profile profile{'x', 10, {}, {}, {}}, ours = profile;
    for (int i = -16; i < 16; ++i) {
        const double x = 0.5 * (i + 0.5), d = 6e-13 / (1 + std::exp(4 * (std::abs(x) - 5)));
        profile.offaxis_cm.push_back(x);
        profile.dose.push_back(d);
        profile.uncertainty.push_back(0.01);
        ours.dose.push_back(factor * d);
    }
    ours.offaxis_cm = profile.offaxis_cm;
    out.profiles = {profile};
    row.profiles = {ours};
    out.aims = superposition_aims(out.spec, out.axis);
    row.axis = check_axis(out.axis, row.cells);
    row.aims = judge_superposition(row.axis, {}, out.aims);
    out.rows.push_back(row);
    return out;
}

TEST(ValidationReport, SaysWhatIsMetAndShowsIt) {
    const test::Scratch scratch;
    const auto file = scratch / "dose.md";
    write_validation_report(file, {"folder", "coutard validate dose"}, {made_up(1.01), made_up(1.05)});
    const std::string text = test::text_of_file(file);
    for (const char* word : {"| met |", "| **missed** |", "aim 2 %", "no dose grids", "`folder`", "+1.00 at 10.0 cm"})
        EXPECT_NE(text.find(word), std::string::npos) << word << '\n' << text;
    for (const char* name : {"dose/T1_axis.svg", "dose/T1_profiles_superposition.svg"}) {
        EXPECT_NE(text.find(std::string("](") + name + ")"), std::string::npos) << name;
        EXPECT_NE(test::text_of_file(scratch / name).find("</svg>"), std::string::npos) << name;
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 2);  // nothing half written
}

TEST(ValidationReport, GammaAndVoxelsStandWhereThereAreGrids) {
    auto one = made_up(1);
    one.rows[0].gamma = ReferenceGamma{superposition_gamma(), 200, 199, 0.25, 1.5};
    VoxelCheck voxels;
    voxels.criterion = {2, 2};
    voxels.judged = 200;
    voxels.within = 150;
    one.rows[0].voxels = voxels;
    const std::string text = validation_tables({one});
    EXPECT_NE(text.find("99.50 % of 200 | 0.25, 1.50 | 75.00 % (2 %, 2 mm)"), std::string::npos) << text;
    const auto json = nlohmann::json::parse(validation_json({one}));
    EXPECT_EQ(json["cases"][0]["gamma_2_2_pass_percent"], 99.5);
    EXPECT_EQ(json["cases"][0]["meets_aims"], true);
    EXPECT_FALSE(nlohmann::json::parse(validation_json({made_up(1.1)}))["cases"][0]["meets_aims"]);
}

TEST(ValidationReport, WritesNothingWhereItCannotWriteAll) {
    const test::Scratch scratch;
    std::ofstream(scratch / "dose") << "in the way of the figures";
    EXPECT_THROW(write_validation_report(scratch / "dose.md", {"folder", "command"}, {made_up(1)}), OutputError);
    EXPECT_FALSE(std::filesystem::exists(scratch / "dose.md"));
}

TEST(ValidationReport, TheCommandNamesWhatIsMissing) {
    const test::Scratch scratch;
    EXPECT_EQ(test::coutard({"validate", "dose", "--reference", scratch.path()}).status, 3);
    for (const char* command : {"dose", "head", "mppg"}) {
        const auto nowhere = test::coutard({"validate", command, "--out", scratch / "nowhere" / "report.md"});
        EXPECT_EQ(nowhere.status, 3) << command;
        EXPECT_NE(nowhere.error.find("there is no folder"), std::string::npos) << nowhere.error;
    }
    for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--superposition", "--out", "x.md"}}) {
        std::vector<std::string> arguments{"validate", "dose", "--all"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const auto refused = test::coutard(arguments);
        EXPECT_EQ(refused.status, 3);
        EXPECT_NE(refused.error.find("--all"), std::string::npos) << refused.error;
    }
    const auto other = test::coutard({"validate", "dose", "--case", "../S1"});
    EXPECT_EQ(other.status, 3);
    EXPECT_NE(other.error.find("--case"), std::string::npos) << other.error;
}

}  // namespace
}  // namespace coutard::gui
