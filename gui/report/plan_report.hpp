#pragma once
#include <string>
#include <vector>

#include "engine/eval/gamma.hpp"
#include "engine/plan/case.hpp"
#include "engine/plan/plan.hpp"
#include "engine/plan/protocol.hpp"
#include "engine/shape/structure.hpp"
#include "gui/report/report_model.hpp"

namespace coutard::gui::report {

/// A structure with its mask, on any grid.
struct ReportStructure {
    std::string name;
    Role role = Role::Organ;
    Mask mask;
};

/// What a plan report is made of; everything refers to one patient frame.
struct PlanCase {
    const CtImage& ct;
    const Plan& plan;
    const Dose& dose;                    ///< whole course
    const Protocol* protocol = nullptr;  ///< goals and targets; may be absent
    const std::vector<ReportStructure>& structures;
};

/// What only the caller knows.
struct ReportWords {
    std::string title = "Treatment plan report";
    std::string created;                ///< date and time; empty: now
    std::vector<std::string> warnings;  ///< shown on top
    std::vector<std::string> limits;    ///< added to usual_limits
    std::vector<Fact> versions;         ///< libraries and models; Coutard's own version is added
};

/// Evaluate the plan and fill a report: goals, histograms, planes, statistics, indices, beams.
/// Warnings are added for an assumed patient position and for structures outside the dose grid.
/// \throws InputError dose NaN or negative
Report make_plan_report(const PlanCase& plan_case, const ReportWords& words);

/// Dose of every structure, in their order.
std::vector<StructureDose> structure_doses(const Dose& dose, const std::vector<ReportStructure>& structures);

/// Rows in reading order (targets by protocol, organs with goals, the others, External), with colours
/// and dashes.
std::vector<StructureRow> ordered_rows(const std::vector<ReportStructure>& structures, const Protocol* protocol,
                                       const Dose& dose);

/// Histograms of all rows but External and supports, at most 14: a note counts the others. \param dash of every
/// curve, -1: that of its row
DvhPlot dvh_plot(const std::vector<StructureRow>& rows, const Protocol* protocol, int dash = -1);
/// Two plans on one plot: `solid` over `dashed`. \param note stands before that of `solid`
DvhPlot overlay(const DvhPlot& solid, const DvhPlot& dashed, std::string note);

GammaSection gamma_section(std::string reference, std::string evaluated, const GammaResult& result);

BeamRow beam_row(const Beam& beam);

/// Limits that hold for every plan of this version, from what the plan and dose say of themselves.
std::vector<std::string> usual_limits(const Plan& plan, const Dose& dose);

}  // namespace coutard::gui::report
