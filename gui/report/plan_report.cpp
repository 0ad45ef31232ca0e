#include "gui/report/plan_report.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "engine/base/version.hpp"
#include "engine/eval/indices.hpp"
#include "engine/par/for_each.hpp"
#include "engine/shape/tg263.hpp"
#include "gui/report/library_versions.hpp"

namespace coutard::gui::report {
namespace {

template <class... Values>
std::string print(const char* format, Values... values) {
    char text[256];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

/// A hyphen before a figure becomes a minus sign.
std::string with_minus(std::string text) {
    for (auto at = text.find('-'); at != std::string::npos; at = text.find('-', at + 1))
        if (at + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[at + 1]))) text.replace(at, 1, "−");
    return text;
}

bool same_name(const std::string& a, const std::string& b) {
    return a == b || standard_name(a).name == standard_name(b).name;
}

bool is_target(Role role) {
    return role == Role::Ptv || role == Role::Ctv || role == Role::Gtv;
}

bool has_goal(const Protocol* protocol, const std::string& name) {
    return protocol && std::any_of(protocol->goals.begin(), protocol->goals.end(),
                                   [&](const auto& g) { return same_name(g.structure, name); });
}

/// Smaller comes first.
std::size_t rank(const ReportStructure& s, const Protocol* protocol) {
    if (protocol)
        for (std::size_t t = 0; t < protocol->targets.size(); ++t)
            if (same_name(protocol->targets[t].structure, s.name)) return t;
    if (is_target(s.role)) return 100;
    if (s.role == Role::External) return 500;
    if (s.role == Role::Support || s.role == Role::Bolus) return 400;
    return has_goal(protocol, s.name) ? 200 : 300;
}

std::string role_word(Role role) {
    const auto name = dicom_name(role);
    return name.empty() ? "" : std::string(name);
}

std::string dicom_date(const std::string& text) {
    if (text.size() != 8) return text;
    return text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2);
}

std::vector<Fact> patient_facts(const CtImage& ct) {
    const auto& s = ct.study;
    std::vector<Fact> facts{{"Patient", s.patient_name.empty() ? "(no name)" : s.patient_name},
                            {"Patient ID", s.patient_id.empty() ? "(none)" : s.patient_id}};
    const auto add = [&](const char* label, const std::string& value) {
        if (!value.empty()) facts.push_back({label, value});
    };
    add("Birth date", dicom_date(s.patient_birth_date));
    add("Sex", s.patient_sex);
    add("Study date", dicom_date(s.study_date));
    add("Study ID", s.study_id);
    add("Position", std::string(dicom_name(ct.position)) + (ct.position_assumed ? " (assumed)" : ""));
    const auto& g = ct.hu.grid();
    add("CT", print("%d × %d × %d voxels of %.2f × %.2f × %.2f mm", g.size().x, g.size().y, g.size().z,
                    g.spacing_mm().x, g.spacing_mm().y, g.spacing_mm().z));
    return facts;
}

std::vector<Fact> prescription_facts(const Plan& plan, const Dose& dose, const Protocol* protocol) {
    std::vector<Fact> facts;
    if (protocol) {
        facts.push_back(
            {"Protocol", protocol->name + (protocol->description.empty() ? "" : ": " + protocol->description)});
        for (const auto& level : protocol->targets)
            facts.push_back({level.structure,
                             print("%.2f Gy", level.dose_Gy) + (level.shell ? ", what higher levels leave over" : "")});
        if (!protocol->targets.empty())
            facts.push_back({"Normalised to", print("D%g%% of ", protocol->normalise_percent) +
                                                  protocol->targets.front().structure +
                                                  print(" = %.2f Gy", protocol->targets.front().dose_Gy)});
    } else if (plan.prescription_Gy > 0) {
        facts.push_back({plan.target.empty() ? "Prescription" : plan.target, print("%.2f Gy", plan.prescription_Gy)});
    }
    std::string fractions = std::to_string(plan.fractions);
    if (plan.fractions > 0 && plan.prescription_Gy > 0)
        fractions += print(" of %.2f Gy", plan.prescription_Gy / plan.fractions);
    facts.push_back({"Fractions", fractions});
    facts.push_back({"Dose to", dose.to == DoseTo::Medium ? "local medium" : "water"});
    return facts;
}

