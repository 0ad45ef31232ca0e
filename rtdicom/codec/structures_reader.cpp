#include <algorithm>
#include <cmath>
#include <map>

#include "engine/base/error.hpp"
#include "engine/shape/contour_planes.hpp"
#include "rtdicom/codec/file_dcmtk.hpp"
#include "rtdicom/codec/structures.hpp"

namespace coutard::rtdicom {
namespace {

/// Colours for files that give none: far apart, in the order of the ROIs.
std::array<std::uint8_t, 3> colour_of(std::size_t index) {
    static constexpr std::array<std::array<std::uint8_t, 3>, 8> palette{{{230, 25, 75},
                                                                         {60, 180, 75},
                                                                         {0, 130, 200},
                                                                         {245, 130, 48},
                                                                         {145, 30, 180},
                                                                         {70, 240, 240},
                                                                         {240, 50, 230},
                                                                         {255, 225, 25}}};
    return palette[index % palette.size()];
}

std::vector<Vec3> points_of(const Record& contour) {
    const auto xyz = contour.numbers(DCM_ContourData);
    if (xyz.empty() || xyz.size() % 3 != 0)
        contour.refuse(DCM_ContourData, std::to_string(xyz.size()) + " numbers", "x, y, z of each point (type 1)");
    if (const auto count = contour.integer(DCM_NumberOfContourPoints);
        count && *count * 3 != static_cast<int>(xyz.size()))
        contour.refuse(DCM_NumberOfContourPoints, std::to_string(*count),
                       std::to_string(xyz.size() / 3) + ", as many as ContourData holds");
    std::vector<Vec3> points;
    for (std::size_t p = 0; p < xyz.size(); p += 3) points.push_back({xyz[p], xyz[p + 1], xyz[p + 2]});
    return points;
}

void check_transverse(const Record& contour, const std::vector<Vec3>& points) {
    for (const auto& point : points)
        if (std::abs(point.z - points.front().z) > 0.5)
            contour.refuse(DCM_ContourData, "z from " + decimal(points.front().z) + " to " + decimal(point.z) + " mm",
                           "a polygon on a transverse plane");
}

/// Reads the contours of one ROI; counts what planning cannot use, for the notes.
struct ContourReader {
    int open = 0, degenerate = 0;

