#include <dcmtk/dcmrt/drtplan.h>

#include <cmath>
#include <set>

#include "rtdicom/codec/beam_writer_dcmtk.hpp"
#include "rtdicom/codec/file_dcmtk.hpp"
#include "rtdicom/codec/plan.hpp"
#include "rtdicom/codec/study_dcmtk.hpp"

namespace coutard::rtdicom {
namespace {

void check_plan(const std::filesystem::path& file, const Plan& plan) {
    const auto refuse = [&](const std::string& what) { throw OutputError(file.string() + ": " + what); };
    if (plan.beams.empty()) refuse("the plan has no beams");
    if (plan.fractions < 1)
        refuse("the plan has " + std::to_string(plan.fractions) + " fractions, expected at least 1");
    std::set<int> numbers;
    for (const auto& beam : plan.beams) {
        const std::string name = "beam \"" + beam.name + "\" ";
        if (!numbers.insert(beam.number).second) refuse(name + "repeats the number " + std::to_string(beam.number));
        const auto& points = beam.control_points;
        if (points.size() < 2) refuse(name + "has fewer than two control points");
        double before = 0;
        for (const auto& point : points) {
            const std::size_t pairs = beam.leaf_edges_mm.empty() ? 0 : beam.leaf_edges_mm.size() - 1;
            if (point.leaves_x1.size() != pairs || point.leaves_x2.size() != pairs)
                refuse(name + "has " + std::to_string(point.leaves_x1.size()) + " and " +
                       std::to_string(point.leaves_x2.size()) + " leaves, expected " + std::to_string(pairs) +
                       " per bank as its leaf edges say");
            if (!(point.cumulative >= before)) refuse(name + "has a falling cumulative weight");
            before = point.cumulative;
        }
        if (points.front().cumulative != 0 || std::abs(before - 1) > 1e-9)
            refuse(name + "has cumulative weights from " + decimal(points.front().cumulative) + " to " +
                   decimal(before) + ", expected 0 to 1");
    }
}

void put_plan_module(DRTPlanIOD& iod, const Plan& plan) {
    const Moment moment = now();
    put(iod.setRTPlanLabel(shortened(plan.label, 16).c_str(), OFFalse), "RTPlanLabel");
    put(iod.setRTPlanName(shortened(plan.label, 64).c_str(), OFFalse), "RTPlanName");
    put(iod.setRTPlanDescription(std::string(disclaimer).c_str()), "RTPlanDescription");
    put(iod.setRTPlanDate(moment.date.c_str()), "RTPlanDate");
    put(iod.setRTPlanTime(moment.time.c_str()), "RTPlanTime");
    put(iod.setPlanIntent("RESEARCH"), "PlanIntent");
    put(iod.setApprovalStatus("UNAPPROVED"), "ApprovalStatus");
    if (!plan.protocol.empty())
        put(iod.setTreatmentProtocols(shortened(plan.protocol, 64).c_str(), OFFalse), "TreatmentProtocols");
    put(iod.setRTPlanGeometry(plan.structure_set_uid.empty() ? "TREATMENT_DEVICE" : "PATIENT"), "RTPlanGeometry");
    if (plan.structure_set_uid.empty()) return;
    DRTReferencedStructureSetSequence::Item* set = nullptr;
    put(iod.getReferencedStructureSetSequence().addItem(set), "ReferencedStructureSetSequence");
    put(set->setReferencedSOPClassUID(UID_RTStructureSetStorage), "ReferencedSOPClassUID");
    put(set->setReferencedSOPInstanceUID(plan.structure_set_uid.c_str()), "ReferencedSOPInstanceUID");
}

void put_prescription(DRTPlanIOD& iod, const Plan& plan) {
    if (!(plan.prescription_Gy > 0)) return;
    DRTDoseReferenceSequence::Item* item = nullptr;
    put(iod.getDoseReferenceSequence().addItem(item), "DoseReferenceSequence");
    put(item->setDoseReferenceNumber("1"), "DoseReferenceNumber");
    put(item->setDoseReferenceUID(new_uid().c_str()), "DoseReferenceUID");
    put(item->setDoseReferenceStructureType("SITE"), "DoseReferenceStructureType");
    const std::string target = plan.target.empty() ? "target" : shortened(plan.target, 64);
    put(item->setDoseReferenceDescription(target.c_str(), OFFalse), "DoseReferenceDescription");
    put(item->setDoseReferenceType("TARGET"), "DoseReferenceType");
    put(item->setTargetPrescriptionDose(decimal(plan.prescription_Gy).c_str()), "TargetPrescriptionDose");
}

/// Usual tolerances of a linac for the record-and-verify system: 1 degree, 2 mm leaves, 10 mm couch.
void put_tolerances(DRTPlanIOD& iod) {
    DRTToleranceTableSequence::Item* table = nullptr;
    put(iod.getToleranceTableSequence().addItem(table), "ToleranceTableSequence");
    put(table->setToleranceTableNumber("1"), "ToleranceTableNumber");
    put(table->setToleranceTableLabel("T1"), "ToleranceTableLabel");
    put(table->setGantryAngleTolerance("1"), "GantryAngleTolerance");
    put(table->setBeamLimitingDeviceAngleTolerance("1"), "BeamLimitingDeviceAngleTolerance");
    put(table->setPatientSupportAngleTolerance("1"), "PatientSupportAngleTolerance");
    put(table->setTableTopVerticalPositionTolerance("10"), "TableTopVerticalPositionTolerance");
    put(table->setTableTopLongitudinalPositionTolerance("10"), "TableTopLongitudinalPositionTolerance");
    put(table->setTableTopLateralPositionTolerance("10"), "TableTopLateralPositionTolerance");
    for (const char* device : {"ASYMX", "ASYMY", "MLCX"}) {
        DRTBeamLimitingDeviceToleranceSequence::Item* item = nullptr;
        put(table->getBeamLimitingDeviceToleranceSequence().addItem(item), "BeamLimitingDeviceToleranceSequence");
        put(item->setRTBeamLimitingDeviceType(device), "RTBeamLimitingDeviceType");
        put(item->setBeamLimitingDevicePositionTolerance("2"), "BeamLimitingDevicePositionTolerance");
    }
}

void put_setup(DRTPlanIOD& iod, const CtImage& ct) {
    DRTPatientSetupSequence::Item* setup = nullptr;
    put(iod.getPatientSetupSequence().addItem(setup), "PatientSetupSequence");
    put(setup->setPatientSetupNumber("1"), "PatientSetupNumber");
    put(setup->setPatientPosition(std::string(dicom_name(ct.position)).c_str()), "PatientPosition");
    put(setup->setSetupTechnique("ISOCENTRIC"), "SetupTechnique");
}

void put_fractions(DRTPlanIOD& iod, const Plan& plan) {
    DRTFractionGroupSequence::Item* group = nullptr;
    put(iod.getFractionGroupSequence().addItem(group), "FractionGroupSequence");
    put(group->setFractionGroupNumber("1"), "FractionGroupNumber");
    put(group->setNumberOfFractionsPlanned(std::to_string(plan.fractions).c_str()), "NumberOfFractionsPlanned");
    put(group->setNumberOfBeams(std::to_string(plan.beams.size()).c_str()), "NumberOfBeams");
    put(group->setNumberOfBrachyApplicationSetups("0"), "NumberOfBrachyApplicationSetups");
    for (const auto& beam : plan.beams) {
        DRTReferencedBeamSequenceInRTFractionSchemeModule::Item* item = nullptr;
        put(group->getReferencedBeamSequence().addItem(item), "ReferencedBeamSequence");
        put(item->setReferencedBeamNumber(std::to_string(beam.number).c_str()), "ReferencedBeamNumber");
        put(item->setBeamMeterset(decimal(beam.monitor_units).c_str()), "BeamMeterset");
        if (beam.dose_Gy > 0) put(item->setBeamDose(decimal(beam.dose_Gy).c_str()), "BeamDose");
    }
}

}  // namespace

std::string write_plan(const std::filesystem::path& file, const Plan& plan, const CtImage& ct) {
    prepare_dcmtk();
    must_have_identity(ct, file);
    check_plan(file, plan);
    const std::string uid = new_uid();
    DRTPlanIOD iod;
    put_common(iod, ct.study, UID_RTPlanStorage, uid, "RTPLAN", "Plan (not a medical device)");
    put_plan_module(iod, plan);
    put_prescription(iod, plan);
    put_tolerances(iod);
    put_setup(iod, ct);
    put_fractions(iod, plan);
    for (const auto& beam : plan.beams) {
        DRTBeamSequence::Item* item = nullptr;
        put(iod.getBeamSequence().addItem(item), "BeamSequence");
        put_beam(*item, beam);
    }
    DcmFileFormat format;
    put(iod.write(*format.getDataset()), "RT Plan");
    save(format, file, EXS_LittleEndianImplicit);
    return uid;
}

}  // namespace coutard::rtdicom
