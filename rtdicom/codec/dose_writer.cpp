#include <dcmtk/dcmrt/drtdose.h>

#include <algorithm>
#include <cmath>

#include "rtdicom/codec/dose.hpp"
#include "rtdicom/codec/file_dcmtk.hpp"
#include "rtdicom/codec/study_dcmtk.hpp"

namespace coutard::rtdicom {
namespace {

/// A day's dose is one session, FRACTION would be all sessions of a fraction group. What was accumulated halfway is
/// PLAN for want of a term: PLAN_OVERVIEW and RECORD ask for objects that we do not have (PS3.3 C.8.8.3).
const char* summation_text(DoseSummation summation) {
    return summation == DoseSummation::Plan ? "PLAN" : summation == DoseSummation::Beam ? "BEAM" : "FRACTION_SESSION";
}

/// "NOT the whole course: 16 of 35 fractions", or nothing.
std::string part_of_course(const Dose& dose) {
    if (dose.course_fractions <= dose.fractions) return {};
    return "NOT the whole course: " + std::to_string(dose.fractions) + " of " + std::to_string(dose.course_fractions) +
           " fractions";
}

std::string series_description(const Dose& dose) {
    const std::string what = !part_of_course(dose).empty()               ? part_of_course(dose)
                             : dose.summation == DoseSummation::Fraction ? "Dose of one fraction"
                             : dose.summation == DoseSummation::Beam     ? "Dose of one beam"
                                                                         : "Dose";
    return shortened(what + " (not a medical device)", 64);
}

std::string comment_of(const Dose& dose) {
    const std::string part = part_of_course(dose);
    return shortened((part.empty() ? "" : part + ". ") + "Dose to " +
                         (dose.to == DoseTo::Medium ? "medium. " : "water. ") + dose.comment,
                     64);
}

void put_image(DRTDoseIOD& iod, const Grid& grid, int bits) {
    const Vec3 row = grid.direction().cx, column = grid.direction().cy, spacing = grid.spacing_mm();
    put(iod.setImagePositionPatient(decimals(grid.origin_mm()).c_str()), "ImagePositionPatient");
    put(iod.setImageOrientationPatient(
            decimals(std::vector<double>{row.x, row.y, row.z, column.x, column.y, column.z}).c_str()),
        "ImageOrientationPatient");
    put(iod.setPixelSpacing(decimals(std::vector<double>{spacing.y, spacing.x}).c_str()), "PixelSpacing");
    put(iod.setSliceThickness(decimal(spacing.z).c_str()), "SliceThickness");
    put(iod.setSamplesPerPixel(1), "SamplesPerPixel");
    put(iod.setPhotometricInterpretation("MONOCHROME2"), "PhotometricInterpretation");
    put(iod.setRows(static_cast<Uint16>(grid.size().y)), "Rows");
    put(iod.setColumns(static_cast<Uint16>(grid.size().x)), "Columns");
    put(iod.setBitsAllocated(static_cast<Uint16>(bits)), "BitsAllocated");
    put(iod.setBitsStored(static_cast<Uint16>(bits)), "BitsStored");
    put(iod.setHighBit(static_cast<Uint16>(bits - 1)), "HighBit");
    put(iod.setPixelRepresentation(0), "PixelRepresentation");
    if (grid.size().z == 1) return;  // a single frame has no offsets: its thickness says its extent
    put(iod.setNumberOfFrames(std::to_string(grid.size().z).c_str()), "NumberOfFrames");
    put(iod.setFrameIncrementPointer("(3004,000c)"), "FrameIncrementPointer");
    std::vector<double> offsets;
    for (int k = 0; k < grid.size().z; ++k) offsets.push_back(k * spacing.z);
    put(iod.setGridFrameOffsetVector(decimals(offsets).c_str()), "GridFrameOffsetVector");
}

/// Gy per stored unit as the file will say it, so that rounding of the text is not an error of the dose.
/// The largest sample stays below 2^31 of 32 bits, for some readers take those as signed, and just below
/// 2^16 of 16, so that rounding of the text cannot carry it over.
double scaling_for(double maximum_Gy, int bits) {
    const double largest = bits == 32 ? 2147483000.0 : 65534.9;
    return std::stod(decimal(maximum_Gy > 0 ? maximum_Gy / largest : 1e-6));
}

void put_values(DRTDoseIOD& iod, const Dose& dose, int bits, const std::filesystem::path& file) {
    double maximum = 0;
    for (const float gy : dose.gy.values()) {
        if (!(gy >= 0) || !std::isfinite(gy))
            throw OutputError(file.string() + ": dose of " + std::to_string(gy) +
                              " Gy, expected finite values, not negative");
        maximum = std::max<double>(maximum, gy);
    }
    const double scale = scaling_for(maximum, bits);
    put(iod.setDoseGridScaling(decimal(scale).c_str()), "DoseGridScaling");
    std::vector<Uint16> words;
    words.reserve(dose.gy.count() * static_cast<std::size_t>(bits / 16));
    for (const float gy : dose.gy.values()) {
        const auto sample = static_cast<std::uint32_t>(std::llround(gy / scale));
        words.push_back(static_cast<Uint16>(sample & 0xFFFF));
        if (bits == 32) words.push_back(static_cast<Uint16>(sample >> 16));  // the lower word comes first
    }
    put(iod.getPixelData().putUint16Array(words.data(), static_cast<unsigned long>(words.size())), "PixelData");
}

void put_references(DRTDoseIOD& iod, const Dose& dose) {
    DRTReferencedRTPlanSequence::Item* plan = nullptr;
    put(iod.getReferencedRTPlanSequence().addItem(plan), "ReferencedRTPlanSequence");
    put(plan->setReferencedSOPClassUID(UID_RTPlanStorage), "ReferencedSOPClassUID");
    put(plan->setReferencedSOPInstanceUID(dose.plan_uid.c_str()), "ReferencedSOPInstanceUID");
    if (dose.summation == DoseSummation::Plan) return;
    DRTReferencedFractionGroupSequence::Item* group = nullptr;
    put(plan->getReferencedFractionGroupSequence().addItem(group), "ReferencedFractionGroupSequence");
    put(group->setReferencedFractionGroupNumber("1"), "ReferencedFractionGroupNumber");
    if (dose.summation != DoseSummation::Beam) return;
    DRTReferencedBeamSequenceInRTDoseModule::Item* beam = nullptr;
    put(group->getReferencedBeamSequence().addItem(beam), "ReferencedBeamSequence");
    put(beam->setReferencedBeamNumber(std::to_string(dose.beam_number).c_str()), "ReferencedBeamNumber");
}

}  // namespace

std::string write_dose(const std::filesystem::path& file, const Dose& dose, const CtImage& ct, int bits) {
    expect(bits == 16 || bits == 32, "write_dose: samples of 16 or 32 bits");
    prepare_dcmtk();
    must_have_identity(ct, file);
    expect(!dose.gy.empty(), "write_dose: the dose has voxels");
    if (dose.plan_uid.empty())
        throw OutputError(file.string() + ": the dose names no plan to refer to; write the RTPLAN first");
    const Grid& grid = dose.gy.grid();
    if (grid.size().x > 65535 || grid.size().y > 65535)
        throw OutputError(file.string() + ": more than 65535 rows or columns");
    const std::string uid = new_uid();
    DRTDoseIOD iod;
    put_common(iod, ct.study, UID_RTDoseStorage, uid, "RTDOSE", series_description(dose).c_str());
    put_image(iod, grid, bits);
    put(iod.setDoseUnits("GY"), "DoseUnits");
    put(iod.setDoseType("PHYSICAL"), "DoseType");
    put(iod.setDoseSummationType(summation_text(dose.summation)), "DoseSummationType");
    put(iod.setTissueHeterogeneityCorrection("IMAGE"), "TissueHeterogeneityCorrection");
    put(iod.setDoseComment(comment_of(dose).c_str(), OFFalse), "DoseComment");
    put_references(iod, dose);
    put_values(iod, dose, bits, file);
    DcmFileFormat format;
    put(iod.write(*format.getDataset()), "RT Dose");
    save(format, file, EXS_LittleEndianExplicit);
    return uid;
}

}  // namespace coutard::rtdicom
