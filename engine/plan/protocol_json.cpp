#include "engine/plan/protocol_json.hpp"

#include <algorithm>
#include <array>

#include "engine/base/error.hpp"
#include "engine/plan/config.hpp"

namespace coutard {
namespace {

constexpr Range dose_range{0, 200};

TargetLevel read_target(const Config& json) {
    json.only({"structure", "dose_Gy", "shell"});
    return {json.text("structure"), json.number("dose_Gy", {0.01, 200}), json.flag_or("shell", false)};
}

ClinicalGoal read_goal(const Config& json) {
    json.only({"structure", "metric", "at_most", "at_least", "priority", "source"});
    ClinicalGoal goal;
    goal.structure = json.text("structure");
    const std::string metric = json.text("metric");
    try {
        goal.metric = metric_from_text(metric);
    } catch (const InputError& problem) {
        json.refuse("metric", '"' + metric + '"', problem.what());
    }
    if (json.has("at_most") == json.has("at_least")) json.refuse("at_most", "both or neither", "at_most or at_least");
    goal.relation = json.has("at_most") ? Relation::AtMost : Relation::AtLeast;
    goal.limit = json.number(json.has("at_most") ? "at_most" : "at_least", {0, 1e5});
    goal.priority = json.integer_or("priority", 2, {1, 9});
    goal.source = json.text("source");
    return goal;
}

struct KindName {
    std::string_view name;
    ObjectiveKind kind;
};
constexpr std::array<KindName, 8> kinds{{{"min_dose", ObjectiveKind::MinDose},
                                         {"max_dose", ObjectiveKind::MaxDose},
                                         {"mean_dose", ObjectiveKind::MeanDose},
                                         {"uniform_dose", ObjectiveKind::UniformDose},
                                         {"min_dvh", ObjectiveKind::MinDvh},
                                         {"max_dvh", ObjectiveKind::MaxDvh},
                                         {"geud", ObjectiveKind::Geud},
                                         {"fall_off", ObjectiveKind::FallOff}}};

ObjectiveKind read_kind(const Config& json) {
    const std::string text = json.text("kind");
    std::string known;
    for (const auto& [name, kind] : kinds) {
        if (text == name) return kind;
        known += (known.empty() ? "" : ", ") + std::string(name);
    }
    json.refuse("kind", '"' + text + '"', "one of " + known);
}

Objective read_objective(const Config& json) {
    json.only({"structure", "kind", "dose_Gy", "volume_percent", "a", "fall_off_mm", "low_dose_Gy", "weight"});
    Objective objective;
    objective.structure = json.text("structure");
    objective.kind = read_kind(json);
    objective.dose_Gy = json.number("dose_Gy", dose_range);
    objective.weight = json.number("weight", {0, 1e9});
    const bool dvh = objective.kind == ObjectiveKind::MinDvh || objective.kind == ObjectiveKind::MaxDvh;
    if (dvh) objective.volume_percent = json.number("volume_percent", {0, 100});
    if (objective.kind == ObjectiveKind::Geud) {
        objective.a = json.number("a", {-50, 50});
        if (objective.a == 0) json.refuse("a", "0", "a number from -50 to 50 other than 0");
    }
    if (objective.kind == ObjectiveKind::FallOff) {
        objective.fall_off_mm = json.number("fall_off_mm", {1, 300});
        objective.low_dose_Gy = json.number("low_dose_Gy", {0, objective.dose_Gy});
    }
    return objective;
}

AlphaBeta read_alpha_beta(const Config& json) {
    json.only({"target_Gy", "late_Gy", "nerve_Gy", "source"});
    return {json.number("target_Gy", {0.1, 50}), json.number("late_Gy", {0.1, 50}), json.number("nerve_Gy", {0.1, 50}),
            json.text("source")};
}

PlanCheckLevels read_check(const Config& json) {
    json.only({"gamma_dose_percent", "gamma_distance_mm", "gamma_threshold_percent", "gamma_tolerance_percent",
               "gamma_action_percent", "beam_tolerance_percent", "beam_action_percent", "structure_tolerance_percent",
               "structure_action_percent"});
    PlanCheckLevels c;
    c.gamma_dose_percent = json.number_or("gamma_dose_percent", c.gamma_dose_percent, {0.1, 20});
    c.gamma_distance_mm = json.number_or("gamma_distance_mm", c.gamma_distance_mm, {0.1, 20});
    c.gamma_threshold_percent = json.number_or("gamma_threshold_percent", c.gamma_threshold_percent, {0, 90});
    c.gamma_tolerance_percent = json.number_or("gamma_tolerance_percent", c.gamma_tolerance_percent, {0, 100});
    c.gamma_action_percent =
        json.number_or("gamma_action_percent", c.gamma_action_percent, {0, c.gamma_tolerance_percent});
    c.beam_tolerance_percent = json.number_or("beam_tolerance_percent", c.beam_tolerance_percent, {0, 50});
    c.beam_action_percent =
        json.number_or("beam_action_percent", c.beam_action_percent, {c.beam_tolerance_percent, 50});
    c.structure_tolerance_percent =
        json.number_or("structure_tolerance_percent", c.structure_tolerance_percent, {0, 50});
    c.structure_action_percent =
        json.number_or("structure_action_percent", c.structure_action_percent, {c.structure_tolerance_percent, 50});
    return c;
}

void read_targets(const Config& json, Protocol& protocol) {
    for (const auto& target : json.list("targets")) {
        const TargetLevel level = read_target(target);
        if (!protocol.targets.empty() && level.dose_Gy > protocol.targets.back().dose_Gy)
            target.refuse("dose_Gy", std::to_string(level.dose_Gy), "no more than the target before");
        protocol.targets.push_back(level);
    }
    if (protocol.targets.empty()) json.refuse("targets", "an empty list", "at least one target");
}

TargetRule read_target_rule(const Config& json) {
    json.only({"structure", "from", "margin_mm", "skin_mm", "without", "source"});
    TargetRule rule;
    rule.structure = json.text("structure");
    rule.from = json.texts_or_none("from");
    rule.margin_mm = json.number_or("margin_mm", 0, {0, 50});
    if (json.has("skin_mm")) rule.skin_mm = json.number("skin_mm", {0, 30});
    rule.without = json.texts_or_none("without");
    rule.source = json.text("source");
    for (const auto& name : rule.without)
        if (name == rule.structure) json.refuse("without", name, "other structures than the one that is made");
    return rule;
}

}  // namespace

Protocol read_protocol(const std::filesystem::path& file) {
    const Config json = Config::read(file);
    json.only({"name", "description", "fractions", "targets", "target_rules", "normalise_percent", "goals",
               "objectives", "gantry_deg", "machine", "alpha_beta", "check", "sources"});
    Protocol protocol;
    protocol.name = json.text("name");
    protocol.description = json.text("description");
    protocol.fractions = json.integer("fractions", {1, 100});
    protocol.normalise_percent = json.number_or("normalise_percent", 95, {1, 99.9});
    read_targets(json, protocol);
    for (const auto& rule : json.list_or_none("target_rules")) protocol.target_rules.push_back(read_target_rule(rule));
    for (const auto& goal : json.list("goals")) protocol.goals.push_back(read_goal(goal));
    for (const auto& objective : json.list("objectives")) protocol.objectives.push_back(read_objective(objective));
    if (protocol.objectives.empty()) json.refuse("objectives", "an empty list", "at least one objective");
    protocol.gantry_deg = json.numbers("gantry_deg", {0, 359.999});
    if (protocol.gantry_deg.empty()) json.refuse("gantry_deg", "an empty list", "at least one gantry angle [deg]");
    protocol.machine = json.text_or("machine", "generic_6mv");
    protocol.alpha_beta = read_alpha_beta(json.object("alpha_beta"));
    if (json.has("check")) protocol.check = read_check(json.object("check"));
    protocol.sources = json.texts_or_none("sources");
    return protocol;
}

Protocol find_protocol(const std::string& name_or_file, const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    const fs::path given = name_or_file;
    if (given.extension() == ".json" || fs::is_regular_file(given)) return read_protocol(given);
    const fs::path bundled = folder / (name_or_file + ".json");
    if (fs::is_regular_file(bundled)) return read_protocol(bundled);
    std::vector<std::string> known;
    if (fs::is_directory(folder))
        for (const auto& entry : fs::directory_iterator(folder))
            if (entry.path().extension() == ".json") known.push_back(entry.path().stem().string());
    std::sort(known.begin(), known.end());
    std::string names;
    for (const auto& name : known) names += (names.empty() ? "" : ", ") + name;
    throw InputError("protocol: found \"" + name_or_file + "\", expected a JSON file or one of " + names);
}

}  // namespace coutard
