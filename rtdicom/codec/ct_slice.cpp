#include "rtdicom/codec/ct_slice_dcmtk.hpp"

#include "engine/base/error.hpp"

namespace coutard::rtdicom {
namespace {

/// How a stored sample becomes a number: which bits count, and whether they are signed (PS3.5 8.1.1).
struct SampleLayout {
    int shift = 0, stored = 16;
    bool is_signed = false;

    int value(Uint16 raw) const {
        const int bits = (raw >> shift) & ((1 << stored) - 1);
        return is_signed && bits & 1 << (stored - 1) ? bits - (1 << stored) : bits;
    }
};

SampleLayout sample_layout(const Record& record) {
    if (const int allocated = record.required_integer(DCM_BitsAllocated); allocated != 16)
        record.refuse(DCM_BitsAllocated, std::to_string(allocated), "16");
    const int stored = record.required_integer(DCM_BitsStored), high = record.required_integer(DCM_HighBit);
    if (stored < 1 || stored > 16) record.refuse(DCM_BitsStored, std::to_string(stored), "1 to 16");
    if (high < stored - 1 || high > 15)
        record.refuse(DCM_HighBit, std::to_string(high), std::to_string(stored - 1) + " to 15");
    const int sign = record.required_integer(DCM_PixelRepresentation);
    if (sign != 0 && sign != 1) record.refuse(DCM_PixelRepresentation, std::to_string(sign), "0 or 1");
    if (const int samples = record.required_integer(DCM_SamplesPerPixel); samples != 1)
        record.refuse(DCM_SamplesPerPixel, std::to_string(samples), "1");
    record.must_be(DCM_PhotometricInterpretation, "MONOCHROME2");
    return {high + 1 - stored, stored, sign == 1};
}

/// Stored values that mean "outside the field of view" (PS3.3 C.7.5.1.1.2): one value or a range.
struct Padding {
    bool any = false;
    int low = 0, high = 0;
    bool holds(int value) const { return any && value >= low && value <= high; }
};

Padding padding_of(const Record& record) {
    const auto value = record.integer(DCM_PixelPaddingValue);
    if (!value) return {};
    const int limit = record.integer(DCM_PixelPaddingRangeLimit).value_or(*value);
    return {true, std::min(*value, limit), std::max(*value, limit)};
}

}  // namespace

CtSlice read_slice_header(const File& file) {
    const Record record = file.record();
    CtSlice slice;
    slice.path = file.path();
    slice.sop_uid = record.required_text(DCM_SOPInstanceUID);
    slice.series_uid = record.required_text(DCM_SeriesInstanceUID);
    slice.study_uid = record.required_text(DCM_StudyInstanceUID);
    slice.series_description = record.text(DCM_SeriesDescription);
    slice.image_type = record.text(DCM_ImageType);
    slice.patient_id = record.text(DCM_PatientID);
    slice.patient_position = record.text(DCM_PatientPosition);
    slice.rescale_type = record.text(DCM_RescaleType);
    // A localizer needs no place in the stack, so what follows is asked of axial images alone.
    if (slice.image_type.find("LOCALIZER") != std::string::npos) return slice;
    slice.frame_uid = record.required_text(DCM_FrameOfReferenceUID);
    SlicePlane& plane = slice.plane;
    plane.file = file.path().string();
    plane.position_mm = record.required_point(DCM_ImagePositionPatient);
    const auto cosines = record.required_numbers(DCM_ImageOrientationPatient, 6);
    plane.row = {cosines[0], cosines[1], cosines[2]};
    plane.column = {cosines[3], cosines[4], cosines[5]};
    const auto spacing = record.required_numbers(DCM_PixelSpacing, 2);
    if (!(spacing[0] > 0 && spacing[1] > 0)) record.refuse(DCM_PixelSpacing, decimals(spacing), "positive lengths");
    plane.row_spacing_mm = spacing[0];
    plane.column_spacing_mm = spacing[1];
    plane.rows = record.required_integer(DCM_Rows);
    plane.columns = record.required_integer(DCM_Columns);
    if (plane.rows < 1) record.refuse(DCM_Rows, std::to_string(plane.rows), "at least 1");
    if (plane.columns < 1) record.refuse(DCM_Columns, std::to_string(plane.columns), "at least 1");
    plane.thickness_mm = record.number(DCM_SliceThickness).value_or(0);
    record.required_number(DCM_RescaleSlope);
    record.required_number(DCM_RescaleIntercept);
    sample_layout(record);
    return slice;
}

std::size_t read_slice_hu(const std::filesystem::path& path, std::size_t count, std::vector<float>& hu) {
    File file(path);
    const Record record = file.record();
    if (!record.item().tagExists(DCM_PixelData)) record.refuse(DCM_PixelData, "nothing", "the image");
    file.decompress();
    const SampleLayout layout = sample_layout(record);  // a decoder may have changed it
    const Padding padding = padding_of(record);
    const double slope = record.required_number(DCM_RescaleSlope);
    const double intercept = record.required_number(DCM_RescaleIntercept);
    const Uint16* samples = nullptr;
    unsigned long found = 0;
    const auto got = file.dataset().findAndGetUint16Array(DCM_PixelData, samples, &found);
    if (got.bad() || !samples || found < count)
        record.refuse(DCM_PixelData, std::to_string(got.bad() ? 0 : found) + " samples",
                      std::to_string(count) + " samples (Rows x Columns; a truncated file?)");
    std::size_t padded = 0;
    for (std::size_t p = 0; p < count; ++p) {
        const int value = layout.value(samples[p]);
        const bool outside = padding.holds(value);
        padded += outside;
        hu.push_back(outside ? -1000.0F : static_cast<float>(slope * value + intercept));
    }
    return padded;
}

}  // namespace coutard::rtdicom
