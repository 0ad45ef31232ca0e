#include <cmath>
#include <string_view>

#include "rtdicom/codec/beam_writer_dcmtk.hpp"
#include "rtdicom/codec/study_dcmtk.hpp"

namespace coutard::rtdicom {
namespace {

using Devices = DRTBeamLimitingDeviceSequenceInRTBeamsModule;
using Positions = DRTBeamLimitingDevicePositionSequence;

void put_device(Devices& sequence, const char* type, std::size_t pairs, const std::vector<double>& edges) {
    Devices::Item* item = nullptr;
    put(sequence.addItem(item), "BeamLimitingDeviceSequence");
    put(item->setRTBeamLimitingDeviceType(type), "RTBeamLimitingDeviceType");
    put(item->setNumberOfLeafJawPairs(std::to_string(pairs).c_str()), "NumberOfLeafJawPairs");
    if (!edges.empty()) put(item->setLeafPositionBoundaries(decimals(edges).c_str()), "LeafPositionBoundaries");
}

void put_position(Positions& sequence, const char* type, const std::vector<double>& at) {
    Positions::Item* item = nullptr;
    put(sequence.addItem(item), "BeamLimitingDevicePositionSequence");
    put(item->setRTBeamLimitingDeviceType(type), "RTBeamLimitingDeviceType");
    put(item->setLeafJawPositions(decimals(at).c_str()), "LeafJawPositions");
}

/// Leaf tips to 1 micrometre: 120 of them then fit any reader's buffers.
std::vector<double> both_banks(const ControlPoint& point) {
    std::vector<double> at;
    for (const auto* bank : {&point.leaves_x1, &point.leaves_x2})
        for (const double tip : *bank) at.push_back(std::round(tip * 1e3) / 1e3);
    return at;
}

/// Which way the machine turns to the next control point; rising angles are `rising` (IEC 61217): CW for the
/// gantry, seen from the isocentre; CC for the collimator, seen from the source, and for the couch, seen from
/// above (PS3.3 C.8.8.14.8, example 3).
const char* way(double from_deg, double to_deg, const char* rising) {
    const double turn = std::remainder(to_deg - from_deg, 360.0);
    const char* falling = std::string_view(rising) == "CW" ? "CC" : "CW";
    return std::abs(turn) < 1e-6 ? "NONE" : turn > 0 ? rising : falling;
}

const char* gantry_way(const ControlPoint& from, const ControlPoint& to) {
    return way(from.gantry_deg, to.gantry_deg, "CW");
}
const char* collimator_way(const ControlPoint& from, const ControlPoint& to) {
    return way(from.collimator_deg, to.collimator_deg, "CC");
}
const char* couch_way(const ControlPoint& from, const ControlPoint& to) {
    return way(from.couch_deg, to.couch_deg, "CC");
}

const char* beam_type(Delivery delivery) {
    // PS3.3 C.8.8.14.1: STATIC when nothing changes while dose is delivered, which holds for segments.
    return delivery == Delivery::Static || delivery == Delivery::StepAndShoot ? "STATIC" : "DYNAMIC";
}

/// What the first control point must hold though it never changes afterwards.
void put_first(DRTControlPointSequence::Item& item, const Beam& beam) {
    put(item.setNominalBeamEnergy(decimal(beam.energy_MV).c_str()), "NominalBeamEnergy");
    put(item.setTableTopEccentricAngle("0"), "TableTopEccentricAngle");
    put(item.setTableTopEccentricRotationDirection("NONE"), "TableTopEccentricRotationDirection");
    put(item.setTableTopPitchAngle(0), "TableTopPitchAngle");
    put(item.setTableTopPitchRotationDirection("NONE"), "TableTopPitchRotationDirection");
    put(item.setTableTopRollAngle(0), "TableTopRollAngle");
    put(item.setTableTopRollRotationDirection("NONE"), "TableTopRollRotationDirection");
    put(item.setTableTopVerticalPosition(""), "TableTopVerticalPosition");
    put(item.setTableTopLongitudinalPosition(""), "TableTopLongitudinalPosition");
    put(item.setTableTopLateralPosition(""), "TableTopLateralPosition");
    put(item.setIsocenterPosition(decimals(beam.isocentre_mm).c_str()), "IsocenterPosition");
}

void put_angles(DRTControlPointSequence::Item& item, const ControlPoint& point, const ControlPoint* before,
                const ControlPoint* next) {
    const ControlPoint& to = next ? *next : point;
    const char* gantry = gantry_way(point, to);
    if (!before || before->gantry_deg != point.gantry_deg || gantry != gantry_way(*before, point)) {
        put(item.setGantryAngle(decimal(point.gantry_deg).c_str()), "GantryAngle");
        put(item.setGantryRotationDirection(gantry), "GantryRotationDirection");
    }
    const char* collimator = collimator_way(point, to);
    if (!before || before->collimator_deg != point.collimator_deg || collimator != collimator_way(*before, point)) {
        put(item.setBeamLimitingDeviceAngle(decimal(point.collimator_deg).c_str()), "BeamLimitingDeviceAngle");
        put(item.setBeamLimitingDeviceRotationDirection(collimator), "BeamLimitingDeviceRotationDirection");
    }
    const char* couch = couch_way(point, to);
    if (!before || before->couch_deg != point.couch_deg || couch != couch_way(*before, point)) {
        put(item.setPatientSupportAngle(decimal(point.couch_deg).c_str()), "PatientSupportAngle");
        put(item.setPatientSupportRotationDirection(couch), "PatientSupportRotationDirection");
    }
}

void put_control_point(DRTControlPointSequence::Item& item, const Beam& beam, std::size_t k) {
    const ControlPoint& point = beam.control_points[k];
    const ControlPoint* before = k > 0 ? &beam.control_points[k - 1] : nullptr;
    const ControlPoint* next = k + 1 < beam.control_points.size() ? &beam.control_points[k + 1] : nullptr;
    put(item.setControlPointIndex(std::to_string(k).c_str()), "ControlPointIndex");
    put(item.setCumulativeMetersetWeight(decimal(point.cumulative).c_str()), "CumulativeMetersetWeight");
    if (!before) put_first(item, beam);
    put_angles(item, point, before, next);
    auto& positions = item.getBeamLimitingDevicePositionSequence();
    const Jaws& jaws = point.jaws;
    if (!before || before->jaws.x1 != jaws.x1 || before->jaws.x2 != jaws.x2)
        put_position(positions, "ASYMX", {jaws.x1, jaws.x2});
    if (!before || before->jaws.y1 != jaws.y1 || before->jaws.y2 != jaws.y2)
        put_position(positions, "ASYMY", {jaws.y1, jaws.y2});
    if (!point.leaves_x1.empty() &&
        (!before || before->leaves_x1 != point.leaves_x1 || before->leaves_x2 != point.leaves_x2))
        put_position(positions, "MLCX", both_banks(point));
}

}  // namespace

void put_beam(DRTBeamSequence::Item& item, const Beam& beam) {
    put(item.setManufacturer(manufacturer), "Manufacturer");
    put(item.setTreatmentMachineName(shortened(beam.machine, 16).c_str(), OFFalse), "TreatmentMachineName");
    put(item.setPrimaryDosimeterUnit("MU"), "PrimaryDosimeterUnit");
    put(item.setSourceAxisDistance(decimal(beam.sad_mm).c_str()), "SourceAxisDistance");
    put_device(item.getBeamLimitingDeviceSequence(), "ASYMX", 1, {});
    put_device(item.getBeamLimitingDeviceSequence(), "ASYMY", 1, {});
    if (!beam.leaf_edges_mm.empty())
        put_device(item.getBeamLimitingDeviceSequence(), "MLCX", beam.leaf_edges_mm.size() - 1, beam.leaf_edges_mm);
    DRTPrimaryFluenceModeSequence::Item* mode = nullptr;
    put(item.getPrimaryFluenceModeSequence().addItem(mode), "PrimaryFluenceModeSequence");
    put(mode->setFluenceMode(beam.flattening_filter ? "STANDARD" : "NON_STANDARD"), "FluenceMode");
    if (!beam.flattening_filter) put(mode->setFluenceModeID("FFF"), "FluenceModeID");
    put(item.setBeamNumber(std::to_string(beam.number).c_str()), "BeamNumber");
    put(item.setBeamName(shortened(beam.name, 64).c_str(), OFFalse), "BeamName");
    put(item.setBeamType(beam_type(beam.delivery)), "BeamType");
    put(item.setRadiationType("PHOTON"), "RadiationType");
    put(item.setTreatmentDeliveryType("TREATMENT"), "TreatmentDeliveryType");
    put(item.setNumberOfWedges("0"), "NumberOfWedges");
    put(item.setNumberOfCompensators("0"), "NumberOfCompensators");
    put(item.setNumberOfBoli("0"), "NumberOfBoli");
    put(item.setNumberOfBlocks("0"), "NumberOfBlocks");
    put(item.setReferencedPatientSetupNumber("1"), "ReferencedPatientSetupNumber");
    put(item.setReferencedToleranceTableNumber("1"), "ReferencedToleranceTableNumber");
    put(item.setFinalCumulativeMetersetWeight("1"), "FinalCumulativeMetersetWeight");
    put(item.setNumberOfControlPoints(std::to_string(beam.control_points.size()).c_str()), "NumberOfControlPoints");
    for (std::size_t k = 0; k < beam.control_points.size(); ++k) {
        DRTControlPointSequence::Item* point = nullptr;
        put(item.getControlPointSequence().addItem(point), "ControlPointSequence");
        put_control_point(*point, beam, k);
    }
}

}  // namespace coutard::rtdicom
