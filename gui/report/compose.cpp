#include <algorithm>
#include <cstdio>

#include "engine/base/error.hpp"
#include "engine/base/version.hpp"
#include "engine/eval/metric.hpp"
#include "gui/report/document.hpp"
#include "gui/report/figures.hpp"

namespace coutard::gui::report {
namespace {

std::string fixed(double value, int digits) {
    char text[48];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    std::string out(text);
    if (out.find_first_of("123456789") == std::string::npos && out.front() == '-') out.erase(0, 1);  // no "-0"
    if (out.front() == '-') out.replace(0, 1, "−");
    return out;
}

std::string limit_of(const ClinicalGoal& goal) {
    char text[64];
    std::snprintf(text, sizeof text, "%s %g %s", goal.relation == Relation::AtMost ? "≤" : "≥", goal.limit,
                  std::string(unit_of(goal.metric)).c_str());
    return text;
}

std::string value_of(const GoalResult& result) {
    return result.value ? fixed(*result.value, 2) + " " + result.unit : "–";
}

Cell status_cell(GoalStatus status) {
    switch (status) {
        case GoalStatus::Pass:
            return {"✓ pass", Tone::Good, {}};
        case GoalStatus::Fail:
            return {"✗ fail", Tone::Bad, {}};
        case GoalStatus::NotEvaluated:
            return {"– not evaluated", Tone::Unknown, {}};
    }
    throw ContractError("status_cell: unknown status");
}

Verdicts verdicts_of(const std::vector<GoalResult>& goals) {
    int count[3] = {0, 0, 0};
    for (const auto& goal : goals) ++count[static_cast<int>(goal.status)];
    Verdicts verdicts;
    const auto say = [&](int n, const char* sign, const char* words, Tone tone) {
        if (n > 0) verdicts.cells.push_back({std::string(sign) + " " + std::to_string(n) + " " + words, tone, {}});
    };
    say(count[0], "✓", count[0] == 1 ? "goal met" : "goals met", Tone::Good);
    say(count[1], "✗", count[1] == 1 ? "goal failed" : "goals failed", Tone::Bad);
    say(count[2], "–", "not evaluated", Tone::Unknown);
    return verdicts;
}

Table goal_table(const std::vector<GoalResult>& goals) {
    Table table{{{"Structure", Align::Left, false},
                 {"Metric", Align::Left, false},
                 {"Goal", Align::Right, false},
                 {"Value", Align::Right, false},
                 {"Verdict", Align::Left, false},
                 {"Priority", Align::Centre, false},
                 {"Note", Align::Left, true}},
                {},
                "Values are compared as printed. Priority 1 must hold; larger numbers are softer."};
    for (const auto& result : goals)
        table.rows.push_back({{result.goal.structure, Tone::Strong, {}},
                              {text_of(result.goal.metric), Tone::Normal, {}},
                              {limit_of(result.goal), Tone::Normal, {}},
                              {value_of(result), Tone::Strong, {}},
                              status_cell(result.status),
                              {std::to_string(result.goal.priority), Tone::Normal, {}},
                              {result.reason, Tone::Muted, {}}});
    return table;
}

Table adaptation_table(const AdaptationSection& a) {
    Table table{{{"Structure", Align::Left, false},
                 {"Metric", Align::Left, false},
                 {"Goal", Align::Right, false},
                 {"Value, " + a.scheduled, Align::Right, false},
                 {"Verdict", Align::Left, false},
                 {"Value, " + a.adapted, Align::Right, false},
                 {"Verdict", Align::Left, false}},
                {},
                {}};
    expect(a.scheduled_goals.size() == a.adapted_goals.size(), "adaptation: both plans are judged by the same goals");
    for (std::size_t g = 0; g < a.scheduled_goals.size(); ++g) {
        const auto &before = a.scheduled_goals[g], &after = a.adapted_goals[g];
        table.rows.push_back({{before.goal.structure, Tone::Strong, {}},
                              {text_of(before.goal.metric), Tone::Normal, {}},
                              {limit_of(before.goal), Tone::Normal, {}},
                              {value_of(before), Tone::Strong, {}},
                              status_cell(before.status),
                              {value_of(after), Tone::Strong, {}},
                              status_cell(after.status)});
    }
    return table;
}

Table statistics_table(const std::vector<StructureRow>& rows) {
    const auto right = Align::Right;
    Table table{{{"Structure", Align::Left, true},
                 {"Volume [cm³]", right, false},
                 {"D98%", right, false},
                 {"D95%", right, false},
                 {"D50%", right, false},
                 {"D2%", right, false},
                 {"Dmin", right, false},
                 {"Dmean", right, false},
                 {"D0.03cc", right, false},
                 {"Dmax", right, false},
                 {"Dmax at x, y, z [mm]", right, false}},
                {},
                "Doses in Gy. Dx is the least dose in the hottest x of the structure. Places are patient coordinates "
                "(DICOM LPS)."};
    for (const auto& row : rows) {
        const auto& d = row.dose;
        std::vector<Cell> cells{{row.name, Tone::Strong, row.colour},
                                {fixed(d.volume().value(), d.volume().value() < 1 ? 3 : 1), Tone::Normal, {}}};
        const auto add = [&](const std::string& text) { cells.push_back({text, Tone::Normal, {}}); };
        if (d.empty()) {
            for (int c = 2; c < 10; ++c) add("–");
            cells.push_back({"empty", Tone::Muted, {}});
        } else {
            for (const double percent : {98.0, 95.0, 50.0, 2.0}) add(fixed(d.dose_at_percent(percent).value(), 2));
            add(fixed(d.minimum.value(), 2));
            add(fixed(d.mean.value(), 2));
            add(d.volume() < Cm3{0.03} ? "–" : fixed(d.dvh.dose_at(Cm3{0.03}).value(), 2));
            add(fixed(d.maximum.value(), 2));
            add(fixed(d.maximum_at_mm.x, 0) + ", " + fixed(d.maximum_at_mm.y, 0) + ", " + fixed(d.maximum_at_mm.z, 0));
        }
        table.rows.push_back(std::move(cells));
    }
    return table;
}

Table beam_table(const std::vector<BeamRow>& beams) {
    const auto right = Align::Right;
    Table table{{{"#", right, false},
                 {"Beam", Align::Left, true},
                 {"Machine", Align::Left, true},
                 {"Energy", Align::Left, false},
                 {"Delivery", Align::Left, true},
                 {"Gantry [°]", right, false},
                 {"Coll. [°]", right, false},
                 {"Couch [°]", right, false},
                 {"MU", right, false},
                 {"Points", right, false},
                 {"Jaws x; y [mm]", right, true}},
                {},
                "Angles follow IEC 61217. Monitor units per fraction. Jaws at the isocentre plane: the widest opening "
                "of all control points."};
    for (const auto& b : beams) {
        std::vector<Cell> row;
        for (const auto* text : {&b.number, &b.name, &b.machine, &b.energy, &b.delivery, &b.gantry, &b.collimator,
                                 &b.couch, &b.monitor_units, &b.control_points, &b.jaws})
            row.push_back({*text, text == &b.name ? Tone::Strong : Tone::Normal, {}});
        table.rows.push_back(std::move(row));
    }
    return table;
}

void add_adaptation(Document& document, const AdaptationSection& a) {
    auto& out = document.blocks;
    out.emplace_back(Heading{"Adaptation"});
    std::vector<std::string> lines = a.reasons;
    out.emplace_back(
        Notice{"Recommendation: " + a.recommendation, std::move(lines), a.deliver ? Tone::Good : Tone::Unknown});
    if (!a.displacement.empty()) out.emplace_back(FactGrid{a.displacement});
    if (!a.scheduled_goals.empty()) out.emplace_back(adaptation_table(a));
    if (!a.dvh.curves.empty())
        out.emplace_back(Picture{dvh_figure(a.dvh, text_width), "Dose-volume histograms of the day: solid, " +
                                                                    a.adapted + "; dashed, " + a.scheduled + "."});
}

void add_gamma(Document& document, const GammaSection& g) {
    auto& out = document.blocks;
    out.emplace_back(Heading{"Gamma analysis"});
    std::vector<Fact> facts{{"Reference", g.reference},
                            {"Evaluated", g.evaluated},
                            {"Criteria", g.criteria},
                            {"Passing", fixed(g.pass_percent, 2) + " % of " + std::to_string(g.voxels) + " voxels"},
                            {"Mean; greatest index", fixed(g.mean, 3) + "; " + fixed(g.maximum, 2)}};
    if (g.beyond > 0) facts.push_back({"Outside the evaluated grid", std::to_string(g.beyond) + " voxels, not judged"});
    out.emplace_back(FactGrid{std::move(facts)});
    if (!g.histogram.empty())
        out.emplace_back(
            Picture{gamma_figure(g, text_width), "Share of voxels per gamma index; an index above 1 fails."});
}

}  // namespace

Document compose(const Report& report) {
    constexpr double whole_page = 570;  // the most that still leaves room for a heading and a caption
    Document document{report.title, report.created, std::string(disclaimer), {}};
    auto& out = document.blocks;
    if (!report.goals.empty()) out.emplace_back(verdicts_of(report.goals));
    if (!report.warnings.empty()) out.emplace_back(Notice{"Read before use", report.warnings, Tone::Bad});
    if (!report.patient.empty())
        out.emplace_back(Heading{"Patient and study"}), out.emplace_back(FactGrid{report.patient});
    if (!report.prescription.empty())
        out.emplace_back(Heading{"Prescription"}), out.emplace_back(FactGrid{report.prescription});
    if (report.adaptation) add_adaptation(document, *report.adaptation);
    if (!report.goals.empty()) out.emplace_back(Heading{"Clinical goals"}), out.emplace_back(goal_table(report.goals));
    if (!report.dvh.curves.empty()) {
        out.emplace_back(Heading{"Dose-volume histograms"});
        const auto fit = [plot = report.dvh](double height) { return dvh_figure(plot, text_width, height); };
        out.emplace_back(Picture{fit(250),
                                 "Cumulative, volume in percent of each structure; targets are drawn thicker.", fit,
                                 std::max(180.0, fit(0).size.height)});
    }
    if (report.scene) {
        out.emplace_back(Heading{"Isodoses"});
        const auto fit = [scene = *report.scene](double height) { return scene_figure(scene, text_width, height); };
        out.emplace_back(Picture{fit(whole_page),
                                 "Planes through the centre of the target. Colour wash from 20 % of the prescription; "
                                 "lines at the levels listed.",
                                 fit, 360});
    }
    if (!report.structures.empty())
        out.emplace_back(Heading{"Dose statistics"}), out.emplace_back(statistics_table(report.structures));
    if (!report.indices.empty()) out.emplace_back(FactGrid{report.indices});
    if (!report.plan.empty() || !report.beams.empty()) out.emplace_back(Heading{"Plan parameters"});
    if (!report.plan.empty()) out.emplace_back(FactGrid{report.plan});
    if (!report.beams.empty()) out.emplace_back(beam_table(report.beams));
    if (report.gamma) add_gamma(document, *report.gamma);
    if (!report.limits.empty())
        out.emplace_back(Heading{"What is not known"}), out.emplace_back(Bullets{report.limits});
    if (!report.versions.empty()) out.emplace_back(Heading{"Versions"}), out.emplace_back(FactGrid{report.versions});
    return document;
}

}  // namespace coutard::gui::report