double reference_dose(const Plan& plan, const Protocol* protocol, const Dose& dose) {
    if (protocol && !protocol->targets.empty() && protocol->targets.front().dose_Gy > 0)
        return protocol->targets.front().dose_Gy;
    if (plan.prescription_Gy > 0) return plan.prescription_Gy;
    return std::max(1e-3, static_cast<double>(*std::max_element(dose.gy.values().begin(), dose.gy.values().end())));
}

Vec3 centroid(const Mask& mask) {
    Vec3 sum;
    double weight = 0;
    const Size3 n = mask.grid().size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i)
                if (const double part = mask.at(i, j, k); part > 0)
                    sum = sum + mask.grid().point(i, j, k) * part, weight += part;
    return weight > 0 ? sum / weight : mask.grid().point((n.x - 1) / 2.0, (n.y - 1) / 2.0, (n.z - 1) / 2.0);
}

const ReportStructure* find(const std::vector<ReportStructure>& all, const std::string& name) {
    for (const auto& s : all)
        if (s.name == name) return &s;
    return nullptr;
}

SceneBox overlap(const SceneBox& a, const SceneBox& b) {
    SceneBox box = a;
    for (int axis = 0; axis < 3; ++axis) {
        box.low_mm[axis] = std::max(a.low_mm[axis], b.low_mm[axis]);
        box.high_mm[axis] = std::min(a.high_mm[axis], b.high_mm[axis]);
    }
    return box;
}

/// Planes through the middle of the first target; the box shows the targets with 80 mm around, within the body.
Scene scene_of(const PlanCase& c, const std::vector<StructureRow>& rows, double reference_Gy) {
    std::vector<SceneMask> drawn, targets, body;
    for (const auto& row : rows) {
        const auto* s = find(c.structures, row.name);
        const bool target = is_target(s->role) || rank(*s, c.protocol) < 100;
        SceneMask one{{row.name, row.colour, target, row.dash}, &s->mask};
        if (s->role == Role::External) body.push_back(one);
        if (target) targets.push_back(one);
        if (target || s->role == Role::External || has_goal(c.protocol, row.name) || !c.protocol) drawn.push_back(one);
    }
    const Grid& grid = c.ct.hu.grid();
    Vec3 centre = grid.point((grid.size().x - 1) / 2.0, (grid.size().y - 1) / 2.0, (grid.size().z - 1) / 2.0);
    if (!targets.empty()) centre = centroid(*targets.front().mask);
    auto box = box_around(grid, body, 10);
    if (!targets.empty()) box = overlap(box, box_around(grid, targets, 80));
    return cut_scene(c.ct.hu, c.dose.gy, drawn, centre, box, reference_Gy);
}

std::vector<Fact> index_facts(const std::vector<StructureRow>& rows, const Protocol* protocol) {
    std::vector<Fact> facts;
    if (!protocol || protocol->targets.empty()) return facts;
    const StructureDose* body = nullptr;
    for (const auto& row : rows)
        if (row.role == dicom_name(Role::External) && !row.dose.empty()) body = &row.dose;
    for (const auto& level : protocol->targets)
        for (const auto& row : rows) {
            if (!same_name(row.name, level.structure) || row.dose.empty() || !(row.dose.dose_at_percent(50) > Gy{0}))
                continue;
            facts.push_back({"Homogeneity, " + row.name, print("%.3f", homogeneity_index(row.dose))});
            if (!body || &level != &protocol->targets.front()) continue;
            const auto index = conformity(row.dose, *body, Gy{level.dose_Gy});
            facts.push_back({"Conformity (Paddick)", print("%.3f at %.1f Gy", index.paddick, level.dose_Gy)});
            facts.push_back({"Conformity (RTOG)", print("%.3f", index.rtog)});
            facts.push_back({"Gradient index",
                             index.gradient > 0 ? print("%.2f", index.gradient) : "no volume at the prescription"});
        }
    return facts;
}

