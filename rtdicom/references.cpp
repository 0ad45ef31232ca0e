#include "rtdicom/references.hpp"

namespace coutard::rtdicom {
namespace {

void same(const std::string& object, const char* attribute, const std::string& found, const std::string& expected) {
    if (found.empty() || expected.empty() || found == expected) return;
    throw InputError(object + ": " + attribute + ": found \"" + found + "\", expected \"" + expected +
                     "\" of the CT; it belongs to another patient or image");
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

}  // namespace coutard::rtdicom
