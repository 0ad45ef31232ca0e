#include <nlohmann/json.hpp>

#include "engine/base/version.hpp"
#include "gui/cli/validation_report.hpp"

namespace coutard::gui {
using nlohmann::json;

std::string validation_json(const std::vector<ValidationCase>& cases) {
    json list = json::array();
    for (const auto& c : cases)
        for (const auto& row : c.rows) {
            json points = json::array(), aims = json::array();
            for (const auto& p : row.axis.points)
                points.push_back(
                    {{"depth_cm", p.depth_cm}, {"difference_percent", p.difference}, {"sigma_percent", p.sigma}});
            for (const auto& a : row.aims) aims.push_back({{"aim", a.what}, {"met", a.met}});
            json one{{"case", c.name},
                     {"engine", row.superposition ? "superposition" : "montecarlo"},
                     {"name", c.spec.name},
                     {"axis", points},
                     {"mean_difference_percent", row.axis.mean_percent},
                     {"own_uncertainty_percent", row.axis.own_percent},
                     {"chi2_per_depth", row.axis.chi2},
                     {"depths_outside", row.axis.outside},
                     {"aims", aims},
                     {"meets_aims", row.meets_aims()},
                     {"wall_time_s", row.seconds}};
            if (row.voxels) {
                one["voxels_judged"] = row.voxels->judged;
                one["voxels_within_percent"] = row.voxels->percent();
                one["voxels_within_by_noise_percent"] = row.voxels->expected;
                one["chi2_per_voxel"] = row.voxels->chi2;
            }
            if (row.gamma) {
                one["gamma_2_2_pass_percent"] = row.gamma->pass_percent();
                one["gamma_2_2_mean"] = row.gamma->mean;
                one["gamma_2_2_maximum"] = row.gamma->maximum;
            }
            list.push_back(one);
        }
    return json{{"cases", list}, {"version", version}}.dump(1) + "\n";
}

}  // namespace coutard::gui
