#include <algorithm>
#include <cstdio>

#include "engine/workflow/adapt_workflow.hpp"

namespace coutard {
namespace {

bool fails(const GoalResult& goal) {
    return goal.status == GoalStatus::Fail;
}

std::string figure(const GoalResult& goal) {
    if (!goal.value) return "not evaluated";
    char text[48];
    std::snprintf(text, sizeof text, "%.2f %s", *goal.value, goal.unit.c_str());
    return text;
}

long having(const std::vector<GoalResult>& goals, int priority, GoalStatus status) {
    return std::count_if(goals.begin(), goals.end(),
                         [&](const auto& g) { return g.goal.priority == priority && g.status == status; });
}

}  // namespace

std::string_view text_of(Advice advice) {
    switch (advice) {
        case Advice::Deliver:
            return "deliver the scheduled plan";
        case Advice::Adapt:
            return "adapt: deliver the plan of the day";
        case Advice::Review:
            return "review: a physician decides";
    }
    return "";
}

Advice advise(const std::vector<GoalResult>& scheduled, const std::vector<GoalResult>& adapted,
              std::vector<std::string>& reasons) {
    expect(scheduled.size() == adapted.size(), "advise: both plans were held against the same goals");
    for (std::size_t g = 0; g < scheduled.size(); ++g) {
        const auto &s = scheduled[g], &a = adapted[g];
        if (s.status == a.status && !fails(s)) continue;
        reasons.push_back(text_of(s.goal) + " (priority " + std::to_string(s.goal.priority) + "): scheduled " +
                          figure(s) + ", " + std::string(text_of(s.status)) + "; adapted " + figure(a) + ", " +
                          std::string(text_of(a.status)));
    }
    if (having(scheduled, 1, GoalStatus::NotEvaluated) + having(adapted, 1, GoalStatus::NotEvaluated) > 0) {
        reasons.emplace_back("a goal of priority 1 could not be evaluated");
        return Advice::Review;
    }
    if (having(scheduled, 1, GoalStatus::Fail) == 0) return Advice::Deliver;
    return having(adapted, 1, GoalStatus::Fail) == 0 ? Advice::Adapt : Advice::Review;
}

}  // namespace coutard
