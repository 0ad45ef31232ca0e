#include "rtdicom/references.hpp"

namespace coutard::rtdicom {
namespace {

void same(const std::string& object, const char* attribute, const std::string& found, const std::string& expected,
          const char* meaning = "of the CT; it belongs to another patient or image") {
    if (found.empty() || expected.empty() || found == expected) return;
    throw InputError(object + ": " + attribute + ": found \"" + found + "\", expected \"" + expected + "\" " + meaning);
}

const char* dicom_name(DoseSummation summation) {
    return summation == DoseSummation::Plan ? "PLAN" : summation == DoseSummation::Beam ? "BEAM" : "FRACTION_SESSION";
}

void same_patient_and_frame(const std::string& object, const std::string& patient, const std::string& frame,
                            const CtImage& ct) {
    same(object, "PatientID (0010,0020)", patient, ct.study.patient_id);
    same(object, "FrameOfReferenceUID (0020,0052)", frame, ct.study.frame_uid);
}

}  // namespace

void check_belongs(const StructureSet& structures, const CtImage& ct) {
    same_patient_and_frame("RTSTRUCT " + structures.label, structures.patient_id, structures.frame_uid, ct);
}

void check_belongs(const Plan& plan, const CtImage& ct) {
    const std::string object = "RTPLAN " + plan.label;
    same_patient_and_frame(object, plan.patient_id, plan.frame_uid, ct);
    same(object, "PatientPosition (0018,5100)", plan.patient_position, std::string(dicom_name(ct.position)));
}

void check_belongs(const Dose& dose, const CtImage& ct) {
    same_patient_and_frame("RTDOSE", dose.patient_id, dose.frame_uid, ct);
}

void check_belongs(const Dose& dose, const Plan& plan) {
    const char* whole = "for the dose of the whole plan";
    same("RTDOSE", "DoseSummationType (3004,000a)", dicom_name(dose.summation), "PLAN", whole);
    if (dose.course_fractions > 0)
        same("RTDOSE", "DoseComment (3004,0006): fractions", std::to_string(dose.fractions),
             std::to_string(dose.course_fractions), whole);
    same("RTDOSE", "ReferencedRTPlanSequence: ReferencedSOPInstanceUID (0008,1155)", dose.plan_uid, plan.sop_uid,
         "of the plan; it is the dose of another plan");
}

void check_same_patient(const CtImage& first, const CtImage& second) {
    same("CT", "PatientID (0010,0020)", second.study.patient_id, first.study.patient_id,
         "as in the other image; two patients cannot be registered");
}

}  // namespace coutard::rtdicom
