// RTDOSE: round trip, frames in either order, 16 and 32 bits, encodings, and every refusal.
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "rtdicom/references.hpp"
#include "tests/harness/shared_data.hpp"
#include "toy_plan.hpp"

namespace coutard::rtdicom::test {
namespace {
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string text_in(const fs::path& file, const DcmTagKey& tag) {
    DcmFileFormat format;
    EXPECT_TRUE(format.loadFile(file.c_str()).good());
    OFString text;
    format.getDataset()->findAndGetOFString(tag, text);
    return text.c_str();
}

/// Doses of 70 Gy in 16 bits: half a step is 0.53 mGy.
void expect_same(const Dose& got, const Dose& want, double tolerance_Gy = 5.4e-4) {
    ASSERT_TRUE(got.gy.grid().same_as(want.gy.grid(), 1e-6));
    for (std::size_t v = 0; v < want.gy.count(); ++v) ASSERT_NEAR(got.gy[v], want.gy[v], tolerance_Gy) << v;
}

TEST(Doses, ComeBackAsWritten) {
    const ToyStudy toy;
    const Dose got = toy.exchange->read_dose(toy.dose_file);
    expect_same(got, toy.dose);
    EXPECT_EQ(got.plan_uid, toy.plan.sop_uid);
    EXPECT_EQ(got.comment, "toy engine 1.0");
    EXPECT_EQ(got.to, DoseTo::Medium);
    EXPECT_EQ(got.summation, DoseSummation::Plan);
    EXPECT_TRUE(got.notes.empty());
    check_belongs(got, toy.ct);
    CtImage other = toy.ct;
    other.study.frame_uid = "1.2";
    EXPECT_THAT(refusal([&] { check_belongs(got, other); }), HasSubstr("RTDOSE"));
}

TEST(Doses, BeamAndFractionSumsAndWater) {
    ToyStudy toy;
    toy.dose.summation = DoseSummation::Beam;
    toy.dose.beam_number = 4;
    toy.dose.to = DoseTo::Water;
    toy.exchange->write_dose(toy.dose_file, toy.dose, toy.ct);
    Dose got = toy.exchange->read_dose(toy.dose_file);
    EXPECT_EQ(got.summation, DoseSummation::Beam);
    EXPECT_EQ(got.beam_number, 4);
    EXPECT_EQ(got.to, DoseTo::Water);
    EXPECT_EQ(text_in(toy.dose_file, DCM_DoseSummationType), "BEAM");
    EXPECT_EQ(text_in(toy.dose_file, DCM_SeriesDescription), "Dose of one beam (not a medical device)");
    toy.dose.summation = DoseSummation::Fraction;
    toy.exchange->write_dose(toy.dose_file, toy.dose, toy.ct);
    EXPECT_EQ(text_in(toy.dose_file, DCM_DoseSummationType), "FRACTION_SESSION");
    EXPECT_EQ(text_in(toy.dose_file, DCM_SeriesDescription), "Dose of one fraction (not a medical device)");
    got = toy.exchange->read_dose(toy.dose_file);
    EXPECT_EQ(got.summation, DoseSummation::Fraction);
    EXPECT_EQ(got.fractions, 1);
}

TEST(Doses, AFractionIsAllOfAFractionGroupExceptInOurOldFiles) {  // PS3.3 C.8.8.3
    const ToyStudy toy;
    EXPECT_EQ(text_in(toy.dose_file, DCM_DoseSummationType), "PLAN");
    set_text(toy.dose_file, DCM_DoseSummationType, "FRACTION");
    EXPECT_EQ(toy.exchange->read_dose(toy.dose_file).summation, DoseSummation::Fraction);
    set_text(toy.dose_file, DCM_Manufacturer, "Somebody");
    const Dose got = toy.exchange->read_dose(toy.dose_file);
    EXPECT_EQ(got.summation, DoseSummation::Plan);
    EXPECT_EQ(got.fractions, 0);
    ASSERT_EQ(got.notes.size(), 1U);
    EXPECT_THAT(got.notes[0], HasSubstr("one fraction group"));
}

TEST(Doses, PartOfTheCourseSaysSoFirst) {
    ToyStudy toy;
    toy.dose.fractions = 16;
    toy.dose.course_fractions = 35;
    toy.exchange->write_dose(toy.dose_file, toy.dose, toy.ct);
    EXPECT_EQ(text_in(toy.dose_file, DCM_DoseSummationType), "PLAN");  // no term says it better
    EXPECT_THAT(text_in(toy.dose_file, DCM_DoseComment),
                StartsWith("NOT the whole course: 16 of 35 fractions. Dose to"));
    EXPECT_THAT(text_in(toy.dose_file, DCM_SeriesDescription), StartsWith("NOT the whole course: 16 of 35 fractions"));
    const Dose got = toy.exchange->read_dose(toy.dose_file);
    EXPECT_EQ(got.fractions, 16);
    EXPECT_EQ(got.course_fractions, 35);
    EXPECT_EQ(got.to, DoseTo::Medium);
    EXPECT_THAT(got.notes, ElementsAre("NOT the whole course: 16 of 35 fractions"));
    EXPECT_THAT(refusal([&] { check_belongs(got, toy.plan); }), AllOf(HasSubstr("found \"16\""), HasSubstr("\"35\"")));
    toy.dose.fractions = 35;  // after the last one it is the whole
    toy.exchange->write_dose(toy.dose_file, toy.dose, toy.ct);
    EXPECT_THAT(text_in(toy.dose_file, DCM_DoseComment), StartsWith("Dose to"));
}

TEST(Doses, OfAPlanAreItsWholeDose) {
    const ToyStudy toy;
    const Plan plan = toy.exchange->read_plan(toy.plan_file);
    Dose dose = toy.exchange->read_dose(toy.dose_file);
    check_belongs(dose, plan);
    dose.summation = DoseSummation::Beam;
    EXPECT_THAT(refusal([&] { check_belongs(dose, plan); }),
                AllOf(HasSubstr("DoseSummationType"), HasSubstr("BEAM"), HasSubstr("PLAN")));
    dose.summation = DoseSummation::Plan;
    dose.plan_uid = "1.2.3";
    EXPECT_THAT(refusal([&] { check_belongs(dose, plan); }),
                AllOf(HasSubstr("ReferencedRTPlanSequence"), HasSubstr("1.2.3"), HasSubstr(plan.sop_uid)));
}

TEST(Images, OfAnotherPatientAreToldApart) {
    const CtImage one = toy_ct();
    CtImage two = toy_ct();
    two.study.frame_uid = "1.2";  // another day
    check_same_patient(one, two);
    two.study.patient_id.clear();
    check_same_patient(one, two);
    two.study.patient_id = "TOY-2";
    EXPECT_THAT(refusal([&] { check_same_patient(one, two); }),
                AllOf(HasSubstr("PatientID"), HasSubstr("TOY-1"), HasSubstr("TOY-2")));
}

TEST(Doses, OrientationsOfAllFourPositions) {
    for (const Mat3& direction : {Mat3{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}}, Mat3{{-1, 0, 0}, {0, 1, 0}, {0, 0, -1}},
                                  Mat3{{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}}) {
        ToyStudy toy;
        toy.dose.gy = toy_dose(direction).gy;
        toy.exchange->write_dose(toy.dose_file, toy.dose, toy.ct);
        expect_same(toy.exchange->read_dose(toy.dose_file), toy.dose);
    }
}

TEST(Doses, AllZeroAndOneFrame) {
    ToyStudy toy;
    toy.dose.gy = Volume<float>(Grid({3, 2, 1}, {0, 0, 0}, {2, 2, 4}));
    toy.exchange->write_dose(toy.dose_file, toy.dose, toy.ct);
    expect_same(toy.exchange->read_dose(toy.dose_file), toy.dose);
}

TEST(Doses, AbsoluteAndFallingOffsets) {
    const ToyStudy toy;
    const auto whole = bytes_of(toy.dose_file);
    set_text(toy.dose_file, DCM_GridFrameOffsetVector, "-29.5\\-26.5\\-23.5\\-20.5");
    expect_same(toy.exchange->read_dose(toy.dose_file), toy.dose);
    // From the top down: the first frame becomes the last slice.
    for (const char* offsets : {"0\\-3\\-6\\-9", "-20.5\\-23.5\\-26.5\\-29.5"}) {
        write_bytes(toy.dose_file, whole);
        edit(toy.dose_file, [&](DcmDataset& d) {
            d.putAndInsertString(DCM_GridFrameOffsetVector, offsets);
            d.putAndInsertString(DCM_ImagePositionPatient, "-8\\5\\-20.5");
        });
        const Dose got = toy.exchange->read_dose(toy.dose_file);
        ASSERT_TRUE(got.gy.grid().same_as(toy.dose.gy.grid(), 1e-6)) << offsets;
        for (int k = 0; k < 4; ++k) EXPECT_NEAR(got.gy.at(2, 3, k), toy.dose.gy.at(2, 3, 3 - k), 5.4e-4);
    }
}

TEST(Doses, BitsAndEncodings) {
    DcmRLEEncoderRegistration::registerCodecs();
    for (const int bits : {16, 32}) {
        const ToyStudy toy;
        const auto exchange = make_exchange({.dose_bits = bits});
        exchange->write_dose(toy.dose_file, toy.dose, toy.ct);
        const double tolerance = bits == 16 ? 5.4e-4 : 1e-5;
        expect_same(exchange->read_dose(toy.dose_file), toy.dose, tolerance);
        const auto whole = bytes_of(toy.dose_file);
        edit(
            toy.dose_file, [](DcmDataset&) {}, EXS_BigEndianExplicit);
        expect_same(exchange->read_dose(toy.dose_file), toy.dose, tolerance);
        write_bytes(toy.dose_file, whole);
        edit(
            toy.dose_file,
            [](DcmDataset& d) {
                const DcmRLERepresentationParameter rle;
                ASSERT_TRUE(d.chooseRepresentation(EXS_RLELossless, &rle).good());
                d.removeAllButCurrentRepresentations();
            },
            EXS_RLELossless);
        expect_same(exchange->read_dose(toy.dose_file), toy.dose, tolerance);
    }
}

TEST(Doses, ForeignFilesAreNoted) {
    const ToyStudy toy;
    edit(toy.dose_file, [](DcmDataset& d) {
        d.putAndInsertString(DCM_DoseComment, "somebody else");
        d.putAndInsertString(DCM_DoseSummationType, "MULTI_PLAN");
        delete d.remove(DCM_ReferencedRTPlanSequence);
    });
    const Dose got = toy.exchange->read_dose(toy.dose_file);
    EXPECT_EQ(got.notes.size(), 2U);
    EXPECT_TRUE(got.plan_uid.empty());
    EXPECT_EQ(got.fractions, 0);
}

TEST(DosesRefuse, MissingAndWrongAttributes) {
    for (const auto& tag :
         {DCM_DoseUnits, DCM_DoseType, DCM_DoseSummationType, DCM_FrameOfReferenceUID, DCM_ImagePositionPatient,
          DCM_ImageOrientationPatient, DCM_PixelSpacing, DCM_Rows, DCM_Columns, DCM_BitsAllocated, DCM_BitsStored,
          DCM_PixelRepresentation, DCM_DoseGridScaling, DCM_PixelData, DCM_GridFrameOffsetVector}) {
        const ToyStudy toy;
        remove_tag(toy.dose_file, tag);
        EXPECT_THAT(refusal([&] { toy.exchange->read_dose(toy.dose_file); }),
                    AllOf(HasSubstr("rd.dcm"), HasSubstr(DcmTag(tag).getTagName())));
    }
    const std::pair<DcmTagKey, const char*> cases[] = {{DCM_DoseUnits, "RELATIVE"},
                                                       {DCM_DoseType, "EFFECTIVE"},
                                                       {DCM_DoseType, "ERROR"},
                                                       {DCM_DoseSummationType, "CONTROL_POINT"},
                                                       {DCM_NumberOfFrames, "0"},
                                                       {DCM_NumberOfFrames, "x"},
                                                       {DCM_GridFrameOffsetVector, "0\\3\\6\\10"},
                                                       {DCM_GridFrameOffsetVector, "5\\8\\11\\14"},
                                                       {DCM_GridFrameOffsetVector, "0\\0\\0\\0"},
                                                       {DCM_ImageOrientationPatient, "1\\0\\0\\0\\0\\1"},
                                                       {DCM_PixelSpacing, "0\\1"},
                                                       {DCM_DoseGridScaling, "-1"},
                                                       {DCM_SOPClassUID, UID_CTImageStorage}};
    for (const auto& [tag, value] : cases) {
        const ToyStudy toy;
        set_text(toy.dose_file, tag, value);
        EXPECT_THAT(refusal([&] { toy.exchange->read_dose(toy.dose_file); }), HasSubstr(DcmTag(tag).getTagName()))
            << value;
    }
    const std::pair<DcmTagKey, Uint16> numbers[] = {
        {DCM_BitsAllocated, 8}, {DCM_BitsStored, 12}, {DCM_PixelRepresentation, 1}, {DCM_Rows, 0}, {DCM_Rows, 60}};
    for (const auto& [tag, value] : numbers) {
        const ToyStudy toy;
        edit(toy.dose_file, [&, t = tag, v = value](DcmDataset& d) { d.putAndInsertUint16(t, v); });
        EXPECT_THAT(refusal([&] { toy.exchange->read_dose(toy.dose_file); }), HasSubstr("found")) << value;
    }
}

TEST(DosesRefuse, TruncationsInTheHeaderAndThePixels) {
    const ToyStudy toy;
    for (auto length = fs::file_size(toy.dose_file); length-- > 132;) {
        fs::resize_file(toy.dose_file, length);
        EXPECT_THAT(refusal([&] { toy.exchange->read_dose(toy.dose_file); }), HasSubstr("rd.dcm")) << length;
    }
}

TEST(DosesWriter, RefusesWhatCannotBeSaid) {
    ToyStudy toy;
    const auto path = toy.scratch / "x.dcm";
    const auto refused = [&](const Dose& dose) {
        return refusal([&] { toy.exchange->write_dose(path, dose, toy.ct); });
    };
    Dose bad = toy.dose;
    bad.plan_uid.clear();
    EXPECT_THAT(refused(bad), HasSubstr("write the RTPLAN"));
    bad = toy.dose;
    bad.gy[5] = -1;
    EXPECT_THAT(refused(bad), HasSubstr("not negative"));
    bad.gy[5] = std::nanf("");
    EXPECT_THAT(refused(bad), HasSubstr("finite"));
    EXPECT_FALSE(fs::exists(path));
}

TEST(DosesReal, RelativeBeamDoseInThreeEncodings) {
    const auto shared = coutard::test::shared_data();
    if (!shared) GTEST_SKIP() << "no shared data: dicom/pydicom_rt";
    const auto folder = *shared / "dicom/pydicom_rt";
    EXPECT_THAT(refusal([&] { make_exchange()->read_dose(folder / "rtdose.dcm"); }),
                AllOf(HasSubstr("DoseUnits"), HasSubstr("RELATIVE")));
    const auto exchange = make_exchange({.relative_dose = true});
    const Dose plain = exchange->read_dose(folder / "rtdose.dcm");
    EXPECT_TRUE(plain.gy.grid().same_as(Grid({10, 10, 15}, {189.43125, 199.43125, -761.87}, {10, 10, 5})));
    EXPECT_EQ(plain.summation, DoseSummation::Beam);
    EXPECT_EQ(plain.beam_number, 1);
    EXPECT_NEAR(*std::max_element(plain.gy.values().begin(), plain.gy.values().end()), 1.254, 1e-3);
    for (const char* name : {"rtdose_expb.dcm", "rtdose_rle.dcm"}) {
        const Dose other = exchange->read_dose(folder / name);
        for (std::size_t v = 0; v < plain.gy.count(); ++v) ASSERT_EQ(other.gy[v], plain.gy[v]) << name << " " << v;
    }
    for (const char* name : {"rtdose_1frame.dcm", "rtdose_expb_1frame.dcm", "rtdose_rle_1frame.dcm"}) {
        const Dose one = exchange->read_dose(folder / name);
        EXPECT_EQ(one.gy.grid().size(), (Size3{10, 10, 1})) << name;
        for (std::size_t v = 0; v < one.gy.count(); ++v) ASSERT_EQ(one.gy[v], plain.gy[v]) << name;
    }
}

}  // namespace
}  // namespace coutard::rtdicom::test
