#include "engine/workflow/plan_workflow.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/base/error.hpp"
#include "engine/base/log.hpp"
#include "engine/eval/gamma.hpp"
#include "engine/image/resample.hpp"
#include "engine/optimise/arc_search.hpp"
#include "engine/optimise/fluence_problem.hpp"
#include "engine/optimise/leaf_fluence.hpp"
#include "engine/workflow/goal_pressure.hpp"
#include "engine/workflow/planning_delivery.hpp"
#include "engine/workflow/planning_setup.hpp"
#include "engine/workflow/running_plan.hpp"

namespace coutard {
namespace {

using Doses = std::vector<float>;

/// Factor on `own` for which D(percent) in the mask of own x factor + given is the wanted dose; a secant,
/// exact at once without dose from elsewhere.
double normalisation(const Mask& mask, const Volume<float>& own, const Doses& given, double percent, double wanted_Gy,
                     double step_mm) {
    const auto reached = [&](double factor) {
        Volume<float> both = own;
        for (std::size_t v = 0; v < both.count(); ++v)
            both[v] = static_cast<float>(factor) * both[v] + (given.empty() ? 0.0F : given[v]);
        return structure_dose("target", both, mask, {Gy{0.005}, step_mm}).dose_at_percent(percent).value();
    };
    double low = 0, at_low = given.empty() ? 0 : reached(0), high = 1, at_high = reached(1);
    for (int step = 0; step < 12 && std::abs(at_high - wanted_Gy) > 0.002; ++step) {
        const double per_factor = (at_high - at_low) / (high - low);
        validate(per_factor > 1e-6 * wanted_Gy, "normalisation: dose to the target [Gy]", at_high,
                 "a plan that reaches its target");
        const double next = std::clamp(high + (wanted_Gy - at_high) / per_factor, 0.0, 64.0);
        low = high;
        at_low = at_high;
        high = next;
        at_high = reached(high);
    }
    validate(std::abs(at_high - wanted_Gy) < 0.02, "normalisation: dose to the target [Gy]", at_high,
             std::to_string(wanted_Gy) + " with the dose given elsewhere");
    return high;
}

std::vector<GoalResult> judge(const Protocol& protocol, const std::vector<NamedMask>& masks, const Volume<float>& dose,
                              double step_mm) {
    std::vector<StructureDose> doses;
    for (const auto& [name, mask] : masks) {
        const bool asked = std::any_of(protocol.goals.begin(), protocol.goals.end(),
                                       [&](const auto& g) { return g.structure == name; });
        if (asked) doses.push_back(structure_dose(name, dose, mask, {Gy{0.01}, step_mm}));
    }
    return evaluate_goals(protocol.goals, doses);
}

int failures(const std::vector<GoalResult>& goals, int priority) {
    return static_cast<int>(std::count_if(goals.begin(), goals.end(), [&](const GoalResult& g) {
        return g.status == GoalStatus::Fail && g.goal.priority <= priority;
    }));
}

/// Root mean square of a - b in the body, in % of the prescription, where b is above 10 % of it.
double rms_percent(const Doses& a, const Doses& b, const Mask& body, double prescription_Gy) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t v = 0; v < a.size(); ++v) {
        if (!inside(body, v) || b[v] < 0.1 * prescription_Gy) continue;
        const double off = static_cast<double>(a[v]) - b[v];
        sum += off * off;
        ++count;
    }
    return count ? 100 * std::sqrt(sum / static_cast<double>(count)) / prescription_Gy : 0;
}

/// The journey's state between rounds.
class Planner {
  public:
    Planner(const PlanningRequest& request, const DoseEngine& engine, const Progress& progress)
        : request_(request), engine_(engine), progress_(progress), setup_(set_up(request)) {
        if (request.background_Gy) {
            const auto& given = *request.background_Gy;
            Volume<float> here = resample_dose(given, setup_.scene.dose_grid);
            given_.assign(here.values().begin(), here.values().end());
        }
    }

    PlanningResult run();

  private:
    struct Round {
        PlanningRound report;
        Plan plan;
        Doses planned, recalculated;  ///< whole course with the given background, optimiser's grid, not normalised
    };

