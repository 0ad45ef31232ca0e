#include <algorithm>
#include <cstdio>

#include "engine/workflow/adapt_workflow.hpp"

namespace coutard {
namespace {

bool fails(const GoalResult& goal) { return goal.status == GoalStatus::Fail; }

std::string figure(const GoalResult& goal) {
    if (!goal.value) return "not evaluated";
    char text[48];
    std::snprintf(text, sizeof text, "%.2f %s", *goal.value, goal.unit.c_str());
    return text;
}

long failing(const std::vector<GoalResult>& goals, int priority) {
    return std::count_if(goals.begin(), goals.end(),
                         [&](const auto& g) { return fails(g) && g.goal.priority == priority; });
}

}  // namespace

std::string_view text_of(Advice advice) {
    switch (advice) {
        case Advice::Deliver: return "deliver the scheduled plan";
        case Advice::Adapt: return "adapt: deliver the plan of the day";
        case Advice::Review: return "review: a physician decides";
    }
    return "";
}

Advice advise(const std::vector<GoalResult>& scheduled, const std::vector<GoalResult>& adapted,
              std::vector<std::string>& reasons) {
    expect(scheduled.size() == adapted.size(), "advise: both plans were held against the same goals");
    for (std::size_t g = 0; g < scheduled.size(); ++g) {
        const auto &s = scheduled[g], &a = adapted[g];
        if (s.status == a.status && !fails(s)) continue;
        reasons.push_back(text_of(s.goal) + " (priority " + std::to_string(s.goal.priority) + "): scheduled " + figure(s) +
                          ", " + std::string(text_of(s.status)) + "; adapted " + figure(a) + ", " +
                          std::string(text_of(a.status)));
    }
    const long scheduled_first = failing(scheduled, 1), adapted_first = failing(adapted, 1);
    const bool unknown = std::any_of(scheduled.begin(), scheduled.end(), [](const auto& g) {
        return g.goal.priority == 1 && g.status == GoalStatus::NotEvaluated;
    });
    if (unknown) reasons.emplace_back("a goal of priority 1 could not be evaluated");
    if (scheduled_first == 0 && !unknown) return Advice::Deliver;
    if (adapted_first < scheduled_first && failing(adapted, 2) <= failing(scheduled, 2) + 1) return Advice::Adapt;
    return Advice::Review;
}

}  // namespace coutard
