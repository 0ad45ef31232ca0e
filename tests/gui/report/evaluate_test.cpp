// `coutard evaluate` end to end on NIfTI files, and the tables it writes.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/eval/structure_dose.hpp"
#include "engine/shape/rasterise.hpp"
#include "engine/store/nifti.hpp"
#include "gui/cli/evaluate_sources.hpp"
#include "gui/cli/result_table.hpp"
#include "tests/engine/eval/shapes.hpp"
#include "tests/harness/program.hpp"

namespace coutard::gui {
namespace {
using namespace test;

TEST(ResultTable, AlignsNumbersAndWords) {
    const ResultTable table{{{"name", "structure", 0}, {"mean_Gy", "Dmean", 2}},
                            {{"Niño", 3.14159}, {"PTV", {}}},
                            {{"dose", "a.dcm"}},
                            {"look"}};
    EXPECT_EQ(text_of(table), "dose: a.dcm\nstructure  Dmean\nNiño        3.14\nPTV            -\nnote: look\n");
}

TEST(ResultTable, CsvQuotesAndDisarmsFormulas) {
    const ResultTable table{{{"name", "", 0}, {"x", "", 0}}, {{"a \"b\", c", 0.1}, {"=cmd()", {}}}, {}, {}};
    EXPECT_EQ(csv_of(table), "name,x\r\n\"a \"\"b\"\", c\",0.1\r\n'=cmd(),\r\n");
}

TEST(ResultTable, JsonKeepsNumbersNullsAndBrokenNames) {
    const ResultTable table{{{"name", "", 0}, {"x", "", 0}}, {{"M\xfcller", 1.5}, {"b", {}}}, {{"n", 2.0}}, {}};
    const auto json = json_of(table);
    EXPECT_NE(json.find("\"x\": 1.5"), std::string::npos) << json;
    EXPECT_NE(json.find("\"x\": null"), std::string::npos) << json;
    EXPECT_NE(json.find("\"n\": 2.0"), std::string::npos) << json;
}

TEST(GridAround, HoldsContoursAndTheirCaps) {
    Structure square;
    square.name = "square";
    for (const double z : {-6.0, -3.0, 0.0, 3.0})
        square.contours.push_back({{{-10.2, -5, z}, {9.8, -5, z}, {9.8, 15, z}, {-10.2, 15, z}}, ""});
    const auto mask = rasterise(square, grid_around(square));
    double volume = 0;
    for (std::size_t v = 0; v < mask.count(); ++v) volume += part_inside(mask, v) * mask.grid().voxel_cm3();
    EXPECT_NEAR(volume, 20 * 20 * 12 / 1000.0, 0.03);  // four slices of 3 mm: caps of half a slice
    square.contours[0].points_mm[1].z += 1;
    EXPECT_THROW(grid_around(square), InputError);
}

/// Dose of 1 Gy per mm along x around 50 Gy, and a ball, as files.
struct Files {
    Scratch scratch;
    Grid grid = cube_grid(41, 2);
    std::string dose = file("dose.nii.gz"), organ = file("Organ.nii.gz");

