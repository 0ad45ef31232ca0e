// What a person gets for a wrong input: one clear line, the right exit status, nothing half written.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/harness/program.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard {
namespace {
namespace fs = std::filesystem;
using test::coutard;
using test::Ended;

/// A phantom patient on disk, made once for all tests of this file.
class BadInput : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        scratch_ = new test::Scratch;
        for (const std::string seed : {"1", "2"}) {
            const Ended made =
                coutard({"patient", "head-neck", "--out", patient(seed), "--coarse", "--individual", seed});
            ASSERT_EQ(made.status, 0) << made.error;
        }
    }
    static void TearDownTestSuite() {
        delete scratch_;
        scratch_ = nullptr;
    }
    static std::string patient(const std::string& seed) { return *scratch_ / ("patient" + seed); }
    static std::string out() { return *scratch_ / "result"; }
    static fs::path fresh(const std::string& name) {
        fs::remove_all(*scratch_ / name);
        fs::create_directories(*scratch_ / name);
        return *scratch_ / name;
    }
    static std::vector<fs::path> slices(const fs::path& folder) {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator(folder))
            if (entry.path().filename().string().starts_with("CT")) found.push_back(entry.path());
        std::sort(found.begin(), found.end());
        return found;
    }
    static fs::path copy_of_patient(const std::string& name) {
        const auto folder = fresh(name);
        fs::copy(patient("1"), folder, fs::copy_options::recursive);
        return folder;
    }
    /// Runs the program; whatever it was writing, and beside it, is gone afterwards.
    static Ended run_and_leave_nothing(const std::vector<std::string>& arguments,
                                       std::optional<std::chrono::milliseconds> interrupt_after = {}) {
        const auto before = test::everything_below(scratch_->path());
        const Ended ended = coutard(arguments, interrupt_after);
        EXPECT_EQ(test::everything_below(scratch_->path()), before);
        fs::remove_all(out());
        return ended;
    }
    static void expect_refused(const std::vector<std::string>& arguments, const std::string& names) {
        const Ended ended = run_and_leave_nothing(arguments);
        EXPECT_EQ(ended.status, 3) << ended.error;
        EXPECT_NE(ended.error.find(names), std::string::npos)
            << "expected the text to name " << names << ": " << ended.error;
    }
    static inline test::Scratch* scratch_ = nullptr;
};

TEST_F(BadInput, AnEmptyFolder) {
    expect_refused({"contour", "--ct", fresh("series0"), "--out", out() + ".dcm"}, "an empty folder");
}

TEST_F(BadInput, WhatTheNetworkDoesNotTake) {
    const std::vector<std::string> start{"contour", "--ct", patient("1"), "--out", out() + ".dcm"};
    auto told = start;
    told.insert(told.end(), {"--prior", patient("1") + "/RS.dcm", "--prior-error", "2"});
    expect_refused(told, "--prior-error");
    auto quality = start;
    quality.insert(quality.end(), {"--quality", "finest"});
    expect_refused(quality, "finest");
}

TEST_F(BadInput, MeasurementsOfABeam) {
    const auto folder = fresh("tank");
    const std::vector<std::string> start{"commission", "--machine",   "generic_6mv",    "--out", out() + ".json",
                                         "--report",   out() + ".md", "--measurements", folder};
    expect_refused(start, "found no measurements");
    std::ofstream(folder / "a.csv") << "kind,field_x_cm,field_y_cm,ssd_cm,depth_cm,axis,position_cm,value\n"
                                       "pdd,10,10,90,,z,1,100\npdd,10,10,90,,z\n";
    expect_refused(start, "a.csv, line 3");
    auto unknown = start;
    unknown[2] = "no_such_machine";
    expect_refused(unknown, "no_such_machine");
}

TEST_F(BadInput, AFolderOfJpegs) {
    const auto folder = fresh("series1");
    for (int i = 0; i < 3; ++i)
        std::ofstream(folder / ("photo" + std::to_string(i) + ".jpg"), std::ios::binary)
            << "\xFF\xD8\xFF\xE0" << std::string(2000, 'j');
    expect_refused({"contour", "--ct", folder, "--out", out() + ".dcm"}, "3 files not DICOM");
}

TEST_F(BadInput, ATruncatedSlice) {
    const auto folder = copy_of_patient("truncated");
    const auto all = slices(folder);
    ASSERT_GT(all.size(), 10U);
    fs::resize_file(all[4], fs::file_size(all[4]) / 2);
    expect_refused({"contour", "--ct", folder, "--out", out() + ".dcm"}, all[4].filename());
}

