#include "gui/cli/foreign_plan.hpp"

#include <gtest/gtest.h>

#include "engine/base/error.hpp"
#include "engine/plan/motion.hpp"
#include "gui/cli/outlined_ct.hpp"
#include "gui/report/leaf_figure.hpp"

namespace coutard::gui {
namespace {

Beam beam_of(int number, double energy_MV, bool flattened = true) {
    Beam beam;
    beam.number = number;
    beam.name = "field";
    beam.machine = "elsewhere";
    beam.energy_MV = energy_MV;
    beam.flattening_filter = flattened;
    return beam;
}

/// A rectangle on planes 3 mm apart.
Structure box(const std::string& name, double x1, double x2, double y1, double y2, double z1, double z2) {
    Structure out;
    out.name = name;
    for (double z = z1; z <= z2; z += 3) {
        Contour contour;
        contour.points_mm = {{x1, y1, z}, {x2, y1, z}, {x2, y2, z}, {x1, y2, z}};
        out.contours.push_back(contour);
    }
    return out;
}

StructureSet chest() {
    StructureSet out;
    out.frame_uid = "1.2.3";
    out.structures = {box("External", -60, 60, -45, 45, -30, 30), box("Lung_L", 10, 50, -30, 30, -18, 18)};
    return out;
}

std::string refusal(const std::function<void()>& act) {
    try {
        act();
    } catch (const InputError& problem) {
        return problem.what();
    }
    return "nothing was refused";
}

TEST(ForeignPlan, EachBeamGetsTheMachineOfItsEnergyAndMode) {
    Plan plan;
    plan.beams = {beam_of(1, 10), beam_of(2, 6), beam_of(3, 6, false)};
    assign_machines(plan, {"generic_6mv", "generic_6mv_fff", "generic_10mv"});
    EXPECT_EQ(plan.beams[0].machine, "generic_10mv");
    EXPECT_EQ(plan.beams[1].machine, "generic_6mv");
    EXPECT_EQ(plan.beams[2].machine, "generic_6mv_fff");
    ASSERT_EQ(plan.notes.size(), 3U);
    EXPECT_NE(plan.notes[0].find("beam 1 of machine 'elsewhere' is calculated as one of generic_10mv"),
              std::string::npos);
}

TEST(ForeignPlan, RefusesABeamThatNoMachineFits) {
    Plan plan;
    plan.beams = {beam_of(4, 15)};
    EXPECT_NE(refusal([&] { assign_machines(plan, {"generic_6mv"}); }).find("beam 4 'field' has 15 MV"),
              std::string::npos);
    EXPECT_EQ(plan.beams[0].machine, "elsewhere");
    EXPECT_NE(refusal([&] {
                  assign_machines(plan, {"generic_6mv", "generic_6mv"});
              }).find("of one energy and mode"),
              std::string::npos);
}

TEST(ForeignPlan, OverridesNameStructureMaterialAndDensity) {
    const StructureSet structures = chest();
    const CtImage ct = outlined_ct(structures, 3);
    const auto found = material_overrides({"Lung_L=water:0.5", "External=water"}, &structures, ct.hu.grid());
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].material, "water");
    EXPECT_EQ(found[0].density_g_cm3, 0.5);
    EXPECT_FALSE(found[1].density_g_cm3);
    const auto held = [&](const Mask& mask, const Vec3& p) {
        const Vec3 i = mask.grid().index(p);
        return inside(mask, mask.grid().flat(static_cast<int>(std::lround(i.x)), static_cast<int>(std::lround(i.y)),
                                             static_cast<int>(std::lround(i.z))));
    };
    EXPECT_TRUE(held(found[0].region, {30, 0, 0}) && held(found[1].region, {30, 0, 0}));
    EXPECT_TRUE(!held(found[0].region, {-30, 0, 0}) && held(found[1].region, {-30, 0, 0}));
    for (const char* wrong : {"Lung_L", "Lung_L=", "=water", "Lung_L=water:", "Lung_L=water:-1", "Lung_L=water:1x"})
        EXPECT_NE(refusal([&] { material_overrides({wrong}, &structures, ct.hu.grid()); }).find("--override"),
                  std::string::npos)
            << wrong;
    EXPECT_NE(refusal([&] { material_overrides({"Heart=water"}, &structures, ct.hu.grid()); }).find("'Heart'"),
              std::string::npos);
    EXPECT_NE(refusal([&] { material_overrides({"Lung_L=water"}, nullptr, ct.hu.grid()); }).find("--structures"),
              std::string::npos);
}

TEST(OutlinedCt, IsWaterInTheBodyLungInLungsAndAirOutside) {
    const CtImage ct = outlined_ct(chest(), 3);
    const auto at = [&](const Vec3& p) {
        const Vec3 i = ct.hu.grid().index(p);
        return ct.hu.at(static_cast<int>(std::lround(i.x)), static_cast<int>(std::lround(i.y)),
                        static_cast<int>(std::lround(i.z)));
    };
    EXPECT_EQ(at({-30, 0, 0}), 0);
    EXPECT_EQ(at({30, 0, 0}), -740);
    EXPECT_EQ(at({-70, 0, 0}), -1000);
    EXPECT_EQ(ct.study.frame_uid, "1.2.3");
    StructureSet nobody;
    nobody.structures = {box("Lung_L", 0, 1, 0, 1, 0, 3)};
    EXPECT_NE(refusal([&] { outlined_ct(nobody, 3); }).find("no External"), std::string::npos);
}

TEST(LeafFigure, LeavesMoveEvenlyBetweenControlPoints) {
    Beam beam = beam_of(1, 6);
    beam.leaf_edges_mm = {-5, 0, 5};
    ControlPoint a, b, c;
    a.leaves_x1 = {-10, -10};
    a.leaves_x2 = {0, 0};
    b = a;
    b.cumulative = 0.25;
    b.leaves_x2 = {10, 20};
    b.jaws.x2 = 70;
    c = b;
    c.cumulative = 1;
    c.leaves_x1 = {5, 20};
    beam.control_points = {a, b, c};
    const ControlPoint early = state_at(beam, 0.125), late = state_at(beam, 0.625);
    EXPECT_NEAR(early.leaves_x2[1], 10, 1e-9);
    EXPECT_NEAR(early.jaws.x2, 60, 1e-9);
    EXPECT_NEAR(late.leaves_x1[0], -2.5, 1e-9);
    EXPECT_NEAR(late.leaves_x2[1], 20, 1e-9);
    Plan plan;
    plan.beams = {beam};
    const std::string picture = report::png_of(report::leaf_figure(plan, 400), 1);
    EXPECT_EQ(picture.substr(1, 3), "PNG");
    EXPECT_GT(picture.size(), 2000U);
}

}  // namespace
}  // namespace coutard::gui
