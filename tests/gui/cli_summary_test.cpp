// The summaries that commands write, and that no command takes --json and writes nothing.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gui/cli/journey_summary.hpp"
#include "tests/harness/program.hpp"

namespace coutard::gui {
namespace {

using nlohmann::json;

TEST(CliSummary, ViewHasNone) {
    const auto ended = test::coutard({"view", "--json", "x.json"});
    EXPECT_EQ(ended.status, 2) << ended.error;
    EXPECT_EQ(test::coutard({"view", "--help"}).out.find("--json"), std::string::npos);
    EXPECT_NE(test::coutard({"demo", "--help"}).out.find("--json"), std::string::npos);
}

TEST(CliSummary, PatientSaysWhatItWrote) {
    const test::Scratch scratch;
    const std::string file = scratch / "p.json", out = scratch / "p";
    const auto ended =
        test::coutard({"patient", "head-neck", "--coarse", "--individual", "3", "--out", out, "--json", file});
    ASSERT_EQ(ended.status, 0) << ended.error;
    const auto said = json::parse(test::text_of_file(file));
    EXPECT_EQ(said["kind"], "patient");
    EXPECT_EQ(said["folder"], out);
    EXPECT_EQ(said["individual"], 3);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(out))
        files += entry.path().extension() == ".dcm" && entry.path().filename() != "RS.dcm";
    EXPECT_EQ(said["slices"], files);
    EXPECT_NE(std::find(said["structures"].begin(), said["structures"].end(), "PTV_7000"), said["structures"].end());
}

TEST(CliSummary, DemoListsItsStepsAndPlaces) {
    const auto said =
        json::parse(demo_json({{"a plan", {"plan", "--ct", "x"}, 2.5}, {"a day", {"patient"}, 1}}, "out"));
    EXPECT_EQ(said["steps"].size(), 2U);
    EXPECT_EQ(said["steps"][0]["command"], (std::vector<std::string>{"plan", "--ct", "x"}));
    EXPECT_EQ(said["steps"][0]["wall_time_s"], 2.5);
    EXPECT_EQ(said["wall_time_s"], 3.5);
    EXPECT_EQ(said["plan"], "out/plan");
    EXPECT_EQ(said["reports"][1], "out/adapted/report.html");
}

}  // namespace
}  // namespace coutard::gui
