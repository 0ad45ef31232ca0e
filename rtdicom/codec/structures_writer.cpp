#include <dcmtk/dcmrt/drtstrct.h>

#include <cmath>
#include <cstdio>
#include <set>

#include "rtdicom/codec/file_dcmtk.hpp"
#include "rtdicom/codec/structures.hpp"
#include "rtdicom/codec/study_dcmtk.hpp"

namespace coutard::rtdicom {
namespace {

/// Coordinates to a tenth of a micrometre, without trailing zeros.
std::string coordinates(const std::vector<Vec3>& points) {
    std::string all;
    for (const auto& point : points)
        for (int axis = 0; axis < 3; ++axis) {
            ensure(std::isfinite(point[axis]), "contour points are finite");
            all += (all.empty() ? "" : "\\") + decimal(std::round(point[axis] * 1e4) / 1e4);
        }
    return all;
}

/// ROI numbers: as given, 0 replaced by the next free one.
std::vector<int> unique_numbers(const StructureSet& structures, const std::filesystem::path& file) {
    std::set<int> taken;
    for (const auto& roi : structures.structures)
        if (roi.number != 0 && !taken.insert(roi.number).second)
            throw OutputError(file.string() + ": ROI number " + std::to_string(roi.number) +
                              " is used twice (second time by \"" + roi.name + "\")");
    std::vector<int> numbers;
    int next = 1;
    for (const auto& roi : structures.structures) {
        while (roi.number == 0 && taken.contains(next)) ++next;
        numbers.push_back(roi.number != 0 ? roi.number : next++);
    }
    return numbers;
}

/// Slice on whose plane a contour lies, within half a slice; empty outside the CT.
std::string image_of(const Contour& contour, const CtImage& ct) {
    for (const auto& slice : ct.slices)
        if (!contour.image_uid.empty() && slice.sop_uid == contour.image_uid) return contour.image_uid;
    const double k = std::round(ct.hu.grid().index(contour.points_mm.front()).z);
    if (k < 0 || k >= static_cast<double>(ct.slices.size())) return {};
    return ct.slices[static_cast<std::size_t>(k)].sop_uid;
}

void put_image(DRTContourImageSequence& sequence, const std::string& sop_uid) {
    DRTContourImageSequence::Item* image = nullptr;
    put(sequence.addItem(image), "ContourImageSequence");
    put(image->setReferencedSOPClassUID(UID_CTImageStorage), "ReferencedSOPClassUID");
    put(image->setReferencedSOPInstanceUID(sop_uid.c_str(), OFFalse), "ReferencedSOPInstanceUID");
}

/// Frame of reference -> study -> series -> every image of the CT.
void put_references(DRTStructureSetIOD& iod, const CtImage& ct) {
    DRTReferencedFrameOfReferenceSequence::Item* frame = nullptr;
    put(iod.getReferencedFrameOfReferenceSequence().addItem(frame), "ReferencedFrameOfReferenceSequence");
    put(frame->setFrameOfReferenceUID(ct.study.frame_uid.c_str(), OFFalse), "FrameOfReferenceUID");
    DRTRTReferencedStudySequence::Item* study = nullptr;
    put(frame->getRTReferencedStudySequence().addItem(study), "RTReferencedStudySequence");
    put(study->setReferencedSOPClassUID(UID_RETIRED_StudyComponentManagementSOPClass), "ReferencedSOPClassUID");
    put(study->setReferencedSOPInstanceUID(ct.study.study_uid.c_str(), OFFalse), "ReferencedSOPInstanceUID");
    DRTRTReferencedSeriesSequence::Item* series = nullptr;
    put(study->getRTReferencedSeriesSequence().addItem(series), "RTReferencedSeriesSequence");
    put(series->setSeriesInstanceUID(ct.series_uid.c_str(), OFFalse), "SeriesInstanceUID");
    for (const auto& slice : ct.slices) put_image(series->getContourImageSequence(), slice.sop_uid);
}

void put_roi(DRTStructureSetIOD& iod, const Structure& roi, int number, const CtImage& ct) {
    DRTStructureSetROISequence::Item* item = nullptr;
    put(iod.getStructureSetROISequence().addItem(item), "StructureSetROISequence");
    put(item->setROINumber(std::to_string(number).c_str()), "ROINumber");
    put(item->setReferencedFrameOfReferenceUID(ct.study.frame_uid.c_str(), OFFalse), "ReferencedFrameOfReferenceUID");
    put(item->setROIName(shortened(roi.name, 64).c_str(), OFFalse), "ROIName");
    put(item->setROIGenerationAlgorithm(roi.algorithm.c_str(), OFFalse), "ROIGenerationAlgorithm");
    if (!roi.description.empty())
        put(item->setROIDescription(shortened(roi.description, 1024).c_str(), OFFalse), "ROIDescription");
}

void put_contour(DRTContourSequence& sequence, const Contour& contour, int number, const std::string& roi,
                 const CtImage& ct) {
    const auto count = contour.points_mm.size();
    if (count == 0 || count == 2)
        throw OutputError("structure \"" + roi + "\": a contour has " + std::to_string(count) +
                          " points, expected one (a marker) or at least three");
    DRTContourSequence::Item* item = nullptr;
    put(sequence.addItem(item), "ContourSequence");
    put(item->setContourNumber(std::to_string(number).c_str()), "ContourNumber");
    put(item->setContourGeometricType(count == 1 ? "POINT" : "CLOSED_PLANAR"), "ContourGeometricType");
    put(item->setNumberOfContourPoints(std::to_string(count).c_str()), "NumberOfContourPoints");
    put(item->setContourData(coordinates(contour.points_mm).c_str(), OFFalse), "ContourData");
    if (const auto image = image_of(contour, ct); !image.empty()) put_image(item->getContourImageSequence(), image);
}

void put_contours(DRTStructureSetIOD& iod, const Structure& roi, int number, const CtImage& ct) {
    DRTROIContourSequence::Item* item = nullptr;
    put(iod.getROIContourSequence().addItem(item), "ROIContourSequence");
    put(item->setReferencedROINumber(std::to_string(number).c_str()), "ReferencedROINumber");
    char colour[16];
    std::snprintf(colour, sizeof colour, "%d\\%d\\%d", roi.colour[0], roi.colour[1], roi.colour[2]);
    put(item->setROIDisplayColor(colour), "ROIDisplayColor");
    int count = 0;
    for (const auto& contour : roi.contours) put_contour(item->getContourSequence(), contour, ++count, roi.name, ct);
}

void put_observation(DRTStructureSetIOD& iod, const Structure& roi, int number, int observation) {
    DRTRTROIObservationsSequence::Item* item = nullptr;
    put(iod.getRTROIObservationsSequence().addItem(item), "RTROIObservationsSequence");
    put(item->setObservationNumber(std::to_string(observation).c_str()), "ObservationNumber");
    put(item->setReferencedROINumber(std::to_string(number).c_str()), "ReferencedROINumber");
    put(item->setRTROIInterpretedType(std::string(dicom_name(roi.role)).c_str()), "RTROIInterpretedType");
    put(item->setROIInterpreter(""), "ROIInterpreter");
}

}  // namespace

std::string write_structures(const std::filesystem::path& file, const StructureSet& structures, const CtImage& ct) {
    prepare_dcmtk();
    must_have_identity(ct, file);
    if (!structures.frame_uid.empty() && structures.frame_uid != ct.study.frame_uid)
        throw OutputError(file.string() + ": the structures' frame of reference is " + structures.frame_uid +
                          ", expected " + ct.study.frame_uid + " of the CT");
    if (structures.structures.empty()) throw OutputError(file.string() + ": no structures to write");
    const auto numbers = unique_numbers(structures, file);
    const std::string uid = new_uid();
    const Moment moment = now();
    DRTStructureSetIOD iod;
    put_common(iod, ct.study, UID_RTStructureSetStorage, uid, "RTSTRUCT", "Structures (not a medical device)");
    put(iod.setStructureSetLabel(shortened(structures.label, 16).c_str(), OFFalse), "StructureSetLabel");
    put(iod.setStructureSetName(shortened(structures.label, 64).c_str(), OFFalse), "StructureSetName");
    put(iod.setStructureSetDate(moment.date.c_str()), "StructureSetDate");
    put(iod.setStructureSetTime(moment.time.c_str()), "StructureSetTime");
    put(iod.setApprovalStatus("UNAPPROVED"), "ApprovalStatus");
    put_references(iod, ct);
    for (std::size_t s = 0; s < structures.structures.size(); ++s) {
        const auto& roi = structures.structures[s];
        put_roi(iod, roi, numbers[s], ct);
        put_contours(iod, roi, numbers[s], ct);
        put_observation(iod, roi, numbers[s], static_cast<int>(s) + 1);
    }
    DcmFileFormat format;
    put(iod.write(*format.getDataset()), "RT Structure Set");
    save(format, file, EXS_LittleEndianImplicit);  // explicit VR limits ContourData to 64 KiB
    return uid;
}

}  // namespace coutard::rtdicom
