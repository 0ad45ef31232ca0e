#pragma once
#include "engine/ports/exchange.hpp"
#include "engine/workflow/adapt_workflow.hpp"
#include "gui/cli/output_folder.hpp"
#include "gui/cli/plan_summary_json.hpp"
#include "registration/quality/field_quality.hpp"

namespace coutard::gui {

/// What an adaptation leaves behind, written into a folder that is not yet committed: everything of
/// write_plan_folder for the plan of the day, REG.dcm, RS_network.dcm, RD_day.dcm, RD_scheduled.dcm,
/// RD_accumulated.dcm and RD_projected.dcm (both on the planning CT), field.nii.gz, adapt.json.
/// \throws OutputError
void write_adapt_folder(const OutputFolder& out, const Exchange& exchange, const AdaptRequest& request, CtImage& daily,
                        AdaptResult& result, const registration::RegistrationFigures& figures,
                        const std::string& engine_name, const StageTimes& times);

/// Set-up, structures, goals, advice and times, as JSON.
std::string adapt_json(const AdaptRequest& request, const AdaptResult& result,
                       const registration::RegistrationFigures& figures, const StageTimes& times);

/// "fractions_done" of an adapt.json. \throws InputError naming the file: not there, no JSON, no such number
int fractions_done_of(const std::filesystem::path& adapt_json_file);

}  // namespace coutard::gui
