#include "engine/workflow/adapt_workflow.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/base/error.hpp"
#include "engine/eval/contour_agreement.hpp"
#include "engine/eval/goals.hpp"
#include "engine/image/resample.hpp"
#include "engine/shape/body.hpp"
#include "engine/shape/boolean.hpp"
#include "engine/shape/contour_from_mask.hpp"
#include "engine/shape/rasterise.hpp"
#include "engine/shape/tg263.hpp"
#include "engine/workflow/accumulation.hpp"
#include "engine/workflow/planning_setup.hpp"
#include "engine/workflow/running_plan.hpp"

namespace coutard {
namespace {

const std::string external = "External";

Vec3 centre_of(const Mask& mask) {
    Vec3 sum{};
    double weight = 0;
    const Size3 n = mask.grid().size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i)
                if (const int w = mask.at(i, j, k); w > 0) {
                    sum = sum + mask.grid().point(i, j, k) * w;
                    weight += w;
                }
    return weight > 0 ? sum / weight : Vec3{};
}

/// Body of a CT: drawn where it is, else by rule.
Mask planning_body(const AdaptRequest& request) {
    const Structure* drawn = request.structures.find(external);
    validate(drawn != nullptr && !drawn->contours.empty(),
             "structure set \"" + request.structures.label + "\": found no External, expected the body's contours");
    return rasterise(*drawn, request.planning_ct.hu.grid());
}

/// Yesterday's structures where they lie today.
class Propagation {
  public:
    Propagation(const AdaptRequest& request, const DisplacementField& field, const RigidTransform& setup)
        : request_(request), field_(field), setup_(setup) {}

    void run(const Mask& body_today, AdaptResult& result) {
        StructureSet& today = result.structures;
        today.label = "DAY";
        today.frame_uid = request_.daily_ct.study.frame_uid;
        today.series_uid = request_.daily_ct.series_uid;
        for (const auto& structure : request_.structures.structures) {
            if (structure.contours.empty() || structure.contours.front().points_mm.size() < 3) continue;
            Structure moved = place(structure, body_today, result);
            moved.number = static_cast<int>(today.structures.size()) + 1;
            if (moved.contours.empty()) {
                result.warnings.push_back(structure.name + ": nothing of it is left on today's CT");
                continue;
            }
            today.structures.push_back(std::move(moved));
        }
    }

  private:
    Structure place(const Structure& structure, const Mask& body_today, AdaptResult& result) const {
        const bool is_body = standard_name(structure.name).name == external;
        Structure moved = structure;
        if (structure.role == Role::Support) {  // the couch belongs to the room and not to the patient
            for (auto& contour : moved.contours) contour.image_uid.clear();
            moved.description = "As on the planning CT: the couch does not move with the patient";
            return moved;
        }
        const Mask then = rasterise(structure, request_.planning_ct.hu.grid());
        const Mask now = is_body ? body_today : warp(then, field_);
        moved.contours = contours_from_mask(now);
        moved.algorithm = "AUTOMATIC";
        moved.description =
            is_body ? "Drawn by rule on the day's CT" : "Propagated from the planning CT by deformable registration";
        StructureChange change{structure.name, volume_cm3(then), volume_cm3(now), 0, {}};
        if (change.today_cm3 > 0 && !is_body) change.moved_mm = norm(setup_(centre_of(now)) - centre_of(then));
        result.changes.push_back(change);
        return moved;
    }

