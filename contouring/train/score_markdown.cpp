#include "contouring/train/score_markdown.hpp"

#include <algorithm>
#include <cstdio>

namespace coutard::contouring {
namespace {

template <class... Values>
std::string formatted(const char* format, Values... values) {
    char line[240];
    std::snprintf(line, sizeof line, format, values...);
    return line;
}

std::string or_dash(const std::optional<double>& value) {
    return value ? formatted("%.1f", *value) : "-";
}

}  // namespace

std::string scores_markdown(const ScoreTable& table) {
    std::string text =
        "| structure | n | DSC mean | median | lowest | HD95 mm | surface Dice 3 mm | 5 mm | DSC below 0.5 | not drawn "
        "|\n|---|---|---|---|---|---|---|---|---|---|\n";
    for (const OrganScore& o : table.organs)
        text += formatted("| %s | %d | %.3f | %.3f | %.3f | %s | %.3f | %.3f | %d | %d |\n", o.structure.c_str(),
                          o.patients, o.dice, o.dice_median, o.dice_low, or_dash(o.hd95_mm).c_str(), o.surface_dice_3mm,
                          o.surface_dice_5mm, o.failures, o.not_found);
    text += formatted("\nMean DSC over structures %.3f; %zu patients, %.1f s each.\n", table.mean_dice, table.patients,
                      table.seconds_per_patient);
    if (table.doubts.empty()) return text;
    text +=
        "\nCalibration error within 8 mm of either surface, each patient calibrated by the others, and the "
        "correlation of predicted with true DSC:\n\n"
        "| structure | n | error | calibrated | T of all | shift of all | correlation "
        "|\n|---|---|---|---|---|---|---|\n";
    for (const DoubtScore& d : table.doubts)
        text += formatted("| %s | %d | %.3f | %.3f | %.2f | %.2f | %.2f |\n", d.structure.c_str(), d.patients,
                          d.error_before, d.error, d.model.calibration.temperature, d.model.calibration.shift,
                          d.correlation);
    const ReviewFind review = review_find(table.cases);
    return text + formatted("\nOf the %d worst of %zu structures %d stand in the first fifth of the review list.\n",
                            review.worst, table.cases.size(), review.found);
}

std::string prompts_markdown(const std::vector<std::string>& structures,
                             const std::vector<std::pair<std::string, ScoreTable>>& rows) {
    std::string text = "| what is given |", line = "\n|---|";
    for (const std::string& structure : structures) {
        text += " " + structure + " DSC | surface Dice 3 mm | 5 mm |";
        line += "---|---|---|";
    }
    text += line + "\n";
    for (const auto& [words, table] : rows) {
        text += "| " + words + " |";
        for (const std::string& structure : structures) {
            const auto at = std::find_if(table.organs.begin(), table.organs.end(),
                                         [&](const OrganScore& o) { return o.structure == structure; });
            text += at == table.organs.end()
                        ? std::string(" - | - | - |")
                        : formatted(" %.3f | %.3f | %.3f |", at->dice, at->surface_dice_3mm, at->surface_dice_5mm);
        }
        text += "\n";
    }
    return text;
}

}  // namespace coutard::contouring
