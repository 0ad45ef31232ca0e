#pragma once
#include <string>
#include <vector>

#include "engine/geom/vec3.hpp"
#include "engine/image/volume.hpp"

namespace coutard {

/// Jaw edges at the isocentre plane [mm], IEC 61217 beam limiting device axes.
struct Jaws {
    double x1 = -50, x2 = 50, y1 = -50, y2 = 50;
    bool operator==(const Jaws&) const = default;
};

/// State of the machine at one point of the delivery.
struct ControlPoint {
    double gantry_deg = 0, collimator_deg = 0, couch_deg = 0;  ///< IEC 61217, [0, 360)
    Jaws jaws;
    std::vector<double> leaves_x1,
        leaves_x2;          ///< tip positions at isocentre [mm], pair 0 at the lowest y; empty: no MLC
    double cumulative = 0;  ///< part of the beam's monitor units delivered so far, 0 to 1, rising
};

enum class Delivery { Static, StepAndShoot, SlidingWindow, Vmat };

/// One beam; its control points say the rest. The first has cumulative 0, the last 1.
struct Beam {
    int number = 1;
    std::string name;
    std::string machine = "generic_6mv";  ///< key of data/machines
    double energy_MV = 6;
    Vec3 isocentre_mm;         ///< patient frame, LPS
    double monitor_units = 0;  ///< per fraction
    Delivery delivery = Delivery::Static;
    std::vector<ControlPoint> control_points;
    std::vector<double> leaf_edges_mm;  ///< of the machine: pairs + 1 rising edges (IEC Y); empty: no MLC
    double sad_mm = 1000;               ///< source to isocentre
    bool flattening_filter = true;      ///< false: FFF
    double dose_Gy = 0;                 ///< nominal dose per fraction of this beam to the target; 0: not stated
};

/// A deliverable plan.
struct Plan {
    std::string label = "COUTARD";
    std::string protocol;  ///< name of the protocol it was made for; may be empty
    int fractions = 1;
    double prescription_Gy = 0;  ///< whole course, to the highest target
    std::string target;          ///< name of that target
    std::vector<Beam> beams;
    std::string sop_uid;            ///< of the RTPLAN it came from or went to; may be empty
    std::string structure_set_uid;  ///< SOP Instance UID of the RTSTRUCT it refers to; may be empty
    std::string patient_id, frame_uid, patient_position;  ///< as its file says, to check against the CT
    std::vector<std::string> notes;                       ///< what the reader accepted and a person should know
    double monitor_units() const {
        double sum = 0;
        for (const auto& beam : beams) sum += beam.monitor_units;
        return sum;
    }
};

enum class DoseSummation { Plan, Beam, Fraction };
enum class DoseTo { Medium, Water };

/// Absorbed dose on a grid, whole course unless the summation says otherwise.
struct Dose {
    Volume<float> gy;
    DoseSummation summation = DoseSummation::Plan;
    DoseTo to = DoseTo::Medium;
    int fractions = 1;         ///< fractions that gy adds up; 0: read from a file that does not say
    int course_fractions = 0;  ///< of the whole course, where gy adds up only `fractions` of them; 0: it does not
    int beam_number = 0;       ///< for Beam summation
    std::string comment;       ///< engine, version, what the dose is to
    std::string plan_uid;      ///< SOP Instance UID of the RTPLAN; may be empty
    std::string patient_id, frame_uid;  ///< as its file says, to check against the CT
    std::vector<std::string> notes;     ///< what the reader accepted and a person should know
};

}  // namespace coutard
