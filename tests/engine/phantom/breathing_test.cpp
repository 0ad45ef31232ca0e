#include "engine/phantom/breathing.hpp"

#include <gtest/gtest.h>

#include "engine/image/invert.hpp"
#include "engine/image/resample.hpp"
#include "engine/phantom/phantom_patient.hpp"
#include "engine/shape/boolean.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::phantom {
namespace {

Recipe thorax() {
    return read_recipe(test::repository("data/phantoms/thorax.json"));
}

const Mask& mask(const PhantomPatient& patient, const std::string& name) {
    for (const auto& m : patient.masks)
        if (m.name == name) return m.mask;
    throw InputError("phantom has no " + name);
}

Vec3 centroid(const Mask& m) {
    Vec3 sum{};
    double weight = 0;
    const Size3 n = m.grid().size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                sum = sum + m.grid().point(i, j, k) * m.at(i, j, k);
                weight += m.at(i, j, k);
            }
    return sum / weight;
}

/// Determinant of the Jacobian of a map by central differences.
template <class Map>
double stretch(const Map& map, const Vec3& p) {
    const double h = 0.01;
    const auto slope = [&](const Vec3& e) { return (map(p + e * h) - map(p - e * h)) / (2 * h); };
    return Mat3{slope({1, 0, 0}), slope({0, 1, 0}), slope({0, 0, 1})}.determinant();
}

template <class Visit>
void lattice(const Visit& visit) {
    for (double z = -180; z <= 160; z += 17)
        for (double y = -130; y <= 140; y += 13)
            for (double x = -220; x <= 220; x += 19) visit(Vec3{x, y, z});
}

TEST(BreathDepth, IsOneAtInhalationAndNothingAtExhalation) {
    EXPECT_NEAR(breath_depth(0), 1, 1e-12);
    EXPECT_NEAR(breath_depth(5), 0, 1e-12);
    EXPECT_NEAR(breath_depth(2.5), 0.25, 1e-12);  // cos^4(45 degrees)
    EXPECT_NEAR(breath_depth(10), breath_depth(0), 1e-12);
    EXPECT_NEAR(breath_depth(7), breath_depth(3), 1e-12);
}

TEST(BreathingMap, StandsAtExhalationAndInvertsAtEveryPhase) {
    lattice([](const Vec3& p) {
        EXPECT_LT(norm(BreathingMap(5)(p) - p), 1e-9);
        for (const double phase : {0.0, 2.0, 7.5}) {
            const BreathingMap map(phase);
            ASSERT_LT(norm(map(map.to_today(p)) - p), 1e-5);
        }
    });
}

TEST(BreathingMap, NeverFolds) {
    lattice([](const Vec3& p) {
        for (const double phase : {0.0, 1.0, 8.0}) {
            EXPECT_GT(stretch(BreathingMap(phase), p), 0.5);
            EXPECT_GT(stretch(BreathingMap(phase, {.diaphragm_mm = 30, .chest_mm = 10, .loop_mm = 3}), p), 0.05);
        }
    });
    EXPECT_THROW(BreathingMap(0, {.diaphragm_mm = 60}), ContractError);
    EXPECT_THROW(BreathingMap(std::nan("")), ContractError);
}

TEST(BreathingMap, MovesTheDiaphragmDownTheSternumForwardAndNotTheSpine) {
    const BreathingMap inhaled(0);
    const Vec3 dome{-60, 0, -75}, sternum{0, -98, 20}, spine{0, 75, 0}, rib{150, 15, 0};
    EXPECT_NEAR(inhaled.to_today(dome).z, dome.z - 15, 1);
    EXPECT_NEAR(inhaled.to_today(sternum).y, sternum.y - 5, 0.5);
    EXPECT_LT(norm(inhaled.to_today(spine) - spine), 0.1);
    EXPECT_LT(norm(inhaled.to_today(rib) - rib), 0.5);
}

