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

/// The contours where they are, in the frame and on the slices that the CT got when it became DICOM.
void move_to_frame(StructureSet& structures, const CtImage& ct) {
    structures.frame_uid = ct.study.frame_uid;
    structures.series_uid = ct.series_uid;
    for (auto& structure : structures.structures)
        for (auto& contour : structure.contours) contour.image_uid.clear();
}

/// RP.dcm and RD.dcm of the fractions that the plan shall give. \returns the plan's UID
std::string write_plan_and_dose(const OutputFolder& out, const Exchange& exchange, const CtImage& ct,
                                PlanningResult& result, int fractions_left) {
    const int all = result.plan.fractions;
    if (fractions_left <= 0 || fractions_left == all) {
        result.dose.plan_uid = exchange.write_plan(out / "RP.dcm", result.plan, ct);
        exchange.write_dose(out / "RD.dcm", result.dose, ct);
        return result.dose.plan_uid;
    }
    const double part = static_cast<double>(fractions_left) / all;
    Plan plan = result.plan;
    plan.fractions = fractions_left;
    plan.prescription_Gy *= part;
    Dose dose = result.dose;
    for (auto& d : dose.gy.values()) d *= static_cast<float>(part);
    dose.fractions = fractions_left;
    dose.comment = std::to_string(fractions_left) + " of " + std::to_string(all) + " fractions; " + dose.comment;
    dose.plan_uid = exchange.write_plan(out / "RP.dcm", plan, ct);
    exchange.write_dose(out / "RD.dcm", dose, ct);
    result.notes.push_back("RP.dcm and RD.dcm give the " + std::to_string(fractions_left) +
                           " fractions that are left; goals, histograms and pictures are those of a whole course of " +
                           std::to_string(all) + " fractions by this plan");
    return dose.plan_uid;
}

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
                       const std::optional<report::AdaptationSection>& adaptation, int fractions_left) {
    const bool was_dicom = !ct.slices.empty();
    if (!was_dicom) {
        exchange.write_ct(out.folder("CT"), ct);
        move_to_frame(structures, ct);
    }
    if (structures_file.empty() || !was_dicom) {
        structures.sop_uid = exchange.write_structures(out / "RS.dcm", structures, ct);
        result.plan.structure_set_uid = structures.sop_uid;
    } else {
        std::error_code problem;
        std::filesystem::copy_file(structures_file, out / "RS.dcm", std::filesystem::copy_options::overwrite_existing,
                                   problem);
        if (problem) throw OutputError((out / "RS.dcm").string() + ": cannot be written: " + problem.message());
    }
    result.plan.sop_uid = write_plan_and_dose(out, exchange, ct, result, fractions_left);
    result.dose.plan_uid = result.plan.sop_uid;
    write_nifti(out / "fluence_dose.nii.gz", result.fluence_dose_Gy, {.description = "Gy, optimiser's fluence dose"});
    write_text_atomically(out / "goals.json", goals_json(protocol, result.goals));
    write_text_atomically(out / "plan.json", plan_json(protocol, result, times));
    write_reports(out, ct, structures, protocol, result, engine_name, adaptation);
}

std::string goals_text(const std::vector<GoalResult>& goals) {
    std::string text;
    for (const auto& result : goals) {
        char line[160];
        char value[32] = "-";
        if (result.value) std::snprintf(value, sizeof value, "%.2f", *result.value);
        std::snprintf(line, sizeof line, "  %-34s %10s %-4s %s\n", text_of(result.goal).c_str(), value,
                      result.unit.c_str(), std::string(text_of(result.status)).c_str());
        text += line;
    }
    return text;
}

}  // namespace coutard::gui
