#include "registration/rigid/rigid.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/error.hpp"
#include "tests/registration/ellipsoids.hpp"

namespace coutard::registration {
namespace {

using test::cube;
using test::turned;

/// Largest distance [mm] of two rigid maps over the corners of a 100 mm cube, 87 mm from its middle; voxels are 3 mm.
double worst_mm(const RigidTransform& a, const RigidTransform& b) {
    double worst = 0;
    for (int corner = 0; corner < 8; ++corner) {
        const Vec3 p{corner & 1 ? 50.0 : -50.0, corner & 2 ? 50.0 : -50.0, corner & 4 ? 50.0 : -50.0};
        worst = std::max(worst, norm(a(p) - b(p)));
    }
    return worst;
}

RigidTransform found(const RigidTransform& truth, RigidMetric metric) {
    const auto fixed = test::scan(cube(44, 3.0), truth), moving = test::scan(cube(48, 3.0), test::nowhere_else);
    RigidSettings settings;
    settings.metric = metric;
    return register_rigid({fixed, moving, test::head_mask(fixed), test::head_mask(moving)}, settings, 1, {});
}

class RigidMetrics : public ::testing::TestWithParam<RigidMetric> {};
INSTANTIATE_TEST_SUITE_P(All, RigidMetrics,
                         ::testing::Values(RigidMetric::MutualInformation, RigidMetric::MeanSquares));

TEST_P(RigidMetrics, SameImageStaysWhereItIs) {
    EXPECT_LT(worst_mm(found({}, GetParam()), {}), 0.8);
}
TEST_P(RigidMetrics, FindsAShift) {
    const RigidTransform truth{{}, {12, -7, 5}};
    EXPECT_LT(worst_mm(found(truth, GetParam()), truth), 0.8);
}
TEST_P(RigidMetrics, FindsATurnWithAShift) {
    for (const auto& truth : {turned(6, -4, {3, 8, -6}), turned(3, -2, {3, 8, -6}), turned(8, 0, {})})
        EXPECT_LT(worst_mm(found(truth, GetParam()), truth), 1.0);
}

TEST(Rigid, ACouchThatStaysDoesNotHoldTheBodyBack) {
    const RigidTransform truth{{}, {0, 9, 0}};
    auto fixed = test::scan(cube(48, 3.0), truth), moving = test::scan(cube(48, 3.0), test::nowhere_else);
    const auto fixed_body = test::head_mask(fixed), moving_body = test::head_mask(moving);
    for (auto* image : {&fixed, &moving})
        for (int k = 0; k < 48; ++k)
            for (int i = 0; i < 48; ++i)
                for (int j = 44; j < 47; ++j) image->at(i, j, k) = 200;
    const auto with = register_rigid({fixed, moving, fixed_body, moving_body}, {}, 1, {});
    EXPECT_LT(worst_mm(with, truth), 0.8);
}

TEST(Rigid, ANewCouchPositionIsFoundFromTheBodies) {
    const RigidTransform truth{{}, {140, -90, 260}};  // frames of reference that have nothing in common
    const auto fixed = test::scan(cube(44, 3.0), test::nowhere_else);
    Volume<float> moving(Grid({44, 44, 44}, fixed.grid().origin_mm() + truth.translation_mm, {3, 3, 3}));
    std::copy(fixed.values().begin(), fixed.values().end(), moving.values().begin());
    const auto result = register_rigid({fixed, moving, test::head_mask(fixed), test::head_mask(moving)}, {}, 1, {});
    EXPECT_LT(worst_mm(result, truth), 0.8);
}

TEST_P(RigidMetrics, MetalOfOneDayDoesNotOutweighThePatient) {
    const RigidTransform truth{{}, {6, -4, 5}};
    auto fixed = test::scan(cube(44, 3.0), truth), moving = test::scan(cube(48, 3.0), test::nowhere_else);
    const auto fixed_body = test::head_mask(fixed), moving_body = test::head_mask(moving);
    const auto insert = [](Volume<float>& image, const Vec3& centre) {
        for (int k = 0; k < image.grid().size().z; ++k)
            for (int j = 0; j < image.grid().size().y; ++j)
                for (int i = 0; i < image.grid().size().x; ++i)
                    if (norm(image.grid().point(i, j, k) - centre) < 6) image.at(i, j, k) = 20'000;
    };
    insert(fixed, {-20, 0, -25});
    insert(moving, {25, 12, 0});
    RigidSettings settings;
    settings.metric = GetParam();
    const auto result = register_rigid({fixed, moving, fixed_body, moving_body}, settings, 1, {});
    EXPECT_LT(worst_mm(result, truth), 1.0);
}

TEST(Rigid, RefusesNonsense) {
    const auto image = test::scan(cube(30, 4.0), test::nowhere_else);
    auto bad = image;
    bad[77] = std::nanf("");
    const auto body = test::head_mask(image);
    EXPECT_THROW(register_rigid({bad, image, {}, {}}, {}, 1, {}), InputError);
    EXPECT_THROW(register_rigid({image, bad, {}, {}}, {}, 1, {}), InputError);
    EXPECT_THROW(register_rigid({image, image, Mask(image.grid()), body}, {}, 1, {}), InputError);
    EXPECT_THROW(register_rigid({image, image, body, Mask(image.grid())}, {}, 1, {}), InputError);
    EXPECT_THROW(register_rigid({image, image, Mask(cube(20, 4.0), 255), {}}, {}, 1, {}), ContractError);
    EXPECT_THROW(register_rigid({Volume<float>(), image, {}, {}}, {}, 1, {}), ContractError);
}

TEST(Rigid, StopsWhenAsked) {
    const auto image = test::scan(cube(30, 4.0), test::nowhere_else);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(register_rigid({image, image, {}, {}}, {}, 1, Progress({}, stop.get_token())), Interrupted);
}

}  // namespace
}  // namespace coutard::registration
