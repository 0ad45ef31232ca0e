// Monte Carlo of a patient's plan behind the engine's port.
#include "dose/montecarlo/monte_carlo_engine.hpp"

#include <gtest/gtest.h>

#include "dose/superposition/superposition_engine.hpp"
#include "engine/base/error.hpp"
#include "tests/dose/cylinder_scene.hpp"

namespace coutard::dose {
namespace {

Plan one_beam() {
    Plan plan;
    plan.fractions = 1;
    plan.beams = {jaw_beam(90, 30, 100)};
    return plan;
}

/// Mean dose around the isocentre [Gy].
double middle(const Dose& dose) {
    double sum = 0, count = 0;
    for (std::size_t v = 0; v < dose.gy.count(); ++v) {
        const Size3 n = dose.gy.grid().size();
        const int i = static_cast<int>(v) % n.x, j = static_cast<int>(v) / n.x % n.y,
                  k = static_cast<int>(v) / (n.x * n.y);
        const Vec3 p = dose.gy.grid().point(i, j, k);
        if (std::hypot(p.x, p.y, p.z) > 15) continue;
        sum += static_cast<double>(dose.gy[v]);
        count += 1;
    }
    return sum / count;
}

TEST(MonteCarloEngine, GivesThePlansDoseAndSaysHowSureItIs) {
    const auto data = test::repository("data");
    const Dose found = MonteCarloEngine(data, {.histories = 400'000}).dose(cylinder(), one_beam(), {});
    const Dose planned = SuperpositionEngine(data).dose(cylinder(), one_beam(), {});
    EXPECT_NEAR(middle(found) / middle(planned), 1, 0.03);
    // "Dose to medium. " and this are all that a DICOM comment of 64 characters holds
    EXPECT_LE(found.comment.size(), 48U) << found.comment;
    EXPECT_EQ(found.comment.rfind("Monte Carlo, 4e+05 photons, error ", 0), 0U) << found.comment;
}

TEST(MonteCarloEngine, StopsAtTheErrorThatIsAskedFor) {
    const MonteCarloEngine engine(test::repository("data"), {.uncertainty = 0.15});
    const std::string comment = engine.dose(cylinder(), one_beam(), {}).comment;
    const double error = std::stod(comment.substr(comment.find("error ") + 6));
    EXPECT_LE(error, 15) << comment;
    EXPECT_GT(error, 1) << comment;
}

TEST(MonteCarloEngine, RefusesNeitherHistoriesNorAnError) {
    EXPECT_THROW(MonteCarloEngine(test::repository("data"), {.histories = 0, .uncertainty = 0}), ContractError);
    EXPECT_THROW(MonteCarloEngine("no/such/folder"), InputError);
}

}  // namespace
}  // namespace coutard::dose
