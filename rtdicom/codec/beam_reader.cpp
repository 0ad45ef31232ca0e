#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/base/error.hpp"
#include "rtdicom/codec/beam_reader_dcmtk.hpp"

namespace coutard::rtdicom {
namespace {

/// Devices that shape or weaken the beam and that no dose engine of ours models.
void check_no_modifiers(const Record& beam) {
    const DcmTagKey counts[] = {DCM_NumberOfWedges, DCM_NumberOfCompensators, DCM_NumberOfBoli, DCM_NumberOfBlocks};
    for (const auto& tag : counts)
        if (const int count = beam.integer(tag).value_or(0); count != 0)
            beam.refuse(tag, std::to_string(count), "0 (not supported)");
    const DcmTagKey sequences[] = {DCM_ApplicatorSequence, DCM_GeneralAccessorySequence, DCM_WedgeSequence,
                                   DCM_BlockSequence,      DCM_CompensatorSequence,      DCM_ReferencedBolusSequence};
    for (const auto& tag : sequences)
        if (const auto items = beam.items(tag); !items.empty())
            beam.refuse(tag, std::to_string(items.size()) + " items", "none (not supported)");
}

enum class Device { X, Y, Mlc };

Device device_of(const Record& item) {
    const auto type = item.required_text(DCM_RTBeamLimitingDeviceType);
    if (type == "X" || type == "ASYMX") return Device::X;
    if (type == "Y" || type == "ASYMY") return Device::Y;
    if (type == "MLCX") return Device::Mlc;
    item.refuse(DCM_RTBeamLimitingDeviceType, "\"" + type + "\"", "X, ASYMX, Y, ASYMY or MLCX");
}

/// Which devices the beam has; each kind at most once, so that a position is never ambiguous.
struct Devices {
    bool x = false, y = false;
    std::vector<double> leaf_edges;

    void add(const Record& item) {
        const Device kind = device_of(item);
        bool& known = kind == Device::X ? x : y;
        if (kind != Device::Mlc) {
            if (known) item.refuse(DCM_RTBeamLimitingDeviceType, "a second pair of jaws for one axis", "one");
            known = true;
            return;
        }
        if (!leaf_edges.empty()) item.refuse(DCM_RTBeamLimitingDeviceType, "a second MLC", "one (not supported)");
        const int pairs = item.required_integer(DCM_NumberOfLeafJawPairs);
        if (pairs < 1 || pairs > 1000)
            item.refuse(DCM_NumberOfLeafJawPairs, std::to_string(pairs), "1 to 1000 leaf pairs");
        leaf_edges = item.required_numbers(DCM_LeafPositionBoundaries, static_cast<std::size_t>(pairs) + 1);
        if (!std::is_sorted(leaf_edges.begin(), leaf_edges.end(), std::less_equal<>()))
            item.refuse(DCM_LeafPositionBoundaries, decimals(leaf_edges), "rising numbers");
    }
};

double turned(double degrees) {
    const double rest = std::fmod(degrees, 360.0);
    return rest < 0 ? rest + 360 : rest;
}

/// Reads control points in order, each starting as a copy of the one before.
class ControlPointReader {
  public:
    explicit ControlPointReader(const Devices& devices) : devices_(devices) {
        now_.jaws = {-200, 200, -200, 200};  // an axis without jaws is as open as a linac gets
    }

    ControlPoint read(const Record& item) {
        if (const auto gantry = item.number(DCM_GantryAngle)) now_.gantry_deg = turned(*gantry);
        if (const auto angle = item.number(DCM_BeamLimitingDeviceAngle)) now_.collimator_deg = turned(*angle);
        if (const auto angle = item.number(DCM_PatientSupportAngle)) now_.couch_deg = turned(*angle);
        const DcmTagKey must_be_zero[] = {DCM_TableTopEccentricAngle, DCM_TableTopPitchAngle, DCM_TableTopRollAngle,
                                          DCM_GantryPitchAngle};
        for (const auto& tag : must_be_zero)
            if (const double angle = item.number(tag).value_or(0); std::abs(angle) > 1e-3)
                item.refuse(tag, decimal(angle), "0 degrees (not supported)");
        if (const auto energy = item.number(DCM_NominalBeamEnergy)) same(item, DCM_NominalBeamEnergy, energy_, *energy);
        if (item.has(DCM_IsocenterPosition)) read_isocentre(item);
        for (const auto& device : item.items(DCM_BeamLimitingDevicePositionSequence)) read_positions(device);
        if (!item.items(DCM_WedgePositionSequence).empty())
            item.refuse(DCM_WedgePositionSequence, "a wedge", "none (not supported)");
        now_.cumulative = item.required_number(DCM_CumulativeMetersetWeight);
        return now_;
    }

