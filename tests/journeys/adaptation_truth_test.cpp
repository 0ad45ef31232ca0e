// A day whose deformation is known: contour, plan, adapt, and judge all of it by the truth.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/harness/program.hpp"

namespace coutard {
namespace {
using test::coutard;
using test::Ended;

void must(const Ended& ended) {
    ASSERT_EQ(ended.status, 0) << ended.error;
}

nlohmann::json row_of(const nlohmann::json& table, const std::string& structure) {
    for (const auto& row : table.at("rows"))
        if (row.at("structure") == structure) return row;
    ADD_FAILURE() << "no row of " << structure;
    return {};
}

TEST(AdaptationTruth, AShiftedThinnerDayIsFoundAndItsDoseCarriedToWhereItBelongs) {
    const test::Scratch scratch;
    const auto in = [&](const char* name) { return std::string(scratch / name); };
    must(coutard({"patient", "head-neck", "--out", in("planning"), "--coarse"}));
    must(coutard({"patient", "head-neck", "--out", in("day"), "--coarse", "--shift", "3", "-2.5", "3", "--weight-loss",
                  "0.03", "--tumour-shrink", "0.3"}));
    const std::vector<std::string> coarse{"--grid",       "6",  "--influence-grid", "8",
                                          "--iterations", "30", "--rounds",         "0"};
    std::vector<std::string> plan{
        "plan",  "--ct",    in("planning"), "--structures", in("planning/RS.dcm"), "--protocol", "head_neck_70_63_56",
        "--out", in("plan")};
    std::vector<std::string> adapt{"adapt",   "--plan", in("plan"),    "--ct",         in("planning"),     "--daily",
                                   in("day"), "--out",  in("adapted"), "--no-network", "--fractions-done", "15"};
    for (auto* words : {&plan, &adapt}) words->insert(words->end(), coarse.begin(), coarse.end());
    must(coutard(plan));
    must(coutard(adapt));
    must(coutard({"evaluate", "adaptation", "--plan", in("plan"), "--ct", in("planning"), "--daily", in("day"),
                  "--adapted", in("adapted"), "--json", in("truth.json")}));
    const auto truth = nlohmann::json::parse(test::text_of_file(in("truth.json")));
    EXPECT_EQ(truth.at("fractions_before_today"), 15);
    // voxels of 4 mm and tissue without texture: what is deep is seen by nothing, and its dose hardly varies
    EXPECT_LT(truth.at("error_mean_mm"), 2.0);
    EXPECT_LT(truth.at("error_p95_mm"), 5.0);
    EXPECT_EQ(truth.at("folded_voxels"), 0);
    EXPECT_GT(truth.at("day_gamma_3_3_percent"), 97);
    EXPECT_GT(truth.at("accumulated_gamma_3_3_percent"), 97);
    for (const auto* name : {"SpinalCord", "Brainstem", "PTV_7000"}) {
        const auto row = row_of(truth, name);
        EXPECT_NEAR(row.at("mean_Gy"), row.at("true_mean_Gy"), 0.3) << name;  // 1 % of the 32 Gy given so far
        EXPECT_NEAR(row.at("D2_Gy"), row.at("true_D2_Gy"), 1.0) << name;
    }
    must(coutard({"evaluate", "registration", "--field", in("adapted/REG.dcm"), "--truth", in("day/to_planning.nii.gz"),
                  "--structures", in("day/RS.dcm"), "--json", in("field.json")}));
    const auto field = nlohmann::json::parse(test::text_of_file(in("field.json")));
    const auto& rows = field.at("rows");
    const auto error =
        std::find_if(rows.begin(), rows.end(), [](const auto& row) { return row.at("figure") == "error"; });
    ASSERT_NE(error, rows.end());
    EXPECT_LT(error->at("mean_mm"), 2.0);
}

}  // namespace
}  // namespace coutard
