#include <algorithm>
#include <cmath>
#include <cstdio>

#include "rtdicom/codec/ct.hpp"
#include "rtdicom/codec/file_dcmtk.hpp"
#include "rtdicom/codec/study_dcmtk.hpp"

namespace coutard::rtdicom {
namespace fs = std::filesystem;
namespace {

void make_identity(CtImage& ct) {
    for (auto* uid : {&ct.study.study_uid, &ct.study.frame_uid, &ct.series_uid})
        if (uid->empty()) *uid = new_uid();
    const auto depth = static_cast<std::size_t>(ct.hu.grid().size().z);
    if (ct.slices.size() != depth) ct.slices.assign(depth, {});
    for (auto& slice : ct.slices)
        if (slice.sop_uid.empty()) slice.sop_uid = new_uid();
    if (ct.study.study_date.empty()) {
        const Moment moment = now();
        ct.study.study_date = moment.date;
        ct.study.study_time = moment.time;
    }
}

/// Rescale slope 1 and intercept 0: the stored number is the HU.
std::vector<Uint16> stored_samples(std::span<const float> hu) {
    std::vector<Uint16> samples;
    samples.reserve(hu.size());
    for (const float value : hu) {
        if (!std::isfinite(value)) throw OutputError("CT: found a value that is not a number, expected HU");
        samples.push_back(static_cast<Uint16>(static_cast<Sint16>(std::clamp(std::lround(value), -32768L, 32767L))));
    }
    return samples;
}

void put_text(DcmDataset& dataset, const DcmTagKey& tag, const std::string& value) {
    put(dataset.putAndInsertString(tag, value.c_str()), DcmTag(tag).getTagName());
}

void put_number(DcmDataset& dataset, const DcmTagKey& tag, int value) {
    put(dataset.putAndInsertUint16(tag, static_cast<Uint16>(value)), DcmTag(tag).getTagName());
}

void put_plane(DcmDataset& dataset, const CtImage& ct, int k) {
    const Grid& grid = ct.hu.grid();
    const Vec3 row = grid.direction().cx, column = grid.direction().cy;
    put_text(dataset, DCM_ImageType, "DERIVED\\SECONDARY\\AXIAL");
    put_text(dataset, DCM_KVP, "");
    put_text(dataset, DCM_AcquisitionNumber, "");
    put_text(dataset, DCM_InstanceNumber, std::to_string(k + 1));
    put_text(dataset, DCM_ContentDate, ct.study.study_date);
    put_text(dataset, DCM_ContentTime, ct.study.study_time);
    put_text(dataset, DCM_PatientPosition, std::string(dicom_name(ct.position)));
    put_text(dataset, DCM_SliceThickness, decimal(grid.spacing_mm().z));
    put_text(dataset, DCM_ImagePositionPatient, decimals(grid.point(0, 0, k)));
    put_text(dataset, DCM_ImageOrientationPatient,
             decimals(std::vector<double>{row.x, row.y, row.z, column.x, column.y, column.z}));
    put_text(dataset, DCM_PixelSpacing, decimals(std::vector<double>{grid.spacing_mm().y, grid.spacing_mm().x}));
    put_text(dataset, DCM_SliceLocation, decimal(dot(grid.direction().cz, grid.point(0, 0, k))));
}

void put_pixels(DcmDataset& dataset, const CtImage& ct, int k) {
    const Size3& size = ct.hu.grid().size();
    put_number(dataset, DCM_SamplesPerPixel, 1);
    put_text(dataset, DCM_PhotometricInterpretation, "MONOCHROME2");
    put_number(dataset, DCM_Rows, size.y);
    put_number(dataset, DCM_Columns, size.x);
    put_number(dataset, DCM_BitsAllocated, 16);
    put_number(dataset, DCM_BitsStored, 16);
    put_number(dataset, DCM_HighBit, 15);
    put_number(dataset, DCM_PixelRepresentation, 1);
    put_text(dataset, DCM_RescaleIntercept, "0");
    put_text(dataset, DCM_RescaleSlope, "1");
    put_text(dataset, DCM_RescaleType, "HU");
    put_text(dataset, DCM_WindowCenter, "40");
    put_text(dataset, DCM_WindowWidth, "400");
    const std::size_t plane = static_cast<std::size_t>(size.x) * static_cast<std::size_t>(size.y);
    const auto samples = stored_samples(ct.hu.values().subspan(static_cast<std::size_t>(k) * plane, plane));
    put(dataset.putAndInsertUint16Array(DCM_PixelData, samples.data(), static_cast<unsigned long>(samples.size())),
        "PixelData");
}

fs::path slice_file(const fs::path& folder, int k) {
    char name[24];
    std::snprintf(name, sizeof name, "CT_%04d.dcm", k + 1);
    return folder / name;
}

/// Removes what was written unless all of it was.
struct Undo {
    std::vector<fs::path> files;
    ~Undo() {
        std::error_code ignored;
        for (const auto& file : files) fs::remove(file, ignored);
    }
};

}  // namespace

std::string write_ct(const fs::path& folder, CtImage& ct) {
    prepare_dcmtk();
    expect(!ct.hu.empty(), "write_ct: the CT has voxels");
    if (!fs::is_directory(folder)) throw OutputError(folder.string() + ": folder does not exist");
    make_identity(ct);
    Undo undo;
    for (int k = 0; k < ct.hu.grid().size().z; ++k) {
        DcmFileFormat format;
        DcmDataset& dataset = *format.getDataset();
        put_common(dataset, ct.study, UID_CTImageStorage, ct.slices[static_cast<std::size_t>(k)].sop_uid, "CT",
                   "CT written by Coutard", ct.series_uid);
        put_plane(dataset, ct, k);
        put_pixels(dataset, ct, k);
        const auto path = slice_file(folder, k);
        save(format, path, EXS_LittleEndianExplicit);
        undo.files.push_back(path);
    }
    undo.files.clear();
    return ct.series_uid;
}

}  // namespace coutard::rtdicom
