// A plan of another system, of which we have structures and no CT: four dynamic beams of two energies.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/harness/program.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard {
namespace {
using test::coutard;

TEST(OtherSystem, ADynamicBreastPlanGivesItsPrescription) {
    const auto shared = test::shared_data();
    if (!shared) GTEST_SKIP() << "dicom/dicompyler_example is not there";
    const auto from = *shared / "dicom/dicompyler_example";
    const test::Scratch scratch;
    const std::string structures = from / "rtss.dcm", plan = from / "rtplan.dcm", ct = scratch / "ct",
                      dose = scratch / "dose.dcm", table = scratch / "dvh.json", picture = scratch / "leaves.svg";
    const auto made = coutard({"patient", "outlined", "--structures", structures, "--out", ct, "--spacing", "4"});
    ASSERT_EQ(made.status, 0) << made.error;
    const auto unknown = coutard({"dose", "--ct", ct, "--plan", plan, "--structures", structures, "--out", dose});
    EXPECT_EQ(unknown.status, 3);
    EXPECT_NE(unknown.error.find("txmachine"), std::string::npos) << unknown.error;
    EXPECT_FALSE(std::filesystem::exists(dose));
    const auto ended =
        coutard({"dose", "--ct", ct, "--plan", plan, "--structures", structures, "--machine", "generic_6mv",
                 "--machine", "generic_10mv", "--grid", "6", "--per-beam", "--out", dose});
    ASSERT_EQ(ended.status, 0) << ended.error;
    for (int b = 1; b <= 4; ++b)
        EXPECT_TRUE(std::filesystem::exists(scratch / ("dose_beam" + std::to_string(b) + ".dcm"))) << b;
    const auto dvh = coutard({"evaluate", "dvh", "--dose", dose, "--structures", structures, "--json", table});
    ASSERT_EQ(dvh.status, 0) << dvh.error;
    double mean = 0;
    const auto found = nlohmann::json::parse(test::text_of_file(table));
    for (const auto& row : found["rows"])
        if (row["structure"] == "Tumor Bed") mean = row["mean_Gy"];
    EXPECT_NEAR(mean, 14, 0.1 * 14);  // the prescription; our machines and CT are not theirs
    const std::string check = scratch / "check.json";
    const auto checked = coutard(
        {"evaluate", "plan",      "--ct",          ct,          "--plan",       plan,         "--structures",
         structures, "--machine", "generic_6mv",   "--machine", "generic_10mv", "--override", "Tumor Bed=water:1.0",
         "--grid",   "8",         "--uncertainty", "0.05",      "--json",       check});
    ASSERT_EQ(checked.status, 0) << checked.error;
    int beams = 0;
    const auto rows = nlohmann::json::parse(test::text_of_file(check))["rows"];
    for (const auto& row : rows)
        if (row["check"].get<std::string>().starts_with("beam ")) {
            ++beams;
            EXPECT_LT(std::abs(row["deviation_percent"].get<double>()), 4) << row["check"];
        }
    EXPECT_EQ(beams, 4);
    const auto drawn = coutard({"evaluate", "leaves", "--plan", plan, "--out", picture});
    ASSERT_EQ(drawn.status, 0) << drawn.error;
    EXPECT_NE(test::text_of_file(picture).find("<svg"), std::string::npos);
}

}  // namespace
}  // namespace coutard
