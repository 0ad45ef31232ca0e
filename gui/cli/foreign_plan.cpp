#include "gui/cli/foreign_plan.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <CLI/CLI.hpp>

#include "engine/base/error.hpp"
#include "engine/shape/rasterise.hpp"
#include "gui/cli/wiring.hpp"

namespace coutard::gui {
namespace {

std::string energy_text(double energy_MV, bool flattened) {
    std::string text = std::to_string(energy_MV);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text + " MV" + (flattened ? "" : " FFF");
}

}  // namespace

void ForeignPlan::add_to(CLI::App& command) {
    command.add_option("--machine", machines,
                       "machines of data/machines to calculate another system's plan with, one per energy and mode");
    command.add_option("--hu-curve", hu_curve, "CT number curve of data/hlut");
    command.add_option("--override", overrides,
                       "STRUCTURE=MATERIAL[:DENSITY] [g/cm3], instead of what the CT numbers say; later ones win");
}

void ForeignPlan::apply(DoseScene& scene, const StructureSet* structures) const {
    scene.hu_curve = hu_curve;
    scene.overrides = material_overrides(overrides, structures, scene.hu.grid());
}

void assign_machines(Plan& plan, const std::vector<std::string>& names) {
    if (names.empty()) return;
    std::vector<Machine> machines;
    for (const auto& name : names) {
        machines.push_back(machine_named(name));
        for (std::size_t m = 0; m + 1 < machines.size(); ++m)
            validate(machines[m].energy_MV != machines.back().energy_MV ||
                         machines[m].flattening_filter != machines.back().flattening_filter,
                     "--machine: " + machines[m].name + " and " + name + " are of one energy and mode");
    }
    for (auto& beam : plan.beams) {
        const auto fits = std::find_if(machines.begin(), machines.end(), [&](const Machine& m) {
            return std::abs(m.energy_MV - beam.energy_MV) < 0.05 && m.flattening_filter == beam.flattening_filter;
        });
        validate(fits != machines.end(), "--machine: beam " + std::to_string(beam.number) + " '" + beam.name +
                                             "' has " + energy_text(beam.energy_MV, beam.flattening_filter) +
                                             ", which none of the machines named has");
        plan.notes.push_back("beam " + std::to_string(beam.number) + " of machine '" + beam.machine +
                             "' is calculated as one of " + fits->name);
        beam.machine = fits->name;
    }
}

std::vector<MaterialOverride> material_overrides(const std::vector<std::string>& texts, const StructureSet* structures,
                                                 const Grid& ct) {
    std::vector<MaterialOverride> out;
    for (const auto& text : texts) {
        const auto equals = text.rfind('=');
        validate(equals != std::string::npos && equals > 0 && equals + 1 < text.size(), "--override", text,
                 "STRUCTURE=MATERIAL or STRUCTURE=MATERIAL:DENSITY");
        validate(structures != nullptr, "--override needs --structures");
        const std::string name = text.substr(0, equals);
        const Structure* structure = structures->find(name);
        validate(structure != nullptr && !structure->contours.empty(),
                 "--override: structure '" + name + "' is not there or has no contours");
        MaterialOverride one{rasterise(*structure, ct), text.substr(equals + 1), {}};
        if (const auto colon = one.material.find(':'); colon != std::string::npos) {
            const std::string density = one.material.substr(colon + 1);
            char* end = nullptr;
            one.density_g_cm3 = std::strtod(density.c_str(), &end);
            validate(!density.empty() && *end == '\0' && *one.density_g_cm3 > 0 && *one.density_g_cm3 < 25,
                     "--override " + name + ": density [g/cm3]", density, "above 0, below 25");
            one.material.resize(colon);
        }
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace coutard::gui
