// RTSTRUCT: round trip, references, the oddities of real files, and every refusal.
#include <gmock/gmock.h>

#include <sys/resource.h>

#include <cmath>
#include <csignal>

#include "rtdicom/references.hpp"
#include "tests/harness/shared_data.hpp"
#include "toy_dcmtk.hpp"

namespace coutard::rtdicom::test {
namespace {
using testing::AllOf;
using testing::HasSubstr;

/// A toy CT and an RTSTRUCT on it.
struct ToyStructures : ToyFolder {
    fs::path file = scratch / "rs.dcm";
    std::string uid = exchange->write_structures(file, toy_structures(), ct);
    StructureSet read() const { return exchange->read_structures(file); }
    std::string refused() const {
        return refusal([&] { read(); });
    }
    /// Changes one item found by the path of tags (first items).
    void change(std::initializer_list<DcmTagKey> path, const std::function<void(DcmItem&)>& what) const {
        edit(
            file,
            [&](DcmDataset& d) {
                DcmItem* at = &d;
                for (const auto& tag : path) ASSERT_TRUE(at->findAndGetSequenceItem(tag, at, 0).good()) << tag;
                what(*at);
            },
            EXS_LittleEndianImplicit);
    }
};

TEST(Structures, ComeBackAsWritten) {
    const ToyStructures toy;
    const StructureSet got = toy.read(), want = toy_structures();
    EXPECT_EQ(got.sop_uid, toy.uid);
    EXPECT_EQ(got.label, want.label);
    EXPECT_EQ(got.frame_uid, toy.ct.study.frame_uid);
    EXPECT_EQ(got.series_uid, toy.ct.series_uid);
    EXPECT_EQ(got.patient_id, "TOY-1");
    EXPECT_TRUE(got.notes.empty());
    ASSERT_EQ(got.structures.size(), 3U);
    EXPECT_EQ(got.structures[0].number, 3);
    EXPECT_EQ(got.structures[1].number, 1);  // unset numbers get the next free one
    EXPECT_EQ(got.structures[2].number, 2);
    for (std::size_t s = 0; s < 3; ++s) {
        const auto &a = got.structures[s], &b = want.structures[s];
        EXPECT_EQ(a.name, b.name);
        EXPECT_EQ(a.role, b.role);
        EXPECT_EQ(a.colour, b.colour);
        EXPECT_EQ(a.algorithm, b.algorithm);
        EXPECT_EQ(a.description, b.description);
        ASSERT_EQ(a.contours.size(), b.contours.size());
        for (std::size_t c = 0; c < a.contours.size(); ++c) {
            ASSERT_EQ(a.contours[c].points_mm.size(), b.contours[c].points_mm.size());
            for (std::size_t p = 0; p < a.contours[c].points_mm.size(); ++p)
                EXPECT_LT(norm(a.contours[c].points_mm[p] - b.contours[c].points_mm[p]), 1e-4);
        }
    }
    for (std::size_t c = 0; c < 3; ++c)  // the box lies on slices 1 to 3
        EXPECT_EQ(got.structures[0].contours[c].image_uid, toy.ct.slices[c + 1].sop_uid);
    check_belongs(got, toy.ct);
}

TEST(Structures, RefuseAnotherPatientOrFrame) {
    const ToyStructures toy;
    CtImage other = toy.ct;
    other.study.frame_uid = "1.2.3";
    EXPECT_THAT(refusal([&] { check_belongs(toy.read(), other); }),
                AllOf(HasSubstr("FrameOfReferenceUID"), HasSubstr("1.2.3")));
    EXPECT_THROW(toy.exchange->write_structures(toy.file, toy.read(), other), OutputError);
    other = toy.ct;
    other.study.patient_id = "TOY-2";
    EXPECT_THAT(refusal([&] { check_belongs(toy.read(), other); }),
                AllOf(HasSubstr("PatientID"), HasSubstr("TOY-2"), HasSubstr("TOY-1")));
}

TEST(Structures, OddContoursOfRealFiles) {
    const ToyStructures toy;
    toy.change({DCM_ROIContourSequence}, [](DcmItem& roi) {
        DcmItem* contour = nullptr;
        roi.findAndGetSequenceItem(DCM_ContourSequence, contour, 0);  // repeats its first point
        contour->putAndInsertString(DCM_ContourData, "0\\0\\-27\\5\\0\\-27\\5\\5\\-27\\0\\0\\-27");
        contour->findAndDeleteElement(DCM_ContourImageSequence);
        roi.findAndGetSequenceItem(DCM_ContourSequence, contour, 1);  // two points and their return
        contour->putAndInsertString(DCM_NumberOfContourPoints, "3");
        contour->putAndInsertString(DCM_ContourData, "0\\0\\-24\\5\\0\\-24\\0\\0\\-24");
        roi.findAndGetSequenceItem(DCM_ContourSequence, contour, 2);
        contour->putAndInsertString(DCM_ContourGeometricType, "OPEN_PLANAR");
        roi.findAndDeleteElement(DCM_ROIDisplayColor);
    });
    const StructureSet got = toy.read();
    ASSERT_EQ(got.structures[0].contours.size(), 1U);
    EXPECT_EQ(got.structures[0].contours[0].points_mm.size(), 3U);
    EXPECT_TRUE(got.structures[0].contours[0].image_uid.empty());
    ASSERT_EQ(got.notes.size(), 2U);
    EXPECT_THAT(got.notes[0], AllOf(HasSubstr("PTV_7000"), HasSubstr("1 open")));
    EXPECT_THAT(got.notes[1], HasSubstr("fewer than three"));
}

TEST(Structures, AStrayPlaneIsNoted) {
    const ToyStructures toy;
    toy.change({DCM_ROIContourSequence}, [](DcmItem& roi) {
        DcmItem* contour = nullptr;
        roi.findAndGetSequenceItem(DCM_ContourSequence, contour, 2);
        contour->putAndInsertString(DCM_NumberOfContourPoints, "3");
        contour->putAndInsertString(DCM_ContourData, "0\\0\\45\\5\\0\\45\\5\\5\\45");
        contour->findAndDeleteElement(DCM_ContourImageSequence);
    });
    const StructureSet got = toy.read();
    ASSERT_EQ(got.structures[0].contours.size(), 3U);
    ASSERT_EQ(got.notes.size(), 1U);
    EXPECT_THAT(got.notes[0], AllOf(HasSubstr("PTV_7000: 1 contour"), HasSubstr("at z 45")));
}

TEST(Structures, DensityOverridesAndBolusesAreNoted) {
    const ToyStructures toy;
    toy.change({DCM_RTROIObservationsSequence}, [](DcmItem& observation) {
        observation.putAndInsertString(DCM_RTROIInterpretedType, "BOLUS");
        DcmItem* property = nullptr;
        observation.findOrCreateSequenceItem(DCM_ROIPhysicalPropertiesSequence, property, -2);
        property->putAndInsertString(DCM_ROIPhysicalProperty, "REL_ELEC_DENSITY");
        property->putAndInsertString(DCM_ROIPhysicalPropertyValue, "1.05");
    });
    const StructureSet got = toy.read();
    ASSERT_EQ(got.notes.size(), 2U);
    EXPECT_THAT(got.notes[0], AllOf(HasSubstr("PTV_7000: REL_ELEC_DENSITY 1.05"), HasSubstr("not used")));
    EXPECT_THAT(got.notes[1], AllOf(HasSubstr("PTV_7000: a bolus"), HasSubstr("only as far as External")));
}

TEST(Structures, NamelessRoiAndAbsentTypesAreNoted) {
    const ToyStructures toy;
    toy.change({DCM_StructureSetROISequence}, [](DcmItem& roi) { roi.putAndInsertString(DCM_ROIName, ""); });
    toy.change({}, [](DcmItem& d) {
        d.findAndDeleteElement(DCM_RTROIObservationsSequence);
        d.findAndDeleteElement(DCM_StructureSetName);
    });
    const StructureSet got = toy.read();
    EXPECT_EQ(got.structures[0].name, "ROI_3");
    EXPECT_EQ(got.notes.size(), 2U);
    EXPECT_EQ(got.structures[0].role, Role::None);
    EXPECT_EQ(got.label, "Toy structures o");
}

TEST(StructuresRefuse, WhatTheStandardForbids) {
    const auto contour = {DCM_ROIContourSequence, DCM_ContourSequence};
    struct Case {
        std::vector<DcmTagKey> path;
        DcmTagKey tag;
        const char* value;
    };
    const Case cases[] = {
        {contour, DCM_ContourData, "1\\2"},
        {contour, DCM_ContourData, ""},
        {contour, DCM_ContourData, "0\\0\\0\\5\\0\\0\\5\\5\\9"},
        {contour, DCM_ContourGeometricType, ""},
        {contour, DCM_ContourGeometricType, "CIRCLE"},
        {contour, DCM_ContourGeometricType, "POINT"},
        {contour, DCM_NumberOfContourPoints, "5"},
        {{DCM_ROIContourSequence}, DCM_ReferencedROINumber, "77"},
        {{DCM_ROIContourSequence}, DCM_ReferencedROINumber, ""},
        {{DCM_StructureSetROISequence}, DCM_ROINumber, "2"},
        {{DCM_StructureSetROISequence}, DCM_ROINumber, "2.5"},
        {{DCM_StructureSetROISequence}, DCM_ReferencedFrameOfReferenceUID, "1.2.3"},
        {{}, DCM_SOPInstanceUID, ""},
    };
    for (const auto& one : cases) {
        const ToyStructures toy;
        edit(
            toy.file,
            [&](DcmDataset& d) {
                DcmItem* at = &d;
                for (const auto& tag : one.path) at->findAndGetSequenceItem(tag, at, 0);
                at->putAndInsertString(one.tag, one.value);
                if (std::string(one.value).size() > 20) at->findAndDeleteElement(DCM_NumberOfContourPoints);
            },
            EXS_LittleEndianImplicit);
        EXPECT_THAT(toy.refused(), AllOf(HasSubstr("rs.dcm"), HasSubstr("found")))
            << DcmTag(one.tag).getTagName() << one.value;
    }
}

TEST(StructuresRefuse, NoRoisNoFrameWrongClass) {
    const ToyStructures toy;
    const auto whole = bytes_of(toy.file);
    toy.change({}, [](DcmItem& d) { d.findAndDeleteElement(DCM_StructureSetROISequence); });
    EXPECT_THAT(toy.refused(), HasSubstr("StructureSetROISequence"));
    write_bytes(toy.file, whole);
    toy.change({}, [](DcmItem& d) { d.findAndDeleteElement(DCM_ROIContourSequence); });
    EXPECT_THAT(toy.refused(), HasSubstr("ROIContourSequence"));
    write_bytes(toy.file, whole);
    edit(
        toy.file,
        [](DcmDataset& d) {
            d.findAndDeleteElement(DCM_ReferencedFrameOfReferenceUID, true, true);
            d.findAndDeleteElement(DCM_FrameOfReferenceUID, true, true);
        },
        EXS_LittleEndianImplicit);
    EXPECT_THAT(toy.refused(), HasSubstr("ReferencedFrameOfReferenceUID"));
    EXPECT_THAT(refusal([&] { toy.exchange->read_structures(toy.slice(1)); }), HasSubstr("CTImageStorage"));
    EXPECT_THAT(refusal([&] { toy.exchange->read_structures(toy.scratch.path()); }), HasSubstr("is a folder"));
    EXPECT_THAT(refusal([&] { toy.exchange->read_structures(toy.scratch / "absent"); }), HasSubstr("does not exist"));
}

TEST(StructuresRefuse, EveryTruncation) {
    const ToyStructures toy;
    int refused = 0;
    std::vector<std::uintmax_t> read;
    for (auto length = fs::file_size(toy.file); length-- > 0;) {
        fs::resize_file(toy.file, length);
        try {
            EXPECT_FALSE(toy.read().structures[0].contours.empty()) << length;
            read.push_back(length);  // cut between two top-level elements, after all that is required
        } catch (const InputError& error) {
            EXPECT_THAT(error.what(), HasSubstr("rs.dcm"));
            ++refused;
        }
    }
    EXPECT_LE(read.size(), 3U) << testing::PrintToString(read);
    EXPECT_GT(refused, 1000);
}

TEST(StructuresWriter, RefusesWhatCannotBeSaid) {
    const ToyFolder toy;
    const auto path = toy.scratch / "x.dcm";
    CtImage stranger = toy_ct();  // never written: no identity
    EXPECT_THAT(refusal([&] { toy.exchange->write_structures(path, toy_structures(), stranger); }),
                HasSubstr("write the CT"));
    StructureSet twice = toy_structures();
    twice.structures[1].number = 3;
    EXPECT_THAT(refusal([&] { toy.exchange->write_structures(path, twice, toy.ct); }), HasSubstr("used twice"));
    StructureSet two = toy_structures();
    two.structures[0].contours[0].points_mm.resize(2);
    EXPECT_THAT(refusal([&] { toy.exchange->write_structures(path, two, toy.ct); }), HasSubstr("PTV_7000"));
    EXPECT_THROW(toy.exchange->write_structures(toy.scratch / "absent/x.dcm", toy_structures(), toy.ct), OutputError);
    EXPECT_THAT(refusal([&] { toy.exchange->write_structures(path, StructureSet{}, toy.ct); }),
                HasSubstr("no structures"));
    EXPECT_FALSE(fs::exists(path));
}

/// In a process of its own: files may not grow beyond 1000 bytes, as on a full disk. Exits with 42
/// when the writer says OutputError and leaves the folder as it was.
void write_on_a_full_disk(const ToyFolder& toy) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1000, 1000};
    setrlimit(RLIMIT_FSIZE, &small);
    try {
        toy.exchange->write_structures(toy.scratch / "full.dcm", toy_structures(), toy.ct);
    } catch (const OutputError&) {
        const auto entries = std::distance(fs::directory_iterator(toy.scratch.path()), fs::directory_iterator());
        std::_Exit(entries == 5 ? 42 : 1);
    }
    std::_Exit(2);
}