    void read(const Record& item, Structure& structure) {
        const auto type = item.required_text(DCM_ContourGeometricType);
        Contour contour;
        contour.points_mm = points_of(item);
        if (const auto images = item.items(DCM_ContourImageSequence); !images.empty())
            contour.image_uid = images.front().text(DCM_ReferencedSOPInstanceUID);
        if (type == "POINT") {
            if (contour.points_mm.size() != 1)
                item.refuse(DCM_ContourGeometricType,
                            "POINT with " + std::to_string(contour.points_mm.size()) + " points", "one point");
        } else if (type == "CLOSED_PLANAR" || type == "CLOSEDPLANAR_XOR") {
            auto& points = contour.points_mm;
            while (points.size() > 1 && norm(points.back() - points.front()) < 1e-4) points.pop_back();
            if (points.size() < 3) {
                ++degenerate;
                return;
            }
            check_transverse(item, points);
        } else if (type == "OPEN_PLANAR" || type == "OPEN_NONPLANAR") {
            ++open;
            return;
        } else {
            item.refuse(DCM_ContourGeometricType, "\"" + type + "\"",
                        "POINT, CLOSED_PLANAR, CLOSEDPLANAR_XOR, OPEN_PLANAR or OPEN_NONPLANAR");
        }
        structure.contours.push_back(std::move(contour));
    }
};

/// The ROIs without contours yet, and the frame of reference that they share.
void read_rois(const Record& record, StructureSet& set) {
    std::map<int, bool> seen;
    for (const auto& item : record.required_items(DCM_StructureSetROISequence)) {
        Structure roi;
        roi.number = item.required_integer(DCM_ROINumber);
        if (seen[roi.number]) item.refuse(DCM_ROINumber, std::to_string(roi.number) + " again", "every number once");
        seen[roi.number] = true;
        roi.name = item.text(DCM_ROIName);  // type 2
        if (roi.name.empty()) {
            roi.name = "ROI_" + std::to_string(roi.number);
            set.notes.push_back("ROI " + std::to_string(roi.number) + " has no name");
        }
        roi.algorithm = item.text(DCM_ROIGenerationAlgorithm);
        roi.description = item.text(DCM_ROIDescription);
        roi.colour = colour_of(set.structures.size());
        const auto frame = item.text(DCM_ReferencedFrameOfReferenceUID);
        if (set.frame_uid.empty()) set.frame_uid = frame;
        if (!frame.empty() && frame != set.frame_uid)
            item.refuse(DCM_ReferencedFrameOfReferenceUID, frame, set.frame_uid + " as in the other ROIs");
        set.structures.push_back(std::move(roi));
    }
}

/// Frame and series of the images that were drawn on.
void read_references(const Record& record, StructureSet& set) {
    for (const auto& frame : record.items(DCM_ReferencedFrameOfReferenceSequence)) {
        const auto uid = frame.text(DCM_FrameOfReferenceUID);
        if (set.frame_uid.empty()) set.frame_uid = uid;
        if (uid != set.frame_uid) continue;
        for (const auto& study : frame.items(DCM_RTReferencedStudySequence))
            for (const auto& series : study.items(DCM_RTReferencedSeriesSequence))
                if (set.series_uid.empty()) set.series_uid = series.text(DCM_SeriesInstanceUID);
    }
    if (set.frame_uid.empty()) set.frame_uid = record.text(DCM_FrameOfReferenceUID);
    if (set.frame_uid.empty())
        record.refuse(DCM_ReferencedFrameOfReferenceUID, "nothing", "the frame of reference of the ROIs (type 1)");
}

Structure* by_number(StructureSet& set, int number) {
    const auto at = std::find_if(set.structures.begin(), set.structures.end(),
                                 [&](const Structure& s) { return s.number == number; });
    return at == set.structures.end() ? nullptr : &*at;
}

/// "1 contour plane(s) far from all others, at z 45 mm": a loop drawn by mistake, or slices left out.
void note_strays(const Structure& roi, std::vector<std::string>& notes) {
    const auto strays = stray_planes(roi);
    if (strays.empty()) return;
    std::string text = roi.name + ": " + std::to_string(strays.size()) + " contour plane(s) far from all others, at z";
    for (std::size_t s = 0; s < std::min<std::size_t>(strays.size(), 3); ++s)
        text += (s == 0 ? " " : ", ") + decimal(strays[s]);
    notes.push_back(text + (strays.size() > 3 ? " ... mm" : " mm"));
}

void read_contours(const Record& record, StructureSet& set) {
    for (const auto& item : record.required_items(DCM_ROIContourSequence)) {
        const int number = item.required_integer(DCM_ReferencedROINumber);
        Structure* roi = by_number(set, number);
        if (!roi) item.refuse(DCM_ReferencedROINumber, std::to_string(number), "a number of StructureSetROISequence");
        if (const auto rgb = item.numbers(DCM_ROIDisplayColor); rgb.size() == 3)
            for (std::size_t c = 0; c < 3; ++c)
                roi->colour[c] = static_cast<std::uint8_t>(std::clamp(rgb[c], 0.0, 255.0));
        ContourReader reader;
        for (const auto& contour : item.items(DCM_ContourSequence)) reader.read(contour, *roi);
        if (reader.open > 0)
            set.notes.push_back(roi->name + ": " + std::to_string(reader.open) + " open contours left out");
        if (reader.degenerate > 0)
            set.notes.push_back(roi->name + ": " + std::to_string(reader.degenerate) +
                                " contours of fewer than three points left out");
        note_strays(*roi, set.notes);
    }
}

/// What a structure set says of materials and what no dose here follows.
void note_materials(const Record& item, const Structure& roi, std::vector<std::string>& notes) {
    for (const auto& property : item.items(DCM_ROIPhysicalPropertiesSequence))
        notes.push_back(roi.name + ": " + property.text(DCM_ROIPhysicalProperty) + " " +
                        property.text(DCM_ROIPhysicalPropertyValue) +
                        " is a density override; it is not used, the dose follows the CT");
    if (roi.role == Role::Bolus && !roi.contours.empty())
        notes.push_back(roi.name +
                        ": a bolus; it is in the dose only as far as External encloses it, with the density that the "
                        "CT shows there");
}

void read_observations(const Record& record, StructureSet& set) {
    const auto observations = record.items(DCM_RTROIObservationsSequence);
    if (observations.empty()) set.notes.push_back("RTROIObservationsSequence is missing: no ROI has a type");
    for (const auto& item : observations)
        if (const auto number = item.integer(DCM_ReferencedROINumber))
            if (Structure* roi = by_number(set, *number)) {
                roi->role = role_from_dicom(item.text(DCM_RTROIInterpretedType));
                note_materials(item, *roi, set.notes);
            }
}

}  // namespace

StructureSet read_structures(const std::filesystem::path& path) {
    const File file(path);
    file.must_be_class(UID_RTStructureSetStorage);
    const Record record = file.record();
    StructureSet set;
    set.sop_uid = record.required_text(DCM_SOPInstanceUID);
    set.patient_id = record.text(DCM_PatientID);
    set.label = record.text(DCM_StructureSetName);
    if (set.label.empty()) set.label = record.text(DCM_StructureSetLabel);
    read_rois(record, set);
    read_references(record, set);
    read_contours(record, set);
    read_observations(record, set);
    return set;
}

}  // namespace coutard::rtdicom
