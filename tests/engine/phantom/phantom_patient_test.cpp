#include "engine/phantom/phantom_patient.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "engine/eval/contour_agreement.hpp"
#include "engine/image/invert.hpp"
#include "engine/phantom/phantom_study.hpp"
#include "engine/shape/body.hpp"
#include "tests/harness/scratch.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::phantom {
namespace {

Recipe head_neck() {
    return read_recipe(test::repository("data/phantoms/head_neck.json"));
}

PhantomPatient coarse(const Recipe& recipe, const Individual& who, const DayChange& day, double mm = 5) {
    return make_patient(recipe, who, day, grid_of(recipe, {mm, mm, mm}), 7);
}

const Mask& mask(const PhantomPatient& patient, const std::string& name) {
    for (const auto& m : patient.masks)
        if (m.name == name) return m.mask;
    throw InputError("phantom has no " + name);
}

double volume_cm3(const Mask& m) {
    double sum = 0;
    for (std::size_t v = 0; v < m.count(); ++v) sum += part_inside(m, v);
    return sum * m.grid().voxel_cm3();
}

Vec3 centroid(const Mask& m) {
    Vec3 sum{};
    double weight = 0;
    const Size3 n = m.grid().size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                const double w = m.at(i, j, k);
                sum = sum + m.grid().point(i, j, k) * w;
                weight += w;
            }
    return sum / weight;
}

TEST(PhantomPatient, HasTheSevenOrgansAndTargetsWithPlausibleVolumes) {
    const auto recipe = head_neck();
    const auto patient = coarse(recipe, {}, {}, 3);
    const std::vector<std::tuple<std::string, double, double>> expected{
        {"Brainstem", 15, 40}, {"SpinalCord", 10, 35}, {"Parotid_L", 15, 40},     {"Parotid_R", 15, 40},
        {"Esophagus", 5, 20},  {"Larynx", 15, 45},     {"Bone_Mandible", 30, 90}, {"PTV_7000", 50, 200},
        {"PTV_6300", 50, 250}, {"PTV_5600", 60, 400},  {"External", 5000, 12000}};
    for (const auto& [name, low, high] : expected) {
        const double found = volume_cm3(mask(patient, name));
        EXPECT_GT(found, low) << name;
        EXPECT_LT(found, high) << name;
    }
    EXPECT_GT(centroid(mask(patient, "Parotid_L")).x, 30);  // LPS: left is +x
    EXPECT_LT(centroid(mask(patient, "Parotid_R")).x, -30);
    EXPECT_GT(centroid(mask(patient, "SpinalCord")).y, centroid(mask(patient, "Larynx")).y);  // posterior is +y
    EXPECT_GT(centroid(mask(patient, "Brainstem")).z, centroid(mask(patient, "Larynx")).z);
}

TEST(PhantomPatient, TheRuleFindsItsExternalWithoutTheCouch) {
    const auto recipe = head_neck();
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const auto patient = coarse(recipe, individual(seed), {}, 3);
        const Mask& truth = mask(patient, "External");
        const auto agreement = compare_contours(truth, find_body(patient.ct.hu), 3);
        EXPECT_GT(agreement.dice.value(), 0.99) << seed;
        EXPECT_GT(agreement.surface_dice.value(), 0.97) << seed;
        EXPECT_LT(agreement.hd95_mm.value(), 3.1) << seed;
    }
}

TEST(PhantomPatient, TargetLevelsAreShells) {
    const auto recipe = head_neck();
    const auto patient = coarse(recipe, {}, {}, 3);
    const auto &high = mask(patient, "PTV_7000"), &middle = mask(patient, "PTV_6300"), &low = mask(patient, "PTV_5600");
    double shared = 0, all = 0;  // where rims meet, parts of a voxel may count twice
    for (std::size_t v = 0; v < high.count(); ++v) {
        ASSERT_LE(inside(high, v) + inside(middle, v) + inside(low, v), 1) << "voxel " << v;
        const int sum = high[v] + middle[v] + low[v];
        shared += std::max(0, sum - 255);
        all += sum;
    }
    EXPECT_LT(shared / all, 0.01);  // three levels meet along lines: a voxel there may hold parts of all
}

TEST(PhantomPatient, SameSeedSamePatientOtherSeedAnother) {
    const auto recipe = head_neck();
    const auto a = coarse(recipe, individual(3), {}, 8), b = coarse(recipe, individual(3), {}, 8),
               c = coarse(recipe, individual(4), {}, 8);
    EXPECT_TRUE(std::ranges::equal(a.ct.hu.values(), b.ct.hu.values()));
    EXPECT_FALSE(std::ranges::equal(a.ct.hu.values(), c.ct.hu.values()));
}

