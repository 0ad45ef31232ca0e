// Fields through body that the CT cuts off.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "dose/machine/coverage_check.hpp"
#include "dose/superposition/superposition_engine.hpp"
#include "engine/base/error.hpp"
#include "tests/dose/cylinder_scene.hpp"

namespace coutard::dose {
namespace {

TEST(CoverageCheck, RefusesAFieldThroughBodyThatTheCtCutsOff) {  // the cylinder reaches both ends of the CT, +-90 mm
    DoseScene scene = cylinder();
    EXPECT_NO_THROW(check_covered(scene, jaw_beam(0, 80, 10)));
    const auto refused = [&](const Beam& beam, const std::string& part) {
        try {
            check_covered(scene, beam);
        } catch (const InputError& problem) {
            EXPECT_NE(std::string(problem.what()).find(part), std::string::npos) << problem.what();
            return true;
        }
        return false;
    };
    EXPECT_TRUE(refused(jaw_beam(30, 110, 10), "the CT cuts off"));
    Beam shifted = jaw_beam(180, 40, 10);
    shifted.isocentre_mm = {0, 0, 70};
    EXPECT_TRUE(refused(shifted, "cuts off at z = 87 mm"));
    Beam slant = jaw_beam(45, 40, 10);  // comes down the patient's length through the end of the CT
    for (auto& p : slant.control_points) p.couch_deg = 90;
    slant.isocentre_mm = {0, 0, 60};
    Beam away = slant;
    away.isocentre_mm = {0, 0, -60};
    EXPECT_NE(refused(slant, "beam 1"), refused(away, "beam 1"));  // one comes in by an end, one by the side
    scene.counts.reset();
    EXPECT_FALSE(refused(jaw_beam(30, 110, 10), ""));
}

TEST(CoverageCheck, AllowsAFieldBeyondACtThatEndsInAir) {
    DoseScene scene = cylinder();
    for (int k : {0, 1, 28, 29})
        for (int j = 0; j < 34; ++j)
            for (int i = 0; i < 40; ++i) scene.counts->at(i, j, k) = 0;
    EXPECT_NO_THROW(check_covered(scene, jaw_beam(0, 110, 10)));
}

}  // namespace
}  // namespace coutard::dose
