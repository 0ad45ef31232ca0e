#include <cmath>

#include "engine/base/error.hpp"
#include "rtdicom/codec/file_dcmtk.hpp"
#include "rtdicom/codec/registration.hpp"

namespace coutard::rtdicom {
namespace {

RigidTransform then(const RigidTransform& first, const RigidTransform& second) {
    return {second.rotation * first.rotation, second(first.translation_mm)};
}

/// The turn next to a matrix that is one but for the rounding of its text.
Mat3 orthonormal(const Mat3& m) {
    const Vec3 x = unit(m.cx), y = unit(m.cy - x * dot(x, m.cy));
    return {x, y, cross(x, y)};
}

/// A rigid 4 x 4 matrix in rows, off by 0.001 at most. \throws InputError scaled, sheared, mirrored or of another type
RigidTransform matrix_of(const Record& item) {
    item.must_be(DCM_FrameOfReferenceTransformationMatrixType, "RIGID");
    const auto m = item.required_numbers(DCM_FrameOfReferenceTransformationMatrix, 16);
    RigidTransform transform;
    transform.rotation = {{m[0], m[4], m[8]}, {m[1], m[5], m[9]}, {m[2], m[6], m[10]}};
    transform.translation_mm = {m[3], m[7], m[11]};
    const Mat3 product = transform.rotation.transposed() * transform.rotation;
    const double off =
        norm(product.cx - Vec3{1, 0, 0}) + norm(product.cy - Vec3{0, 1, 0}) + norm(product.cz - Vec3{0, 0, 1});
    const bool last_row = m[12] == 0 && m[13] == 0 && m[14] == 0 && m[15] == 1;
    if (off > 1e-3 || transform.rotation.determinant() < 0 || !last_row)
        item.refuse(DCM_FrameOfReferenceTransformationMatrix, decimals(m), "a rotation and a translation");
    transform.rotation = orthonormal(transform.rotation);
    return transform;
}

RigidTransform matrices_of(const std::vector<Record>& items) {
    RigidTransform all;
    for (const auto& item : items) all = then(all, matrix_of(item));
    return all;
}

struct RigidItem {
    std::string frame_uid;
    RigidTransform to_registered;
};

RegistrationObject read_rigid(const Record& record) {
    std::vector<RigidItem> items;
    for (const auto& item : record.required_items(DCM_RegistrationSequence)) {
        RigidItem one{item.text(DCM_FrameOfReferenceUID), {}};
        for (const auto& registration : item.required_items(DCM_MatrixRegistrationSequence))
            one.to_registered = then(one.to_registered, matrices_of(registration.required_items(DCM_MatrixSequence)));
        items.push_back(one);
    }
    if (items.size() > 2)
        record.refuse(DCM_RegistrationSequence, std::to_string(items.size()) + " items",
                      "the fixed and one moving image");
    RegistrationObject object;
    object.fixed_frame_uid = record.required_text(DCM_FrameOfReferenceUID);
    // The fixed image's item says so by its frame; a file may leave it out, for it maps to itself.
    const bool first_is_fixed = items.size() == 2 && items[0].frame_uid == object.fixed_frame_uid;
    const bool second_is_fixed = !first_is_fixed && items.size() == 2 && items[1].frame_uid == object.fixed_frame_uid;
    if (items.size() == 2 && !first_is_fixed && !second_is_fixed)
        record.refuse(DCM_RegistrationSequence, "two images in other frames",
                      "one in the object's own frame of reference");
    const RigidItem& moving = first_is_fixed ? items[1] : items[0];
    const RigidTransform fixed = items.size() == 2 ? items[first_is_fixed ? 0 : 1].to_registered : RigidTransform{};
    object.moving_frame_uid = moving.frame_uid;
    object.rigid = then(fixed, moving.to_registered.inverse());
    return object;
}

Grid read_field_grid(const Record& item) {
    const auto cosines = item.required_numbers(DCM_ImageOrientationPatient, 6);
    const auto size = item.required_numbers(DCM_GridDimensions, 3);
    const auto spacing = item.required_numbers(DCM_GridResolution, 3);
    for (std::size_t axis = 0; axis < 3; ++axis) {
        if (!(size[axis] >= 1 && size[axis] < 65536))
            item.refuse(DCM_GridDimensions, decimals(size), "1 to 65535 per axis");
        if (!(spacing[axis] > 0)) item.refuse(DCM_GridResolution, decimals(spacing), "positive lengths");
    }
    const Vec3 row{cosines[0], cosines[1], cosines[2]}, column{cosines[3], cosines[4], cosines[5]};
    const bool orthonormal =
        std::abs(norm(row) - 1) < 1e-3 && std::abs(norm(column) - 1) < 1e-3 && std::abs(dot(row, column)) < 1e-3;
    if (!orthonormal) item.refuse(DCM_ImageOrientationPatient, decimals(cosines), "two unit vectors at a right angle");
    const Vec3 i = unit(row), j = unit(column - i * dot(i, column));
    return {{static_cast<int>(size[0]), static_cast<int>(size[1]), static_cast<int>(size[2])},
            item.required_point(DCM_ImagePositionPatient),
            {spacing[0], spacing[1], spacing[2]},
            {i, j, cross(i, j)}};
}

/// The whole displacement u(x) = post(pre(x) + d(pre(x))) - x. The file's grid lies in the space after
/// `pre`; brought back by its inverse it is the grid of x, so no resampling is needed.
DisplacementField read_field(const Record& item, const RigidTransform& pre, const RigidTransform& post) {
    const Grid there = read_field_grid(item);
    const Float32* d = nullptr;
    unsigned long count = 0;
    const bool got = item.item().findAndGetFloat32Array(DCM_VectorGridData, d, &count).good() && d;
    if (!got || count < 3 * there.count())
        item.refuse(DCM_VectorGridData, std::to_string(got ? count : 0) + " numbers",
                    std::to_string(3 * there.count()) + ", three per grid point (a truncated file?)");
    const RigidTransform back = pre.inverse();
    const Grid here(there.size(), back(there.origin_mm()), there.spacing_mm(), back.rotation * there.direction());
    DisplacementField field(here);
    std::size_t at = 0;
    for (int k = 0; k < here.size().z; ++k)
        for (int j = 0; j < here.size().y; ++j)
            for (int i = 0; i < here.size().x; ++i, ++at) {
                const Vec3 moved = there.point(i, j, k) + Vec3{d[3 * at], d[3 * at + 1], d[3 * at + 2]};
                const Vec3 u = post(moved) - here.point(i, j, k);
                if (!std::isfinite(norm(u)))
                    item.refuse(DCM_VectorGridData, "a value that is not a number", "lengths [mm]");
                field[at] = {static_cast<float>(u.x), static_cast<float>(u.y), static_cast<float>(u.z)};
            }
    return field;
}

RegistrationObject read_deformable(const Record& record) {
    RegistrationObject object;
    object.fixed_frame_uid = record.required_text(DCM_FrameOfReferenceUID);
    // An item without a grid describes the fixed image itself.
    for (const auto& item : record.required_items(DCM_DeformableRegistrationSequence)) {
        const auto grids = item.items(DCM_DeformableRegistrationGridSequence);
        if (grids.empty()) continue;
        if (object.field)
            record.refuse(DCM_DeformableRegistrationSequence, "several moving images", "one with a displacement grid");
        object.moving_frame_uid = item.required_text(DCM_SourceFrameOfReferenceUID);
        object.field = read_field(grids.front(), matrices_of(item.items(DCM_PreDeformationMatrixRegistrationSequence)),
                                  matrices_of(item.items(DCM_PostDeformationMatrixRegistrationSequence)));
    }
    if (!object.field) record.refuse(DCM_DeformableRegistrationGridSequence, "no grid", "one");
    return object;
}

}  // namespace

RegistrationObject read_registration(const std::filesystem::path& path) {
    const File file(path);
    const Record record = file.record();
    const auto sop_class = file.sop_class();
    if (sop_class != UID_SpatialRegistrationStorage && sop_class != UID_DeformableSpatialRegistrationStorage)
        record.refuse(
            DCM_SOPClassUID, class_name(sop_class),
            class_name(UID_SpatialRegistrationStorage) + " or " + class_name(UID_DeformableSpatialRegistrationStorage));
    auto object = sop_class == UID_SpatialRegistrationStorage ? read_rigid(record) : read_deformable(record);
    object.comment = record.text(DCM_ContentDescription);
    return object;
}

}  // namespace coutard::rtdicom