    static Volume<float> resample_dose(const Volume<float>& dose, const Grid& grid);
    Plan empty_plan() const;
    /// What an optimisation wants, as the machine delivers it.
    struct Optimised {
        double objective = 0, kkt = 0;
        int iterations = 0;
        std::string end;
        std::vector<Beam> beams;
        Doses planned;
    };
    Optimised optimise_fields(const FluenceProblem& problem, const SolverOptions& options, const Progress& progress);
    Optimised optimise_arcs_of(const FluenceProblem& problem, const SolverOptions& options, const Progress& progress);
    std::vector<double> start_weights(const FluenceProblem& problem) const;
    /// Optimise the fluence; then again from there with failing goals weighted more, until all hold or no more do.
    Solution reach_goals(FluenceProblem problem, const SolverOptions& options, const Progress& progress);
    Volume<float> normalised(const Doses& planned) const;
    Round do_round(int index, const Progress& progress);
    void finish(Round& best, PlanningResult& result);

    const PlanningRequest& request_;
    const DoseEngine& engine_;
    const Progress& progress_;
    PlanningSetup setup_;
    std::unique_ptr<InfluenceOperator> matrix_;
    std::vector<ObjectiveTerm> terms_;
    VoxelList target_;             ///< first target on the optimiser's grid, as drawn
    Doses given_;                  ///< dose from elsewhere
    Doses missed_;                 ///< what the last recalculation had beyond matrix x wanted fluence
    std::vector<double> weights_;  ///< of beamlets or of apertures: where the next round starts
    std::optional<ApertureSet> apertures_;
    std::vector<ArcShape> arcs_;  ///< where the next round starts
};

Volume<float> Planner::resample_dose(const Volume<float>& dose, const Grid& grid) {
    Volume<float> out(grid);
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) out.at(i, j, k) = sample_linear(dose, grid.point(i, j, k), 0.0F);
    return out;
}

Plan Planner::empty_plan() const {
    Plan plan;
    plan.protocol = request_.protocol.name;
    plan.fractions = request_.protocol.fractions;
    plan.prescription_Gy = request_.protocol.targets.front().dose_Gy;
    plan.target = request_.protocol.targets.front().structure;
    plan.structure_set_uid = request_.structures.sop_uid;
    plan.patient_id = request_.ct.study.patient_id;
    plan.frame_uid = request_.ct.study.frame_uid;
    return plan;
}

/// Fluence of the running plan where there is one, else an even one.
std::vector<double> Planner::start_weights(const FluenceProblem& problem) const {
    if (!request_.running) return even_start(problem, target_, request_.protocol.targets.front().dose_Gy);
    std::vector<double> start;
    for (const auto& field : setup_.beams) {
        std::vector<double> own(field.beamlets.size(), 0.0);
        for (const auto& beam : request_.running->beams) {
            const auto& cp = beam.control_points.front();
            if (cp.gantry_deg != field.gantry_deg || cp.collimator_deg != field.collimator_deg ||
                cp.couch_deg != field.couch_deg)
                continue;
            const auto part = delivered_fluence(beam, field, request_.machine);
            for (std::size_t b = 0; b < own.size(); ++b) own[b] += part[b];
        }
        start.insert(start.end(), own.begin(), own.end());
    }
    return start;
}

/// Whole-course dose of a fluence as the goals will see it: scaled to the prescription.
Volume<float> Planner::normalised(const Doses& planned) const {
    const auto& level = request_.protocol.targets.front();
    Volume<float> own(setup_.scene.dose_grid);
    for (std::size_t v = 0; v < planned.size(); ++v)
        own[v] = std::max(0.0F, planned[v] - (given_.empty() ? 0.0F : given_[v]));
    const auto factor =
        static_cast<float>(normalisation(find_mask(setup_.goal_masks, level.structure)->mask, own, given_,
                                         request_.protocol.normalise_percent, level.dose_Gy, 2));
    for (std::size_t v = 0; v < planned.size(); ++v) own[v] = factor * own[v] + (given_.empty() ? 0.0F : given_[v]);
    return own;
}

