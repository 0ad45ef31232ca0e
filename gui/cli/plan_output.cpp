#include "gui/cli/plan_output.hpp"

#include <cstdio>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/store/nifti.hpp"
#include "gui/report/plan_report.hpp"
#include "gui/report/report.hpp"

namespace coutard::gui {

std::vector<report::ReportStructure> report_structures(const std::vector<NamedMask>& masks,
                                                       const StructureSet& structures) {
    std::vector<report::ReportStructure> list;
    for (const auto& [name, mask] : masks) {
        const Structure* structure = structures.find(name);
        const Role role = name == "External" ? Role::External : structure ? structure->role : Role::Organ;
        list.push_back({name, role, mask});
    }
    return list;
}

namespace {

void write_reports(const OutputFolder& out, const CtImage& ct, const StructureSet& structures, const Protocol& protocol,
                   const PlanningResult& result, const std::string& engine_name,
                   const std::optional<report::AdaptationSection>& adaptation) {
    const auto masks = report_structures(result.masks, structures);
    report::ReportWords words;
    words.warnings = result.notes;
    words.versions.push_back({"dose engine", engine_name});
    report::Report report = report::make_plan_report({ct, result.plan, result.dose, &protocol, masks}, words);
    report.gamma =
        report::gamma_section("optimiser's fluence dose", "dose of the control points, recalculated", result.gamma);
    if (adaptation) {
        report.title = "Plan of the day";
        report.adaptation = adaptation;
    }
    report::write_html(out / "report.html", report);
    report::write_pdf(out / "report.pdf", report);
}

}  // namespace

void write_plan_folder(const OutputFolder& out, const Exchange& exchange, CtImage& ct, StructureSet structures,
                       const std::filesystem::path& structures_file, const Protocol& protocol, PlanningResult& result,
                       const std::string& engine_name, const StageTimes& times,
                       const std::optional<report::AdaptationSection>& adaptation) {
    if (ct.slices.empty()) exchange.write_ct(out.folder("CT"), ct);
    if (structures_file.empty()) {
        structures.sop_uid = exchange.write_structures(out / "RS.dcm", structures, ct);
        result.plan.structure_set_uid = structures.sop_uid;
    } else {
        std::error_code problem;
        std::filesystem::copy_file(structures_file, out / "RS.dcm", std::filesystem::copy_options::overwrite_existing,
                                   problem);
        if (problem) throw OutputError((out / "RS.dcm").string() + ": cannot be written: " + problem.message());
    }
    result.plan.sop_uid = exchange.write_plan(out / "RP.dcm", result.plan, ct);
    result.dose.plan_uid = result.plan.sop_uid;
    exchange.write_dose(out / "RD.dcm", result.dose, ct);
    write_nifti(out / "fluence_dose.nii.gz", result.fluence_dose_Gy, {.description = "Gy, optimiser's fluence dose"});
    write_text_atomically(out / "goals.json", goals_json(protocol, result.goals));
    write_text_atomically(out / "plan.json", plan_json(protocol, result, times));
    write_reports(out, ct, structures, protocol, result, engine_name, adaptation);
}

std::string goals_text(const std::vector<GoalResult>& goals) {
    std::string text;
    for (const auto& result : goals) {
        char line[160];
        const std::string value = result.value ? std::to_string(*result.value) : "-";
        std::snprintf(line, sizeof line, "  %-34s %10.10s %-4s %s\n", text_of(result.goal).c_str(),
                      value.substr(0, value.find('.') + 3).c_str(), result.unit.c_str(),
                      std::string(text_of(result.status)).c_str());
        text += line;
    }
    return text;
}

}  // namespace coutard::gui
