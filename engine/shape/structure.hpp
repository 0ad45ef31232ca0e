#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/geom/vec3.hpp"

namespace coutard {

/// One closed planar polygon in patient coordinates [mm]; the last point joins the first and does not
/// repeat it. Holes: a second contour of the same plane inside (XOR) or a keyhole. A single point is a marker.
struct Contour {
    std::vector<Vec3> points_mm;
    std::string image_uid;  ///< SOP Instance UID of its slice; may be empty
};

/// RT ROI Interpreted Type (3006,00A4), as far as planning cares.
enum class Role { Organ, Ptv, Ctv, Gtv, External, Avoidance, Support, Bolus, Control, Isocenter, Marker, None };

std::string_view dicom_name(Role role);       ///< "PTV", "EXTERNAL", "" for None
Role role_from_dicom(std::string_view name);  ///< unknown or empty: None

/// A region of interest: its contours, name and role.
struct Structure {
    int number = 0;    ///< ROI Number, unique within a set
    std::string name;  ///< TG-263 where we make it
    Role role = Role::None;
    std::array<std::uint8_t, 3> colour{255, 0, 0};
    std::vector<Contour> contours;
    std::string algorithm = "SEMIAUTOMATIC";  ///< ROI Generation Algorithm: AUTOMATIC, SEMIAUTOMATIC, MANUAL
    std::string description;                  ///< who made it and how sure
};

/// All structures drawn on one CT.
struct StructureSet {
    std::string label = "COUTARD";
    std::string frame_uid;   ///< frame of reference of the contours
    std::string series_uid;  ///< CT series on which it was drawn
    std::string sop_uid;     ///< of the RTSTRUCT it came from or went to; may be empty
    std::vector<Structure> structures;
    std::string patient_id;          ///< as its file says, to check against the CT; may be empty
    std::vector<std::string> notes;  ///< what the reader accepted and a person should know

    /// By exact name, or by TG-263 synonym when there is no exact match; those with contours first; nullptr when
    /// absent. \throws InputError several mean it, naming them
    const Structure* find(std::string_view name) const;
    Structure* find(std::string_view name);
};

}  // namespace coutard