Solution Planner::reach_goals(FluenceProblem problem, const SolverOptions& options, const Progress& progress) {
    const auto score = [](const std::vector<GoalResult>& goals) {
        return failures(goals, 1) * 100 + failures(goals, 9);
    };
    Solution best, now;
    std::vector<ObjectiveTerm> best_terms = terms_;
    int best_score = 1 << 30, since = 0;
    now.x = start_weights(problem);
    for (int attempt = 0; attempt <= request_.goal_attempts; ++attempt) {
        const double from = static_cast<double>(attempt) / (request_.goal_attempts + 1);
        const ObjectiveSum objectives(terms_);
        const FluenceProblem pressed{problem.influence, objectives,        problem.fractions,  problem.background_Gy,
                                     problem.pairs,     problem.smoothing, problem.mean_weight};
        now = optimise_fluence(pressed, std::move(now.x), options,
                               progress.part(from, from + 1.0 / (request_.goal_attempts + 1)));
        const auto goals = judge(request_.protocol, setup_.goal_masks, normalised(dose_of(pressed, now.x)), 2);
        log::info("plan: attempt " + std::to_string(attempt + 1) +
                  ", goals missed: " + std::to_string(failures(goals, 1)) + " of priority 1, " +
                  std::to_string(failures(goals, 9)) + " in all");
        if (score(goals) < best_score) {
            best_score = score(goals), since = 0;
            best = now, best_terms = terms_;
        } else if (++since >= 4) {
            break;
        }
        if (best_score == 0) break;
        press_failing(terms_, goals, 9);
    }
    terms_ = std::move(best_terms);
    return best;
}

Planner::Optimised Planner::optimise_fields(const FluenceProblem& problem, const SolverOptions& options,
                                            const Progress& progress) {
    const Protocol& protocol = request_.protocol;
    Solution solution;
    Delivered delivered;
    Doses planned;
    const bool fluence_first = !apertures_ && request_.technique == Technique::Imrt;
    if (fluence_first) {
        solution = weights_.empty() ? reach_goals(problem, options, progress.part(0, 0.85))
                                    : optimise_fluence(problem, weights_, options, progress.part(0, 0.85));
        weights_ = solution.x;
        planned = dose_of(problem, weights_);
        if (request_.delivery == Delivery::StepAndShoot)
            apertures_ = ApertureSet::step_and_shoot_of(setup_.beams, weights_, request_.machine);
        if (!apertures_) delivered = sweep_all(setup_.beams, weights_, request_.machine);
    } else if (!apertures_) {
        apertures_ = ApertureSet::conformal_of(setup_.beams, request_.machine);
    }
    if (apertures_) {  // the shapes are given: find their monitor units
        const ApertureInfluence through(*matrix_, apertures_->fluences());
        const FluenceProblem shaped{through, problem.objectives, protocol.fractions, problem.background_Gy, {}, 0, 1};
        const bool first = fluence_first || weights_.empty();
        auto start = !first ? weights_
                     : request_.technique == Technique::Imrt
                         ? apertures_->weights()
                         : even_start(shaped, target_, protocol.targets.front().dose_Gy);
        solution = optimise_fluence(shaped, std::move(start), options, progress.part(0.85, 1));
        weights_ = solution.x;
        planned = dose_of(shaped, weights_);
        delivered = apertures_->deliver(weights_);
    }
    return {solution.value,
            solution.kkt,
            solution.iterations,
            std::string(text_of(solution.end)),
            std::move(delivered.beams),
            std::move(planned)};
}

Planner::Optimised Planner::optimise_arcs_of(const FluenceProblem& problem, const SolverOptions& options,
                                             const Progress& progress) {
    const ArcFluence through(setup_.beams, request_.machine);
    ArcOptions how;
    if (arcs_.empty()) {
        const auto wanted = reach_goals(problem, options, progress.part(0, 0.3));
        arcs_ = arcs_from_fluence(request_.arcs, setup_.beams, wanted.x, request_.machine);
    } else {
        how.iterations = std::max(20, how.iterations / 3);
    }
    const ObjectiveSum objectives(terms_);  // as the goals have pressed them
    const FluenceProblem bare{problem.influence, objectives, problem.fractions, problem.background_Gy, {}, 0, 1};
    ArcSolution found = optimise_arcs(bare, through, std::move(arcs_), request_.machine, how, progress.part(0.3, 1));
    arcs_ = std::move(found.arcs);
    Optimised out{found.value, found.kkt, found.iterations, "leaves of arcs", {}, {}};
    for (const ArcShape& arc : arcs_) {
        Beam beam = beam_of(arc, request_.machine);
        beam.isocentre_mm = setup_.beams.front().isocentre_mm;
        beam.number = static_cast<int>(out.beams.size()) + 1;
        beam.name = "ARC" + std::to_string(beam.number);
        out.beams.push_back(std::move(beam));
    }
    out.planned = dose_of(bare, through.fluence(arcs_));
    return out;
}

