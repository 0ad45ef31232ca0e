#include "contouring/pipeline/image_traits.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "contouring/pipeline/intensity.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr float kLeastSoft = -20, kMostSoft = 120;
constexpr int kBinHu = 4, kBins = 31;  // from 0 HU
constexpr double kPerMedian = 1.4826;  // standard deviation of a normal distribution over its median distance
constexpr std::size_t kLeastPairs = 200;
constexpr double kLoud = 0.25;  // of a range's width

bool is_soft(float hu) {
    return hu >= kLeastSoft && hu <= kMostSoft;
}

double median(std::vector<float>& values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return double(*middle);
}

/// Of differences between neighbours that hold the same tissue.
double deviation(std::vector<float>& differences) {
    return kPerMedian * median(differences) / std::sqrt(2.0);
}

double commonest(const Volume<float>& hu) {
    std::array<double, kBins> count{};
    for (const float v : hu.values())
        if (v >= 0 && v < kBinHu * kBins) count[static_cast<std::size_t>(v / kBinHu)] += 1;
    std::size_t best = 0;
    double most = 0;
    for (std::size_t b = 1; b + 1 < count.size(); ++b)
        if (const double around = count[b - 1] + count[b] + count[b + 1]; around > most) most = around, best = b;
    return most > 0 ? kBinHu * (static_cast<double>(best) + 0.5) : 0;
}

/// Outside its range, in widths of it; 0 where it has none.
double outside(const NamedTrait& trait, const UsualTraits& usual) {
    const auto range = usual.find(trait.name);
    if (range == usual.end()) return 0;
    const auto& [low, high] = range->second;
    const double by = std::max({low - trait.value, trait.value - high, 0.0});
    return by > 0 ? by / std::max(high - low, 1e-9) : 0;
}

}  // namespace

std::array<NamedTrait, 4> named(const ImageTraits& t) {
    return {{{"soft_tissue_HU", t.soft_tissue_HU, "soft tissue [HU]"},
             {"noise_HU", t.noise_HU, "noise [HU]"},
             {"worst_noise", t.worst_noise, "noise of the worst slice over that of all"},
             {"skin_step_HU", t.skin_step_HU, "step at the skin [HU]"}}};
}

ImageTraits traits_of(const Volume<float>& hu) {
    const Size3 n = hu.grid().size();
    std::vector<float> differences, steps;
    double worst = 0;
    for (int k = 0; k < n.z; ++k) {
        std::vector<float> of_slice;
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i + 1 < n.x; ++i) {
                const float a = hu.at(i, j, k), b = hu.at(i + 1, j, k);
                if (is_soft(a) && is_soft(b)) of_slice.push_back(std::abs(b - a));
                if ((a < kAirBelowHu) != (b < kAirBelowHu)) steps.push_back(std::abs(b - a));
            }
        differences.insert(differences.end(), of_slice.begin(), of_slice.end());
        if (of_slice.size() >= kLeastPairs) worst = std::max(worst, deviation(of_slice));
    }
    if (differences.empty()) return {};
    const double noise = deviation(differences);
    return {commonest(hu), noise, noise > 0 ? worst / noise : 0, median(steps)};
}

UsualTraits usual_traits(const std::vector<ImageTraits>& images) {
    expect(!images.empty(), "usual_traits: at least one image");
    std::map<std::string, std::vector<double>> values;
    for (const ImageTraits& image : images)
        for (const NamedTrait& trait : named(image)) values[trait.name].push_back(trait.value);
    UsualTraits usual;
    for (auto& [name, of] : values) {
        std::sort(of.begin(), of.end());
        const auto at = [&](double part) {
            return of[static_cast<std::size_t>(std::lround(part * static_cast<double>(of.size() - 1)))];
        };
        usual[name] = {at(0.01), at(0.99)};
    }
    return usual;
}

std::vector<std::string> unlike_in_words(const ImageTraits& traits, const UsualTraits& usual) {
    std::vector<std::string> words;
    for (const NamedTrait& trait : named(traits)) {
        if (outside(trait, usual) <= kLoud) continue;
        const auto& [low, high] = usual.at(trait.name);
        char line[200];
        std::snprintf(line, sizeof line, "CT: unlike training: %s: %.3g (training: %.3g to %.3g)", trait.what,
                      trait.value, low, high);
        words.push_back(line);
    }
    return words;
}

}  // namespace coutard::contouring
