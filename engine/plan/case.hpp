#pragma once
#include <string>
#include <vector>

#include "engine/geom/iec61217.hpp"
#include "engine/image/volume.hpp"

namespace coutard {

/// The four positions that planning supports; decubitus is refused by name.
enum class PatientPosition { Hfs, Hfp, Ffs, Ffp };
std::string_view dicom_name(PatientPosition position);  ///< "HFS" ...
/// \throws InputError any other text
PatientPosition patient_position(std::string_view text);

/// The same as beams see it.
Lying lying_of(PatientPosition position);

/// Whom and what study the images and plans belong to: copied to every object we write.
struct Study {
    std::string patient_name, patient_id, patient_birth_date, patient_sex;
    std::string study_uid, study_id, study_date, study_time, accession_number, referring_physician;
    std::string frame_uid;  ///< frame of reference of CT, contours, plan and dose
};

/// One slice of the CT as stored, in the order of the volume's k.
struct SliceRef {
    std::string sop_uid;
};

/// A CT in Hounsfield units with what DICOM needs to refer to it.
struct CtImage {
    Volume<float> hu;
    Study study;
    PatientPosition position = PatientPosition::Hfs;
    bool position_assumed = false;  ///< the file left it empty
    std::string series_uid;
    std::vector<SliceRef> slices;    ///< one per k; empty for images that never were DICOM
    std::vector<std::string> notes;  ///< what the reader accepted and a person should know
};

}  // namespace coutard