Planner::Round Planner::do_round(int index, const Progress& progress) {
    const Protocol& protocol = request_.protocol;
    const ObjectiveSum objectives(terms_);
    FluenceProblem problem{*matrix_,           objectives, protocol.fractions, {}, neighbours(setup_.beams),
                           request_.smoothing, 1};
    if (!given_.empty() || !missed_.empty()) {
        problem.background_Gy.assign(matrix_->voxel_count(), 0.0F);
        for (std::size_t v = 0; v < problem.background_Gy.size(); ++v)
            problem.background_Gy[v] = (given_.empty() ? 0.0F : given_[v]) + (missed_.empty() ? 0.0F : missed_[v]);
    }
    const auto even = even_start(problem, target_, protocol.targets.front().dose_Gy);
    problem.mean_weight = std::max(even.front(), 1e-3);
    SolverOptions options;
    options.max_iterations = index == 0 ? request_.iterations : std::max(20, request_.iterations / 3);
    Optimised solution = request_.technique == Technique::Vmat
                             ? optimise_arcs_of(problem, options, progress.part(0, 0.7))
                             : optimise_fields(problem, options, progress.part(0, 0.7));
    const Doses planned = std::move(solution.planned);
    Round round;
    round.plan = empty_plan();
    round.plan.beams = std::move(solution.beams);
    const Dose dose = engine_.dose(setup_.scene, round.plan, progress.part(0.7, 0.95));
    ensure(dose.gy.grid().same_as(setup_.scene.dose_grid), "plan: the dose lies on the scene's dose grid");
    missed_.resize(planned.size());
    round.recalculated.resize(planned.size());
    for (std::size_t v = 0; v < planned.size(); ++v) {
        const float recalculated = dose.gy[v] + (given_.empty() ? 0.0F : given_[v]);
        missed_[v] += recalculated - planned[v];
        round.recalculated[v] = recalculated;
    }
    round.planned = planned;

    const auto& level = protocol.targets.front();
    const Doses own(dose.gy.values().begin(), dose.gy.values().end());
    auto& report = round.report;
    report.objective = solution.objective;
    report.kkt = solution.kkt;
    report.iterations = solution.iterations;
    report.solver_end = solution.end;
    report.normalisation = normalisation(find_mask(setup_.goal_masks, level.structure)->mask, dose.gy, given_,
                                         protocol.normalise_percent, level.dose_Gy, 2);
    report.monitor_units = round.plan.monitor_units() * report.normalisation;
    report.rms_percent =
        rms_percent(round.planned, round.recalculated, find_mask(setup_.masks, "External")->mask, level.dose_Gy);
    Volume<float> scaled(setup_.scene.dose_grid);
    for (std::size_t v = 0; v < own.size(); ++v)
        scaled[v] = static_cast<float>(report.normalisation) * own[v] + (given_.empty() ? 0.0F : given_[v]);
    report.goals = judge(protocol, setup_.goal_masks, scaled, 2);
    return round;
}

