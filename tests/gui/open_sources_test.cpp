#include "gui/logic/open_sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gui/toy_exchange.hpp"
#include "tests/harness/scratch.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::gui {
namespace {

using test::write_meta_header;
using ::testing::HasSubstr;

class OpenSources : public ::testing::Test {
  protected:
    void put(const std::string& name, const char* uid) const {
        std::filesystem::create_directories((folder / name).parent_path());
        write_meta_header(folder / name, uid);
    }
    test::Scratch folder;
    std::shared_ptr<test::ToyExchange> exchange = std::make_shared<test::ToyExchange>();
};

TEST_F(OpenSources, FindsWhatEachFileHolds) {
    put("ct/1.dcm", test::ct_uid);
    put("ct/2.dcm", test::ct_uid);
    put("rt/plan.dcm", test::plan_uid);
    put("rt/dose.dcm", test::dose_uid);
    put("rs.dcm", test::structures_uid);
    std::ofstream(folder / "notes.txt") << "no DICOM here";
    const FoundFiles found = find_files({folder.path()});
    EXPECT_EQ(found.ct, folder / "ct");
    EXPECT_EQ(found.plans.size(), 1U);
    EXPECT_EQ(found.doses.size(), 1U);
    EXPECT_EQ(found.structures, std::vector{folder / "rs.dcm"});
}

TEST_F(OpenSources, TakesANamedNiftiFileAsTheCt) {
    std::ofstream(folder / "ct.nii.gz") << "values";
    put("rs.dcm", test::structures_uid);
    EXPECT_EQ(find_files({folder / "ct.nii.gz", folder / "rs.dcm"}).ct, folder / "ct.nii.gz");
    EXPECT_TRUE(find_files({folder.path()}).ct.empty());  // in a folder it may be anything
}

TEST_F(OpenSources, ReadsTheClassOfRealFiles) {
    const auto shared = test::shared_data();
    if (!shared) GTEST_SKIP() << "shared data not found";
    EXPECT_EQ(media_storage_class(*shared / "dicom/hn_ct/IMG_00000.dcm"), test::ct_uid);
    EXPECT_EQ(media_storage_class(*shared / "dicom/lung_gtv_1/DCM_RS_00060.dcm"), test::structures_uid);
    EXPECT_EQ(media_storage_class(*shared / "dicom/pydicom_rt/rtdose.dcm"), test::dose_uid);
    EXPECT_EQ(media_storage_class(*shared / "dicom/README.md"), "");
}

TEST_F(OpenSources, RefusesByName) {
    EXPECT_THROW(find_files({folder / "nowhere"}), InputError);
    EXPECT_THROW(find_files({folder.path()}), InputError);  // empty
    put("a/1.dcm", test::ct_uid);
    put("b/1.dcm", test::ct_uid);
    try {
        find_files({folder.path()});
        FAIL();
    } catch (const InputError& bad) {
        EXPECT_THAT(bad.what(), HasSubstr("2 folders"));
    }
    put("only/plan.dcm", test::plan_uid);
    EXPECT_THROW(open_sources(test::toy_readers(exchange), {folder / "only"}), InputError);  // no CT
}

TEST_F(OpenSources, ShowsWhatBelongsTogether) {
    put("ct.dcm", test::ct_uid);
    put("plan_a.dcm", test::plan_uid);
    put("plan_b.dcm", test::plan_uid);
    put("plan_c.dcm", test::plan_uid);
    put("dose_all.dcm", test::dose_uid);
    put("dose_beam1.dcm", test::dose_uid);
    put("rs.dcm", test::structures_uid);
    const Opened opened = open_sources(test::toy_readers(exchange), {folder.path()});
    EXPECT_TRUE(opened.problems.empty());
    EXPECT_EQ(opened.patient->plan->label, "plan_b");      // the one that the dose names
    EXPECT_EQ(opened.patient->dose->comment, "dose_all");  // of the whole plan
    EXPECT_EQ(opened.patient->structures.size(), 6U);
    EXPECT_EQ(opened.patient->notes.size(), 2U);  // choices are told
    EXPECT_TRUE(opened.patient->structures[1].dose);
}

TEST_F(OpenSources, AForeignPlanDoesNotSayWhat100PercentIs) {
    put("ct.dcm", test::ct_uid);
    put("dose.dcm", test::dose_uid);  // names plan_b
    put("plan_c.dcm", test::plan_uid);
    const Opened opened = open_sources(test::toy_readers(exchange), {folder.path()});
    EXPECT_FALSE(opened.patient->plan);
    EXPECT_FALSE(opened.patient->has_prescription());
    EXPECT_EQ(opened.patient->reference_Gy(), static_cast<double>(opened.patient->most_Gy));
    ASSERT_EQ(opened.problems.size(), 1U);
    for (const char* word : {"plan_c.dcm", "found plan_c", "expected the plan", "plan_b", "maximum of the dose"})
        EXPECT_THAT(opened.problems[0], HasSubstr(word));
}

TEST_F(OpenSources, APlanWithoutADoseIsShown) {
    put("ct.dcm", test::ct_uid);
    put("plan_c.dcm", test::plan_uid);
    put("plan_d.dcm", test::plan_uid);
    const Opened opened = open_sources(test::toy_readers(exchange), {folder.path()});
    ASSERT_TRUE(opened.patient->plan);
    EXPECT_EQ(opened.patient->plan->label, "plan_c");
    EXPECT_TRUE(opened.problems.empty());
}

TEST_F(OpenSources, StructuresThatThePlanDoesNotNameAreNoted) {
    put("ct.dcm", test::ct_uid);
    put("plan.dcm", test::plan_uid);  // names rs
    put("other.dcm", test::structures_uid);
    const Opened opened = open_sources(test::toy_readers(exchange), {folder.path()});
    EXPECT_EQ(opened.patient->structures_label, "other");
    ASSERT_EQ(opened.patient->notes.size(), 1U);
    EXPECT_THAT(opened.patient->notes[0], HasSubstr("other.dcm is shown, but the plan names the structure set rs"));
    put("rs.dcm", test::structures_uid);
    EXPECT_EQ(open_sources(test::toy_readers(exchange), {folder.path()}).patient->structures_label, "rs");
}

TEST_F(OpenSources, TakesTheFirstByNameAndNamedFilesBeforeFolders) {
    put("ct.dcm", test::ct_uid);
    for (const char* name : {"RD.dcm", "RD_day.dcm", "RD_scheduled.dcm"}) put(name, test::dose_uid);
    for (const char* name : {"RS.dcm", "RS_network.dcm"}) put(name, test::structures_uid);
    const auto readers = test::toy_readers(exchange);
    const auto shown = open_sources(readers, {folder.path()}).patient;
    EXPECT_EQ(shown->dose->comment, "RD");
    EXPECT_EQ(shown->structures_label, "RS");
    EXPECT_EQ(shown->doses_found, 3U);
    const auto asked = open_sources(readers, {folder.path(), folder / "RD_scheduled.dcm"}).patient;
    EXPECT_EQ(asked->dose->comment, "RD_scheduled");
    EXPECT_EQ(asked->doses_found, 3U);  // not counted twice
}

TEST_F(OpenSources, AStructureThatCannotBeFilledLeavesTheOthers) {
    put("ct.dcm", test::ct_uid);
    put("rs.dcm", test::structures_uid);
    put("dose.dcm", test::dose_uid);
    exchange->uneven = "SpinalCord";
    const Opened opened = open_sources(test::toy_readers(exchange), {folder.path()});
    ASSERT_EQ(opened.problems.size(), 1U);
    EXPECT_THAT(opened.problems[0], HasSubstr("SpinalCord"));
    ASSERT_EQ(opened.patient->structures.size(), 6U);
    for (const auto& s : opened.patient->structures) {
        EXPECT_EQ(s.empty(), s.drawn.name == "SpinalCord") << s.drawn.name;
        EXPECT_EQ(s.dose.has_value(), s.drawn.name != "SpinalCord") << s.drawn.name;
        EXPECT_FALSE(s.drawn.contours.empty());
    }
}

TEST_F(OpenSources, LeavesOutWhatIsDamagedOrForeignAndSaysSo) {
    put("ct.dcm", test::ct_uid);
    put("plan_bad.dcm", test::plan_uid);
    put("rs_foreign.dcm", test::structures_uid);
    const Opened opened = open_sources(test::toy_readers(exchange), {folder.path()});
    ASSERT_EQ(opened.problems.size(), 2U);
    EXPECT_THAT(opened.problems[0], HasSubstr("plan_bad.dcm"));
    EXPECT_THAT(opened.problems[1], HasSubstr("FrameOfReferenceUID"));
    EXPECT_TRUE(opened.patient->structures.empty());
    EXPECT_FALSE(opened.patient->plan);
}

TEST_F(OpenSources, StopsWhenAsked) {
    put("ct.dcm", test::ct_uid);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(open_sources(test::toy_readers(exchange), {folder.path()}, Progress({}, stop.get_token())),
                 Interrupted);
}

}  // namespace
}  // namespace coutard::gui