TEST_F(BadInput, AMissingSlice) {
    const auto folder = copy_of_patient("series2");
    fs::remove(slices(folder)[7]);
    expect_refused({"contour", "--ct", folder, "--out", out() + ".dcm"}, "1 missing");
}

TEST_F(BadInput, AStructureSetOfAnotherPatient) {
    expect_refused({"plan", "--ct", patient("1"), "--structures", patient("2") + "/RS.dcm", "--protocol",
                    "head_neck_70_63_56", "--out", out()},
                   "PatientID");
}

TEST_F(BadInput, AnEmptySliceAtTheEnd) {
    const auto folder = copy_of_patient("series3");
    const auto last = slices(folder).back();
    fs::resize_file(last, 0);
    expect_refused({"contour", "--ct", folder, "--out", out() + ".dcm"},
                   last.filename().string() + ": found an empty file");
}

TEST_F(BadInput, ImagesOfTwoPatients) {
    expect_refused({"adapt", "--plan", patient("1"), "--ct", patient("1"), "--daily", patient("2"), "--out", out()},
                   "PatientID");
    expect_refused({"register", "--fixed", patient("1"), "--moving", patient("2"), "--rigid", "--out", out() + ".dcm"},
                   "PatientID");
    expect_refused({"evaluate", "contours", "--reference", patient("1") + "/RS.dcm", "--test", patient("2") + "/RS.dcm",
                    "--ct", patient("1")},
                   "PatientID");
}

TEST_F(BadInput, AnotherImageOfThePatient) {  // the same person in another frame of reference
    const std::string day = *scratch_ / "day";
    ASSERT_EQ(coutard({"patient", "head-neck", "--out", day, "--coarse", "--individual", "1", "--shift", "3", "0", "0"})
                  .status,
              0);
    expect_refused({"evaluate", "contours", "--reference", patient("1") + "/RS.dcm", "--test", day + "/RS.dcm", "--ct",
                    patient("1")},
                   "FrameOfReferenceUID");
}

TEST_F(BadInput, AFieldOfAnotherFrame) {  // field_2x2x2.dcm: a deformable REG from frame 2.25.1 to 2.25.2
    const auto field = test::repository("tests/journeys/field_2x2x2.dcm");
    expect_refused({"evaluate", "registration", "--field", field, "--structures", patient("1") + "/RS.dcm"},
                   "FrameOfReferenceUID");
    expect_refused({"evaluate", "registration", "--field", field, "--back", field}, "FrameOfReferenceUID");
    EXPECT_EQ(coutard({"evaluate", "registration", "--field", field, "--truth", field}).status, 0);
}

TEST_F(BadInput, APathThatCannotBeLookedAt) {
    const std::string name(300, 'n');
    expect_refused({"contour", "--ct", name, "--out", out() + ".dcm"}, "File name too long");
}

TEST_F(BadInput, WhatAReaderLeftAsideIsSaid) {
    const std::string drawn = patient("1") + "/RS.dcm";
    const Ended ended = coutard(
        {"evaluate", "contours", "--reference", drawn, "--test", drawn, "--ct", patient("1"), "--only", "Brainstem"});
    EXPECT_EQ(ended.status, 0) << ended.error;
    EXPECT_NE(ended.out.find("note: 1 RTStructureSetStorage object left aside"), std::string::npos) << ended.out;
}

TEST_F(BadInput, PromptsThatTheModelDoesNotTakeOrThatAreNone) {
    const std::vector<std::string> ct{"contour", "--ct", patient("1"), "--out", out() + ".dcm"};
    const auto with = [&](const std::vector<std::string>& more) {
        auto all = ct;
        all.insert(all.end(), more.begin(), more.end());
        return all;
    };
    expect_refused(with({"--point", "0,0,0"}), "takes no points");
    expect_refused(with({"--point", "0;0;0"}), "x,y,z in mm");
    expect_refused(with({"--organs", patient("1") + "/RS.dcm"}), "takes no points, rough contour or organs");
    expect_refused(with({"--rough-name", "GTVp"}), "--rough");
    expect_refused(with({"--protocol", "prostate_78"}), "target_rules");
    expect_refused(with({"--uncertainty", out() + ".png"}), "--uncertainty");
}

TEST_F(BadInput, AnUnknownProtocol) {
    expect_refused({"plan", "--ct", patient("1"), "--structures", patient("1") + "/RS.dcm", "--protocol",
                    "no_such_site", "--out", out()},
                   "no_such_site");
}