    Files() {
        write_nifti(dose, field(grid, [](const Vec3& p) { return 50 + p.x; }));
        write_mask(organ, {});
    }
    std::string file(const char* name) const { return (scratch / name).string(); }
    void write_mask(const std::string& name, const Vec3& centre) const {
        Volume<float> parts(grid);
        const auto mask = covered(grid, ball(centre, 20));
        for (std::size_t v = 0; v < mask.count(); ++v) parts[v] = inside(mask, v) ? 1.0F : 0.0F;
        write_nifti(name, parts);
    }
};

TEST(Evaluate, DvhOfABallInAGradient) {
    const Files f;
    const auto run = coutard({"evaluate", "dvh", "--dose", f.dose, "--structures", f.organ, "--csv", f.file("t.csv"),
                              "--json", f.file("t.json"), "--curves", f.file("c.csv")});
    ASSERT_EQ(run.status, 0) << run.error;
    EXPECT_NE(run.out.find("Organ"), std::string::npos);
    const auto json = text_of_file(f.file("t.json"));
    const auto at = json.find("\"mean_Gy\": ");
    ASSERT_NE(at, std::string::npos) << json;
    EXPECT_NEAR(std::stod(json.substr(at + 11)), 50, 0.01);
    EXPECT_NE(text_of_file(f.file("t.csv")).find("Organ,33."), std::string::npos) << text_of_file(f.file("t.csv"));
    EXPECT_NE(text_of_file(f.file("c.csv")).find("structure,dose_Gy"), std::string::npos);
}

TEST(Evaluate, GammaOfADoseWithItself) {
    const Files f;
    const auto run = coutard({"evaluate", "gamma", "--reference", f.dose, "--evaluated", f.dose, "--map",
                              f.file("g.nii.gz"), "--json", f.file("g.json")});
    ASSERT_EQ(run.status, 0) << run.error;
    EXPECT_NE(text_of_file(f.file("g.json")).find("\"pass_percent\": 100.0"), std::string::npos);
    EXPECT_EQ(read_nifti(f.file("g.nii.gz")).at(20, 20, 20), 0);
}

TEST(Evaluate, ContoursOfAMovedBall) {
    Files f;
    std::filesystem::create_directory(f.scratch / "moved");
    const auto moved = (f.scratch / "moved" / "Organ.nii.gz").string();
    f.write_mask(moved, {4, 0, 0});
    const auto run = coutard({"evaluate", "contours", "--reference", f.organ, "--test", moved, "--json",
                              f.file("c.json"), "--tolerance", "3"});
    ASSERT_EQ(run.status, 0) << run.error;
    const auto json = text_of_file(f.file("c.json"));
    const auto at = json.find("\"dice\": ");
    ASSERT_NE(at, std::string::npos) << json;
    EXPECT_NEAR(std::stod(json.substr(at + 8)), 1 - 1.5 * 0.1 + 0.5 * 0.001, 0.01);  // lens of two balls, d / 2r = 0.1
}

/// The number after "key": in a JSON text.
double number_of(const std::string& json, const std::string& key) {
    const auto at = json.find("\"" + key + "\": ");
    EXPECT_NE(at, std::string::npos) << json;
    return at == std::string::npos ? std::nan("") : std::stod(json.substr(at + key.size() + 4));
}

TEST(Evaluate, AnOrganThatTheTestLacksScoresZero) {
    Files f;
    std::filesystem::create_directory(f.scratch / "reference");
    std::filesystem::create_directory(f.scratch / "test");
    f.write_mask((f.scratch / "reference" / "Heart.nii.gz").string(), {});
    f.write_mask((f.scratch / "reference" / "Liver.nii.gz").string(), {3, 0, 0});
    write_nifti((f.scratch / "reference" / "Spleen.nii.gz").string(), Volume<float>(f.grid));  // no such label
    f.write_mask((f.scratch / "test" / "Heart.nii.gz").string(), {});
    f.write_mask((f.scratch / "test" / "Spleen.nii.gz").string(), {});
    const auto run = coutard({"evaluate", "contours", "--reference", f.file("reference"), "--test", f.file("test"),
                              "--ct", f.organ, "--json", f.file("c.json")});
    ASSERT_EQ(run.status, 0) << run.error;
    const auto json = text_of_file(f.file("c.json"));
    EXPECT_NEAR(number_of(json, "mean_dice"), 0.5, 1e-6) << json;
    EXPECT_NE(json.find("Liver: not in the test, scores 0"), std::string::npos) << json;
    EXPECT_NE(json.find("Spleen: empty in the reference, not scored"), std::string::npos) << json;
}

TEST(Evaluate, ContoursAreDrawnOnTheCt) {
    Files f;
    std::filesystem::create_directory(f.scratch / "moved");
    const auto moved = (f.scratch / "moved" / "Organ.nii.gz").string();
    f.write_mask(moved, {4, 0, 0});
    const std::vector<std::string> asked{"evaluate", "contours", "--reference", f.organ,
                                         "--test",   moved,      "--pictures",  f.file("pictures")};
    const auto refused = coutard(asked);
    EXPECT_EQ(refused.status, 3) << refused.error;
    EXPECT_NE(refused.error.find("--pictures needs --ct"), std::string::npos) << refused.error;
    auto with_ct = asked;
    with_ct.insert(with_ct.end(), {"--ct", f.dose});
    const auto run = coutard(with_ct);
    ASSERT_EQ(run.status, 0) << run.error;
    EXPECT_EQ(text_of_file(f.file("pictures/Organ.png")).substr(1, 3), "PNG");
}

TEST(Evaluate, GoalsJudgeShellsAsAPlanDoes) {
    Files f;
    std::filesystem::create_directory(f.scratch / "targets");
    write_nifti(f.dose, field(f.grid, [](const Vec3& p) { return norm(p) < 12 ? 70.0 : 60.0; }));
    const auto write_ball = [&](const char* name, double radius) {
        Volume<float> parts(f.grid);
        const auto mask = covered(f.grid, ball({}, radius));
        for (std::size_t v = 0; v < mask.count(); ++v) parts[v] = inside(mask, v) ? 1.0F : 0.0F;
        write_nifti((f.scratch / "targets" / name).string(), parts);
    };
    write_ball("PTV_7000.nii.gz", 14);
    write_ball("PTV_6300.nii.gz", 28);
    write_text_atomically(f.file("p.json"), R"({"name": "p", "description": "d", "fractions": 35,
        "targets": [{"structure": "PTV_7000", "dose_Gy": 70},
                    {"structure": "PTV_6300", "dose_Gy": 63, "shell": true}],
        "goals": [{"structure": "PTV_6300", "metric": "D2%", "at_most": 65, "priority": 1, "source": "x"}],
        "objectives": [{"structure": "PTV_7000", "kind": "min_dose", "dose_Gy": 70, "weight": 1}],
        "gantry_deg": [0], "alpha_beta": {"target_Gy": 10, "late_Gy": 3, "nerve_Gy": 2, "source": "x"},
        "sources": ["x"]})");
    const auto run = coutard({"evaluate", "goals", "--dose", f.dose, "--structures", f.file("targets"), "--protocol",
                              f.file("p.json"), "--json", f.file("g.json")});
    ASSERT_EQ(run.status, 0) << run.error;
    const auto json = text_of_file(f.file("g.json"));
    EXPECT_NE(json.find("PTV_6300: without PTV_7000"), std::string::npos) << json;
    EXPECT_NEAR(number_of(json, "value"), 60, 0.5) << "the union's hottest 2 % have 70 Gy";
}

TEST(Evaluate, RefusesByName) {
    const Files f;
    Volume<float> bad(f.grid, 7);
    write_nifti(f.file("labels.nii.gz"), bad);
    bad[11] = -2;
    write_nifti(f.file("negative.nii.gz"), bad);
    const auto status_and_words = [&](std::vector<std::string> arguments, const std::string& words) {
        const auto run = coutard(std::move(arguments));
        EXPECT_EQ(run.status, 3) << run.error;
        EXPECT_NE(run.error.find(words), std::string::npos) << run.error;
    };
    status_and_words({"evaluate", "dvh", "--dose", f.dose, "--structures", f.file("labels.nii.gz")},
                     "labels.nii.gz: mask value: found 7");
    status_and_words({"evaluate", "dvh", "--dose", f.file("negative.nii.gz"), "--structures", f.organ},
                     "voxel (11, 0, 0) holds -2 Gy");
    status_and_words({"evaluate", "dvh", "--dose", f.file("none.nii"), "--structures", f.organ},
                     "none.nii: no such file");
    status_and_words({"evaluate", "dvh", "--dose", f.dose, "--structures", f.organ, "--only", "Heart"},
                     "found Organ, expected Heart");
    status_and_words({"evaluate", "goals", "--dose", f.dose, "--structures", f.organ, "--protocol", "nothing"},
                     "nothing");
    status_and_words({"evaluate", "dvh", "--dose", f.dose, "--structures", f.organ, "--csv", f.file("no/t.csv")},
                     "no/t.csv");
    EXPECT_EQ(coutard({"evaluate", "gamma", "--reference", f.dose}).status, 2);
}

}  // namespace
}  // namespace coutard::gui
