#include <nlohmann/json.hpp>

#include "engine/base/version.hpp"
#include "gui/cli/dose_summary.hpp"

namespace coutard::gui {
using nlohmann::json;

std::string phantom_json(const dose::SlabSpec& spec, std::size_t voxels, const PhantomRun& run) {
    json summary{{"name", spec.name},
                 {"engine", run.engine},
                 {"device", run.cuda ? "cuda" : "cpu"},
                 {"threads", run.threads},
                 {"histories", run.histories},
                 {"wall_time_s", run.seconds},
                 {"mean_relative_uncertainty", run.mean_uncertainty},
                 {"voxels", voxels},
                 {"dose_unit", spec.machine_beam ? "Gy" : "Gy cm2 per incident photon"},
                 {"version", version}};
    if (run.engine == "superposition") {
        summary["energy_released_MeV_cm2"] = run.released_MeV_cm2;
        summary["energy_deposited_MeV_cm2"] = run.deposited_MeV_cm2;
    }
    return summary.dump(1) + "\n";
}

std::string calibration_json(const std::string& machine, double fluence_per_mu_cm2) {
    return json{{"machine", machine}, {"fluence_per_mu_cm2", fluence_per_mu_cm2}}.dump(1) + "\n";
}

std::string kernels_json(const std::vector<KernelRow>& rows, std::uint64_t histories, double seconds) {
    json list = json::array();
    for (const auto& row : rows)
        list.push_back({{"energy_MeV", row.energy_MeV},
                        {"primary", row.primary},
                        {"mu_en_over_mu", row.mu_en_over_mu},
                        {"scatter", row.scatter},
                        {"escaped", row.escaped}});
    return json{{"kernels", list}, {"histories", histories}, {"wall_time_s", seconds}}.dump(1) + "\n";
}

Gy near_maximum(const StructureDose& dose) {
    constexpr Cm3 hottest{0.03};
    return dose.volume() < hottest ? dose.maximum : dose.dvh.dose_at(hottest);
}

std::string plan_dose_json(const PlanDose& found) {
    const Vec3& at = found.dose.maximum_at_mm;
    const json summary{{"engine", found.engine},
                       {"beams", found.beams},
                       {"monitor_units", found.monitor_units},
                       {"maximum_Gy", found.dose.maximum.value()},
                       {"maximum_at_mm", {at.x, at.y, at.z}},
                       {"D0.03cc_Gy", near_maximum(found.dose).value()}};
    return summary.dump(1) + "\n";
}

}  // namespace coutard::gui