std::vector<Fact> plan_facts(const PlanCase& c) {
    const auto& g = c.dose.gy.grid();
    std::vector<Fact> facts{{"Plan", c.plan.label},
                            {"Approval", "UNAPPROVED"},
                            {"Beams", std::to_string(c.plan.beams.size())},
                            {"Monitor units", print("%.1f per fraction", c.plan.monitor_units())},
                            {"Dose grid", print("%d × %d × %d voxels of %.2f × %.2f × %.2f mm", g.size().x, g.size().y,
                                                g.size().z, g.spacing_mm().x, g.spacing_mm().y, g.spacing_mm().z)}};
    if (!c.plan.beams.empty()) {
        const Vec3 iso = c.plan.beams.front().isocentre_mm;
        facts.push_back({"Isocentre", with_minus(print("%.1f, %.1f, %.1f mm (LPS)", iso.x, iso.y, iso.z))});
    }
    if (!c.dose.comment.empty()) facts.push_back({"Dose engine", c.dose.comment});
    return facts;
}

std::vector<std::string> warnings_of(const PlanCase& c, const ReportWords& words,
                                     const std::vector<StructureRow>& rows) {
    auto warnings = words.warnings;
    if (c.ct.position_assumed)
        warnings.push_back("The patient position was missing in the CT and assumed to be " +
                           std::string(dicom_name(c.ct.position)) + ".");
    for (const auto& row : rows) {
        if (row.dose.empty()) warnings.push_back(row.name + " is empty: it has no volume on the CT.");
        const double outside = row.dose.empty() ? 0 : 100 * (row.dose.outside_dose_grid / row.dose.volume());
        if (outside >= 0.05 && row.role != dicom_name(Role::External))
            warnings.push_back(
                row.name + print(": %.1f %% of its volume lies outside the dose grid and counts as 0 Gy.", outside));
    }
    for (const auto* notes : {&c.ct.notes, &c.plan.notes, &c.dose.notes})
        warnings.insert(warnings.end(), notes->begin(), notes->end());
    return warnings;
}

std::string now() {
    const std::time_t time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm local{};
    ::localtime_r(&time, &local);
    char text[64];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M %Z", &local);
    return text;
}

}  // namespace

std::vector<StructureDose> structure_doses(const Dose& dose, const std::vector<ReportStructure>& structures) {
    std::vector<StructureDose> doses;
    doses.reserve(structures.size());
    for (const auto& s : structures) doses.push_back(structure_dose(s.name, dose.gy, s.mask));
    return doses;
}

