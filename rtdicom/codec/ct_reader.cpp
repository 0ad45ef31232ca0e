#include <set>

#include "engine/base/error.hpp"
#include "rtdicom/codec/ct.hpp"
#include "rtdicom/codec/ct_folder_dcmtk.hpp"
#include "rtdicom/codec/study_dcmtk.hpp"

namespace coutard::rtdicom {
namespace {

void check_one_patient(const std::vector<CtSlice>& slices) {
    const CtSlice& first = slices.front();
    const auto same = [&](const CtSlice& slice, const DcmTagKey& tag, const std::string& found,
                          const std::string& expected) {
        if (found != expected)
            throw InputError(slice.path.string() + ": " + attribute_name(tag) + ": found \"" + found +
                             "\", expected \"" + expected + "\" as in " + first.path.string());
    };
    for (const auto& slice : slices) {
        same(slice, DCM_PatientID, slice.patient_id, first.patient_id);
        same(slice, DCM_StudyInstanceUID, slice.study_uid, first.study_uid);
        same(slice, DCM_FrameOfReferenceUID, slice.frame_uid, first.frame_uid);
        same(slice, DCM_PatientPosition, slice.patient_position, first.patient_position);
        if (!slice.rescale_type.empty()) same(slice, DCM_RescaleType, slice.rescale_type, "HU");
    }
}

/// Scanners store images as seen from the feet end of a supine head-first patient; the directions of
/// rows and columns then tell the position. A guess, so it is noted.
PatientPosition position_from_orientation(const SlicePlane& plane) {
    if (plane.column.y > 0) return plane.row.x > 0 ? PatientPosition::Hfs : PatientPosition::Ffs;
    return plane.row.x < 0 ? PatientPosition::Hfp : PatientPosition::Ffp;
}

void settle_position(CtImage& ct, const CtSlice& slice, std::optional<PatientPosition> asked) {
    const auto refuse = [&](const std::string& expected) {
        throw InputError(slice.path.string() + ": " + attribute_name(DCM_PatientPosition) + ": found \"" +
                         slice.patient_position + "\", expected " + expected);
    };
    if (slice.patient_position.empty()) {
        ct.position_assumed = true;
        ct.position = asked ? *asked : position_from_orientation(slice.plane);
        ct.notes.push_back("PatientPosition is empty: " + std::string(dicom_name(ct.position)) +
                           (asked ? " as asked for" : " taken from ImageOrientationPatient"));
        return;
    }
    for (const auto known : {PatientPosition::Hfs, PatientPosition::Hfp, PatientPosition::Ffs, PatientPosition::Ffp})
        if (slice.patient_position == dicom_name(known)) {
            if (asked && *asked != known) refuse("\"" + std::string(dicom_name(*asked)) + "\" as asked for");
            ct.position = known;
            return;
        }
    refuse("HFS, HFP, FFS or FFP (decubitus and other positions are not supported)");
}

void check_unique(const std::vector<CtSlice>& slices) {
    std::set<std::string> seen;
    for (const auto& slice : slices)
        if (!seen.insert(slice.sop_uid).second)
            throw InputError(slice.path.string() + ": " + attribute_name(DCM_SOPInstanceUID) + ": found " +
                             slice.sop_uid + " a second time, expected every slice once (duplicate file?)");
}

}  // namespace

CtImage read_ct(const std::filesystem::path& source, std::optional<PatientPosition> position,
                const std::string& series_uid) {
    prepare_dcmtk();
    const CtSeries series = find_ct_series(source, series_uid);
    check_one_patient(series.slices);
    check_unique(series.slices);
    std::vector<SlicePlane> planes;
    for (const auto& slice : series.slices) planes.push_back(slice.plane);
    const SliceStack stack = stack_slices(planes);

    CtImage ct;
    const CtSlice& first = series.slices[stack.order.front()];
    ct.notes = series.notes;
    ct.study = read_study(File(first.path, true).record());
    ct.series_uid = first.series_uid;
    settle_position(ct, first, position);
    if (planes.size() == 1) ct.notes.push_back("a single slice; its thickness is the slice distance");

    const auto plane = static_cast<std::size_t>(first.plane.rows) * static_cast<std::size_t>(first.plane.columns);
    std::vector<float> hu;
    std::size_t padded = 0;
    for (const std::size_t s : stack.order) {
        const CtSlice& slice = series.slices[s];
        padded += read_slice_hu(slice.path, plane, hu);
        if (ct.slices.empty()) hu.reserve(stack.grid.count());  // only now is the claimed size believed
        ct.slices.push_back({slice.sop_uid});
    }
    ct.hu = Volume<float>(stack.grid, std::move(hu));
    if (padded > 0)
        ct.notes.push_back(std::to_string(padded) + " padding pixels (outside the field of view) set to -1000 HU");
    return ct;
}

}  // namespace coutard::rtdicom
