#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan_check_levels.hpp"

namespace coutard {

/// Dose wanted in one target, whole course.
struct TargetLevel {
    std::string structure;  ///< TG-263 name
    double dose_Gy = 0;
    bool shell = false;  ///< the level means what higher levels leave over
};

/// How a target is made of another contour, or cut: united sources grown by a margin, kept below the skin, without
/// others. A structure that is given while its sources are not is only cut.
struct TargetRule {
    std::string structure;               ///< TG-263 name of what is made
    std::vector<std::string> from;       ///< united; those that are absent do not count
    double margin_mm = 0;                ///< grown by, in all directions
    std::optional<double> skin_mm{};     ///< cut so far below the surface of External; none: not cut
    std::vector<std::string> without{};  ///< left out of it, after growing
    std::string source{};                ///< where margin and cut come from
};

/// What a goal or an objective measures.
enum class MetricKind { DoseAtPercent, DoseAtVolume, VolumeAtDose, MeanDose, MaxDose, MinDose };
struct Metric {
    MetricKind kind = MetricKind::MeanDose;
    double at = 0;                ///< [%] DoseAtPercent, [cm3] DoseAtVolume, [Gy] VolumeAtDose, else unused
    bool relative_volume = true;  ///< VolumeAtDose in % (else cm3)
};
/// "D95%", "D0.1cc", "V20Gy", "V20Gy[cc]", "Dmean", "Dmax", "Dmin". \throws InputError other text
Metric metric_from_text(std::string_view text);
std::string text_of(const Metric& metric);

enum class Relation { AtMost, AtLeast };
/// A clinical goal: "SpinalCord D0.1cc <= 45 Gy".
struct ClinicalGoal {
    std::string structure;
    Metric metric;
    Relation relation = Relation::AtMost;
    double limit = 0;    ///< [Gy], or [%]/[cm3] for VolumeAtDose
    int priority = 2;    ///< 1 must hold, larger is softer
    std::string source;  ///< where the limit comes from
};

enum class ObjectiveKind { MinDose, MaxDose, MeanDose, UniformDose, MinDvh, MaxDvh, Geud, FallOff };
/// A term of the optimiser's sum; doses whole course.
struct Objective {
    std::string structure;
    ObjectiveKind kind = ObjectiveKind::MaxDose;
    double dose_Gy = 0;
    double volume_percent = 0;  ///< for MinDvh and MaxDvh
    double a = 1;               ///< for Geud
    double fall_off_mm = 0;     ///< FallOff: distance from the target over which dose falls to low_dose_Gy
    double low_dose_Gy = 0;
    double weight = 1;
};

struct AlphaBeta {
    double target_Gy = 10, late_Gy = 3, nerve_Gy = 2;
    std::string source;
};

/// A site's recipe: what to prescribe, aim for and check. Kept as JSON in data/protocols.
struct Protocol {
    std::string name, description;
    int fractions = 1;
    std::vector<TargetLevel> targets;      ///< highest dose first
    std::vector<TargetRule> target_rules;  ///< in the order in which they are followed
    double normalise_percent = 95;         ///< D(normalise_percent) of the first target = its dose
    std::vector<ClinicalGoal> goals;
    std::vector<Objective> objectives;
    std::vector<double> gantry_deg;  ///< beam template
    std::string machine = "generic_6mv";
    AlphaBeta alpha_beta;
    PlanCheckLevels check;
    std::vector<std::string> sources;
};

}  // namespace coutard
