#include "registration/deformable/deformable.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/error.hpp"
#include "registration/quality/field_quality.hpp"
#include "registration/registrar.hpp"
#include "registration/request.hpp"
#include "tests/registration/ellipsoids.hpp"

namespace coutard::registration {
namespace {

using test::cube;

DisplacementField found(const Volume<float>& fixed, const Volume<float>& moving, const RigidTransform& start = {}) {
    return register_deformable({fixed, moving, test::head_mask(fixed), test::head_mask(moving)}, start, {}, Device::Cpu,
                               1, {});
}

/// Up to 9 mm, wavelength some 150 mm.
Vec3 breathing_map(const Vec3& x) {
    return x +
           Vec3{4 * std::sin(x.z / 25), 6 * std::cos(x.x / 30) * std::cos(x.z / 40), 5 * std::sin((x.y + x.x) / 35)};
}

TEST(Deformable, SameImageStaysWhereItIs) {
    const auto image = test::scan(cube(36, 4.0), test::nowhere_else);
    const auto u = found(image, image);
    EXPECT_TRUE(u.grid().same_as(image.grid()));
    EXPECT_LT(length_figures(u, test::head_mask(image)).p95, 0.15);
}

TEST(Deformable, MovesATinySquare) {
    const auto grid = cube(32, 3.0);
    Volume<float> fixed(grid, -1000), moving(grid, -1000);
    for (int k = 12; k < 20; ++k)
        for (int j = 12; j < 20; ++j)
            for (int i = 12; i < 20; ++i) fixed.at(i, j, k) = moving.at(i + 2, j, k - 1) = 0;
    const auto u = register_deformable({fixed, moving, {}, {}}, {}, {}, Device::Cpu, 1, {});
    EXPECT_NEAR(u.at(15, 15, 15).x, 6, 0.5);
    EXPECT_NEAR(u.at(15, 15, 15).y, 0, 0.5);
    EXPECT_NEAR(u.at(15, 15, 15).z, -3, 0.5);
}

TEST(Deformable, FindsASmoothMapWithoutFolding) {
    const auto grid = cube(36, 4.0);
    const auto fixed = test::scan(grid, breathing_map), moving = test::scan(grid, test::nowhere_else);
    const auto body = test::head_mask(fixed);
    const auto truth = field_of(grid, breathing_map);
    const auto u = found(fixed, moving);
    const auto before = length_figures(truth, body), after = error_figures(u, truth, body);
    EXPECT_GT(before.mean, 4.5);
    EXPECT_LT(after.mean, 1.3);  // flat tissue: what does not show follows from its surroundings
    EXPECT_LT(after.p95, 3.2);
    EXPECT_EQ(jacobian_figures(u, std::nullopt).folded, 0U);
}

TEST(Deformable, ThereAndBackAgreeWithoutBeingToldTo) {
    const auto grid = cube(36, 4.0);
    const auto fixed = test::scan(grid, breathing_map), moving = test::scan(grid, test::nowhere_else);
    const auto there = found(fixed, moving), back = found(moving, fixed);
    EXPECT_LT(consistency_figures(there, back, test::head_mask(fixed)).mean, 1.3);
}

TEST(Deformable, ComposesWithTheRigidStartOnOtherAxesAndGrids) {
    const auto start = test::turned(9, 5, {30, -20, 45});  // far beyond what it would find alone
    const auto map = [&](const Vec3& x) { return start(breathing_map(x)); };
    const auto grid = cube(36, 4.0);
    const auto fixed = test::scan(grid, breathing_map);
    const RigidTransform back = start.inverse();
    const auto tilt = test::turned(-12, 7, {}).rotation;
    const Grid other({44, 40, 42}, Vec3{30, -20, 45} - tilt * Vec3{86, 78, 82}, {4, 4, 4}, tilt);
    const auto moving = test::scan(other, back);  // a head that lies elsewhere, scanned on turned axes
    const auto u = found(fixed, moving, start);
    EXPECT_LT(error_figures(u, field_of(grid, map), test::head_mask(fixed)).mean, 1.5);
}

TEST(Deformable, CouchAndMaskShellDoNotCount) {
    const auto grid = cube(36, 4.0);
    const Vec3 shift{0, 6, 0};
    auto fixed = test::scan(grid, [&](const Vec3&x) { return x + shift; }),
         moving = test::scan(grid, test::nowhere_else);
    const auto fixed_body = test::head_mask(fixed), moving_body = test::head_mask(moving);
    for (auto* image : {&fixed, &moving})
        for (int k = 0; k < 36; ++k)
            for (int i = 0; i < 36; ++i) image->at(i, 33, k) = 300;
    const auto u = register_deformable({fixed, moving, fixed_body, moving_body}, {}, {}, Device::Cpu, 1, {});
    EXPECT_LT(error_figures(u, field_of(grid, [&](const Vec3& x) { return x + shift; }), fixed_body).mean, 0.4);
}

TEST(Grids, CoarseVoxelsFillTheBoxToItsFaces) {
    for (const Size3 n : {Size3{36, 31, 25}, Size3{4, 2, 7}, Size3{9, 1, 40}})
        for (const double wanted : {1.0, 3.0, 6.0, 12.0}) {
            const Grid fine(n, {5, -3, 40}, {4, 2, 3}, test::turned(20, -35, {}).rotation);
            const Grid coarse = coarsened(fine, wanted);
            const Size3 m = coarse.size();
            EXPECT_NEAR(norm(coarse.point(-0.5, -0.5, -0.5) - fine.point(-0.5, -0.5, -0.5)), 0, 1e-9);
            EXPECT_NEAR(
                norm(coarse.point(m.x - 0.5, m.y - 0.5, m.z - 0.5) - fine.point(n.x - 0.5, n.y - 0.5, n.z - 0.5)), 0,
                1e-9);
            for (int k = 0; k < 3; ++k) {
                const int count = k == 0 ? m.x : k == 1 ? m.y : m.z, old = k == 0 ? n.x : k == 1 ? n.y : n.z;
                EXPECT_LE(coarse.spacing_mm()[k], std::max(wanted, fine.spacing_mm()[k]) + 1e-4);
                EXPECT_GE(coarse.spacing_mm()[k], fine.spacing_mm()[k] - 1e-9);
                EXPECT_GE(count, std::min(old, 2));
            }
        }
}

TEST(Deformable, WhereTheScanEndsInTissueNothingMoves) {
    // The same head in 25 slices of 3 mm, the moving ones seven further up or down: all are cut through tissue,
    // and 75 mm are no whole number of 12 or 6 mm voxels.
    const auto slices = [](int first) { return Grid({36, 36, 25}, {-70, -70, -50.0 + 3 * first}, {4, 4, 3}); };
    const auto fixed = test::scan(slices(0), test::nowhere_else);
    const auto body = test::head_mask(fixed);
    for (const int up : {7, -7}) {
        const auto moving = test::scan(slices(up), test::nowhere_else);
        const auto u = register_deformable({fixed, moving, body, test::head_mask(moving)}, {}, {}, Device::Cpu, 1, {});
        EXPECT_LT(length_figures(u, body).p95, 0.3) << up;
        EXPECT_LT(length_figures(u, body).max, 0.5) << up;
    }
}

TEST(Deformable, RefusesNonsense) {
    const auto image = test::scan(cube(30, 4.0), test::nowhere_else);
    auto bad = image;
    bad[5] = std::nanf("");
    const auto run = [](const RegistrationRequest& request, Device device = Device::Cpu) {
        return register_deformable(request, {}, {}, device, 1, {});
    };
    EXPECT_THROW(run({bad, image, {}, {}}), InputError);
    EXPECT_THROW(run({image, bad, {}, {}}), InputError);
    EXPECT_THROW(run({image, image, Mask(image.grid()), {}}), InputError);
    EXPECT_THROW(run({image, image, {}, Mask(image.grid())}), InputError);
    EXPECT_THROW(run({image, image, {}, Mask(cube(29, 4.0), 255)}), ContractError);
    EXPECT_THROW(run({image, Volume<float>(), {}, {}}), ContractError);
    const Volume<float> far(Grid({30, 30, 30}, {5000, 0, 0}, {4, 4, 4}), 0.0F);
    EXPECT_THROW(run({image, far, {}, {}}), InputError);
}

TEST(Deformable, StopsWhenAsked) {
    const auto image = test::scan(cube(30, 4.0), test::nowhere_else);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(register_deformable({image, image, {}, {}}, {}, {}, Device::Cpu, 1, Progress({}, stop.get_token())),
                 Interrupted);
}

TEST(Registrar, IsBothPartsBehindOnePort) {
    const RigidTransform truth{{}, {14, 0, -10}};
    const auto grid = cube(36, 4.0);
    const auto fixed = test::scan(grid, [&](const Vec3& x) { return breathing_map(truth(x)); });
    const auto moving = test::scan(cube(44, 4.0), test::nowhere_else);
    const RegistrationRequest request{fixed, moving, test::head_mask(fixed), test::head_mask(moving)};
    const auto registrar = make_registrar(Device::Auto, 1);
    const auto start = registrar->rigid(request, {});
    const auto u = registrar->deformable(request, start, {});
    const auto truth_field = field_of(grid, [&](const Vec3& x) { return breathing_map(truth(x)); });
    EXPECT_LT(error_figures(u, truth_field, request.fixed_body).mean, 1.5);
}

}  // namespace
}  // namespace coutard::registration
