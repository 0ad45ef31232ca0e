#include "gui/cli/adapt_output.hpp"

#include <cstdio>

#include "engine/base/atomic_file.hpp"
#include "engine/image/resample.hpp"
#include "engine/store/nifti.hpp"
#include "gui/cli/plan_output.hpp"
#include "gui/report/plan_report.hpp"

namespace coutard::gui {
namespace {

std::string millimetres(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f mm", value);
    return text;
}

std::vector<report::Fact> displacement_facts(const AdaptResult& result,
                                             const registration::RegistrationFigures& figures) {
    const Vec3& s = result.couch_shift_mm;
    char shift[96];
    std::snprintf(shift, sizeof shift, "left %.1f, posterior %.1f, superior %.1f mm", s.x, s.y, s.z);
    std::vector<report::Fact> facts{
        {"Couch correction", shift},
        {"Displacement in the body, mean / 95 % / largest", millimetres(figures.displacement_mm.mean) + " / " +
                                                                millimetres(figures.displacement_mm.p95) + " / " +
                                                                millimetres(figures.displacement_mm.max)},
        {"Folded voxels in the body", std::to_string(figures.jacobian.folded)}};
    for (const auto& change : result.changes) {
        char text[96];
        std::snprintf(text, sizeof text, "%.1f to %.1f cm3, moved %.1f mm", change.planned_cm3, change.today_cm3,
                      change.moved_mm);
        std::string value = text;
        if (change.network_dsc) {
            std::snprintf(text, sizeof text, ", network agrees by DSC %.2f", *change.network_dsc);
            value += text;
        }
        facts.push_back({change.name, value});
    }
    return facts;
}

report::AdaptationSection section_of(const AdaptRequest& request, const AdaptResult& result,
                                     const registration::RegistrationFigures& figures) {
    report::AdaptationSection section;
    section.scheduled_goals = result.scheduled_goals;
    section.adapted_goals = result.adapted.goals;
    section.displacement = displacement_facts(result, figures);
    section.recommendation = text_of(result.advice);
    section.deliver = result.advice == Advice::Deliver;
    section.reasons = result.reasons;
    for (const auto& warning : result.warnings) section.reasons.push_back("look: " + warning);
    const auto structures = report_structures(result.adapted.masks, result.structures);
    const auto curves = [&](const Dose& dose) {
        return report::dvh_plot(report::ordered_rows(structures, &request.protocol, dose), &request.protocol);
    };
    section.dvh = report::overlay(curves(result.adapted.dose), curves(result.scheduled_dose),
                                  "solid: adapted plan, dashed: scheduled plan, both on today's anatomy");
    return section;
}

}  // namespace

void write_adapt_folder(const OutputFolder& out, const Exchange& exchange, const AdaptRequest& request, CtImage& daily,
                        AdaptResult& result, const registration::RegistrationFigures& figures,
                        const std::string& engine_name, const StageTimes& times) {
    result.adapted.notes.insert(result.adapted.notes.end(), result.warnings.begin(), result.warnings.end());
    write_plan_folder(out, exchange, daily, result.structures, {}, request.protocol, result.adapted, engine_name, times,
                      section_of(request, result, figures), request.plan.fractions - request.fractions_done);
    if (result.network) exchange.write_structures(out / "RS_network.dcm", *result.network, daily);
    // the scheduled plan on the day's CT: its doses need a plan to refer to
    result.scheduled.label = "SCHEDULED";
    result.scheduled.structure_set_uid = result.adapted.plan.structure_set_uid;
    const std::string scheduled_uid = exchange.write_plan(out / "RP_scheduled.dcm", result.scheduled, daily);
    const auto write = [&](Dose& dose, const char* name, const CtImage& ct, const std::string& plan_uid) {
        dose.plan_uid = plan_uid;
        exchange.write_dose(out / name, dose, ct);
    };
    write(result.day_dose, "RD_day.dcm", daily, scheduled_uid);
    write(result.scheduled_dose, "RD_scheduled.dcm", daily, scheduled_uid);
    result.accumulated.course_fractions = request.plan.fractions;
    write(result.accumulated, "RD_accumulated.dcm", request.planning_ct, request.plan.sop_uid);
    write(result.projected, "RD_projected.dcm", request.planning_ct, request.plan.sop_uid);
    RegistrationObject registration{result.setup, thinned(result.field, 3), daily.study.frame_uid,
                                    request.planning_ct.study.frame_uid, "The day's CT to the planning CT"};
    exchange.write_registration(out / "REG.dcm", registration, daily, request.planning_ct);
    write_nifti(out / "field.nii.gz", result.field);
    write_text_atomically(out / "adapt.json", adapt_json(request, result, figures, times));
}

}  // namespace coutard::gui
