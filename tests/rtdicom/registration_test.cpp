// REG, rigid and deformable: round trip, matrices of other systems, and every refusal.
#include <gmock/gmock.h>

#include <cmath>

#include "toy_plan.hpp"

namespace coutard::rtdicom::test {
namespace {
using testing::AllOf;
using testing::HasSubstr;

/// A turn of 30 degrees about z, then a shift.
RigidTransform toy_turn() {
    const double c = std::cos(0.5236), s = std::sin(0.5236);
    return {{{c, s, 0}, {-s, c, 0}, {0, 0, 1}}, {3, -4, 5.5}};
}

DisplacementField toy_field() {
    DisplacementField field(Grid({4, 3, 2}, {-9, 4, -30}, {3, 2, 5}));
    for (std::size_t v = 0; v < field.count(); ++v)
        field[v] = {0.5F * static_cast<float>(v), -1.25F, 0.125F * static_cast<float>(v)};
    return field;
}

/// Two toy CTs of one patient in two frames of reference, and a REG between them.
struct ToyRegistration : ToyFolder {
    coutard::test::Scratch other;
    CtImage moving = toy_ct();
    fs::path file = scratch / "reg.dcm";
    RegistrationObject object;

    explicit ToyRegistration(bool deformable, bool one_study = false) {
        if (one_study) moving.study.study_uid = ct.study.study_uid;
        exchange->write_ct(other.path(), moving);
        object.rigid = toy_turn();
        if (deformable) object.field = toy_field();
        object.comment = "toy registration";
        exchange->write_registration(file, object, ct, moving);
    }
    RegistrationObject read() const { return exchange->read_registration(file); }
    std::string refused() const {
        return refusal([&] { read(); });
    }
};

void expect_same(const RigidTransform& a, const RigidTransform& b) {
    for (const Vec3& p : {Vec3{0, 0, 0}, Vec3{100, 0, 0}, Vec3{0, 100, 0}, Vec3{0, 0, 100}})
        EXPECT_LT(norm(a(p) - b(p)), 1e-6);
}

TEST(Registrations, RigidComesBackAsWritten) {
    for (const bool one_study : {false, true}) {
        const ToyRegistration toy(false, one_study);
        const auto got = toy.read();
        expect_same(got.rigid, toy.object.rigid);
        EXPECT_EQ(got.fixed_frame_uid, toy.ct.study.frame_uid);
        EXPECT_EQ(got.moving_frame_uid, toy.moving.study.frame_uid);
        EXPECT_EQ(got.comment, "toy registration");
        EXPECT_FALSE(got.field);
    }
}

TEST(Registrations, TheFileMapsMovingToFixed) {
    const ToyRegistration toy(false);
    DcmFileFormat format;
    ASSERT_TRUE(format.loadFile(toy.file.c_str()).good());
    DcmItem *item = nullptr, *registration = nullptr, *matrix = nullptr;
    ASSERT_TRUE(format.getDataset()->findAndGetSequenceItem(DCM_RegistrationSequence, item, 1).good());
    ASSERT_TRUE(item->findAndGetSequenceItem(DCM_MatrixRegistrationSequence, registration).good());
    ASSERT_TRUE(registration->findAndGetSequenceItem(DCM_MatrixSequence, matrix).good());
    const Vec3 fixed{10, 20, 30}, moving = toy.object.rigid(fixed);
    Vec3 back;
    for (int r = 0; r < 3; ++r) {
        for (int c = 0; c < 4; ++c) {
            Float64 m = 0;
            matrix->findAndGetFloat64(DCM_FrameOfReferenceTransformationMatrix, m,
                                      static_cast<unsigned long>(4 * r + c));
            back[r] += m * (c < 3 ? moving[c] : 1);
        }
    }
    EXPECT_LT(norm(back - fixed), 1e-6);
}

TEST(Registrations, DeformableComesBackAsWritten) {
    const ToyRegistration toy(true);
    const auto got = toy.read();
    ASSERT_TRUE(got.field);
    const auto want = toy_field();
    ASSERT_TRUE(got.field->grid().same_as(want.grid(), 1e-6));
    for (std::size_t v = 0; v < want.count(); ++v) {
        EXPECT_NEAR((*got.field)[v].x, want[v].x, 1e-5);
        EXPECT_NEAR((*got.field)[v].y, want[v].y, 1e-5);
        EXPECT_NEAR((*got.field)[v].z, want[v].z, 1e-5);
    }
    EXPECT_EQ(got.moving_frame_uid, toy.moving.study.frame_uid);
}

constexpr const char* shift_x = "1\\0\\0\\10\\0\\1\\0\\0\\0\\0\\1\\0\\0\\0\\0\\1";
constexpr const char* turn_z = "0\\-1\\0\\0\\1\\0\\0\\0\\0\\0\\1\\0\\0\\0\\0\\1";  // x to y

TEST(Registrations, MatricesAroundTheGridAreFoldedIn) {
    const ToyRegistration toy(true);
    change(toy.file, {DCM_DeformableRegistrationSequence, DCM_PreDeformationMatrixRegistrationSequence},
           [](DcmItem& m) { m.putAndInsertString(DCM_FrameOfReferenceTransformationMatrix, shift_x); });
    change(toy.file, {DCM_DeformableRegistrationSequence, DCM_PostDeformationMatrixRegistrationSequence},
           [](DcmItem& m) { m.putAndInsertString(DCM_FrameOfReferenceTransformationMatrix, turn_z); });
    const auto got = toy.read();
    const auto field = toy_field();
    // x = grid point - shift; moving = turn(grid point + d)
    const Vec3 g = field.grid().point(2, 1, 1), x = got.field->grid().point(2, 1, 1);
    EXPECT_LT(norm(x - (g - Vec3{10, 0, 0})), 1e-6);
    const Vec3f d = field.at(2, 1, 1), u = got.field->at(2, 1, 1);
    const Vec3 moved{g.x + d.x, g.y + d.y, g.z + d.z}, want = Vec3{-moved.y, moved.x, moved.z} - x;
    EXPECT_NEAR(u.x, want.x, 1e-4);
    EXPECT_NEAR(u.y, want.y, 1e-4);
    EXPECT_NEAR(u.z, want.z, 1e-4);
}

TEST(Registrations, ItemsInEitherOrderAndChainsOfMatrices) {
    const ToyRegistration toy(false);
    edit(toy.file, [](DcmDataset& d) {
        DcmSequenceOfItems* items = nullptr;
        d.findAndGetSequence(DCM_RegistrationSequence, items);
        items->append(items->remove(0UL));
        DcmItem *registration = nullptr, *matrix = nullptr;
        items->getItem(0)->findAndGetSequenceItem(DCM_MatrixRegistrationSequence, registration);
        registration->findAndGetSequenceItem(DCM_MatrixSequence, matrix, 0);
        matrix->putAndInsertString(DCM_FrameOfReferenceTransformationMatrix, turn_z);
        registration->findOrCreateSequenceItem(DCM_MatrixSequence, matrix, -2);
        matrix->putAndInsertString(DCM_FrameOfReferenceTransformationMatrixType, "RIGID");
        matrix->putAndInsertString(DCM_FrameOfReferenceTransformationMatrix, shift_x);
    });
    // moving (1, 0, 0) -> turned (0, 1, 0) -> shifted (10, 1, 0) = fixed
    EXPECT_LT(norm(toy.read().rigid({10, 1, 0}) - Vec3{1, 0, 0}), 1e-6);
    edit(toy.file, [](DcmDataset& d) {
        DcmSequenceOfItems* items = nullptr;
        d.findAndGetSequence(DCM_RegistrationSequence, items);
        delete items->remove(1UL);  // the fixed image may be left out
    });
    EXPECT_LT(norm(toy.read().rigid({10, 1, 0}) - Vec3{1, 0, 0}), 1e-6);
}

TEST(Registrations, MatricesOfFewDigitsBecomeRotations) {  // others write four decimals
    const char* coarse = "0.9998\\-0.0175\\0\\0\\0.0175\\0.9998\\0\\0\\0\\0\\1\\0\\0\\0\\0\\1";
    const char* coarser = "0.9999\\-0.0175\\0\\0\\0.0176\\0.9999\\0\\0\\0\\0\\1.0002\\0\\0\\0\\0\\1";
    for (const char* text : {coarse, coarser}) {
        const ToyRegistration deformable(true);
        change(deformable.file, {DCM_DeformableRegistrationSequence, DCM_PreDeformationMatrixRegistrationSequence},
               [&](DcmItem& m) { m.putAndInsertString(DCM_FrameOfReferenceTransformationMatrix, text); });
        const auto got = deformable.read();
        ASSERT_TRUE(got.field);
        const Mat3 axes = got.field->grid().direction();
        EXPECT_LT(norm((axes.transposed() * axes).cx - Vec3{1, 0, 0}), 1e-12) << text;
    }
}

TEST(RegistrationsRefuse, MatricesThatAreNotRigid) {
    const std::vector<DcmTagKey> matrix{DCM_RegistrationSequence, DCM_MatrixRegistrationSequence, DCM_MatrixSequence};
    for (const char* bad :
         {"2\\0\\0\\0\\0\\2\\0\\0\\0\\0\\2\\0\\0\\0\\0\\1", "1\\0\\0\\0\\0\\1\\0\\0\\0\\0\\-1\\0\\0\\0\\0\\1",
          "1\\0\\0\\0\\0\\1\\0\\0\\0\\0\\1\\0\\0\\0\\1\\1", "1\\0\\0\\0"}) {
        const ToyRegistration toy(false);
        change(toy.file, matrix,
               [&](DcmItem& m) { m.putAndInsertString(DCM_FrameOfReferenceTransformationMatrix, bad); });
        EXPECT_THAT(toy.refused(), AllOf(HasSubstr("reg.dcm"), HasSubstr("FrameOfReferenceTransformationMatrix")))
            << bad;
    }
    const ToyRegistration toy(false);
    change(toy.file, matrix,
           [](DcmItem& m) { m.putAndInsertString(DCM_FrameOfReferenceTransformationMatrixType, "AFFINE"); });
    EXPECT_THAT(toy.refused(), HasSubstr("AFFINE"));
}

TEST(RegistrationsRefuse, WhatIsMissingOrTooMuch) {
    for (const auto& tag : {DCM_RegistrationSequence, DCM_FrameOfReferenceUID}) {
        const ToyRegistration toy(false);
        edit(toy.file, [&, t = tag](DcmDataset& d) { delete d.remove(t); });
        EXPECT_THAT(toy.refused(), HasSubstr(DcmTag(tag).getTagName()));
    }
    const ToyRegistration strange(false);
    set_text(strange.file, DCM_FrameOfReferenceUID, "1.2.3");
    EXPECT_THAT(strange.refused(), HasSubstr("other frames"));
    const ToyRegistration three(false);
    edit(three.file, [](DcmDataset& d) {
        DcmSequenceOfItems* items = nullptr;
        d.findAndGetSequence(DCM_RegistrationSequence, items);
        items->append(new DcmItem(*items->getItem(1)));
    });
    EXPECT_THAT(three.refused(), HasSubstr("3 items"));
    EXPECT_THAT(refusal([&] { three.exchange->read_registration(three.slice(1)); }), HasSubstr("CTImageStorage"));
}

TEST(RegistrationsRefuse, BadGrids) {
    const std::vector<DcmTagKey> grid{DCM_DeformableRegistrationSequence, DCM_DeformableRegistrationGridSequence};
    const auto refused_after = [&](const std::function<void(DcmItem&)>& what) {
        const ToyRegistration toy(true);
        change(toy.file, grid, what);
        return toy.refused();
    };
    EXPECT_THAT(refused_after([](DcmItem& g) { g.putAndInsertString(DCM_GridDimensions, "5\\3\\2"); }),
                HasSubstr("VectorGridData"));
    EXPECT_THAT(refused_after([](DcmItem& g) { g.putAndInsertString(DCM_GridDimensions, "0\\3\\2"); }),
                HasSubstr("GridDimensions"));
    EXPECT_THAT(refused_after([](DcmItem& g) { g.putAndInsertString(DCM_GridResolution, "1\\0\\2"); }),
                HasSubstr("GridResolution"));
    EXPECT_THAT(
        refused_after([](DcmItem& g) { g.putAndInsertString(DCM_ImageOrientationPatient, "1\\0\\0\\1\\0\\0"); }),
        HasSubstr("ImageOrientationPatient"));
    EXPECT_THAT(refused_after([](DcmItem& g) {
                    std::vector<Float32> values(72, std::nanf(""));
                    auto* data = new DcmOtherFloat(DCM_VectorGridData);
                    g.insert(data, true);
                    data->putFloat32Array(values.data(), 72);
                }),
                HasSubstr("not a number"));
    const ToyRegistration none(true);
    change(none.file, {DCM_DeformableRegistrationSequence},
           [](DcmItem& i) { delete i.remove(DCM_DeformableRegistrationGridSequence); });
    EXPECT_THAT(none.refused(), HasSubstr("no grid"));
    const ToyRegistration two(true);
    edit(two.file, [](DcmDataset& d) {
        DcmSequenceOfItems* items = nullptr;
        d.findAndGetSequence(DCM_DeformableRegistrationSequence, items);
        items->append(new DcmItem(*items->getItem(0)));
    });
    EXPECT_THAT(two.refused(), HasSubstr("several moving images"));
}

TEST(RegistrationsRefuse, EveryTruncation) {
    for (const bool deformable : {false, true}) {
        const ToyRegistration toy(deformable);
        int read = 0;
        for (auto length = fs::file_size(toy.file); length-- > 0;) {
            fs::resize_file(toy.file, length);
            try {
                toy.read();
                ++read;
            } catch (const InputError& error) {
                EXPECT_THAT(error.what(), HasSubstr("reg.dcm"));
            }
        }
        EXPECT_LE(read, 4);
    }
}

TEST(RegistrationsWriter, RefusesFramesThatAreNotTheImages) {
    ToyRegistration toy(true);
    toy.object.moving_frame_uid = "1.2.3";
    const auto path = toy.scratch / "x.dcm";
    const auto refused = [&] {
        return refusal([&] { toy.exchange->write_registration(path, toy.object, toy.ct, toy.moving); });
    };
    EXPECT_THAT(refused(), AllOf(HasSubstr("moving"), HasSubstr("1.2.3")));
    toy.object.moving_frame_uid.clear();
    (*toy.object.field)[3].y = std::nanf("");
    EXPECT_THAT(refused(), HasSubstr("not a number"));
    EXPECT_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace coutard::rtdicom::test
