// RTPLAN: round trip of every delivery, inheritance of control points, and every refusal.
#include <gmock/gmock.h>

#include "rtdicom/references.hpp"
#include "tests/harness/shared_data.hpp"
#include "toy_plan.hpp"

namespace coutard::rtdicom::test {
namespace {
using testing::AllOf;
using testing::HasSubstr;

void expect_same(const ControlPoint& a, const ControlPoint& b) {
    EXPECT_NEAR(a.gantry_deg, b.gantry_deg, 1e-9);
    EXPECT_NEAR(a.collimator_deg, b.collimator_deg, 1e-9);
    EXPECT_NEAR(a.couch_deg, b.couch_deg, 1e-9);
    EXPECT_NEAR(a.cumulative, b.cumulative, 1e-9);
    EXPECT_EQ(a.jaws, b.jaws);
    EXPECT_EQ(a.leaves_x1, b.leaves_x1);
    EXPECT_EQ(a.leaves_x2, b.leaves_x2);
}

TEST(Plans, ComeBackAsWritten) {
    const ToyStudy toy;
    const Plan got = toy.exchange->read_plan(toy.plan_file);
    EXPECT_EQ(got.label, toy.plan.label);
    EXPECT_EQ(got.protocol, "toy_70");
    EXPECT_EQ(got.fractions, 35);
    EXPECT_EQ(got.prescription_Gy, 70);
    EXPECT_EQ(got.target, "PTV_7000");
    EXPECT_EQ(got.sop_uid, toy.plan.sop_uid);
    EXPECT_EQ(got.structure_set_uid, toy.plan.structure_set_uid);
    EXPECT_EQ(got.patient_position, "HFS");
    EXPECT_TRUE(got.notes.empty()) << got.notes.front();
    ASSERT_EQ(got.beams.size(), toy.plan.beams.size());
    for (std::size_t b = 0; b < got.beams.size(); ++b) {
        const Beam &x = got.beams[b], &y = toy.plan.beams[b];
        EXPECT_EQ(x.number, y.number);
        EXPECT_EQ(x.name, y.name);
        EXPECT_EQ(x.machine, y.machine);
        EXPECT_EQ(x.energy_MV, y.energy_MV);
        EXPECT_EQ(x.flattening_filter, y.flattening_filter);
        EXPECT_EQ(x.delivery, y.delivery) << x.name;
        EXPECT_LT(norm(x.isocentre_mm - y.isocentre_mm), 1e-9);
        EXPECT_EQ(x.monitor_units, y.monitor_units);
        EXPECT_EQ(x.dose_Gy, y.dose_Gy);
        EXPECT_EQ(x.sad_mm, 1000);
        EXPECT_EQ(x.leaf_edges_mm, y.leaf_edges_mm);
        ASSERT_EQ(x.control_points.size(), y.control_points.size());
        for (std::size_t k = 0; k < x.control_points.size(); ++k) expect_same(x.control_points[k], y.control_points[k]);
    }
    check_belongs(got, toy.ct);
}

TEST(Plans, SayThatTheyAreUnapprovedAndNoMedicalDevice) {
    const ToyStudy toy;
    DcmFileFormat format;
    ASSERT_TRUE(format.loadFile(toy.plan_file.c_str()).good());
    OFString text;
    format.getDataset()->findAndGetOFString(DCM_ApprovalStatus, text);
    EXPECT_EQ(text, "UNAPPROVED");
    format.getDataset()->findAndGetOFString(DCM_RTPlanDescription, text);
    EXPECT_THAT(text.c_str(), HasSubstr("Not a medical device"));
}

TEST(Plans, MadeForAnotherPositionPatientOrFrame) {
    const ToyStudy toy;
    const Plan plan = toy.exchange->read_plan(toy.plan_file);
    CtImage other = toy.ct;
    other.position = PatientPosition::Ffs;
    EXPECT_THAT(refusal([&] { check_belongs(plan, other); }), HasSubstr("PatientPosition"));
    other = toy.ct;
    other.study.frame_uid = "1.2";
    EXPECT_THAT(refusal([&] { check_belongs(plan, other); }), HasSubstr("FrameOfReferenceUID"));
}

const std::vector<DcmTagKey> in_beam{DCM_BeamSequence};
const std::vector<DcmTagKey> in_point{DCM_BeamSequence, DCM_ControlPointSequence};
const std::vector<DcmTagKey> in_device{DCM_BeamSequence, DCM_BeamLimitingDeviceSequence};
const std::vector<DcmTagKey> in_jaws{DCM_BeamSequence, DCM_ControlPointSequence,
                                     DCM_BeamLimitingDevicePositionSequence};
const std::vector<DcmTagKey> in_group{DCM_FractionGroupSequence};
const std::vector<DcmTagKey> in_share{DCM_FractionGroupSequence, DCM_ReferencedBeamSequence};
const std::vector<DcmTagKey> in_setup{DCM_PatientSetupSequence};

std::string refused_after(const std::vector<DcmTagKey>& path, const std::function<void(DcmItem&)>& what) {
    const ToyStudy toy;
    change(toy.plan_file, path, what);
    return refusal([&] { toy.exchange->read_plan(toy.plan_file); });
}

TEST(PlansRefuse, WhatIsMissing) {
    const std::pair<std::vector<DcmTagKey>, DcmTagKey> cases[] = {
        {{}, DCM_SOPInstanceUID},
        {{}, DCM_BeamSequence},
        {{}, DCM_FractionGroupSequence},
        {in_group, DCM_NumberOfFractionsPlanned},
        {in_share, DCM_BeamMeterset},
        {in_beam, DCM_BeamNumber},
        {in_beam, DCM_BeamLimitingDeviceSequence},
        {in_beam, DCM_ControlPointSequence},
        {in_beam, DCM_FinalCumulativeMetersetWeight},
        {in_device, DCM_RTBeamLimitingDeviceType},
        {in_point, DCM_GantryAngle},
        {in_point, DCM_BeamLimitingDeviceAngle},
        {in_point, DCM_PatientSupportAngle},
        {in_point, DCM_IsocenterPosition},
        {in_point, DCM_NominalBeamEnergy},
        {in_point, DCM_CumulativeMetersetWeight},
        {in_point, DCM_BeamLimitingDevicePositionSequence},
        {in_jaws, DCM_LeafJawPositions},
    };
    for (const auto& [path, tag] : cases)
        EXPECT_THAT(refused_after(path, [&, t = tag](DcmItem& item) { delete item.remove(t); }),
                    AllOf(HasSubstr("rp.dcm"), HasSubstr(DcmTag(tag).getTagName())));
}

TEST(PlansRefuse, WhatPlanningDoesNotSupport) {
    struct Case {
        std::vector<DcmTagKey> path;
        DcmTagKey tag;
        const char* value;
        const char* named = nullptr;  // the attribute of the refusal, where it is not the one that was changed
    };
    const Case cases[] = {
        {in_group, DCM_NumberOfFractionsPlanned, "0"},
        {in_share, DCM_BeamMeterset, "-1"},
        {in_share, DCM_ReferencedBeamNumber, "77", "ReferencedBeamNumber (300c,0006)"},
        {in_beam, DCM_BeamNumber, "2"},
        {in_beam, DCM_NumberOfWedges, "1"},
        {in_beam, DCM_NumberOfBlocks, "1"},
        {in_beam, DCM_NumberOfBoli, "1"},
        {in_beam, DCM_NumberOfCompensators, "1"},
        {in_beam, DCM_RadiationType, "ELECTRON"},
        {in_beam, DCM_PrimaryDosimeterUnit, "MINUTE"},
        {in_beam, DCM_NumberOfControlPoints, "3"},
        {in_beam, DCM_FinalCumulativeMetersetWeight, "0"},
        {in_beam, DCM_FinalCumulativeMetersetWeight, "2", "CumulativeMetersetWeight (300a,0134)"},
        {in_device, DCM_RTBeamLimitingDeviceType, "MLCY"},
        {in_device, DCM_RTBeamLimitingDeviceType, "ASYMY"},
        {in_device, DCM_RTBeamLimitingDeviceType, "MLCX", "LeafPositionBoundaries"},
        {in_point, DCM_CumulativeMetersetWeight, "0.5"},
        {in_point, DCM_TableTopPitchAngle, nullptr},
        {in_point, DCM_TableTopEccentricAngle, "5"},
        {in_point, DCM_GantryAngle, "1e"},
        {in_jaws, DCM_LeafJawPositions, "10\\-10"},
        {in_jaws, DCM_LeafJawPositions, "10"},
        {in_jaws, DCM_RTBeamLimitingDeviceType, "MLCX", "LeafJawPositions"},
        {in_setup, DCM_PatientPosition, "HFDR"},
        {in_beam, DCM_ReferencedPatientSetupNumber, "7"},
        {{DCM_BeamSequence, DCM_PrimaryFluenceModeSequence}, DCM_FluenceMode, "NON_STANDARD", "FluenceModeID"},
    };
    for (const auto& one : cases)
        EXPECT_THAT(refused_after(one.path,
                                  [&](DcmItem& item) {
                                      if (one.value) {
                                          item.putAndInsertString(one.tag, one.value);
                                      } else {
                                          item.putAndInsertFloat32(one.tag, 2);
                                      }
                                  }),
                    AllOf(HasSubstr("rp.dcm"), HasSubstr(one.named ? one.named : DcmTag(one.tag).getTagName()),
                          HasSubstr("found")))
            << DcmTag(one.tag).getTagName() << " " << (one.value ? one.value : "");
}

TEST(PlansRefuse, ThingsInTheBeam) {
    for (const auto& tag :
         {DCM_ApplicatorSequence, DCM_WedgeSequence, DCM_BlockSequence, DCM_GeneralAccessorySequence}) {
        const auto message = refused_after(in_beam, [&](DcmItem& item) {
            DcmItem* device = nullptr;
            item.findOrCreateSequenceItem(tag, device, -2);
        });
        EXPECT_THAT(message, HasSubstr(DcmTag(tag).getTagName()));
    }
    EXPECT_THAT(refused_after({},
                              [](DcmItem& item) {
                                  DcmItem* group = nullptr;
                                  item.findOrCreateSequenceItem(DCM_FractionGroupSequence, group, -2);
                              }),
                HasSubstr("2 fraction groups"));
    EXPECT_THAT(
        refused_after({}, [](DcmItem& item) { item.putAndInsertString(DCM_SOPClassUID, UID_RTIonPlanStorage); }),
        HasSubstr("RTIonPlanStorage"));
}

TEST(PlansRefuse, ChangesWithinABeam) {
    const auto second = [](DcmItem& beam) {
        DcmItem* point = nullptr;
        beam.findAndGetSequenceItem(DCM_ControlPointSequence, point, 1);
        return point;
    };
    EXPECT_THAT(
        refused_after(in_beam, [&](DcmItem& b) { second(b)->putAndInsertString(DCM_IsocenterPosition, "0\\0\\0"); }),
        HasSubstr("moving isocentres"));
    EXPECT_THAT(refused_after(in_beam, [&](DcmItem& b) { second(b)->putAndInsertString(DCM_NominalBeamEnergy, "10"); }),
                HasSubstr("NominalBeamEnergy"));
    EXPECT_THAT(refused_after(in_beam,
                              [&](DcmItem& b) {
                                  DcmItem* point = nullptr;
                                  b.findAndGetSequenceItem(DCM_ControlPointSequence, point, 0);
                                  point->putAndInsertString(DCM_GantryRotationDirection, "CC");
                                  second(b)->putAndInsertString(DCM_GantryAngle, "179");
                              }),
                HasSubstr("more than 180 degrees"));
    EXPECT_THAT(refused_after(in_beam,
                              [&](DcmItem& b) {
                                  DcmItem* wedge = nullptr;
                                  second(b)->findOrCreateSequenceItem(DCM_WedgePositionSequence, wedge, -2);
                              }),
                HasSubstr("WedgePositionSequence"));
}

/// The message when a control point of the first beam, a static one, says this.
std::string refused_with(unsigned long point, const DcmTagKey& tag, const char* value) {
    return refused_after(in_beam, [&](DcmItem& beam) {
        DcmItem* item = nullptr;
        beam.findAndGetSequenceItem(DCM_ControlPointSequence, item, static_cast<long>(point));
        item->putAndInsertString(tag, value);
    });
}

TEST(PlansRefuse, FullTurns) {  // PS3.3 C.8.8.14.8: 5 to 5 degrees CW is 360 degrees
    EXPECT_THAT(refused_with(0, DCM_GantryRotationDirection, "CW"),
                AllOf(HasSubstr("GantryRotationDirection"), HasSubstr("CW from 0 to 0 degrees")));
    EXPECT_THAT(refused_with(0, DCM_BeamLimitingDeviceRotationDirection, "CC"),
                AllOf(HasSubstr("BeamLimitingDeviceRotationDirection"), HasSubstr("a full turn")));
    EXPECT_THAT(refused_with(0, DCM_PatientSupportRotationDirection, "CW"),
                AllOf(HasSubstr("PatientSupportRotationDirection"), HasSubstr("a full turn")));
}

TEST(PlansRefuse, CollimatorAndCouchThatTurnWhileDoseIsDelivered) {
    EXPECT_THAT(refused_with(1, DCM_BeamLimitingDeviceAngle, "30"),
                AllOf(HasSubstr("ControlPointSequence[2]: BeamLimitingDeviceAngle"), HasSubstr("10 to 30 degrees")));
    EXPECT_THAT(refused_with(1, DCM_PatientSupportAngle, "0"),
                AllOf(HasSubstr("ControlPointSequence[2]: PatientSupportAngle"), HasSubstr("350 to 0 degrees")));
}

TEST(Plans, TurnClockwiseByTheGantryAndCounterClockwiseByTheOthersWhereAnglesRise) {
    const ToyFolder toy;
    Plan plan = toy_plan();
    auto& points = plan.beams[1].control_points;  // step and shoot: the third begins where the second ended
    for (auto* point : {&points[2], &points[3]}) {
        point->gantry_deg += 10;
        point->collimator_deg += 10;
        point->couch_deg -= 10;
    }
    const auto file = toy.scratch / "rp.dcm";
    toy.exchange->write_plan(file, plan, toy.ct);
    const Plan got = toy.exchange->read_plan(file);
    for (std::size_t k = 0; k < points.size(); ++k) expect_same(got.beams[1].control_points[k], points[k]);
    DcmFileFormat format;
    ASSERT_TRUE(format.loadFile(file.c_str()).good());
    DcmItem *beam = nullptr, *point = nullptr;
    format.getDataset()->findAndGetSequenceItem(DCM_BeamSequence, beam, 1);
    beam->findAndGetSequenceItem(DCM_ControlPointSequence, point, 1);
    const auto direction = [&](const DcmTagKey& tag) {
        OFString text;
        point->findAndGetOFString(tag, text);
        return std::string(text.c_str());
    };
    EXPECT_EQ(direction(DCM_GantryRotationDirection), "CW");
    EXPECT_EQ(direction(DCM_BeamLimitingDeviceRotationDirection), "CC");
    EXPECT_EQ(direction(DCM_PatientSupportRotationDirection), "CW");
}

TEST(Plans, SetupBeamsAndBeamsWithoutFractionsAreLeftOut) {
    const ToyStudy toy;
    change(toy.plan_file, in_beam, [](DcmItem& b) { b.putAndInsertString(DCM_TreatmentDeliveryType, "SETUP"); });
    change(toy.plan_file, in_group, [](DcmItem& group) {
        DcmSequenceOfItems* shares = nullptr;
        group.findAndGetSequence(DCM_ReferencedBeamSequence, shares);
        delete shares->remove(1UL);
        delete shares->remove(0UL);
    });
    const Plan got = toy.exchange->read_plan(toy.plan_file);
    EXPECT_EQ(got.beams.size(), 3U);
    EXPECT_EQ(got.notes.size(), 2U);
}

TEST(Plans, MissingNicetiesAreNoted) {
    const ToyStudy toy;
    change(toy.plan_file, in_beam, [](DcmItem& b) {
        delete b.remove(DCM_SourceAxisDistance);
        delete b.remove(DCM_BeamName);
        DcmItem* device = nullptr;  // no X jaws: an MLC-only axis
        DcmSequenceOfItems* devices = nullptr;
        b.findAndGetSequence(DCM_BeamLimitingDeviceSequence, devices);
        delete devices->remove(0UL);
        b.findAndGetSequenceItem(DCM_ControlPointSequence, device, 0);
        device->findAndGetSequence(DCM_BeamLimitingDevicePositionSequence, devices);
        delete devices->remove(0UL);
    });
    const Plan got = toy.exchange->read_plan(toy.plan_file);
    EXPECT_EQ(got.notes.size(), 2U);
    EXPECT_EQ(got.beams[0].name, "Beam 1");
    EXPECT_EQ(got.beams[0].sad_mm, 1000);
    EXPECT_EQ(got.beams[0].control_points[0].jaws, (Jaws{-200, 200, -10, 12.5}));
}

TEST(Plans, WithoutFrameOrPositionAreNoted) {
    const ToyStudy toy;
    change(toy.plan_file, {}, [](DcmItem& d) { delete d.remove(DCM_FrameOfReferenceUID); });
    change(toy.plan_file, in_setup, [](DcmItem& setup) { delete setup.remove(DCM_PatientPosition); });
    const Plan got = toy.exchange->read_plan(toy.plan_file);
    ASSERT_EQ(got.notes.size(), 2U);
    EXPECT_THAT(got.notes[0], HasSubstr("FrameOfReferenceUID"));
    EXPECT_THAT(got.notes[1], HasSubstr("PatientPosition"));
}

TEST(PlansRefuse, EveryTruncation) {
    const ToyStudy toy;
    std::vector<std::uintmax_t> read;
    for (auto length = fs::file_size(toy.plan_file); length-- > 0;) {
        fs::resize_file(toy.plan_file, length);
        try {
            EXPECT_EQ(toy.exchange->read_plan(toy.plan_file).beams.size(), 5U) << length;
            read.push_back(length);  // cut between two top-level elements, after the beams
        } catch (const InputError& error) {
            EXPECT_THAT(error.what(), HasSubstr("rp.dcm"));
        }
    }
    EXPECT_LE(read.size(), 6U) << testing::PrintToString(read);
}

TEST(PlansWriter, RefusesWhatCannotBeDelivered) {
    const ToyFolder toy;
    const auto path = toy.scratch / "x.dcm";
    const auto refused = [&](const std::function<void(Plan&)>& spoil) {
        Plan plan = toy_plan();
        spoil(plan);
        return refusal([&] { toy.exchange->write_plan(path, plan, toy.ct); });
    };
    EXPECT_THAT(refused([](Plan& p) { p.beams.clear(); }), HasSubstr("no beams"));
    EXPECT_THAT(refused([](Plan& p) { p.fractions = 0; }), HasSubstr("fractions"));
    EXPECT_THAT(refused([](Plan& p) { p.beams[1].number = 1; }), HasSubstr("repeats the number"));
    EXPECT_THAT(refused([](Plan& p) { p.beams[0].control_points.pop_back(); }), HasSubstr("fewer than two"));
    EXPECT_THAT(refused([](Plan& p) { p.beams[0].leaf_edges_mm.clear(); }), HasSubstr("leaf edges"));
    EXPECT_THAT(refused([](Plan& p) { p.beams[2].control_points[1].cumulative = -0.1; }), HasSubstr("falling"));
    EXPECT_THAT(refused([](Plan& p) { p.beams[2].control_points[2].cumulative = 0.9; }), HasSubstr("expected 0 to 1"));
    EXPECT_FALSE(fs::exists(path));
    CtImage stranger = toy_ct();
    EXPECT_THAT(refusal([&] { toy.exchange->write_plan(path, toy_plan(), stranger); }), HasSubstr("write the CT"));
    Plan bare = toy_plan();  // without structures, prescription and protocol it is still a plan
    bare.prescription_Gy = 0;
    bare.protocol.clear();
    toy.exchange->write_plan(path, bare, toy.ct);
    EXPECT_TRUE(toy.exchange->read_plan(path).structure_set_uid.empty());
}

TEST(PlansReal, BreastPatient) {
    const auto shared = coutard::test::shared_data();
    if (!shared) GTEST_SKIP() << "no shared data: dicom/dicompyler_example";
    const auto exchange = make_exchange();
    const Plan plan = exchange->read_plan(*shared / "dicom/dicompyler_example/rtplan.dcm");
    EXPECT_EQ(plan.label, "B1");
    EXPECT_EQ(plan.fractions, 7);
    EXPECT_EQ(plan.prescription_Gy, 14);
    EXPECT_EQ(plan.target, "Breast");
    ASSERT_EQ(plan.beams.size(), 4U);
    const double gantry[] = {327, 0, 56, 150}, units[] = {97, 87, 89, 94};
    for (std::size_t b = 0; b < 4; ++b) {
        const Beam& beam = plan.beams[b];
        EXPECT_EQ(beam.control_points.front().gantry_deg, gantry[b]);
        EXPECT_EQ(beam.monitor_units, units[b]);
        EXPECT_EQ(beam.delivery, Delivery::SlidingWindow);
        EXPECT_EQ(beam.leaf_edges_mm.size(), 61U);
        EXPECT_GE(beam.control_points.size(), 92U);
        EXPECT_LE(beam.control_points.size(), 103U);
        EXPECT_EQ(beam.control_points.back().leaves_x1.size(), 60U);
    }
    EXPECT_EQ(plan.beams[0].energy_MV, 10);
    check_belongs(plan, exchange->read_ct(*shared / "dicom/dicompyler_example", {}));
    // Written by us and read again, it is the same plan.
    const coutard::test::Scratch scratch;
    const CtImage ct = exchange->read_ct(*shared / "dicom/dicompyler_example", {});
    exchange->write_plan(scratch / "rp.dcm", plan, ct);
    const Plan again = exchange->read_plan(scratch / "rp.dcm");
    for (std::size_t b = 0; b < 4; ++b)
        for (std::size_t k = 0; k < plan.beams[b].control_points.size(); ++k) {
            const auto &x = again.beams[b].control_points[k], &y = plan.beams[b].control_points[k];
            EXPECT_NEAR(x.cumulative, y.cumulative, 1e-12);
            for (std::size_t p = 0; p < 60; ++p) EXPECT_NEAR(x.leaves_x1[p], y.leaves_x1[p], 1e-3);
        }
}

TEST(PlansReal, SmallPlanAndItsTruncation) {
    const auto shared = coutard::test::shared_data();
    if (!shared) GTEST_SKIP() << "no shared data: dicom/pydicom_rt";
    const auto exchange = make_exchange();
    const Plan plan = exchange->read_plan(*shared / "dicom/pydicom_rt/rtplan.dcm");
    EXPECT_EQ(plan.fractions, 30);
    ASSERT_EQ(plan.beams.size(), 1U);
    EXPECT_EQ(plan.beams[0].delivery, Delivery::Static);
    EXPECT_EQ(plan.beams[0].control_points[1].jaws, (Jaws{-100, 100, -100, 100}));
    EXPECT_TRUE(plan.beams[0].leaf_edges_mm.empty());
    EXPECT_THAT(refusal([&] { exchange->read_plan(*shared / "dicom/pydicom_rt/rtplan_truncated.dcm"); }),
                AllOf(HasSubstr("rtplan_truncated.dcm"), HasSubstr("truncated")));
}

}  // namespace
}  // namespace coutard::rtdicom::test
