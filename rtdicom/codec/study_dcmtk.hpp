#pragma once
// Internal to rtdicom: what every object says of its patient, study and maker.
#include <string>

#include "engine/base/error.hpp"
#include "engine/base/version.hpp"
#include "engine/plan/case.hpp"
#include "rtdicom/codec/record_dcmtk.hpp"

namespace coutard::rtdicom {

/// A new unique identifier: 2.25. and a random UUID (version 4) as a decimal number (PS3.5 B.2).
std::string new_uid();

/// Now, as DICOM writes it: DA and TM.
struct Moment {
    std::string date, time;
};
Moment now();

/// At most `length` characters of UTF-8 text, backslashes (a separator in DICOM) made slashes.
std::string shortened(const std::string& text, std::size_t length);

/// Fails as OutputError when DCMTK refuses a value.
void put(OFCondition done, const char* what);

Study read_study(const Record& record);

inline constexpr const char* manufacturer = "Coutard";
inline constexpr const char* model_name = "Coutard (not a medical device)";

/// Patient, Study and Equipment modules and SOP Common of one of the typed RT objects.
template <class Iod>
void put_common(Iod& iod, const Study& study, const char* sop_class, const std::string& sop_uid, const char* modality,
                const char* series_description) {
    const Moment moment = now();
    // Values that came from another system are passed on as they are, hence unchecked.
    put(iod.setSpecificCharacterSet("ISO_IR 192"), "SpecificCharacterSet");
    put(iod.setSOPClassUID(sop_class), "SOPClassUID");
    put(iod.setSOPInstanceUID(sop_uid.c_str()), "SOPInstanceUID");
    put(iod.setInstanceCreationDate(moment.date.c_str()), "InstanceCreationDate");
    put(iod.setInstanceCreationTime(moment.time.c_str()), "InstanceCreationTime");
    put(iod.setPatientName(study.patient_name.c_str(), OFFalse), "PatientName");
    put(iod.setPatientID(study.patient_id.c_str(), OFFalse), "PatientID");
    put(iod.setPatientBirthDate(study.patient_birth_date.c_str(), OFFalse), "PatientBirthDate");
    put(iod.setPatientSex(study.patient_sex.c_str(), OFFalse), "PatientSex");
    put(iod.setStudyInstanceUID(study.study_uid.c_str(), OFFalse), "StudyInstanceUID");
    put(iod.setStudyID(study.study_id.c_str(), OFFalse), "StudyID");
    put(iod.setStudyDate(study.study_date.c_str(), OFFalse), "StudyDate");
    put(iod.setStudyTime(study.study_time.c_str(), OFFalse), "StudyTime");
    put(iod.setAccessionNumber(study.accession_number.c_str(), OFFalse), "AccessionNumber");
    put(iod.setReferringPhysicianName(study.referring_physician.c_str(), OFFalse), "ReferringPhysicianName");
    put(iod.setModality(modality), "Modality");
    put(iod.setSeriesInstanceUID(new_uid().c_str()), "SeriesInstanceUID");
    put(iod.setSeriesNumber("1"), "SeriesNumber");
    put(iod.setInstanceNumber("1"), "InstanceNumber");
    put(iod.setSeriesDescription(series_description), "SeriesDescription");
    put(iod.setSeriesDate(moment.date.c_str()), "SeriesDate");
    put(iod.setSeriesTime(moment.time.c_str()), "SeriesTime");
    put(iod.setOperatorsName(""), "OperatorsName");
    put(iod.setManufacturer(manufacturer), "Manufacturer");
    put(iod.setManufacturerModelName(model_name), "ManufacturerModelName");
    put(iod.setSoftwareVersions(std::string(version).c_str()), "SoftwareVersions");
    put(iod.setFrameOfReferenceUID(study.frame_uid.c_str(), OFFalse), "FrameOfReferenceUID");
    put(iod.setPositionReferenceIndicator(""), "PositionReferenceIndicator");
}

/// The same for a data set made by hand (CT, REG).
void put_common(DcmDataset& dataset, const Study& study, const char* sop_class, const std::string& sop_uid,
                const char* modality, const char* series_description, const std::string& series_uid);

/// \throws OutputError when the CT was never DICOM: it has no identity to refer to
void must_have_identity(const CtImage& ct, const std::filesystem::path& file);

}  // namespace coutard::rtdicom