TEST_F(BadInput, APlanWithoutBeams) {
    const auto plan = test::repository("tests/journeys/plan_without_beams.dcm");
    expect_refused({"dose", "--ct", patient("1"), "--plan", plan, "--out", out() + ".dcm"}, "Beam");
}

TEST_F(BadInput, ANiftiWithNans) {
    const auto image = test::repository("tests/journeys/nan.nii");
    expect_refused({"contour", "--ct", image, "--out", out() + ".dcm"}, "nan.nii");
}

TEST_F(BadInput, ADicomDoseOfANiftiCt) {  // refused before the plan, which is not there, is looked for
    expect_refused({"dose", "--ct", test::repository("tests/journeys/nan.nii"), "--plan", *scratch_ / "none.dcm",
                    "--out", out() + ".dcm"},
                   "NIfTI CT names no patient");
    expect_refused({"dose", "--ct", patient("1"), "--plan", *scratch_ / "none.dcm", "--out", out() + "/no/d.dcm"},
                   "no such folder");
}

TEST_F(BadInput, AnOutputFolderThatDoesNotExist) {
    expect_refused({"register", "--fixed", patient("1"), "--moving", patient("1"), "--rigid", "--out",
                    std::string(*scratch_ / "none") + "/reg.dcm"},
                   "none");
}

TEST_F(BadInput, AFullDisk) {
    const auto disk = fresh("volume");
    if (test::run_program({"mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", disk}).status != 0)
        GTEST_SKIP() << "a small file system cannot be mounted here";
    const Ended ended = coutard({"patient", "head-neck", "--coarse", "--out", disk / "patient"});
    EXPECT_EQ(ended.status, 3) << ended.error;
    EXPECT_NE(ended.error.find("No space left"), std::string::npos) << ended.error;
    EXPECT_TRUE(test::everything_below(disk).empty());
    test::run_program({"umount", disk});
}

TEST_F(BadInput, InterruptedInTheMiddle) {
    const Ended ended = run_and_leave_nothing({"plan", "--ct", patient("1"), "--structures", patient("1") + "/RS.dcm",
                                               "--protocol", "head_neck_70_63_56", "--out", out()},
                                              std::chrono::seconds(3));
    EXPECT_EQ(ended.status, 130) << ended.error;
}

TEST_F(BadInput, WrongUsageIsStatus2) {
    EXPECT_EQ(coutard({"plan"}).status, 2);
    EXPECT_EQ(coutard({"no-such-command"}).status, 2);
    EXPECT_EQ(coutard({}).status, 2);
}

TEST_F(BadInput, AGpuAskedForAndAbsentIsStatus4) {
    if (fs::exists("/dev/nvidia0")) GTEST_SKIP() << "this machine has a GPU";
    const Ended ended =
        coutard({"phantom", test::repository("tests/golden/egsnrc/specs/S3.json"), "--out", out(), "--device", "cuda"});
    EXPECT_EQ(ended.status, 4) << ended.error;
    for (const char* fields : {"head", "mppg"})
        EXPECT_EQ(coutard({"validate", fields, "--device", "cuda"}).status, 4) << fields;
}

TEST_F(BadInput, MonteCarloIsToldHowFarToGoAndAgainstWhat) {
    std::ofstream(*scratch_ / "spec.json") << R"({"size_cm": [4, 4, 4], "voxel_mm": [5, 5, 5],
        "slabs": [{"material": "water", "from_cm": 0, "to_cm": 4}],
        "beam": {"kind": "ideal", "spectrum": "mohan6", "ssd_cm": 100, "field_at_surface_cm": [2, 2]}})";
    const std::string spec = *scratch_ / "spec.json";
    expect_refused({"phantom", spec, "--engine", "montecarlo", "--out", out()}, "--histories");
    expect_refused({"validate", "dose", "--reference", patient("1")}, "specs");
    const Ended made =
        coutard({"phantom", spec, "--engine", "montecarlo", "--histories", "2000", "--out", out(), "--threads", "1"});
    EXPECT_EQ(made.status, 0) << made.error;
    EXPECT_TRUE(fs::exists(fs::path(out()) / "uncertainty.nii.gz"));
    EXPECT_NE(test::text_of_file(fs::path(out()) / "summary.json").find("montecarlo"), std::string::npos);
    fs::remove_all(out());
}

}  // namespace
}  // namespace coutard
