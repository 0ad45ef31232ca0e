// The folder that `coutard plan` leaves for a NIfTI image: its objects belong together, and what does not is refused.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "tests/harness/program.hpp"

namespace coutard {
namespace {
namespace fs = std::filesystem;
using test::coutard;
using test::Ended;

/// A quick plan on a coarse phantom, made once for all tests of this file.
class PlannedFolder : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        scratch_ = new test::Scratch;
        const Ended made = coutard({"patient", "head-neck", "--out", patient(), "--coarse", "--nifti"});
        ASSERT_EQ(made.status, 0) << made.error;
        const Ended planned =
            coutard({"plan", "--ct", patient() + "/ct.nii.gz", "--structures", patient() + "/RS.dcm", "--protocol",
                     "head_neck_70_63_56", "--technique", "conformal", "--grid", "10", "--influence-grid", "10",
                     "--iterations", "3", "--rounds", "0", "--out", plan()});
        ASSERT_EQ(planned.status, 0) << planned.error;
    }
    static void TearDownTestSuite() {
        delete scratch_;
        scratch_ = nullptr;
    }
    static std::string patient() { return *scratch_ / "patient"; }
    static std::string plan() { return *scratch_ / "plan"; }
    static std::string fresh_copy() {
        const auto copy = *scratch_ / "copy";
        fs::remove_all(copy);
        fs::copy(plan(), copy, fs::copy_options::recursive);
        return copy;
    }
    static void replace(const fs::path& file, const std::string& old, const std::string& by) {
        ASSERT_EQ(old.size(), by.size());
        auto bytes = test::text_of_file(file);
        const auto at = bytes.find(old);
        ASSERT_NE(at, std::string::npos) << old;
        std::ofstream(file, std::ios::binary) << bytes.replace(at, old.size(), by);
    }
    static inline test::Scratch* scratch_ = nullptr;
};

TEST_F(PlannedFolder, HoldsStructuresInTheFrameOfItsDose) {
    const Ended ended = coutard({"evaluate", "dvh", "--dose", plan() + "/RD.dcm", "--structures", plan() + "/RS.dcm",
                                 "--ct", plan() + "/CT", "--only", "Brainstem"});
    EXPECT_EQ(ended.status, 0) << ended.error;
    const Ended other =
        coutard({"evaluate", "dvh", "--dose", plan() + "/RD.dcm", "--structures", patient() + "/RS.dcm"});
    EXPECT_EQ(other.status, 3);
    EXPECT_NE(other.error.find("FrameOfReferenceUID"), std::string::npos) << other.error;
}

TEST_F(PlannedFolder, ThePatientsLabelsAreTheirContours) {
    const auto figures = (*scratch_ / "labels.json").string();
    const Ended ended = coutard({"evaluate", "contours", "--reference", patient() + "/labels.nii.gz", "--test",
                                 patient() + "/RS.dcm", "--ct", patient() + "/ct.nii.gz", "--only", "Brainstem",
                                 "Parotid_L", "Bone_Mandible", "External", "--json", figures});
    ASSERT_EQ(ended.status, 0) << ended.error;
    const auto rows = nlohmann::json::parse(test::text_of_file(figures)).at("rows");
    ASSERT_EQ(rows.size(), 4U);
    for (const auto& row : rows) EXPECT_GE(row.at("dice").get<double>(), 0.97) << row;
}

TEST_F(PlannedFolder, DoseSaysWhereItIsLargestWithinWhatCounts) {
    const std::string summary = *scratch_ / "dose.json";
    const Ended ended =
        coutard({"dose", "--ct", plan() + "/CT", "--plan", plan() + "/RP.dcm", "--structures", plan() + "/RS.dcm",
                 "--grid", "10", "--out", *scratch_ / "d.nii.gz", "--json", summary});
    ASSERT_EQ(ended.status, 0) << ended.error;
    EXPECT_NE(ended.out.find("largest in body and supports"), std::string::npos) << ended.out;
    const auto found = nlohmann::json::parse(test::text_of_file(summary));
    const double largest = found.at("maximum_Gy"), near = found.at("D0.03cc_Gy");
    EXPECT_GT(largest, 40);
    EXPECT_LE(near, largest + 0.01);
    EXPECT_GT(near, 0.9 * largest);
    EXPECT_EQ(found.at("maximum_at_mm").size(), 3U);
}

