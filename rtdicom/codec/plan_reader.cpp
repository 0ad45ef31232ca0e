#include <map>

#include "engine/base/error.hpp"
#include "rtdicom/codec/beam_reader_dcmtk.hpp"
#include "rtdicom/codec/file_dcmtk.hpp"
#include "rtdicom/codec/plan.hpp"

namespace coutard::rtdicom {
namespace {

/// What the fraction group says of each beam.
struct Share {
    std::optional<double> meterset, dose_Gy;
};

std::map<int, Share> read_fraction_group(const Record& record, Plan& plan) {
    const auto groups = record.required_items(DCM_FractionGroupSequence);
    if (groups.size() > 1)
        record.refuse(DCM_FractionGroupSequence, std::to_string(groups.size()) + " fraction groups",
                      "one (several are not supported)");
    const Record& group = groups.front();
    plan.fractions = group.required_integer(DCM_NumberOfFractionsPlanned);
    if (plan.fractions < 1) group.refuse(DCM_NumberOfFractionsPlanned, std::to_string(plan.fractions), "at least 1");
    std::map<int, Share> shares;
    for (const auto& beam : group.items(DCM_ReferencedBeamSequence))
        shares[beam.required_integer(DCM_ReferencedBeamNumber)] = {beam.number(DCM_BeamMeterset),
                                                                   beam.number(DCM_BeamDose)};
    return shares;
}

/// The target with the highest prescription.
void read_prescription(const Record& record, Plan& plan) {
    for (const auto& reference : record.items(DCM_DoseReferenceSequence)) {
        const double dose = reference.number(DCM_TargetPrescriptionDose).value_or(0);
        if (reference.text(DCM_DoseReferenceType) != "TARGET" || dose <= plan.prescription_Gy) continue;
        plan.prescription_Gy = dose;
        plan.target = reference.text(DCM_DoseReferenceDescription);
    }
}

std::map<int, Record> patient_setups(const Record& record) {
    std::map<int, Record> setups;
    for (const auto& setup : record.items(DCM_PatientSetupSequence))
        setups.emplace(setup.required_integer(DCM_PatientSetupNumber), setup);
    return setups;
}

/// Position of a beam; one position per plan, and one of the four that planning knows.
void read_position(const Record& beam, const std::map<int, Record>& setups, Plan& plan) {
    const auto number = beam.integer(DCM_ReferencedPatientSetupNumber);
    const auto setup = number ? setups.find(*number) : setups.begin();
    if (number && setup == setups.end())
        beam.refuse(DCM_ReferencedPatientSetupNumber, std::to_string(*number),
                    "a PatientSetupNumber of PatientSetupSequence");
    if (setup == setups.end()) return;
    const auto position = setup->second.text(DCM_PatientPosition);
    if (position.empty()) return;
    if (position != "HFS" && position != "HFP" && position != "FFS" && position != "FFP")
        setup->second.refuse(DCM_PatientPosition, "\"" + position + "\"", "HFS, HFP, FFS or FFP");
    if (plan.patient_position.empty()) plan.patient_position = position;
    if (position != plan.patient_position)
        setup->second.refuse(DCM_PatientPosition, "\"" + position + "\"",
                             "\"" + plan.patient_position + "\" as in the other beams");
}

void read_beams(const Record& record, const std::map<int, Share>& shares, Plan& plan) {
    const auto setups = patient_setups(record);
    std::map<int, bool> seen;
    for (const auto& item : record.required_items(DCM_BeamSequence)) {
        if (!is_treatment(item)) {
            plan.notes.push_back("beam \"" + item.text(DCM_BeamName) + "\" is " + item.text(DCM_TreatmentDeliveryType) +
                                 ", left out");
            continue;
        }
        Beam beam = read_beam(item, plan.notes);
        if (seen[beam.number]) item.refuse(DCM_BeamNumber, std::to_string(beam.number) + " again", "every number once");
        seen[beam.number] = true;
        const auto share = shares.find(beam.number);
        if (share == shares.end()) {
            plan.notes.push_back("beam \"" + beam.name + "\" is in no fraction group, left out");
            continue;
        }
        if (!share->second.meterset || *share->second.meterset < 0)
            item.refuse(DCM_BeamMeterset, "nothing for beam " + std::to_string(beam.number),
                        "monitor units, not negative");
        beam.monitor_units = *share->second.meterset;
        beam.dose_Gy = share->second.dose_Gy.value_or(0);
        read_position(item, setups, plan);
        plan.beams.push_back(std::move(beam));
    }
    if (plan.patient_position.empty())
        plan.notes.push_back("the plan states no PatientPosition: that of the CT is taken, unchecked");
    if (plan.beams.empty()) record.refuse(DCM_BeamSequence, "no beam that treats", "at least one");
    for (const auto& [number, share] : shares)
        if (!seen[number] && share.meterset.value_or(0) > 0)
            record.refuse(DCM_ReferencedBeamNumber, std::to_string(number), "a treatment beam of BeamSequence");
}

}  // namespace

Plan read_plan(const std::filesystem::path& path) {
    const File file(path);
    file.must_be_class(UID_RTPlanStorage);
    const Record record = file.record();
    Plan plan;
    plan.sop_uid = record.required_text(DCM_SOPInstanceUID);
    plan.patient_id = record.text(DCM_PatientID);
    plan.frame_uid = record.text(DCM_FrameOfReferenceUID);
    if (plan.frame_uid.empty())
        plan.notes.push_back("the plan states no FrameOfReferenceUID: whether it was made on this CT is unchecked");
    plan.label = record.text(DCM_RTPlanName);
    if (plan.label.empty()) plan.label = record.required_text(DCM_RTPlanLabel);
    plan.protocol = record.text(DCM_TreatmentProtocols);
    if (const auto sets = record.items(DCM_ReferencedStructureSetSequence); !sets.empty())
        plan.structure_set_uid = sets.front().required_text(DCM_ReferencedSOPInstanceUID);
    read_prescription(record, plan);
    if (record.items(DCM_BeamSequence).empty())
        record.refuse(DCM_BeamSequence, "no beams", "at least one external beam");
    const auto shares = read_fraction_group(record, plan);
    read_beams(record, shares, plan);
    return plan;
}

}  // namespace coutard::rtdicom
