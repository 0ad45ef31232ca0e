#include <cstdio>
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

std::string validation_markdown(const std::vector<ValidationRow>& rows) {
    std::string text =
        "| case | engine | axis: worst beyond 3 mm, % of the maximum | depths off by more than 1 % and two sigma | "
        "mean "
        "difference, "
        "1.5 to 25 cm | own standard error on the axis | chi2 per depth | voxels within | by noise alone | chi2 per "
        "voxel | time |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|\n";
    for (const auto& row : rows) {
        char line[400];
        const auto& a = row.axis;
        std::snprintf(
            line, sizeof line, "| %s %s | %s | %+.2f +- %.2f at %.2f cm | %zu of %zu | %+.2f %% | %.2f %% | %.2f | ",
            row.name.c_str(), row.what.c_str(), row.superposition ? "superposition" : "Monte Carlo", a.worst.difference,
            a.worst.sigma, a.worst.depth_cm, a.outside, a.points.size(), a.mean_percent, a.own_percent, a.chi2);
        text += line;
        if (row.voxels)
            std::snprintf(line, sizeof line, "%.2f %% of %zu | %.2f %% | %.2f | %.0f s |\n", row.voxels->percent(),
                          row.voxels->judged, row.voxels->expected, row.voxels->chi2, row.seconds);
        else
            std::snprintf(line, sizeof line, "not compared | | | %.0f s |\n", row.seconds);
        text += line;
    }
    return text;
}

std::string validation_json(const std::vector<ValidationRow>& rows) {
    json list = json::array();
    for (const auto& row : rows) {
        json points = json::array();
        for (const auto& p : row.axis.points)
            points.push_back(
                {{"depth_cm", p.depth_cm}, {"difference_percent", p.difference}, {"sigma_percent", p.sigma}});
        json one{{"case", row.name},
                 {"engine", row.superposition ? "superposition" : "montecarlo"},
                 {"name", row.what},
                 {"axis", points},
                 {"mean_difference_percent", row.axis.mean_percent},
                 {"own_uncertainty_percent", row.axis.own_percent},
                 {"chi2_per_depth", row.axis.chi2},
                 {"depths_outside", row.axis.outside},
                 {"wall_time_s", row.seconds}};
        if (row.voxels) {
            one["voxels_judged"] = row.voxels->judged;
            one["voxels_within_percent"] = row.voxels->percent();
            one["voxels_within_by_noise_percent"] = row.voxels->expected;
            one["chi2_per_voxel"] = row.voxels->chi2;
        }
        list.push_back(one);
    }
    return json{{"cases", list}, {"version", version}}.dump(1) + "\n";
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