/// Recalculate on the final grid, normalise, judge.
void Planner::finish(Round& best, PlanningResult& result) {
    const Protocol& protocol = request_.protocol;
    const auto& level = protocol.targets.front();
    DoseScene scene = setup_.scene;
    scene.dose_grid = setup_.final_grid;
    result.plan = std::move(best.plan);
    result.dose = engine_.dose(scene, result.plan, progress_.part(0.85, 0.95));
    ensure(result.dose.gy.grid().same_as(scene.dose_grid), "plan: the dose lies on the scene's dose grid");
    Doses given;
    if (request_.background_Gy) {
        const auto here = resample_dose(*request_.background_Gy, setup_.final_grid);
        given.assign(here.values().begin(), here.values().end());
    }
    const auto* target = find_mask(setup_.final_masks, level.structure);
    const double factor =
        normalisation(target->mask, result.dose.gy, given, protocol.normalise_percent, level.dose_Gy, 1);
    for (auto& beam : result.plan.beams) {
        beam.monitor_units *= factor;
        const double rate = deliverable_rate(beam, request_.machine);
        if (beam.delivery == Delivery::SlidingWindow && rate < 300)
            setup_.notes.push_back("beam " + beam.name + ": leaf speed limits the dose rate to " +
                                   std::to_string(static_cast<int>(rate)) + " MU/min");
    }
    for (auto& value : result.dose.gy.values()) value *= static_cast<float>(factor);
    Volume<float> total = result.dose.gy;
    for (std::size_t v = 0; v < given.size(); ++v) total[v] += given[v];
    progress_.at(0.95, "judge the plan");
    result.goals = judge(protocol, setup_.final_masks, total, 1);
    result.fluence_dose_Gy = Volume<float>(setup_.scene.dose_grid);
    for (std::size_t v = 0; v < best.planned.size(); ++v) {
        const float outside = given_.empty() ? 0.0F : given_[v];
        result.fluence_dose_Gy[v] = std::max(0.0F, outside + static_cast<float>(factor) * (best.planned[v] - outside));
    }
    GammaCriteria criteria;
    criteria.normalisation = Gy{level.dose_Gy};
    const auto* body = find_mask(setup_.masks, "External");
    result.gamma = gamma_index(result.fluence_dose_Gy, total, criteria, &body->mask, progress_.part(0.95, 1));
    result.masks = setup_.final_masks;
    result.notes = setup_.notes;
}

PlanningResult Planner::run() {
    PlanningResult result;
    progress_.at(0.02, "beamlet doses");
    const auto* body = find_mask(setup_.masks, "External");
    matrix_ = engine_.influence(setup_.scene, setup_.beams, body->mask, progress_.part(0.02, 0.35));
    ensure(matrix_->grid().same_as(setup_.scene.dose_grid), "plan: the matrix lies on the scene's dose grid");
    auto terms = protocol_terms(request_.protocol, setup_.masks);
    terms_ = std::move(terms.terms);
    setup_.notes.insert(setup_.notes.end(), terms.notes.begin(), terms.notes.end());
    const auto& first = request_.protocol.targets.front();
    target_ = voxels_of(find_mask(setup_.goal_masks, first.structure)->mask);

    std::optional<Round> best;
    const int rounds = 1 + std::max(0, request_.correction_rounds);
    for (int index = 0; index < rounds; ++index) {
        const double from = 0.35 + 0.5 * index / rounds;
        Round round = do_round(index, progress_.part(from, from + 0.5 / rounds));
        if (index == 0) {
            Volume<float> planned(setup_.scene.dose_grid, round.planned),
                got(setup_.scene.dose_grid, round.recalculated);
            for (auto& value : planned.values()) value = std::max(0.0F, value);
            GammaCriteria criteria;
            criteria.normalisation = Gy{first.dose_Gy};
            result.plain_gamma_percent = gamma_index(planned, got, criteria, &body->mask).pass_percent();
        }
        result.rounds.push_back(round.report);
        const auto score = [](const Round& r) {
            return std::pair{failures(r.report.goals, 1) * 100 + failures(r.report.goals, 9), r.report.rms_percent};
        };
        if (!best || score(round) <= score(*best)) best = std::move(round);
        const auto& report = result.rounds.back();
        if (index > 0 && failures(report.goals, 1) == 0 && report.rms_percent < 1) break;
        press_failing(terms_, report.goals, 1);
    }
    finish(*best, result);
    progress_.at(1, "plan");
    return result;
}

}  // namespace

Technique technique_named(const std::string& name) {
    validate(name == "conformal" || name == "imrt" || name == "vmat", "plan: technique", name,
             "conformal, imrt or vmat");
    return name == "conformal" ? Technique::Conformal : name == "imrt" ? Technique::Imrt : Technique::Vmat;
}

PlanningResult make_plan(const PlanningRequest& request, const DoseEngine& engine, const Progress& progress) {
    validate(request.machine.name == request.protocol.machine, "plan: machine", request.machine.name,
             "the protocol's, " + request.protocol.machine);
    expect(request.technique != Technique::Imrt || request.delivery == Delivery::SlidingWindow ||
               request.delivery == Delivery::StepAndShoot,
           "plan: intensity modulation is delivered by sliding window or step and shoot");
    return Planner(request, engine, progress).run();
}

}  // namespace coutard