    /// What the first control point must have set.
    void check_complete(const Record& first) const {
        for (const auto& tag : {DCM_GantryAngle, DCM_BeamLimitingDeviceAngle, DCM_PatientSupportAngle})
            first.required_number(tag);
        if (!isocentre_)
            first.refuse(DCM_IsocenterPosition, "nothing", "the isocentre [mm] in the first control point");
        if (!energy_) first.refuse(DCM_NominalBeamEnergy, "nothing", "the nominal energy [MV]");
        const bool leaves = devices_.leaf_edges.empty() || !now_.leaves_x1.empty();
        if ((devices_.x && !has_x_) || (devices_.y && !has_y_) || !leaves)
            first.refuse(DCM_BeamLimitingDevicePositionSequence, "not every device of the beam",
                         "the position of each in the first control point");
    }

    double energy() const { return *energy_; }
    Vec3 isocentre() const { return *isocentre_; }

  private:
    static void same(const Record& item, const DcmTagKey& tag, std::optional<double>& known, double found) {
        if (known && std::abs(*known - found) > 1e-6)
            item.refuse(tag, decimal(found), decimal(*known) + " as before (not supported within a beam)");
        known = found;
    }

    void read_isocentre(const Record& item) {
        const Vec3 found = item.required_point(DCM_IsocenterPosition);
        if (isocentre_ && norm(found - *isocentre_) > 1e-3)
            item.refuse(DCM_IsocenterPosition, decimals(found),
                        decimals(*isocentre_) + " as before (moving isocentres are not supported)");
        isocentre_ = found;
    }

    void read_positions(const Record& device) {
        const Device kind = device_of(device);
        if (kind == Device::Mlc) {
            const std::size_t pairs = devices_.leaf_edges.empty() ? 0 : devices_.leaf_edges.size() - 1;
            if (pairs == 0)
                device.refuse(DCM_RTBeamLimitingDeviceType, "MLCX", "a device of BeamLimitingDeviceSequence");
            const auto at = device.required_numbers(DCM_LeafJawPositions, 2 * pairs);
            const auto half = at.begin() + static_cast<std::ptrdiff_t>(pairs);
            now_.leaves_x1.assign(at.begin(), half);
            now_.leaves_x2.assign(half, at.end());
            for (std::size_t p = 0; p < pairs; ++p)
                if (now_.leaves_x1[p] > now_.leaves_x2[p] + 1e-3)
                    device.refuse(DCM_LeafJawPositions, "leaves of pair " + std::to_string(p + 1) + " past each other",
                                  "first bank at or below the second");
            return;
        }
        const auto at = device.required_numbers(DCM_LeafJawPositions, 2);
        if (at[0] > at[1]) device.refuse(DCM_LeafJawPositions, decimals(at), "the lower edge first");
        if (kind == Device::X) {
            now_.jaws.x1 = at[0], now_.jaws.x2 = at[1], has_x_ = true;
        } else {
            now_.jaws.y1 = at[0], now_.jaws.y2 = at[1], has_y_ = true;
        }
    }

