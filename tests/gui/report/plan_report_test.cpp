#include "gui/report/plan_report.hpp"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>

#include "engine/base/error.hpp"
#include "tests/gui/report/report_phantom.hpp"

namespace coutard::gui::report {
namespace {

const test::ReportPhantom& phantom() {
    static const auto made = test::report_phantom(5);
    return made;
}

bool mentions(const std::vector<std::string>& lines, const std::string& text) {
    return std::any_of(lines.begin(), lines.end(), [&](const auto& l) { return l.find(text) != std::string::npos; });
}

std::string value_of(const std::vector<Fact>& facts, const std::string& label) {
    for (const auto& f : facts)
        if (f.label == label) return f.value;
    return "(absent)";
}

TEST(PlanReport, SaysWhatTheEngineSays) {
    const auto report = make_plan_report(phantom().plan_case(), {});
    ASSERT_EQ(report.goals.size(), phantom().protocol.goals.size());
    EXPECT_EQ(report.goals.back().status, GoalStatus::NotEvaluated);
    EXPECT_EQ(report.goals.back().reason, "no structure Brainstem");
    ASSERT_EQ(report.structures.size(), 7u);
    EXPECT_EQ(report.structures[0].name, "PTV_7000");  // targets by the protocol's order
    EXPECT_EQ(report.structures[1].name, "PTV_6300");
    EXPECT_EQ(report.structures.back().name, "External");
    const auto direct = structure_dose("x", phantom().dose.gy, phantom().structures[5].mask);
    EXPECT_EQ(report.structures[0].dose.mean, direct.mean);
    EXPECT_EQ(*report.goals[0].value, direct.dose_at_percent(95).value());
    EXPECT_EQ(value_of(report.patient, "Study date"), "2026-01-05");
    EXPECT_EQ(value_of(report.plan, "Approval"), "UNAPPROVED");
    EXPECT_EQ(value_of(report.plan, "Monitor units"), "600.3 per fraction");
    EXPECT_EQ(report.beams[0].gantry, "181 → 179");
    EXPECT_EQ(report.beams[0].jaws, "−42…45; −62…55");
    EXPECT_TRUE(mentions(report.limits, "generic"));
    EXPECT_NE(value_of(report.versions, "Coutard"), "(absent)");
}

TEST(PlanReport, PlanesPassThroughTheTarget) {
    const auto report = make_plan_report(phantom().plan_case(), {});
    ASSERT_TRUE(report.scene);
    EXPECT_LT(norm(report.scene->centre_mm - Vec3{20, -32, -12}), 1.5);
    EXPECT_EQ(report.scene->reference_Gy, 70);
    EXPECT_FALSE(report.scene->axial.isodoses[3].empty());  // 95 %
    EXPECT_EQ(report.scene->structures[0].name, "PTV_7000");
}

TEST(PlanReport, CurvesFallFromHundredToZero) {
    const auto plot =
        dvh_plot(ordered_rows(phantom().structures, &phantom().protocol, phantom().dose), &phantom().protocol);
    ASSERT_EQ(plot.curves.size(), 6u);  // External is left out
    for (const auto& curve : plot.curves) {
        EXPECT_DOUBLE_EQ(curve.percent.front(), 100);
        EXPECT_EQ(curve.percent.back(), 0);
        EXPECT_LE(curve.percent.size(), 802u);
        EXPECT_TRUE(std::is_sorted(curve.percent.rbegin(), curve.percent.rend()));
    }
    EXPECT_TRUE(plot.curves[0].target);
    EXPECT_FALSE(plot.curves[3].target);
    const auto both = overlay(plot, plot, "note");
    EXPECT_EQ(both.curves.size(), 12u);
    EXPECT_EQ(both.curves[0].dash, 0);
    EXPECT_EQ(both.curves[6].dash, 1);
    EXPECT_EQ(both.curves[0].colour, both.curves[6].colour);
}

TEST(PlanReport, NoTwoStructuresLookAlikeAndWhatIsNotDrawnIsCounted) {
    auto p = test::report_phantom(5);
    const Mask cord = p.structures[1].mask;
    p.structures.insert(p.structures.begin() + 1, {"Empty_L", Role::Organ, Mask(p.ct.hu.grid())});
    for (int n = 0; n < 10; ++n) p.structures.push_back({"Organ_" + std::to_string(n), Role::Organ, cord});
    for (int n = 0; n < 3; ++n) p.structures.push_back({"CTV_" + std::to_string(n), Role::Ctv, cord});
    const auto report = make_plan_report(p.plan_case(), {});
    using Look = std::tuple<int, int, int, int>;
    const auto look = [](const Colour& c, int dash) { return Look(c.red, c.green, c.blue, dash); };
    ASSERT_EQ(report.dvh.curves.size(), 14u);
    EXPECT_EQ(report.dvh.note, "5 more structures are not drawn: see the dose statistics");
    EXPECT_EQ(overlay(report.dvh, report.dvh, "solid: a").note, "solid: a; " + report.dvh.note);
    std::set<Look> looks;
    std::map<std::string, Look> by_name;
    for (const auto& curve : report.dvh.curves) {
        EXPECT_TRUE(looks.insert(look(curve.colour, curve.dash)).second) << curve.name;
        by_name.emplace(curve.name, look(curve.colour, curve.dash));
    }
    for (const auto& s : report.scene->structures)  // and the same on the slices
        if (by_name.contains(s.name)) {
            EXPECT_EQ(by_name.at(s.name), look(s.colour, s.dash)) << s.name;
        }
}

TEST(PlanReport, WarnsOfWhatAReaderMustKnow) {
    auto p = test::report_phantom(5);
    p.ct.position_assumed = true;
    p.structures.push_back({"Lens_L", Role::Organ, Mask(p.ct.hu.grid())});
    const auto report = make_plan_report(p.plan_case(), {"", "", {"my warning"}, {}, {}});
    EXPECT_TRUE(mentions(report.warnings, "my warning"));
    EXPECT_TRUE(mentions(report.warnings, "assumed to be HFS"));
    EXPECT_TRUE(mentions(report.warnings, "Lens_L is empty"));
}

TEST(PlanReport, WorksWithoutAProtocol) {
    auto p = test::report_phantom(5);
    const auto report = make_plan_report({p.ct, p.plan, p.dose, nullptr, p.structures}, {});
    EXPECT_TRUE(report.goals.empty());
    EXPECT_EQ(report.scene->reference_Gy, 70);  // of the plan
}

TEST(PlanReport, RefusesWhatIsNoDose) {
    auto p = test::report_phantom(5);
    p.dose.gy[5] = -1;
    EXPECT_THROW(make_plan_report(p.plan_case(), {}), InputError);
}

TEST(GammaSection, HistogramHoldsEveryVoxelAndCutsAtOne) {
    const Grid grid({10, 10, 10}, {0, 0, 0}, {3, 3, 3});
    for (const auto& [percent, below] : {std::pair{2.9, true}, {3.1, false}}) {
        const auto result =
            gamma_index(Volume<float>(grid, 50), Volume<float>(grid, static_cast<float>(50 * (1 + percent / 100))), {});
        const auto section = gamma_section("a", "b", result);
        EXPECT_EQ(std::accumulate(section.histogram.begin(), section.histogram.end(), std::size_t{0}), 1000u);
        EXPECT_EQ(std::accumulate(section.histogram.begin(), section.histogram.begin() + 20, std::size_t{0}),
                  below ? 1000u : 0u);
        EXPECT_NE(section.criteria.find("3 % of 50.00 Gy (global) / 3 mm"), std::string::npos) << section.criteria;
    }
}

}  // namespace
}  // namespace coutard::gui::report
