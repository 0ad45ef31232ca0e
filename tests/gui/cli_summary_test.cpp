// The summaries that commands write, and that no command takes --json and writes nothing.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/store/nifti.hpp"
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

TEST(Evaluate, FoldersOfMasksNeedNoCt) {
    const test::Scratch scratch;
    const Grid grid({10, 10, 10}, {-9, -9, -9}, {2, 2, 2});
    const auto write = [&](const std::string& folder, const std::string& name, int slices) {
        std::filesystem::create_directories(scratch / folder);
        Volume<float> mask(grid);
        for (int k = 2; k < 2 + slices; ++k)
            for (int j = 2; j < 8; ++j)
                for (int i = 2; i < 8; ++i) mask.at(i, j, k) = 1;
        write_nifti(scratch / (folder + "/" + name + ".nii.gz"), mask);
    };
    write("a", "Brainstem", 6), write("a", "Larynx", 4), write("b", "Brainstem", 3), write("b", "Larynx", 4);
    const std::string file = scratch / "e.json";
    const auto ended =
        test::coutard({"evaluate", "contours", "--reference", scratch / "a", "--test", scratch / "b", "--json", file});
    ASSERT_EQ(ended.status, 0) << ended.error;
    const auto said = json::parse(test::text_of_file(file));
    EXPECT_NEAR(said["mean_dice"], 0.5 * (2.0 * 3 / 9 + 1), 1e-6);
    EXPECT_EQ(said["rows"].size(), 2U);
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
