// The long ones: whole patients moved by a deformation that is known and that no registration wrote.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>

#include "engine/eval/contour_agreement.hpp"
#include "engine/image/invert.hpp"
#include "engine/image/resample.hpp"
#include "engine/par/philox.hd.hpp"
#include "engine/phantom/breathing.hpp"
#include "engine/phantom/phantom_patient.hpp"
#include "engine/phantom/smooth_field.hpp"
#include "engine/shape/body.hpp"
#include "registration/quality/field_quality.hpp"
#include "registration/registrar.hpp"
#include "rtdicom/exchange.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::registration {
namespace {

/// Noise that belongs to no other scan [HU], normal by Box and Muller.
void add_noise(Volume<float>& image, double sigma_hu, std::uint64_t seed) {
    for (std::size_t v = 0; v < image.count(); ++v) {
        par::Philox random(seed, v);
        const double radius = std::sqrt(-2 * std::log(random.uniform()));
        image[v] += static_cast<float>(sigma_hu * radius * std::cos(6.283185307179586 * random.uniform()));
    }
}

struct Outcome {
    Spread before, after;
    JacobianFigures jacobian;
    double seconds = 0;
    DisplacementField field;
};

Outcome register_and_score(const RegistrationRequest& request, const DisplacementField& truth, const char* what) {
    const auto registrar = make_registrar(Device::Auto, 0);
    const auto start = std::chrono::steady_clock::now();
    const auto rigid = registrar->rigid(request, {});
    Outcome o;
    o.field = registrar->deformable(request, rigid, {});
    o.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    o.before = length_figures(truth, request.fixed_body);
    o.after = error_figures(o.field, truth, request.fixed_body);
    o.jacobian = jacobian_figures(o.field, request.fixed_body);
    std::printf(
        "%s: before mean %.2f p95 %.2f max %.2f mm; after mean %.2f p95 %.2f max %.2f mm; Jacobian min %.2f, "
        "%zu folded; %.0f s\n",
        what, o.before.mean, o.before.p95, o.before.max, o.after.mean, o.after.p95, o.after.max, o.jacobian.min,
        o.jacobian.folded, o.seconds);
    return o;
}

/// The default opening of 4 mm keeps the 12 mm couch top of this CT in the body; 8 mm takes it out.
Mask body_without_couch(const Volume<float>& hu) {
    BodyRule rule;
    rule.opening_mm = 8;
    return find_body(hu, rule);
}

double dice_of(const Mask& truth, const Mask& found) {
    return compare_contours(truth, found, 1).dice.value_or(0);
}

/// Balls about points of a lattice that lie wholly in a body: structures where anatomy has none.
std::map<std::string, Mask> balls_in(const Mask& body, double radius_mm, double step_mm) {
    std::map<std::string, Mask> balls;
    const Grid& g = body.grid();
    const auto steps = [&](int n, double h) { return static_cast<int>(n * h / step_mm); };
    for (int c = 1; c < steps(g.size().z, g.spacing_mm().z); ++c)
        for (int b = 1; b < steps(g.size().y, g.spacing_mm().y); ++b)
            for (int a = 1; a < steps(g.size().x, g.spacing_mm().x); ++a) {
                const Vec3 centre =
                    g.point(-0.5, -0.5, -0.5) + g.direction() * (Vec3{1.0 * a, 1.0 * b, 1.0 * c} * step_mm);
                bool within = true;
                for (const double way : {-1.3, 1.3})
                    for (int axis = 0; axis < 3; ++axis) {
                        Vec3 p = g.index(centre);
                        p[axis] += way * radius_mm / g.spacing_mm()[axis];
                        const int i = static_cast<int>(std::lround(p.x)), j = static_cast<int>(std::lround(p.y)),
                                  k = static_cast<int>(std::lround(p.z));
                        within = within && g.holds(i, j, k) && inside(body, g.flat(i, j, k));
                    }
                if (!within) continue;
                Mask ball(g);
                for (std::size_t v = 0; v < ball.count(); ++v) {
                    const auto nx = static_cast<std::size_t>(g.size().x), ny = static_cast<std::size_t>(g.size().y);
                    const Vec3 p = g.point(static_cast<double>(v % nx), static_cast<double>(v / nx % ny),
                                           static_cast<double>(v / (nx * ny)));
                    if (norm(p - centre) <= radius_mm) ball[v] = 255;
                }
                balls["ball " + std::to_string(balls.size() + 1)] = ball;
            }
    return balls;
}

TEST(KnownTruth, HeadAndNeckCtUnderASmoothField) {
    const auto shared = test::shared_data();
    if (!shared) GTEST_SKIP() << "head and neck CT: folder shared/dicom/hn_ct is absent";
    const auto whole = rtdicom::make_exchange()->read_ct(*shared / "dicom/hn_ct", PatientPosition::Hfs).hu;
    const Mask whole_body = body_without_couch(whole);
    // Every second pixel: the registration works on 3 mm, and the test stays short.
    const Grid grid = resampled_grid(whole.grid(), {2, 2, 3});
    const auto moving = resample(whole, grid, -1000);
    const auto moving_body = resample(whole_body, grid);
    phantom::SmoothFieldWish wish;
    wish.seed = 20;
    const phantom::SmoothField known(moving_body, wish);
    const auto truth = field_of(grid, known);
    auto fixed = warp(moving, truth, -1000);
    add_noise(fixed, 20, 7);
    const Mask fixed_body = body_without_couch(fixed);  // found anew, as on a real day
    const auto o = register_and_score({fixed, moving, fixed_body, moving_body}, truth, "hn_ct, smooth field");
    EXPECT_NEAR(known.mean_mm(), 5, 0.2);
    EXPECT_GE(known.peak_mm(), 15);
    EXPECT_LT(o.after.mean, 1.5);
    EXPECT_LT(o.after.p95, 4);
    EXPECT_EQ(o.jacobian.folded, 0U);
    double sum = 0, least = 1, sum_before = 0;
    const auto balls = balls_in(moving_body, 12, 36);
    for (const auto& [name, ball] : balls) {
        const auto there = warp(ball, truth);
        const double dice = dice_of(there, warp(ball, o.field));
        sum += dice;
        sum_before += dice_of(there, ball);
        least = std::min(least, dice);
    }
    const auto count = static_cast<double>(balls.size());
    std::printf("%zu balls of 12 mm: mean DSC %.3f before, %.3f after, least %.3f\n", balls.size(), sum_before / count,
                sum / count, least);
    EXPECT_GT(sum / count, 0.85);
}

TEST(KnownTruth, AHeadAndNeckPhantomThinnerAndWithASmallerTumour) {
    // Painted tissue has no texture: what lies deep is seen by nothing and must not be dragged along by the skin.
    const auto recipe = phantom::read_recipe(test::repository("data/phantoms/head_neck.json"));
    const auto grid = phantom::grid_of(recipe, recipe.spacing_mm);
    const auto then = phantom::make_patient(recipe, {}, {}, grid, 1922);
    const auto now = phantom::make_patient(recipe, {}, {{3, -2.5, 3}, 0.03, 0.3}, grid, 1923);
    const RegistrationRequest request{now.ct.hu, then.ct.hu, body_without_couch(now.ct.hu),
                                      body_without_couch(then.ct.hu)};
    const auto o = register_and_score(request, now.to_planning, "head and neck phantom, a later day");
    EXPECT_LT(o.after.mean, 1.5);
    EXPECT_LT(o.after.p95, 4);
    EXPECT_LT(o.after.mean, o.before.mean / 2);
    EXPECT_EQ(o.jacobian.folded, 0U);
}

TEST(KnownTruth, BreathingThoraxFromInhalationToExhalation) {
    using namespace phantom;
    const auto recipe = read_recipe(test::repository("data/phantoms/thorax.json"));
    const auto layers = build(recipe, {});
    const Grid grid = grid_of(recipe, {3, 3, 3});
    const auto inhaled = paint(layers, grid, recipe.noise_hu, 11, BreathingMap(0));
    const auto exhaled = paint(layers, grid, recipe.noise_hu, 12, BreathingMap(5));
    const auto truth = breathing_field(grid, 5, 0);
    const RegistrationRequest request{exhaled.ct.hu, inhaled.ct.hu, find_body(exhaled.ct.hu), find_body(inhaled.ct.hu)};
    const auto o = register_and_score(request, truth, "thorax, exhalation from inhalation");
    EXPECT_LT(o.after.mean, 1.5);
    EXPECT_LT(o.after.p95, 4);
    EXPECT_EQ(o.jacobian.folded, 0U);
    for (const auto& drawn : inhaled.masks)
        for (const auto& there : exhaled.masks) {
            if (there.name != drawn.name || drawn.name == "CouchSurface") continue;  // the couch does not breathe
            const double dice = dice_of(there.mask, warp(drawn.mask, o.field));
            std::printf("  %-20s DSC %.3f before, %.3f after\n", drawn.name.c_str(), dice_of(there.mask, drawn.mask),
                        dice);
            EXPECT_GT(dice, 0.7) << drawn.name;
        }
}

}  // namespace
}  // namespace coutard::registration
