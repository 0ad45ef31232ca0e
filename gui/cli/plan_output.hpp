#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "engine/ports/exchange.hpp"
#include "engine/workflow/plan_workflow.hpp"
#include "gui/cli/output_folder.hpp"
#include "gui/cli/plan_summary_json.hpp"
#include "gui/report/plan_report.hpp"
#include "gui/report/report_model.hpp"

namespace coutard::gui {

/// Everything that a finished plan leaves behind, written into a folder that is not yet committed:
/// RP.dcm, RD.dcm, RS.dcm, goals.json, plan.json, fluence_dose.nii.gz, report.html, report.pdf; and CT
/// slices (CT/) when the image never was DICOM.
/// \param structures_file  the RTSTRUCT that the plan refers to, copied; written anew when empty, or when the image
///                         never was DICOM and got its frame of reference only now
/// \param adaptation  for the report of a plan of the day
/// \param fractions_left  what RP.dcm and RD.dcm give of the course; goals and report stay those of the whole course
///                        by this plan. 0: all of it
/// \throws OutputError
void write_plan_folder(const OutputFolder& out, const Exchange& exchange, CtImage& ct, StructureSet structures,
                       const std::filesystem::path& structures_file, const Protocol& protocol, PlanningResult& result,
                       const std::string& engine_name, const StageTimes& times,
                       const std::optional<report::AdaptationSection>& adaptation = {}, int fractions_left = 0);

/// What a report draws of masks: names and roles as in the structure set.
std::vector<report::ReportStructure> report_structures(const std::vector<NamedMask>& masks,
                                                       const StructureSet& structures);

/// The goals as lines for a terminal.
std::string goals_text(const std::vector<GoalResult>& goals);

}  // namespace coutard::gui
