#include <cmath>

#include "rtdicom/codec/file_dcmtk.hpp"
#include "rtdicom/codec/registration.hpp"
#include "rtdicom/codec/study_dcmtk.hpp"

namespace coutard::rtdicom {
namespace {

void put_text(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
    put(item.putAndInsertString(tag, value.c_str()), DcmTag(tag).getTagName());
}

DcmItem& add_item(DcmItem& parent, const DcmTagKey& sequence) {
    DcmItem* item = nullptr;
    put(parent.findOrCreateSequenceItem(sequence, item, -2), DcmTag(sequence).getTagName());  // -2: append
    return *item;
}

void put_images(DcmItem& parent, const DcmTagKey& sequence, const CtImage& ct) {
    for (const auto& slice : ct.slices) {
        DcmItem& image = add_item(parent, sequence);
        put_text(image, DCM_ReferencedSOPClassUID, UID_CTImageStorage);
        put_text(image, DCM_ReferencedSOPInstanceUID, slice.sop_uid);
    }
}

void put_series(DcmItem& parent, const CtImage& ct) {
    DcmItem& series = add_item(parent, DCM_ReferencedSeriesSequence);
    put_text(series, DCM_SeriesInstanceUID, ct.series_uid);
    put_images(series, DCM_ReferencedInstanceSequence, ct);
}

/// Common Instance Reference module: images of this study, and of other studies under theirs.
void put_common_references(DcmItem& dataset, const CtImage& fixed, const CtImage& moving) {
    put_series(dataset, fixed);
    if (moving.series_uid == fixed.series_uid) return;
    if (moving.study.study_uid == fixed.study.study_uid) {
        put_series(dataset, moving);
        return;
    }
    DcmItem& other = add_item(dataset, DCM_StudiesContainingOtherReferencedInstancesSequence);
    put_text(other, DCM_StudyInstanceUID, moving.study.study_uid);
    put_series(other, moving);
}

/// Rows of the homogeneous 4 x 4 matrix (PS3.3 C.20.2.1.1).
std::string matrix_text(const RigidTransform& transform) {
    std::vector<double> rows;
    for (int r = 0; r < 3; ++r)
        for (const double value : {transform.rotation.cx[r], transform.rotation.cy[r], transform.rotation.cz[r],
                                   transform.translation_mm[r]})
            rows.push_back(value);
    for (const double value : {0.0, 0.0, 0.0, 1.0}) rows.push_back(value);
    return decimals(rows);
}

void put_type_code(DcmItem& item) {
    DcmItem& code = add_item(item, DCM_RegistrationTypeCodeSequence);  // CID 7100
    put_text(code, DCM_CodeValue, "125024");
    put_text(code, DCM_CodingSchemeDesignator, "DCM");
    put_text(code, DCM_CodeMeaning, "Image Content-based Alignment");
}

void put_matrix(DcmItem& parent, const DcmTagKey& sequence, const RigidTransform& transform) {
    DcmItem& matrix = add_item(parent, sequence);
    put_text(matrix, DCM_FrameOfReferenceTransformationMatrixType, "RIGID");
    put_text(matrix, DCM_FrameOfReferenceTransformationMatrix, matrix_text(transform));
}

/// One image of a Spatial Registration and the matrix that brings its points to the fixed frame.
void put_rigid_item(DcmItem& dataset, const CtImage& ct, const RigidTransform& to_fixed) {
    DcmItem& item = add_item(dataset, DCM_RegistrationSequence);
    put_text(item, DCM_FrameOfReferenceUID, ct.study.frame_uid);
    put_images(item, DCM_ReferencedImageSequence, ct);
    DcmItem& registration = add_item(item, DCM_MatrixRegistrationSequence);
    put_type_code(registration);
    put_matrix(registration, DCM_MatrixSequence, to_fixed);
}

/// The grid and its vectors: moving = x + u(x), x in the fixed frame (PS3.3 C.20.3.1.2).
void put_field(DcmItem& item, const DisplacementField& field, const std::filesystem::path& file) {
    DcmItem& grid_item = add_item(item, DCM_DeformableRegistrationGridSequence);
    const Grid& grid = field.grid();
    const Vec3 row = grid.direction().cx, column = grid.direction().cy, spacing = grid.spacing_mm();
    put_text(grid_item, DCM_ImagePositionPatient, decimals(grid.origin_mm()));
    put_text(grid_item, DCM_ImageOrientationPatient,
             decimals(std::vector<double>{row.x, row.y, row.z, column.x, column.y, column.z}));
    const Size3 size = grid.size();
    put_text(grid_item, DCM_GridDimensions,
             std::to_string(size.x) + "\\" + std::to_string(size.y) + "\\" + std::to_string(size.z));
    const Float64 resolution[] = {spacing.x, spacing.y, spacing.z};
    auto* steps = new DcmFloatingPointDouble(DCM_GridResolution);  // owned by the item from here on
    put(grid_item.insert(steps), "GridResolution");
    put(steps->putFloat64Array(resolution, 3), "GridResolution");
    std::vector<Float32> components;
    components.reserve(3 * field.count());
    for (const Vec3f& u : field.values())
        for (const float c : {u.x, u.y, u.z}) {
            if (!std::isfinite(c))
                throw OutputError(file.string() + ": the displacement field holds a value that is not a number");
            components.push_back(c);
        }
    auto* data = new DcmOtherFloat(DCM_VectorGridData);
    put(grid_item.insert(data), "VectorGridData");
    put(data->putFloat32Array(components.data(), static_cast<unsigned long>(components.size())), "VectorGridData");
}

void put_deformable_item(DcmItem& dataset, const RegistrationObject& registration, const CtImage& moving,
                         const std::filesystem::path& file) {
    DcmItem& item = add_item(dataset, DCM_DeformableRegistrationSequence);
    put_text(item, DCM_SourceFrameOfReferenceUID, moving.study.frame_uid);
    put_images(item, DCM_ReferencedImageSequence, moving);
    put_type_code(item);
    put_matrix(item, DCM_PreDeformationMatrixRegistrationSequence, {});
    put_matrix(item, DCM_PostDeformationMatrixRegistrationSequence, {});
    put_field(item, *registration.field, file);
}

void check_frames(const std::filesystem::path& file, const RegistrationObject& registration, const CtImage& fixed,
                  const CtImage& moving) {
    const auto same = [&](const char* which, const std::string& said, const CtImage& ct) {
        if (!said.empty() && said != ct.study.frame_uid)
            throw OutputError(file.string() + ": the registration's " + which + " frame of reference is " + said +
                              ", expected " + ct.study.frame_uid + " of the " + which + " image");
    };
    same("fixed", registration.fixed_frame_uid, fixed);
    same("moving", registration.moving_frame_uid, moving);
}

}  // namespace

std::string write_registration(const std::filesystem::path& file, const RegistrationObject& registration,
                               const CtImage& fixed, const CtImage& moving) {
    prepare_dcmtk();
    must_have_identity(fixed, file);
    must_have_identity(moving, file);
    check_frames(file, registration, fixed, moving);
    const bool deformable = registration.field.has_value();
    const std::string uid = new_uid();
    const Moment moment = now();
    DcmFileFormat format;
    DcmDataset& dataset = *format.getDataset();
    put_common(dataset, fixed.study,
               deformable ? UID_DeformableSpatialRegistrationStorage : UID_SpatialRegistrationStorage, uid, "REG",
               "Registration (not a medical device)", new_uid());
    put_text(dataset, DCM_ContentDate, moment.date);
    put_text(dataset, DCM_ContentTime, moment.time);
    put_text(dataset, DCM_InstanceNumber, "1");
    put_text(dataset, DCM_ContentLabel, "REGISTRATION");
    put_text(dataset, DCM_ContentDescription, shortened(registration.comment, 64));
    put_text(dataset, DCM_ContentCreatorName, "");
    put_common_references(dataset, fixed, moving);
    if (deformable) {
        put_deformable_item(dataset, registration, moving, file);
    } else {
        put_rigid_item(dataset, fixed, {});
        put_rigid_item(dataset, moving, registration.rigid.inverse());  // the file maps moving to fixed
    }
    save(format, file, EXS_LittleEndianExplicit);
    return uid;
}

}  // namespace coutard::rtdicom