TEST(BreathingField, BetweenPhasesIsTheTruthAndItsInverse) {
    const Grid grid({23, 15, 18}, {-210, -130, -170}, {19, 19, 19});
    const auto there = breathing_field(grid, 0, 3), back = breathing_field(grid, 3, 0);
    for (int k = 0; k < 18; ++k)
        for (int j = 0; j < 15; ++j)
            for (int i = 0; i < 23; ++i) {
                const Vec3 p = grid.point(i, j, k), u{there.at(i, j, k).x, there.at(i, j, k).y, there.at(i, j, k).z};
                ASSERT_LT(norm(BreathingMap(3)(p + u) - BreathingMap(0)(p)), 1e-4) << "the same tissue";
            }
    for (const auto& u : breathing_field(grid, 2, 2).values()) ASSERT_LT(norm(Vec3{u.x, u.y, u.z}), 1e-5);
    EXPECT_GT(norm(Vec3{back.at(8, 7, 4).x, back.at(8, 7, 4).y, back.at(8, 7, 4).z}), 3);
}

TEST(ThoraxPhantom, TheTumourGoesWhereItsMapSays) {
    const auto recipe = thorax();
    const auto layers = build(recipe, {});
    // a tight box around the tumour, fine enough for a centroid
    const Grid grid({24, 24, 32}, {76 - 23, 26 - 23, -70}, {2, 2, 2});
    const auto exhaled = paint(layers, grid, 0, 1, BreathingMap(5)),
               inhaled = paint(layers, grid, 0, 1, BreathingMap(0));
    const Vec3 before = centroid(mask(exhaled, "GTV")), after = centroid(mask(inhaled, "GTV"));
    const Vec3 wanted = BreathingMap(0).to_today({76, 26, -30});
    EXPECT_LT(norm(before - Vec3{76, 26, -30}), 0.3);
    EXPECT_LT(norm(after - wanted), 0.5) << after.x << ' ' << after.y << ' ' << after.z;
    EXPECT_GT(before.z - after.z, 10) << "it moves by more than a centimetre";
    // The exhaled image pulled through the true field is the inhaled one.
    const auto pulled = warp(exhaled.ct.hu, inhaled.to_planning, -1000);
    double sum = 0;
    int count = 0;
    for (int k = 0; k < 20; ++k)
        for (int j = 0; j < 24; ++j)
            for (int i = 0; i < 24; ++i, ++count) sum += std::abs(pulled.at(i, j, k) - inhaled.ct.hu.at(i, j, k));
    EXPECT_LT(sum / count, 15) << "HU; edges blur by interpolation";
}

TEST(ThoraxPhantom, HasPlausibleOrgans) {
    const auto recipe = thorax();
    const auto patient = make_patient(recipe, {}, {}, grid_of(recipe, {6, 6, 6}), 1);
    const std::vector<std::tuple<std::string, double, double>> expected{
        {"Lung_L", 1500, 3500}, {"Lung_R", 1500, 3500}, {"Heart", 400, 900},   {"SpinalCord", 15, 50},
        {"Esophagus", 20, 60},  {"Trachea", 15, 50},    {"Liver", 1000, 2500}, {"External", 15000, 26000},
        {"GTV", 5, 15},         {"PTV", 20, 50}};
    for (const auto& [name, low, high] : expected) {
        EXPECT_GT(volume_cm3(mask(patient, name)), low) << name;
        EXPECT_LT(volume_cm3(mask(patient, name)), high) << name;
    }
    EXPECT_GT(centroid(mask(patient, "Lung_L")).x, 50);
    EXPECT_GT(centroid(mask(patient, "Heart")).x, 5) << "the heart lies to the left";
    EXPECT_GT(centroid(mask(patient, "SpinalCord")).y, 50);
    // An ellipsoid in closed form; the others are cut by their neighbours.
    EXPECT_NEAR(volume_cm3(mask(patient, "GTV")), 4.0 / 3 * 3.14159265 * 13 * 12 * 14 / 1000, 0.7);
}

}  // namespace
}  // namespace coutard::phantom