TEST(PhantomPatient, NoiseHasItsStandardDeviation) {
    auto recipe = head_neck();
    const auto with = coarse(recipe, {}, {}, 5);
    recipe.noise_hu = 0;
    const auto without = coarse(recipe, {}, {}, 5);
    double sum = 0, squares = 0;
    long n = 0;
    for (std::size_t v = 0; v < with.ct.hu.count(); ++v) {
        if (without.ct.hu[v] < -900) continue;  // air is clipped
        const double d = with.ct.hu[v] - without.ct.hu[v];
        sum += d;
        squares += d * d;
        ++n;
    }
    EXPECT_NEAR(sum / static_cast<double>(n), 0, 0.2);
    EXPECT_NEAR(std::sqrt(squares / static_cast<double>(n)), 11, 0.3);
}

TEST(DayMap, ShiftAloneMovesEveryPoint) {
    const auto recipe = head_neck();
    const DayMap map(recipe, build(recipe, {}), {{3, -2, 4}, 0, 0});
    const Vec3 p = map({10, 20, 30});
    EXPECT_NEAR(p.x, 7, 1e-12);
    EXPECT_NEAR(p.y, 22, 1e-12);
    EXPECT_NEAR(p.z, 26, 1e-12);
}

TEST(DayMap, LosesTheWeightAndShrinksTheTumourThatWereAsked) {
    const auto recipe = head_neck();
    const auto before = coarse(recipe, {}, {}, 3), after = coarse(recipe, {}, {{}, 0.03, 0.3}, 3);
    EXPECT_NEAR(volume_cm3(mask(after, "External")) / volume_cm3(mask(before, "External")), 0.97, 0.005);
    EXPECT_NEAR(volume_cm3(mask(after, "GTVp")) / volume_cm3(mask(before, "GTVp")), 0.70, 0.03);
}

TEST(DayMap, IsInvertibleEverywhereInTheBody) {
    const auto recipe = head_neck();
    const auto day = coarse(recipe, {}, {{3, -2.5, 3}, 0.03, 0.3}, 6);
    const auto back = invert(day.to_planning, day.to_planning.grid());
    const auto residual = inverse_residual(back, day.to_planning);
    const auto& body = mask(day, "External");
    for (std::size_t v = 0; v < body.count(); ++v)
        if (body[v] == 255) {
            ASSERT_LT(residual[v], 0.1F) << "voxel " << v;
        }
}

TEST(PhantomStudy, LabelBitsFollowTheOpenKbpOrder) {
    const auto recipe = head_neck();
    const auto patient = coarse(recipe, {}, {}, 5);
    const auto bits = label_bits(patient);
    for (std::size_t v = 0; v < bits.count(); ++v) {
        ASSERT_EQ((bits[v] & 8) != 0, inside(mask(patient, "Parotid_L"), v));
        ASSERT_EQ((bits[v] & 512) != 0, inside(mask(patient, "PTV_7000"), v));
    }
}

TEST(Recipe, RefusesMistakesByName) {
    test::Scratch scratch;
    const auto refused = [&](const std::string& text, const std::string& names) {
        std::ofstream(scratch / "r.json") << text;
        try {
            build(read_recipe(scratch / "r.json"), {});
            ADD_FAILURE() << "accepted " << text;
        } catch (const InputError& problem) {
            EXPECT_NE(std::string(problem.what()).find(names), std::string::npos) << problem.what();
        }
    };
    const std::string head = R"({"name":"x","low_mm":[0,0,0],"high_mm":[9,9,9],"outline":"A","layers":[)";
    const std::string ball = R"("parts":[{"ellipsoid":{"centre":[0,0,0],"radii":[1,1,1]}}])";
    refused("{", "r.json");
    refused(head + "]}", "layers");
    refused(head + R"({"name":"A","hu":1,"colour":3,)" + ball + "}]}", "colour");
    refused(head + R"({"name":"A",)" + ball + "}]}", "hu");
    refused(head + R"({"name":"A","hu":1,"inside":[{"of":"B"}],)" + ball + "}]}", "B");
    refused(head + R"({"name":"A","hu":1,"parts":[{"ellipsoid":{"centre":[0,0,0],"radii":[1,-1,1]}}]}]})", "positive");
    EXPECT_THROW(read_recipe(scratch / "none.json"), InputError);
}

}  // namespace
}  // namespace coutard::phantom