    const AdaptRequest& request_;
    const DisplacementField& field_;
    const RigidTransform& setup_;
};

std::string rounded_text(double dsc) {
    char text[16];
    std::snprintf(text, sizeof text, "%.2f", dsc);
    return text;
}

/// The network's contours of today beside the propagated ones: doubt where they differ.
void compare_with_network(const AdaptRequest& request, const Contourer& contourer, AdaptResult& result,
                          const Progress& progress) {
    const ContourProposal proposal = contourer.contour(request.daily_ct, {}, progress);
    result.network = proposal.structures;
    for (const auto& warning : proposal.warnings) result.warnings.push_back("network: " + warning);
    for (auto& change : result.changes)
        for (const auto& [name, mask] : proposal.masks) {
            if (standard_name(change.name).name != name || name == external) continue;
            const Structure* propagated = result.structures.find(change.name);
            if (!propagated) continue;
            change.network_dsc = compare_contours(rasterise(*propagated, mask.grid()), mask, 3).dice.value_or(0);
            if (*change.network_dsc < 0.6)
                result.warnings.push_back(name + ": propagated and network contours agree by DSC " +
                                          rounded_text(*change.network_dsc) + " only: look at both");
        }
}

Plan with_isocentre_of_the_day(const AdaptRequest& request, const RigidTransform& setup, Vec3& couch_shift) {
    Plan plan = request.plan;
    plan.sop_uid.clear();
    const RigidTransform to_today = setup.inverse();
    for (auto& beam : plan.beams) {
        const Vec3 there = to_today(beam.isocentre_mm);
        couch_shift = beam.isocentre_mm - there;
        if (request.couch_correction) beam.isocentre_mm = there;
    }
    return plan;
}

/// Dose of the fractions done and of those like today, on the planning grid.
void accumulate(const AdaptRequest& request, AdaptResult& result) {
    const int planned = request.plan.fractions, done = request.fractions_done;
    AccumulatedDose sum = accumulate_dose(request.planned_Gy, result.day_dose.gy, result.field, {planned, done});
    result.accumulated.gy = std::move(sum.so_far_Gy);
    result.projected.gy = std::move(sum.course_Gy);
    char words[160];
    if (sum.beyond_day.value() > 1) {
        std::snprintf(words, sizeof words,
                      "%.0f cm3 of dosed tissue lie beyond today's dose: what was planned stands for today's",
                      sum.beyond_day.value());
        result.warnings.push_back(words);
    }
    if (sum.inverse_p95_mm > 1) {
        std::snprintf(words, sizeof words,
                      "the deformation cannot be inverted everywhere (residual %.1f mm at p95, %.1f mm at most): "
                      "do not trust the accumulated dose",
                      sum.inverse_p95_mm, sum.inverse_max_mm);
        result.warnings.push_back(words);
    }
    result.accumulated.fractions = done + 1;
    result.projected.fractions = planned;
    result.accumulated.comment =
        "Accumulated on the planning CT: " + std::to_string(done) + " fractions as planned and today's";
    result.projected.comment =
        "On the planning CT: " + std::to_string(done) + " fractions as planned, the others like today";
}

std::vector<GoalResult> goals_of(const Protocol& protocol, const Volume<float>& dose,
                                 const std::vector<NamedMask>& masks) {
    std::vector<StructureDose> doses;
    for (const auto& [name, mask] : masks) doses.push_back(structure_dose(name, dose, mask));
    return evaluate_goals(protocol.goals, doses);
}

/// The course on today's anatomy, when the plan of the day gives all that is left from today on.
std::vector<GoalResult> course_goals(const AdaptRequest& request, const AdaptResult& result,
                                     const std::vector<NamedMask>& masks) {
    if (request.plan.fractions != request.protocol.fractions) return {};
    const Volume<float>& adapted = result.adapted.dose.gy;
    const Volume<float> before = warp(request.planned_Gy, resample(result.field, adapted.grid()), 0);
    const float done = static_cast<float>(request.fractions_done) / static_cast<float>(request.plan.fractions);
    Volume<float> course(adapted.grid());
    for (std::size_t v = 0; v < course.count(); ++v) course[v] = done * before[v] + (1 - done) * adapted[v];
    return goals_of(request.protocol, course, masks);
}

PlanningRequest planning_of_the_day(const AdaptRequest& request, const AdaptResult& result, const Mask& body) {
    PlanningRequest day{.ct = request.daily_ct,
                        .structures = result.structures,
                        .protocol = request.protocol,
                        .machine = request.machine,
                        .body = body};
    const DeliveryOfPlan as_running = delivery_of(request.plan);
    day.technique = as_running.technique;
    day.delivery = as_running.delivery;
    day.grid_mm = request.grid_mm;
    day.influence_grid_mm = request.influence_grid_mm;
    day.iterations = request.iterations;
    day.correction_rounds = request.correction_rounds;
    return day;
}

}  // namespace

AdaptResult adapt(const AdaptRequest& request, const Registrar& registrar, const Contourer* contourer,
                  const DoseEngine& engine, const Progress& progress) {
    check_running(request.plan, request.protocol, request.machine, request.fractions_done);
    (void)delivery_of(request.plan);  // refuse arcs before an hour's work
    AdaptResult result;
    progress.at(0, "outline of the day");
    const Mask body_then = planning_body(request), body_today = find_body(request.daily_ct.hu);
    // A thick couch top survives the usual opening, and the couch does not move with the patient.
    const Mask body_to_register = find_body(request.daily_ct.hu, {.opening_mm = 8});
    const RegistrationRequest images{request.daily_ct.hu, request.planning_ct.hu, body_to_register, body_then};
    result.setup = registrar.rigid(images, progress.part(0.02, 0.08));
    result.field = registrar.deformable(images, result.setup, progress.part(0.08, 0.35));
    progress.at(0.35, "contours of the day");
    Propagation(request, result.field, result.setup).run(body_today, result);
    if (contourer) compare_with_network(request, *contourer, result, progress.part(0.37, 0.45));

    result.scheduled = with_isocentre_of_the_day(request, result.setup, result.couch_shift_mm);
    PlanningRequest day = planning_of_the_day(request, result, body_today);
    const PlacedPatient placed = place(day);
    Plan whole_course = result.scheduled;  // a plan for the rest of a course is judged as if it were all of it
    whole_course.fractions = request.protocol.fractions;
    result.scheduled_dose = engine.dose(placed.scene, whole_course, progress.part(0.45, 0.52));
    result.day_dose = result.scheduled_dose;
    for (auto& d : result.day_dose.gy.values()) d /= static_cast<float>(request.protocol.fractions);
    result.day_dose.fractions = 1;
    result.day_dose.summation = DoseSummation::Fraction;
    result.day_dose.comment =
        "Today's fraction of the scheduled plan on today's anatomy; " + result.scheduled_dose.comment;
    result.scheduled_goals = goals_of(request.protocol, result.scheduled_dose.gy, placed.final_masks);

    progress.at(0.53, "dose of the course");
    accumulate(request, result);
    const PlanningRequest then{.ct = request.planning_ct,
                               .structures = request.structures,
                               .protocol = request.protocol,
                               .machine = request.machine,
                               .body = body_then};
    if (request.plan.fractions == request.protocol.fractions)
        result.projected_goals = goals_of(request.protocol, result.projected.gy, place(then).final_masks);
    else
        result.warnings.push_back("the plan holds " + std::to_string(request.plan.fractions) + " of the protocol's " +
                                  std::to_string(request.protocol.fractions) +
                                  " fractions: goals of the accumulated course are not evaluated");

    day.running = result.scheduled;
    result.adapted = make_plan(day, engine, progress.part(0.56, 0.98));
    result.adapted.plan.label = "ADAPTED";
    result.adapted_course_goals = course_goals(request, result, placed.final_masks);
    result.advice = advise(result.scheduled_goals, result.adapted.goals, result.reasons);
    progress.at(1, "done");
    return result;
}

}  // namespace coutard