TEST_F(PlannedFolder, IsHeldAgainstMonteCarlo) {
    const std::string summary = *scratch_ / "check.json";
    const Ended ended =
        coutard({"evaluate", "plan", "--ct", plan() + "/CT", "--plan", plan() + "/RP.dcm", "--structures",
                 plan() + "/RS.dcm", "--grid", "10", "--histories", "16000", "--protocol", "head_neck_70_63_56",
                 "--json", summary, "--independent", *scratch_ / "mc.nii.gz"});
    ASSERT_EQ(ended.status, 0) << ended.error;
    EXPECT_NE(ended.out.find("independent transport, shared source model"), std::string::npos) << ended.out;
    const auto found = nlohmann::json::parse(test::text_of_file(summary));
    std::size_t beams = 0;
    bool gamma = false, body = false;
    for (const auto& row : found.at("rows")) {
        const std::string what = row.at("check");
        gamma = gamma || what.starts_with("gamma 3 %/2 mm");
        beams += what.starts_with("beam ");
        if (what == "External Dmean") {  // noise averages out over the body: the engines agree in energy
            body = true;
            EXPECT_NEAR(row.at("plan").get<double>() / row.at("independent").get<double>(), 1, 0.05);
        }
    }
    EXPECT_TRUE(gamma);
    EXPECT_TRUE(body);
    EXPECT_GT(beams, 5U);
    EXPECT_TRUE(fs::exists(*scratch_ / "mc.nii.gz"));
}

TEST_F(PlannedFolder, ADoseThatIsNotThePlansIsRefusedByAdapt) {
    const auto refused = [](const std::string& folder, const std::string& names) {
        const Ended ended = coutard({"adapt", "--plan", folder, "--daily", folder + "/CT", "--out", *scratch_ / "day"});
        EXPECT_EQ(ended.status, 3) << ended.error;
        EXPECT_NE(ended.error.find("RD.dcm"), std::string::npos) << ended.error;
        EXPECT_NE(ended.error.find(names), std::string::npos) << ended.error;
    };
    auto folder = fresh_copy();
    replace(folder + "/RD.dcm", "PLAN", "BEAM");  // the one of DoseSummationType
    refused(folder, "DoseSummationType");
    folder = fresh_copy();
    std::smatch uid;
    const auto rp = test::text_of_file(folder + "/RP.dcm");
    ASSERT_TRUE(std::regex_search(rp, uid, std::regex("2\\.25\\.[0-9]+")));  // its own, in the meta header
    replace(folder + "/RD.dcm", uid.str(), "2.25.1" + std::string(uid.str().size() - 6, '0'));
    refused(folder, "ReferencedRTPlanSequence");
}

TEST_F(PlannedFolder, StructuresThatThePlanDoesNotReferToAreNoted) {
    const auto folder = fresh_copy();
    std::smatch uid;
    const auto rs = test::text_of_file(folder + "/RS.dcm");
    ASSERT_TRUE(std::regex_search(rs, uid, std::regex("2\\.25\\.[0-9]+")));
    replace(folder + "/RP.dcm", uid.str(), "2.25.1" + std::string(uid.str().size() - 6, '0'));
    const Ended ended = coutard({"dose", "--ct", folder + "/CT", "--plan", folder + "/RP.dcm", "--structures",
                                 folder + "/RS.dcm", "--grid", "10", "--out", folder + "/again.dcm"});
    EXPECT_EQ(ended.status, 0) << ended.error;
    EXPECT_NE(ended.out.find("note: the plan refers to another structure set"), std::string::npos) << ended.out;
}

}  // namespace
}  // namespace coutard
