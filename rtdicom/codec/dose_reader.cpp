#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>

#include "engine/base/error.hpp"
#include "rtdicom/codec/dose.hpp"
#include "rtdicom/codec/file_dcmtk.hpp"
#include "rtdicom/codec/slice_stack.hpp"
#include "rtdicom/codec/study_dcmtk.hpp"

namespace coutard::rtdicom {
namespace {

/// Where the frames lie along the normal, as the file says it.
struct Frames {
    std::vector<double> offsets_mm;  ///< from the first frame, along rows x columns, in file order
    double step_mm = 0;              ///< positive
};

/// Offsets relative to the first frame. Absolute ones are patient z (PS3.3 C.8.8.3.2 b), told by a first
/// element that is the z of ImagePositionPatient.
std::vector<double> relative_offsets(const Record& record, std::vector<double> offsets, double normal_z) {
    const double first = offsets.front(), z = record.required_point(DCM_ImagePositionPatient).z;
    if (std::abs(first) < 1e-6) return offsets;
    if (std::abs(first - z) > 1e-3)
        record.refuse(DCM_GridFrameOffsetVector, "first element " + decimal(first),
                      "0 (relative) or " + decimal(z) + ", the z of ImagePositionPatient (absolute)");
    for (double& offset : offsets) offset = (offset - first) * normal_z;
    return offsets;
}

Frames read_frames(const Record& record, double normal_z, std::vector<std::string>& notes) {
    const int count = record.integer(DCM_NumberOfFrames).value_or(1);
    if (count < 1) record.refuse(DCM_NumberOfFrames, std::to_string(count), "at least 1");
    auto offsets = record.numbers(DCM_GridFrameOffsetVector);
    const auto wanted = static_cast<std::size_t>(count);
    if (offsets.size() < wanted && wanted > 1)
        record.refuse(DCM_GridFrameOffsetVector, std::to_string(offsets.size()) + " values",
                      std::to_string(count) + ", one per frame");
    if (offsets.empty()) {
        const double thickness = record.number(DCM_SliceThickness).value_or(0);
        if (!(thickness > 0))
            record.refuse(DCM_GridFrameOffsetVector, "nothing", "offsets, or a SliceThickness for one frame");
        return {{0}, thickness};
    }
    offsets = relative_offsets(record, std::move(offsets), normal_z);
    double step = record.number(DCM_SliceThickness).value_or(0);
    if (offsets.size() > 1) step = std::abs(offsets[1] - offsets[0]);
    if (!(step > 1e-3))
        record.refuse(DCM_GridFrameOffsetVector, "frames " + decimal(step) + " mm apart", "a distance above 0");
    const double signed_step = offsets.size() > 1 ? offsets[1] - offsets[0] : step;
    for (std::size_t k = 1; k < offsets.size(); ++k)
        if (std::abs(offsets[k] - offsets[k - 1] - signed_step) > std::max(0.01, 0.01 * step))
            record.refuse(DCM_GridFrameOffsetVector,
                          decimal(offsets[k] - offsets[k - 1]) + " mm before frame " + std::to_string(k + 1),
                          decimal(signed_step) + " mm as between the first two (uneven frames are not supported)");
    if (offsets.size() > wanted) {
        notes.push_back(std::to_string(offsets.size()) + " frame offsets for " + std::to_string(count) +
                        " frames; the first taken");
        offsets.resize(wanted);
    }
    return {std::move(offsets), step};
}

/// The frames as slices, so that the same checks as for a CT apply.
Grid read_grid(const Record& record, const Frames& frames, const std::vector<double>& cosines) {
    SlicePlane plane;
    plane.file = record.where();
    plane.row = {cosines[0], cosines[1], cosines[2]};
    plane.column = {cosines[3], cosines[4], cosines[5]};
    const auto spacing = record.required_numbers(DCM_PixelSpacing, 2);
    if (!(spacing[0] > 0 && spacing[1] > 0)) record.refuse(DCM_PixelSpacing, decimals(spacing), "positive lengths");
    plane.row_spacing_mm = spacing[0];
    plane.column_spacing_mm = spacing[1];
    plane.rows = record.required_integer(DCM_Rows);
    plane.columns = record.required_integer(DCM_Columns);
    if (plane.rows < 1 || plane.columns < 1) record.refuse(DCM_Rows, "no pixels", "at least one row and column");
    plane.thickness_mm = frames.step_mm;
    const Vec3 origin = record.required_point(DCM_ImagePositionPatient), normal = cross(plane.row, plane.column);
    std::vector<SlicePlane> planes;
    for (const double offset : frames.offsets_mm) {
        plane.position_mm = origin + normal * offset;
        planes.push_back(plane);
    }
    return stack_slices(planes).grid;
}

/// FRACTION is all of one fraction group, FRACTION_SESSION one session of it (PS3.3 C.8.8.3).
DoseSummation summation_of(const Record& record, std::vector<std::string>& notes) {
    const auto text = record.required_text(DCM_DoseSummationType);
    if (text == "PLAN") return DoseSummation::Plan;
    if (text == "BEAM") return DoseSummation::Beam;
    if (text == "FRACTION_SESSION") return DoseSummation::Fraction;
    if (text == "FRACTION") {
        // Our own files of before meant one session by it, and never anything else.
        if (record.text(DCM_Manufacturer) == manufacturer) return DoseSummation::Fraction;
        notes.push_back("DoseSummationType is FRACTION: the dose of all fractions of one fraction group");
        return DoseSummation::Plan;
    }
    if (text != "MULTI_PLAN")
        record.refuse(DCM_DoseSummationType, "\"" + text + "\"",
                      "PLAN, MULTI_PLAN, FRACTION, FRACTION_SESSION or BEAM");
    notes.push_back("the dose sums several plans");
    return DoseSummation::Plan;
}

void check_units(const Record& record, bool relative_dose, std::vector<std::string>& notes) {
    const auto units = record.required_text(DCM_DoseUnits);
    if (units == "GY") return;
    if (units != "RELATIVE" || !relative_dose)
        record.refuse(DCM_DoseUnits, "\"" + units + "\"", "\"GY\" (relative dose cannot be compared with a plan)");
    notes.push_back("DoseUnits is RELATIVE: the values are not Gy");
}

/// "NOT the whole course: 16 of 35 fractions. " at the front of a comment of ours.
void read_part_of_course(Dose& dose) {
    int done = 0, all = 0, length = 0;
    if (std::sscanf(dose.comment.c_str(), "NOT the whole course: %d of %d fractions.%n", &done, &all, &length) != 2 ||
        length == 0)
        return;
    dose.fractions = done;
    dose.course_fractions = all;
    dose.notes.push_back(dose.comment.substr(0, static_cast<std::size_t>(length) - 1));
    dose.comment.erase(0, std::min(dose.comment.size(), static_cast<std::size_t>(length) + 1));
}

/// Our own writer begins the comment with how much of the course it is and what the dose is to.
void read_comment(const Record& record, Dose& dose) {
    dose.comment = record.text(DCM_DoseComment);
    read_part_of_course(dose);
    for (const auto& [to, words] : {std::pair{DoseTo::Medium, std::string("Dose to medium.")},
                                    std::pair{DoseTo::Water, std::string("Dose to water.")}})
        if (dose.comment.rfind(words, 0) == 0) {
            dose.to = to;
            dose.comment.erase(0, std::min(dose.comment.size(), words.size() + 1));
            return;
        }
    dose.notes.push_back("the file does not say what medium the dose is to; dose to medium taken");
}

void read_references(const Record& record, Dose& dose) {
    const auto plans = record.items(DCM_ReferencedRTPlanSequence);
    if (plans.empty()) return;
    dose.plan_uid = plans.front().text(DCM_ReferencedSOPInstanceUID);
    for (const auto& group : plans.front().items(DCM_ReferencedFractionGroupSequence))
        for (const auto& beam : group.items(DCM_ReferencedBeamSequence))
            if (dose.beam_number == 0) dose.beam_number = beam.integer(DCM_ReferencedBeamNumber).value_or(0);
}

/// Roughness of a row of samples: sum of the steps over the largest sample.
double roughness(const std::vector<std::uint32_t>& samples) {
    double steps = 0, largest = 1;
    for (std::size_t v = 0; v < samples.size(); ++v) {
        if (v > 0) steps += std::abs(static_cast<double>(samples[v]) - samples[v - 1]);
        largest = std::max<double>(largest, samples[v]);
    }
    return steps / largest;
}

std::vector<std::uint32_t> joined(const Uint16* words, std::size_t count, bool lower_first) {
    std::vector<std::uint32_t> samples(count);
    for (std::size_t v = 0; v < count; ++v) {
        const std::uint32_t first = words[2 * v], second = words[2 * v + 1];
        samples[v] = lower_first ? first | second << 16 : second | first << 16;
    }
    return samples;
}

/// 32-bit samples are two 16-bit words, the lower first (PS3.5 8.1.1). Some big-endian files hold them
/// the other way round; dose is smooth, so the smoother reading is the right one.
std::vector<std::uint32_t> wide_samples(const Uint16* words, std::size_t count, bool big_endian,
                                        std::vector<std::string>& notes) {
    auto samples = joined(words, count, true);
    if (!big_endian) return samples;
    auto other = joined(words, count, false);
    if (roughness(other) >= roughness(samples)) return samples;
    notes.push_back("big-endian samples of 32 bits with the upper word first, told by the smoothness of the dose");
    return other;
}

std::vector<float> samples_of(File& file, std::size_t count, std::vector<std::string>& notes) {
    const bool big_endian = file.dataset().getOriginalXfer() == EXS_BigEndianExplicit;
    file.decompress();
    const Record record = file.record();
    const int bits = record.required_integer(DCM_BitsAllocated);
    if (bits != 16 && bits != 32) record.refuse(DCM_BitsAllocated, std::to_string(bits), "16 or 32");
    if (const int stored = record.required_integer(DCM_BitsStored); stored != bits)
        record.refuse(DCM_BitsStored, std::to_string(stored), std::to_string(bits));
    if (const int sign = record.required_integer(DCM_PixelRepresentation); sign != 0)
        record.refuse(DCM_PixelRepresentation, std::to_string(sign), "0 (unsigned)");
    const Uint16* words = nullptr;
    unsigned long found = 0;
    const std::size_t wanted = count * static_cast<std::size_t>(bits / 16);
    if (file.dataset().findAndGetUint16Array(DCM_PixelData, words, &found).bad() || !words || found < wanted)
        record.refuse(DCM_PixelData, std::to_string(words ? found : 0) + " words of 16 bits",
                      std::to_string(wanted) + " (a truncated file?)");
    const double scale = record.required_number(DCM_DoseGridScaling);
    if (!(scale >= 0)) record.refuse(DCM_DoseGridScaling, decimal(scale), "a number, not negative");
    const auto samples =
        bits == 16 ? std::vector<std::uint32_t>(words, words + count) : wide_samples(words, count, big_endian, notes);
    std::vector<float> values;
    values.reserve(count);
    for (const auto sample : samples) values.push_back(static_cast<float>(scale * sample));
    return values;
}

}  // namespace

Dose read_dose(const std::filesystem::path& path, bool relative_dose) {
    File file(path);
    file.must_be_class(UID_RTDoseStorage);
    const Record record = file.record();
    Dose dose;
    check_units(record, relative_dose, dose.notes);
    record.must_be(DCM_DoseType, "PHYSICAL");  // EFFECTIVE is weighted by biology, ERROR is no dose at all
    dose.summation = summation_of(record, dose.notes);
    dose.fractions = dose.summation == DoseSummation::Fraction ? 1 : 0;
    dose.patient_id = record.text(DCM_PatientID);
    dose.frame_uid = record.required_text(DCM_FrameOfReferenceUID);
    read_comment(record, dose);
    read_references(record, dose);
    const auto cosines = record.required_numbers(DCM_ImageOrientationPatient, 6);
    const double normal_z = cosines[0] * cosines[4] - cosines[1] * cosines[3];
    const Frames frames = read_frames(record, normal_z, dose.notes);
    const Grid grid = read_grid(record, frames, cosines);
    auto values = samples_of(file, grid.count(), dose.notes);
    if (frames.offsets_mm.size() > 1 && frames.offsets_mm[1] < 0) {  // falling frames: turn their order
        const auto plane = static_cast<std::ptrdiff_t>(grid.count()) / grid.size().z;
        for (int low = 0, high = grid.size().z - 1; low < high; ++low, --high)
            std::swap_ranges(values.begin() + low * plane, values.begin() + (low + 1) * plane,
                             values.begin() + high * plane);
    }
    dose.gy = Volume<float>(grid, std::move(values));
    return dose;
}

}  // namespace coutard::rtdicom
