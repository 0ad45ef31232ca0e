#include <nlohmann/json.hpp>

#include "contouring/train/score.hpp"

namespace coutard::contouring {

std::string scores_json(const ScoreTable& table) {
    nlohmann::ordered_json j{{"patients", table.patients},
                             {"mean_dice", table.mean_dice},
                             {"seconds_per_patient", table.seconds_per_patient}};
    j["organs"] = nlohmann::ordered_json::array();
    for (const OrganScore& o : table.organs) {
        j["organs"].push_back({{"structure", o.structure},
                               {"patients", o.patients},
                               {"dice_mean", o.dice},
                               {"dice_median", o.dice_median},
                               {"dice_lowest", o.dice_low},
                               {"not_found", o.not_found},
                               {"failures", o.failures},
                               {"surface_dice_3mm", o.surface_dice_3mm},
                               {"surface_dice_5mm", o.surface_dice_5mm}});
        j["organs"].back()["hd95_mm"] = o.hd95_mm ? nlohmann::ordered_json(*o.hd95_mm) : nullptr;
    }
    for (const DoubtScore& d : table.doubts)
        j["doubts"].push_back({{"structure", d.structure},
                               {"temperature", d.model.calibration.temperature},
                               {"shift", d.model.calibration.shift},
                               {"calibration_error_before", d.error_before},
                               {"calibration_error", d.error},
                               {"predicted_dice_correlation", d.correlation},
                               {"patients", d.patients}});
    const ReviewFind review = review_find(table.cases);
    j["review"] = {{"worst", review.worst}, {"looked_at", review.looked_at}, {"found", review.found}};
    return j.dump(2) + "\n";
}

}  // namespace coutard::contouring