TEST(StructuresWriter, AFullDiskLeavesNothing) {
    const ToyFolder toy;
    EXPECT_EXIT(write_on_a_full_disk(toy), testing::ExitedWithCode(42), "");
}

TEST(StructuresReal, LungTumour) {
    const auto shared = coutard::test::shared_data();
    if (!shared) GTEST_SKIP() << "no shared data: dicom/lung_gtv_1";
    const auto exchange = make_exchange();
    const CtImage ct = exchange->read_ct(*shared / "dicom/lung_gtv_1", {});
    const StructureSet set = exchange->read_structures(*shared / "dicom/lung_gtv_1/DCM_RS_00060.dcm");
    check_belongs(set, ct);
    ASSERT_EQ(set.structures.size(), 1U);
    const Structure& gtv = set.structures[0];
    EXPECT_EQ(gtv.name, "GTV-1");
    EXPECT_EQ(gtv.contours.size(), 26U);
    double cc = 0;
    for (const auto& contour : gtv.contours) {
        const auto& p = contour.points_mm;
        EXPECT_GT(norm(p.front() - p.back()), 1e-4);
        double twice = 0;
        for (std::size_t a = 0, b = p.size() - 1; a < p.size(); b = a++) twice += p[b].x * p[a].y - p[a].x * p[b].y;
        cc += std::abs(twice) / 2 * 3 / 1000;
    }
    EXPECT_NEAR(cc, 359, 4);
    // Written again and read again, the contours stay and now name their slices.
    const coutard::test::Scratch scratch;
    exchange->write_structures(scratch / "rs.dcm", set, ct);
    const StructureSet again = exchange->read_structures(scratch / "rs.dcm");
    ASSERT_EQ(again.structures[0].contours.size(), 26U);
    for (std::size_t c = 0; c < 26; ++c) {
        EXPECT_FALSE(again.structures[0].contours[c].image_uid.empty());
        for (std::size_t p = 0; p < gtv.contours[c].points_mm.size(); ++p)
            EXPECT_LT(norm(again.structures[0].contours[c].points_mm[p] - gtv.contours[c].points_mm[p]), 1e-4);
    }
}

