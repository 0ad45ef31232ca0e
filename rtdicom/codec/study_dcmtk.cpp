#include "rtdicom/codec/study_dcmtk.hpp"

#include <array>
#include <ctime>
#include <random>

namespace coutard::rtdicom {
namespace {

/// A 128-bit number in base 10, by long division of its four 32-bit digits.
std::string decimal_128(std::array<std::uint32_t, 4> digits) {
    std::string text;
    while (digits[0] | digits[1] | digits[2] | digits[3]) {
        std::uint64_t rest = 0;
        for (auto& digit : digits) {
            const std::uint64_t value = rest << 32 | digit;
            digit = static_cast<std::uint32_t>(value / 10);
            rest = value % 10;
        }
        text.insert(text.begin(), static_cast<char>('0' + rest));
    }
    return text.empty() ? "0" : text;
}

void put_text(DcmDataset& dataset, const DcmTagKey& tag, const std::string& value) {
    put(dataset.putAndInsertString(tag, value.c_str()), DcmTag(tag).getTagName());
}

}  // namespace

std::string new_uid() {
    std::random_device entropy;
    std::array<std::uint32_t, 4> digits{entropy(), entropy(), entropy(), entropy()};
    digits[1] = (digits[1] & 0xFFFF0FFF) | 0x4000;      // RFC 4122: version 4
    digits[2] = (digits[2] & 0x3FFFFFFF) | 0x80000000;  // and its variant
    return "2.25." + decimal_128(digits);
}

Moment now() {
    const std::time_t seconds = std::time(nullptr);
    std::tm local{};
    localtime_r(&seconds, &local);
    char date[16], time[16];
    std::strftime(date, sizeof date, "%Y%m%d", &local);
    std::strftime(time, sizeof time, "%H%M%S", &local);
    return {date, time};
}

std::string shortened(const std::string& text, std::size_t length) {
    std::string out;
    std::size_t characters = 0;
    for (const char c : text) {
        const bool starts = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        if (starts && characters == length) break;
        characters += starts;
        out += c == '\\' ? '/' : c;
    }
    return out;
}

void put(OFCondition done, const char* what) {
    if (done.bad()) throw OutputError(std::string("DICOM attribute ") + what + " cannot be written: " + done.text());
}

Study read_study(const Record& record) {
    Study study;
    study.patient_name = record.text(DCM_PatientName);
    study.patient_id = record.text(DCM_PatientID);
    study.patient_birth_date = record.text(DCM_PatientBirthDate);
    study.patient_sex = record.text(DCM_PatientSex);
    study.study_uid = record.required_text(DCM_StudyInstanceUID);
    study.study_id = record.text(DCM_StudyID);
    study.study_date = record.text(DCM_StudyDate);
    study.study_time = record.text(DCM_StudyTime);
    study.accession_number = record.text(DCM_AccessionNumber);
    study.referring_physician = record.text(DCM_ReferringPhysicianName);
    study.frame_uid = record.required_text(DCM_FrameOfReferenceUID);
    return study;
}

void put_common(DcmDataset& dataset, const Study& study, const char* sop_class, const std::string& sop_uid,
                const char* modality, const char* series_description, const std::string& series_uid) {
    const Moment moment = now();
    put_text(dataset, DCM_SpecificCharacterSet, "ISO_IR 192");
    put_text(dataset, DCM_InstanceCreationDate, moment.date);
    put_text(dataset, DCM_InstanceCreationTime, moment.time);
    put_text(dataset, DCM_SOPClassUID, sop_class);
    put_text(dataset, DCM_SOPInstanceUID, sop_uid);
    put_text(dataset, DCM_StudyDate, study.study_date);
    put_text(dataset, DCM_StudyTime, study.study_time);
    put_text(dataset, DCM_SeriesDate, moment.date);
    put_text(dataset, DCM_SeriesTime, moment.time);
    put_text(dataset, DCM_AccessionNumber, study.accession_number);
    put_text(dataset, DCM_Modality, modality);
    put_text(dataset, DCM_Manufacturer, manufacturer);
    put_text(dataset, DCM_ManufacturerModelName, model_name);
    put_text(dataset, DCM_SoftwareVersions, std::string(version));
    put_text(dataset, DCM_ReferringPhysicianName, study.referring_physician);
    put_text(dataset, DCM_SeriesDescription, series_description);
    put_text(dataset, DCM_PatientName, study.patient_name);
    put_text(dataset, DCM_PatientID, study.patient_id);
    put_text(dataset, DCM_PatientBirthDate, study.patient_birth_date);
    put_text(dataset, DCM_PatientSex, study.patient_sex);
    put_text(dataset, DCM_StudyInstanceUID, study.study_uid);
    put_text(dataset, DCM_SeriesInstanceUID, series_uid);
    put_text(dataset, DCM_StudyID, study.study_id);
    put_text(dataset, DCM_SeriesNumber, "1");
    put_text(dataset, DCM_FrameOfReferenceUID, study.frame_uid);
    put_text(dataset, DCM_PositionReferenceIndicator, "");
    put_text(dataset, DCM_Laterality, "");              // 2C: nobody said whether the part is paired
    put_text(dataset, DCM_DeviceSerialNumber, "none");  // type 1 of Enhanced General Equipment (REG)
}

void must_have_identity(const CtImage& ct, const std::filesystem::path& file) {
    const bool known = !ct.study.study_uid.empty() && !ct.study.frame_uid.empty() && !ct.series_uid.empty() &&
                       ct.slices.size() == static_cast<std::size_t>(ct.hu.grid().size().z);
    if (!known)
        throw OutputError(
            file.string() +
            ": its CT is not a DICOM series, so there is nothing to refer to; write the CT as DICOM first");
}

}  // namespace coutard::rtdicom