std::vector<StructureRow> ordered_rows(const std::vector<ReportStructure>& structures, const Protocol* protocol,
                                       const Dose& dose) {
    std::vector<const ReportStructure*> order;
    for (const auto& s : structures) order.push_back(&s);
    std::stable_sort(order.begin(), order.end(),
                     [&](const auto* a, const auto* b) { return rank(*a, protocol) < rank(*b, protocol); });
    std::vector<StructureRow> rows;
    std::size_t targets = 0, organs = 0;
    std::vector<StructureDose> doses(order.size());
    par::for_each_index(par::Host{}, order.size(),
                        [&](std::size_t s) { doses[s] = structure_dose(order[s]->name, dose.gy, order[s]->mask); });
    for (std::size_t r = 0; r < order.size(); ++r) {
        const auto* s = order[r];
        const auto at = rank(*s, protocol);
        StructureRow row{s->name, role_word(s->role), Colour{0x88, 0x8f, 0x99}, 0, std::move(doses[r])};
        if (at <= 100) {
            row.colour = target_colour(targets);
            row.dash = target_dash(targets++);
        } else if (at < 400) {
            row.colour = organ_colour(organs);
            row.dash = organ_dash(organs++);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

DvhPlot dvh_plot(const std::vector<StructureRow>& rows, const Protocol* protocol, int dash) {
    DvhPlot plot;
    std::size_t left_out = 0;
    for (const auto& row : rows) {
        if (row.dose.empty()) continue;
        if (row.role == dicom_name(Role::External) || row.role == dicom_name(Role::Support)) continue;
        if (plot.curves.size() == 14) {
            ++left_out;
            continue;
        }
        const bool target = row.role == "PTV" || row.role == "CTV" || row.role == "GTV" ||
                            (protocol && std::any_of(protocol->targets.begin(), protocol->targets.end(),
                                                     [&](const auto& t) { return same_name(t.structure, row.name); }));
        DvhCurve curve{row.name, row.colour, target, dash >= 0 ? dash : row.dash, {}, {}};
        const auto volumes = row.dose.dvh.at_least();
        const std::size_t step = std::max<std::size_t>(1, volumes.size() / 400);
        for (std::size_t edge = 0; edge < volumes.size();
             edge = edge + 1 < volumes.size() ? std::min(edge + step, volumes.size() - 1) : edge + 1) {
            curve.dose_Gy.push_back(static_cast<double>(edge) * row.dose.dvh.width().value());
            curve.percent.push_back(100 * volumes[edge] / volumes.front());
        }
        plot.curves.push_back(std::move(curve));
    }
    if (left_out > 0)
        plot.note = print("%zu more %s not drawn: see the dose statistics", left_out,
                          left_out == 1 ? "structure is" : "structures are");
    if (protocol)
        for (const auto& target : protocol->targets)
            plot.marks.push_back({target.dose_Gy, print("%g Gy", target.dose_Gy)});
    return plot;
}

DvhPlot overlay(const DvhPlot& solid, const DvhPlot& dashed, std::string note) {
    DvhPlot both = solid;
    for (auto& curve : both.curves) curve.dash = 0;
    for (auto curve : dashed.curves) {
        curve.dash = 1;
        for (const auto& other : solid.curves)
            if (other.name == curve.name) curve.colour = other.colour;
        both.curves.push_back(std::move(curve));
    }
    both.note = std::move(note) + (solid.note.empty() ? "" : "; " + solid.note);
    return both;
}

GammaSection gamma_section(std::string reference, std::string evaluated, const GammaResult& result) {
    const auto& c = result.criteria;
    GammaSection section;
    section.reference = std::move(reference);
    section.evaluated = std::move(evaluated);
    section.criteria = print("%g %% of ", c.dose_percent) +
                       (c.local ? "the local dose" : print("%.2f Gy (global)", result.normalisation.value())) +
                       print(" / %g mm, threshold %g %%, three-dimensional, steps of %.2g mm", c.distance_mm,
                             c.threshold_percent, c.distance_mm / c.steps);
    section.pass_percent = result.pass_percent();
    section.mean = result.mean;
    section.maximum = result.maximum;
    section.voxels = result.evaluated;
    section.beyond = result.beyond;
    section.cap = c.cap;
    section.histogram.assign(40, 0);
    for (const float index : result.map.values()) {
        if (index < 0) continue;
        // An index of exactly 1 passes: it belongs to the bin below.
        const auto bin = static_cast<std::size_t>(std::max(0.0, std::ceil(index / c.cap * 40 - 1e-6) - 1));
        ++section.histogram[std::min<std::size_t>(bin, 39)];
    }
    return section;
}

BeamRow beam_row(const Beam& beam) {
    BeamRow row;
    row.number = std::to_string(beam.number);
    row.name = beam.name;
    row.machine = beam.machine;
    row.energy = print("%g MV", beam.energy_MV) + (beam.flattening_filter ? "" : " FFF");
    switch (beam.delivery) {
        case Delivery::Static:
            row.delivery = "static";
            break;
        case Delivery::StepAndShoot:
            row.delivery = "step and shoot";
            break;
        case Delivery::SlidingWindow:
            row.delivery = "sliding window";
            break;
        case Delivery::Vmat:
            row.delivery = "VMAT";
            break;
    }
    row.monitor_units = print("%.1f", beam.monitor_units);
    row.control_points = std::to_string(beam.control_points.size());
    if (beam.control_points.empty()) return row;
    const auto &first = beam.control_points.front(), &last = beam.control_points.back();
    const auto range = [](double a, double b) { return a == b ? print("%g", a) : print("%g → %g", a, b); };
    row.gantry = range(first.gantry_deg, last.gantry_deg);
    row.collimator = range(first.collimator_deg, last.collimator_deg);
    row.couch = range(first.couch_deg, last.couch_deg);
    Jaws widest = first.jaws;
    for (const auto& point : beam.control_points) {
        widest.x1 = std::min(widest.x1, point.jaws.x1);
        widest.x2 = std::max(widest.x2, point.jaws.x2);
        widest.y1 = std::min(widest.y1, point.jaws.y1);
        widest.y2 = std::max(widest.y2, point.jaws.y2);
    }
    row.jaws = with_minus(print("%.0f…%.0f; %.0f…%.0f", widest.x1, widest.x2, widest.y1, widest.y2));
    return row;
}

std::vector<std::string> usual_limits(const Plan& plan, const Dose& dose) {
    std::vector<std::string> limits;
    if (std::any_of(plan.beams.begin(), plan.beams.end(),
                    [](const Beam& b) { return b.machine.rfind("generic", 0) == 0; }))
        limits.push_back(
            "The beam model is generic: typical of its kind, commissioned for no machine. Monitor units do not hold "
            "for any real linac.");
    limits.push_back(std::string("Dose is absorbed dose to ") +
                     (dose.to == DoseTo::Medium ? "the local medium" : "water") +
                     (dose.comment.empty() ? "; the engine that calculated it did not say its name."
                                           : ", by " + dose.comment + "."));
    limits.push_back(
        "Set-up errors, motion and changes of anatomy are not part of these figures unless a section says so.");
    limits.push_back(
        "Contours made by an algorithm carry errors that no figure here shows; a person has to review them.");
    limits.push_back(
        "Goals and objective weights are those of the protocol; another weighting would give another plan.");
    return limits;
}

Report make_plan_report(const PlanCase& c, const ReportWords& words) {
    validate_dose(c.dose.gy, "dose");
    Report report;
    report.title = words.title;
    report.created = words.created.empty() ? now() : words.created;
    report.patient = patient_facts(c.ct);
    report.prescription = prescription_facts(c.plan, c.dose, c.protocol);
    report.structures = ordered_rows(c.structures, c.protocol, c.dose);
    if (c.protocol) {
        std::vector<StructureDose> doses;
        for (const auto& row : report.structures) doses.push_back(row.dose);
        report.goals = evaluate_goals(c.protocol->goals, doses);
    }
    report.dvh = dvh_plot(report.structures, c.protocol);
    report.scene = scene_of(c, report.structures, reference_dose(c.plan, c.protocol, c.dose));
    report.indices = index_facts(report.structures, c.protocol);
    report.plan = plan_facts(c);
    for (const auto& beam : c.plan.beams) report.beams.push_back(beam_row(beam));
    report.warnings = warnings_of(c, words, report.structures);
    report.limits = usual_limits(c.plan, c.dose);
    report.limits.insert(report.limits.end(), words.limits.begin(), words.limits.end());
    report.versions = {{"Coutard", std::string(version)}};
    report.versions.insert(report.versions.end(), words.versions.begin(), words.versions.end());
    for (auto& fact : drawing_versions()) report.versions.push_back(std::move(fact));
    return report;
}

}  // namespace coutard::gui::report