TEST(StructuresReal, BreastPatient) {
    const auto shared = coutard::test::shared_data();
    if (!shared) GTEST_SKIP() << "no shared data: dicom/dicompyler_example";
    const auto exchange = make_exchange();
    const StructureSet set = exchange->read_structures(*shared / "dicom/dicompyler_example/rtss.dcm");
    ASSERT_EQ(set.structures.size(), 10U);
    const auto count = [&](const std::string& name) {
        for (const auto& s : set.structures)
            if (s.name == name) return static_cast<int>(s.contours.size());
        return -1;
    };
    EXPECT_EQ(count("BODY"), 141);
    EXPECT_EQ(count("Areola"), 0);
    EXPECT_EQ(count("Lt Lung"), 165);
    check_belongs(set, exchange->read_ct(*shared / "dicom/dicompyler_example", {}));
    const auto lung = exchange->read_ct(*shared / "dicom/lung_gtv_1", {});
    EXPECT_THAT(refusal([&] { check_belongs(set, lung); }), HasSubstr("PatientID"));
}

TEST(StructuresReal, NoPreambleAndIsocentres) {
    const auto shared = coutard::test::shared_data();
    if (!shared) GTEST_SKIP() << "no shared data: dicom/pydicom_rt";
    const StructureSet set = make_exchange()->read_structures(*shared / "dicom/pydicom_rt/rtstruct.dcm");
    int points = 0, polygons = 0;
    for (const auto& s : set.structures)
        for (const auto& c : s.contours) ++(c.points_mm.size() == 1 ? points : polygons);
    EXPECT_EQ(points, 2);
    EXPECT_EQ(polygons, 3);
}

}  // namespace
}  // namespace coutard::rtdicom::test
