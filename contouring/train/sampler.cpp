#include "contouring/train/sampler.hpp"

#include <algorithm>
#include <numeric>

#include "contouring/pipeline/flat_point.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

template <class T>
const T& pick(const std::vector<T>& from, Random& random) {
    return from[static_cast<std::size_t>(uniform(random, 0, 1) * static_cast<double>(from.size()))];
}

auto by_structure(const std::vector<TrainingCase>& pool, std::size_t structures) {
    std::vector<std::vector<const TrainingCase*>> having(structures);
    for (const TrainingCase& c : pool)
        for (std::size_t s = 0; s < structures; ++s)
            if (c.knows(static_cast<int>(s))) having[s].push_back(&c);
    return having;
}

}  // namespace

PatchSampler::PatchSampler(const std::vector<TrainingCase>& pool, const std::vector<TrainingCase>& extra,
                           std::vector<std::string> structures, SamplingConfig sampling, AugmentConfig augment,
                           GuideTraining guide)
    : pool_(by_structure(pool, structures.size())),
      extra_(by_structure(extra, structures.size())),
      sampling_(std::move(sampling)),
      augment_(augment),
      guide_(std::move(guide)),
      drawn_(static_cast<int>(structures.size())) {
    std::vector<double> weights = sampling_.weights;
    if (weights.empty()) weights.assign(structures.size(), 1);
    validate(weights.size() == structures.size(), "sampling: number of weights", weights.size(), "one per structure");
    for (std::size_t s = 0; s < weights.size(); ++s) {
        validate(weights[s] >= 0, "sampling: weight", weights[s], "at least 0");
        if (pool_[s].empty()) weights[s] = 0;  // nobody has it: never asked for
    }
    cumulative_.resize(weights.size());
    std::partial_sum(weights.begin(), weights.end(), cumulative_.begin());
    validate(cumulative_.back() > 0, "training data: no patient has any of the structures");
    if (guide_.input.kind == Guide::Prompts)
        for (const auto* cases : {&pool, &extra})
            for (const TrainingCase& c : *cases) depths_.emplace(&c, depths_of(c));
    structures.insert(structures.end(), guide_.input.organs.begin(), guide_.input.organs.end());
    pairs_ = mirror_pairs(structures);
}

Vec3 PatchSampler::draw_middle(const TrainingCase& from, int structure, Random& random) const {
    const bool anywhere = uniform(random, 0, 1) < sampling_.anywhere_share && !from.body.empty();
    const std::size_t v =
        anywhere ? pick(from.body, random) : pick(from.voxels[static_cast<std::size_t>(structure)], random);
    return flat_point(from.hu.grid(), v);
}

std::vector<float> PatchSampler::guide(const TrainingCase& from, const Patch& patch, const Placement& where,
                                       Random& random) const {
    const Vec3& spacing = sampling_.spacing_mm;
    if (guide_.input.kind == Guide::Prior) return simulated_prior(patch, drawn_, spacing, guide_.prior, random);
    if (guide_.input.kind == Guide::Prompts)
        return simulated_prompts(from, depths_.at(&from), patch, where, drawn_, spacing, guide_.prompts, random);
    return {};
}

Patch PatchSampler::draw(std::uint64_t seed, std::uint64_t step) const {
    Random random = random_stream(seed, step);
    const double at = uniform(random, 0, cumulative_.back());
    const auto s =
        static_cast<std::size_t>(std::upper_bound(cumulative_.begin(), cumulative_.end(), at) - cumulative_.begin());
    const bool from_extra = uniform(random, 0, 1) < sampling_.extra_share && !extra_[s].empty();
    const TrainingCase& from = *pick(from_extra ? extra_[s] : pool_[s], random);
    const Vec3 middle = draw_middle(from, static_cast<int>(s), random);
    const auto where = draw_placement(middle, sampling_.patch, sampling_.spacing_mm, augment_, random);
    Patch patch = cut_patch(from, sampling_.patch, where, pairs_);
    // Another day's contours go on where today's scan ends; what was drawn on today's scan ends with it.
    const bool of_today = guide_.input.kind == Guide::Prompts;
    if (!of_today) patch.guide = guide(from, patch, where, random);
    vary_coverage(patch, augment_, random);
    if (of_today) patch.guide = guide(from, patch, where, random);
    vary_intensity(patch, augment_, random);
    return patch;
}

}  // namespace coutard::contouring