    const Devices& devices_;
    ControlPoint now_;
    std::optional<double> energy_;
    std::optional<Vec3> isocentre_;
    bool has_x_ = false, has_y_ = false;
};

/// Makes cumulative weights parts of 1. \throws InputError not rising from 0 to the final weight
void normalise(const Record& beam, const std::vector<Record>& items, std::vector<ControlPoint>& points) {
    const double final_weight = beam.required_number(DCM_FinalCumulativeMetersetWeight);
    if (!(final_weight > 0)) beam.refuse(DCM_FinalCumulativeMetersetWeight, decimal(final_weight), "a positive number");
    const double tolerance = 1e-4 * final_weight;
    for (std::size_t k = 0; k < points.size(); ++k) {
        const double weight = points[k].cumulative, before = k == 0 ? 0 : points[k - 1].cumulative * final_weight;
        const bool wrong = (k == 0 && std::abs(weight) > tolerance) || weight < before - tolerance ||
                           (k + 1 == points.size() && std::abs(weight - final_weight) > tolerance);
        if (wrong)
            items[k].refuse(DCM_CumulativeMetersetWeight, decimal(weight),
                            "weights rising from 0 to " + decimal(final_weight));
        points[k].cumulative = std::clamp(weight / final_weight, 0.0, 1.0);
    }
    points.front().cumulative = 0;
    points.back().cumulative = 1;
}

bool same_shape(const ControlPoint& a, const ControlPoint& b) {
    const auto near = [](const std::vector<double>& p, const std::vector<double>& q) {
        return std::equal(p.begin(), p.end(), q.begin(), q.end(),
                          [](double u, double v) { return std::abs(u - v) < 1e-3; });
    };
    return a.jaws == b.jaws && near(a.leaves_x1, b.leaves_x1) && near(a.leaves_x2, b.leaves_x2);
}

Delivery delivery_of(const std::vector<ControlPoint>& points) {
    bool turns = false, moves = false, reshapes = false;
    for (std::size_t k = 1; k < points.size(); ++k) {
        const auto &before = points[k - 1], &point = points[k];
        const bool delivers = point.cumulative > before.cumulative, same = same_shape(before, point);
        turns = turns || (delivers && std::abs(point.gantry_deg - before.gantry_deg) > 1e-3);
        moves = moves || (delivers && !same);
        reshapes = reshapes || !same;
    }
    return turns      ? Delivery::Vmat
           : moves    ? Delivery::SlidingWindow
           : reshapes ? Delivery::StepAndShoot
                      : Delivery::Static;
}

/// One axis that the plan may turn: its rotation direction and how the engine knows its angle.
struct Axis {
    DcmTagKey direction, angle;
    double ControlPoint::*degrees;
};

/// Equal angles with a direction are a full turn (PS3.3 C.8.8.14.8, example 2), which no value of ours holds.
void check_no_full_turns(const std::vector<Record>& items, const std::vector<ControlPoint>& points, const Axis& axis) {
    std::string direction;
    for (std::size_t k = 0; k + 1 < points.size(); ++k) {
        if (const auto told = items[k].text(axis.direction); !told.empty()) direction = told;
        const bool delivers = points[k + 1].cumulative > points[k].cumulative;
        const double turn = std::remainder(points[k + 1].*axis.degrees - points[k].*axis.degrees, 360.0);
        if (delivers && (direction == "CW" || direction == "CC") && std::abs(turn) <= 1e-3)
            items[k].refuse(axis.direction,
                            direction + " from " + decimal(points[k].*axis.degrees) + " to " +
                                decimal(points[k + 1].*axis.degrees) + " degrees (a full turn)",
                            "NONE, or control points at most 180 degrees apart");
    }
}

/// Between control points the gantry goes the shorter way; a longer one cannot be told apart.
void check_arc_steps(const std::vector<Record>& items, const std::vector<ControlPoint>& points) {
    std::string direction;
    for (std::size_t k = 0; k + 1 < points.size(); ++k) {
        if (const auto told = items[k].text(DCM_GantryRotationDirection); !told.empty()) direction = told;
        const double clockwise = turned(points[k + 1].gantry_deg - points[k].gantry_deg);
        const bool shorter_is_clockwise = clockwise <= 180;
        if (clockwise > 1e-3 && clockwise < 360 - 1e-3 &&
            ((direction == "CW" && !shorter_is_clockwise) || (direction == "CC" && shorter_is_clockwise)))
            items[k].refuse(DCM_GantryRotationDirection, direction + " over more than 180 degrees in one step",
                            "control points at most 180 degrees apart");
    }
}

/// The engines keep collimator and couch where a segment begins, so neither may turn while dose is delivered.
void check_stands_still(const std::vector<Record>& items, const std::vector<ControlPoint>& points, const Axis& axis) {
    for (std::size_t k = 0; k + 1 < points.size(); ++k) {
        const double from = points[k].*axis.degrees, to = points[k + 1].*axis.degrees;
        if (points[k + 1].cumulative > points[k].cumulative && std::abs(std::remainder(to - from, 360.0)) > 1e-3)
            items[k + 1].refuse(axis.angle, decimal(from) + " to " + decimal(to) + " degrees while dose is delivered",
                                "no rotation (not supported)");
    }
}

void check_rotations(const std::vector<Record>& items, const std::vector<ControlPoint>& points) {
    const Axis gantry{DCM_GantryRotationDirection, DCM_GantryAngle, &ControlPoint::gantry_deg};
    const Axis others[] = {
        {DCM_BeamLimitingDeviceRotationDirection, DCM_BeamLimitingDeviceAngle, &ControlPoint::collimator_deg},
        {DCM_PatientSupportRotationDirection, DCM_PatientSupportAngle, &ControlPoint::couch_deg}};
    check_no_full_turns(items, points, gantry);
    check_arc_steps(items, points);
    for (const auto& axis : others) {
        check_no_full_turns(items, points, axis);
        check_stands_still(items, points, axis);
    }
}

void read_fluence_mode(const Record& item, Beam& beam) {
    const auto modes = item.items(DCM_PrimaryFluenceModeSequence);
    if (modes.empty() || modes.front().text(DCM_FluenceMode) != "NON_STANDARD") return;
    const auto mode = modes.front().text(DCM_FluenceModeID);
    if (mode.find("FFF") == std::string::npos)
        modes.front().refuse(DCM_FluenceModeID, "\"" + mode + "\"",
                             "FFF (other non-standard fluences are not supported)");
    beam.flattening_filter = false;
}

}  // namespace

bool is_treatment(const Record& beam) {
    const auto type = beam.text(DCM_TreatmentDeliveryType);
    return type.empty() || type == "TREATMENT";
}

Beam read_beam(const Record& item, std::vector<std::string>& notes) {
    Beam beam;
    beam.number = item.required_integer(DCM_BeamNumber);
    beam.name = item.text(DCM_BeamName);
    if (beam.name.empty()) beam.name = "Beam " + std::to_string(beam.number);
    beam.machine = item.text(DCM_TreatmentMachineName);
    if (item.has(DCM_RadiationType)) item.must_be(DCM_RadiationType, "PHOTON");
    if (item.has(DCM_PrimaryDosimeterUnit)) item.must_be(DCM_PrimaryDosimeterUnit, "MU");
    beam.sad_mm = item.number(DCM_SourceAxisDistance).value_or(0);
    if (beam.sad_mm == 0) {
        beam.sad_mm = 1000;
        notes.push_back(beam.name + ": SourceAxisDistance is missing, 1000 mm taken");
    }
    check_no_modifiers(item);
    read_fluence_mode(item, beam);
    Devices devices;
    for (const auto& device : item.required_items(DCM_BeamLimitingDeviceSequence)) devices.add(device);
    if (!devices.x) notes.push_back(beam.name + ": no X jaws, taken as open");
    if (!devices.y) notes.push_back(beam.name + ": no Y jaws, taken as open");
    beam.leaf_edges_mm = devices.leaf_edges;

    const auto items = item.required_items(DCM_ControlPointSequence);
    if (items.size() < 2) item.refuse(DCM_ControlPointSequence, "1 control point", "at least 2");
    if (const auto count = item.integer(DCM_NumberOfControlPoints); count && *count != static_cast<int>(items.size()))
        item.refuse(DCM_NumberOfControlPoints, std::to_string(*count),
                    std::to_string(items.size()) + " as there are items");
    ControlPointReader reader(devices);
    for (const auto& point : items) {
        beam.control_points.push_back(reader.read(point));
        if (beam.control_points.size() == 1) reader.check_complete(point);
    }
    normalise(item, items, beam.control_points);
    check_rotations(items, beam.control_points);
    beam.energy_MV = reader.energy();
    beam.isocentre_mm = reader.isocentre();
    beam.delivery = delivery_of(beam.control_points);
    return beam;
}

}  // namespace coutard::rtdicom
