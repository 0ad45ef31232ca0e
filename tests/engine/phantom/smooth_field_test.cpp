#include "engine/phantom/smooth_field.hpp"

#include <gtest/gtest.h>

#include "tests/harness/solids.hpp"

namespace coutard::phantom {
namespace {

Mask head() {
    const Grid grid({44, 52, 40}, {-108, -127, -117}, {5, 5, 6});
    return test::solid(
        grid,
        [](const Vec3& p) { return p.x * p.x / (80 * 80) + p.y * p.y / (100 * 100) + p.z * p.z / (110 * 110) < 1; }, 2);
}

TEST(SmoothField, KeepsItsWishAndNeverFolds) {
    const auto body = head();
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const SmoothField field(body, {.seed = seed});
        double sum = 0, peak = 0, least = 1;
        long count = 0;
        for (int k = 0; k < body.grid().size().z; ++k)
            for (int j = 0; j < body.grid().size().y; ++j)
                for (int i = 0; i < body.grid().size().x; ++i) {
                    const Vec3 p = body.grid().point(i, j, k);
                    least = std::min(least, field.stretch(p));
                    if (!inside(body, body.grid().flat(i, j, k))) continue;
                    const double u = norm(field.displacement(p));
                    sum += u, peak = std::max(peak, u), ++count;
                }
        EXPECT_NEAR(sum / static_cast<double>(count), 5, 0.15) << seed;
        EXPECT_GE(peak, 15) << seed;
        EXPECT_GT(least, 0.2) << seed;
    }
}

TEST(SmoothField, StretchIsTheDeterminantAndTheInverseInverts) {
    const SmoothField field(head(), {.seed = 3});
    for (double z = -90; z <= 90; z += 30)
        for (double y = -80; y <= 80; y += 40)
            for (double x = -60; x <= 60; x += 30) {
                const Vec3 p{x, y, z};
                const double h = 1e-3;
                const auto slope = [&](const Vec3& e) { return (field(p + e * h) - field(p - e * h)) / (2 * h); };
                EXPECT_NEAR((Mat3{slope({1, 0, 0}), slope({0, 1, 0}), slope({0, 0, 1})}.determinant()),
                            field.stretch(p), 1e-6);
                EXPECT_LT(norm(field(field.inverse(p)) - p), 1e-5);
            }
}

TEST(SmoothField, SameSeedSameFieldAndNonsenseRefused) {
    const auto body = head();
    const SmoothField a(body, {.seed = 7}), b(body, {.seed = 7}), c(body, {.seed = 8});
    EXPECT_EQ(a.displacement({10, 20, 30}), b.displacement({10, 20, 30}));
    EXPECT_NE(a.displacement({10, 20, 30}), c.displacement({10, 20, 30}));
    EXPECT_THROW(SmoothField(Mask(body.grid()), {}), ContractError);
    EXPECT_THROW(SmoothField(body, {.mean_mm = 20, .peak_mm = 10}), ContractError);
    EXPECT_THROW(SmoothField(body, {.mean_mm = 3, .peak_mm = 80}), ContractError) << "would fold";
}

}  // namespace
}  // namespace coutard::phantom
