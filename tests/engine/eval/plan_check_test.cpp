#include "engine/eval/plan_check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

const Grid grid({20, 20, 20}, {0, 0, 0}, {3, 3, 3});

Volume<float> hill(double peak_Gy) {
    Volume<float> out(grid);
    for (int k = 0; k < 20; ++k)
        for (int j = 0; j < 20; ++j)
            for (int i = 0; i < 20; ++i) {
                const double r2 = std::pow(i - 9.5, 2) + std::pow(j - 9.5, 2) + std::pow(k - 9.5, 2);
                out.at(i, j, k) = static_cast<float>(peak_Gy * std::exp(-r2 / 60));
            }
    return out;
}

Mask ball(double radius_voxels) {
    Mask out(grid);
    for (int k = 0; k < 20; ++k)
        for (int j = 0; j < 20; ++j)
            for (int i = 0; i < 20; ++i) {
                const double r2 = std::pow(i - 9.5, 2) + std::pow(j - 9.5, 2) + std::pow(k - 9.5, 2);
                out.at(i, j, k) = r2 <= radius_voxels * radius_voxels ? 255 : 0;
            }
    return out;
}

std::vector<std::pair<Structure, Mask>> target_and_organ() {
    Structure target, organ;
    target.name = "PTV_7000";
    target.role = Role::Ptv;
    organ.name = "SpinalCord";
    organ.role = Role::Organ;
    return {{target, ball(4)}, {organ, ball(2)}};
}

PlanCheck check_of(double planned, double independent) {
    const TwoDoses doses{{hill(planned), hill(30)}, {hill(independent), hill(30)}, {1, 4}, 60};
    return check_plan(doses, ball(9), target_and_organ(), {}, {});
}

const CheckRow& row(const PlanCheck& check, const std::string& what) {
    for (const auto& r : check.rows)
        if (r.what == what) return r;
    throw std::runtime_error("no row " + what);
}

TEST(PlanCheck, EqualDosesPassEverywhere) {
    const PlanCheck check = check_of(30, 30);
    EXPECT_EQ(check.verdict, Verdict::Pass);
    EXPECT_EQ(row(check, "gamma 3 %/2 mm").planned, 100);
    EXPECT_NEAR(row(check, "beam 1").deviation, 0, 1e-6);
    EXPECT_NEAR(row(check, "beam 4").deviation, 0, 1e-6);
    EXPECT_NEAR(row(check, "PTV_7000 D50%").deviation, 0, 1e-6);
    EXPECT_NEAR(row(check, "SpinalCord Dmean").deviation, 0, 1e-6);
}

TEST(PlanCheck, OneBeamFourPercentHighAsksForALook) {
    const PlanCheck check = check_of(31.2, 30);
    EXPECT_NEAR(row(check, "beam 1").deviation, 4, 0.01);
    EXPECT_EQ(row(check, "beam 1").verdict, Verdict::Look);
    EXPECT_EQ(row(check, "beam 4").verdict, Verdict::Pass);
    EXPECT_NEAR(row(check, "SpinalCord Dmean").deviation, 100 * 1.2 / 60, 0.2);  // percent of the prescription
    EXPECT_EQ(check.verdict, Verdict::Look);
}

TEST(PlanCheck, OneBeamTenPercentLowFails) {
    const PlanCheck check = check_of(27, 30);
    EXPECT_NEAR(row(check, "beam 1").deviation, -10, 0.01);
    EXPECT_EQ(row(check, "beam 1").verdict, Verdict::Fail);
    EXPECT_LT(row(check, "gamma 3 %/2 mm").planned, 100);
    EXPECT_EQ(check.verdict, Verdict::Fail);
}

TEST(PlanCheck, LevelsAreInclusiveAndNothingKnownFails) {
    EXPECT_EQ(judge(-3, 3, 5), Verdict::Pass);
    EXPECT_EQ(judge(3.1, 3, 5), Verdict::Look);
    EXPECT_EQ(judge(-5.1, 3, 5), Verdict::Fail);
    EXPECT_EQ(judge(std::numeric_limits<double>::quiet_NaN(), 3, 5), Verdict::Fail);
}

TEST(PlanCheck, RefusesAnotherNumberOfBeams) {
    const TwoDoses doses{{hill(30)}, {hill(30), hill(30)}, {1}, 60};
    EXPECT_THROW(check_plan(doses, ball(9), {}, {}, {}), ContractError);
}

}  // namespace
}  // namespace coutard
