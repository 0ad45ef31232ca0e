#pragma once
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/ports/dose_engine.hpp"
#include "engine/shape/structure.hpp"

namespace CLI {
class App;
}

namespace coutard::gui {

/// What a plan of another system needs to be calculated here, as options of a command.
struct ForeignPlan {
    std::vector<std::string> machines, overrides;
    std::string hu_curve = "schneider2000";

    /// \param command keeps references to this
    void add_to(CLI::App& command);
    /// Curve and overrides. \param structures null: none were given \throws InputError as material_overrides()
    void apply(DoseScene& scene, const StructureSet* structures) const;
};

/// Give each beam the machine of its energy and fluence mode among those named; no names leave the plan as it is.
/// \throws InputError an unknown machine, two of one energy and mode, a beam that none fits
void assign_machines(Plan& plan, const std::vector<std::string>& machines);

/// "STRUCTURE=MATERIAL" or "STRUCTURE=MATERIAL:DENSITY" [g/cm3] for each, in order: later ones win.
/// \throws InputError another form, a structure that is not there or has no contours, a density that is not positive
std::vector<MaterialOverride> material_overrides(const std::vector<std::string>& texts, const StructureSet* structures,
                                                 const Grid& ct);

}  // namespace coutard::gui
