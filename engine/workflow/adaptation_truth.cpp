#include "engine/workflow/adaptation_truth.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"
#include "engine/image/resample.hpp"

namespace coutard {

DoseAgreement compare_doses(const Volume<float>& truth, const Volume<float>& found, const Mask& body,
                            const Progress& progress) {
    expect(truth.grid().same_as(found.grid()), "dose agreement: both doses lie on one grid");
    const Mask where = resample(body, truth.grid());
    std::vector<double> differences;
    for (std::size_t v = 0; v < where.count(); ++v)
        if (inside(where, v)) differences.push_back(std::abs(static_cast<double>(truth[v]) - found[v]));
    validate(!differences.empty(), "dose agreement: voxels of the body on the dose grid", 0, "1 or more");
    std::sort(differences.begin(), differences.end());
    DoseAgreement agreement;
    for (const double d : differences) agreement.mean_Gy += d / static_cast<double>(differences.size());
    const auto rank = static_cast<std::size_t>(std::ceil(0.95 * static_cast<double>(differences.size())));
    agreement.p95_Gy = differences[rank - 1];
    agreement.max_Gy = differences.back();
    GammaCriteria criteria;
    agreement.usual = gamma_index(truth, found, criteria, &where, progress.part(0, 0.5));
    criteria.dose_percent = criteria.distance_mm = 2;
    agreement.strict = gamma_index(truth, found, criteria, &where, progress.part(0.5, 1));
    return agreement;
}

AdaptationJudgement judge_adaptation(const DayTruth& truth, const AdaptationDoses& doses,
                                     const std::vector<NamedMask>& planning_masks, const DoseEngine& engine,
                                     const Progress& progress) {
    const auto body =
        std::find_if(planning_masks.begin(), planning_masks.end(), [](const auto& m) { return m.name == "External"; });
    validate(body != planning_masks.end(), "planning structures: found no External, expected the body's contours");
    expect(truth.scene.counts.has_value(), "adaptation: the scene of the day says what counts");
    Volume<float> day = engine.dose(truth.scene, doses.scheduled, progress.part(0, 0.6)).gy;
    for (auto& d : day.values()) d /= static_cast<float>(doses.state.fractions);
    AdaptationJudgement judgement;
    judgement.day = compare_doses(day, doses.day_Gy, *truth.scene.counts, progress.part(0.6, 0.75));
    const auto course = accumulate_dose(doses.planned_Gy, day, truth.to_planning, doses.state);
    judgement.accumulated = compare_doses(course.so_far_Gy, doses.accumulated_Gy, body->mask, progress.part(0.75, 0.9));
    for (const auto& [name, mask] : planning_masks)
        judgement.structures.push_back(
            {name, structure_dose(name, course.so_far_Gy, mask), structure_dose(name, doses.accumulated_Gy, mask)});
    return judgement;
}

}  // namespace coutard
