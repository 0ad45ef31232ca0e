#include "contouring/pipeline/doubt.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr float kLeast = 0.05F;
constexpr std::size_t kSlices = 5;

}  // namespace

float calibrated(float p, const Calibration& calibration) {
    expect(calibration.temperature > 0, "temperature is positive");
    if (p <= 0 || p >= 1) return p;
    const double logit = std::log(double(p) / (1 - double(p)));
    return static_cast<float>(1 / (1 + std::exp(-(logit + calibration.shift) / calibration.temperature)));
}

double expected_dice(std::span<const float> raw, std::span<const float> cleaned) {
    expect(raw.size() == cleaned.size(), "expected_dice: the same voxels");
    double both = 0, all = 0, drawn = 0;
    for (std::size_t v = 0; v < raw.size(); ++v) {
        if (raw[v] < kLeast) continue;
        const auto p = double(raw[v]);
        all += p;
        if (cleaned[v] >= 0.5F) both += p, drawn += 1;
    }
    return drawn > 0 ? 2 * both / (drawn + all) : 0;
}

double predicted_dice(double expected, const DoubtModel& model) {
    return expected > 0 ? std::clamp(model.offset + model.slope * expected, 0.0, 1.0) : 0;
}

std::vector<SliceDoubt> slices_to_look_at(std::span<const float> raw, std::span<const float> cleaned, const Grid& grid,
                                          const Calibration& calibration, std::size_t most) {
    expect(raw.size() == grid.count() && cleaned.size() == raw.size(), "slices: one probability per voxel");
    const auto n = static_cast<std::size_t>(grid.size().x) * static_cast<std::size_t>(grid.size().y);
    std::vector<SliceDoubt> slices;
    for (int k = 0; k < grid.size().z; ++k) {
        double wrong = 0;
        for (std::size_t v = static_cast<std::size_t>(k) * n, end = v + n; v < end; ++v) {
            if (raw[v] < kLeast) continue;
            const double p = calibrated(raw[v], calibration);
            wrong += cleaned[v] >= 0.5F ? 1 - p : p;
        }
        if (wrong > 0) slices.push_back({grid.point(0, 0, k).z, wrong * grid.voxel_cm3()});
    }
    std::stable_sort(slices.begin(), slices.end(),
                     [](const SliceDoubt& a, const SliceDoubt& b) { return a.wrong_cm3 > b.wrong_cm3; });
    if (slices.size() > most) slices.resize(most);
    return slices;
}

double dice_bound(double drawn_cm3, const std::pair<double, double>& usual_cm3) {
    const auto [low, high] = usual_cm3;
    if (drawn_cm3 < low) return 2 * drawn_cm3 / (drawn_cm3 + low);
    return drawn_cm3 > high ? 2 * high / (drawn_cm3 + high) : 1;
}

StructureDoubt doubt_of(const std::string& name, const Chances& raw, const Chances& cleaned, int structure,
                        const DoubtModel& model, double bound) {
    const double expected = expected_dice(raw.of(structure), cleaned.of(structure));
    return {name, expected, bound, std::min(bound, predicted_dice(expected, model)),
            slices_to_look_at(raw.of(structure), cleaned.of(structure), raw.grid, model.calibration, kSlices)};
}

}  // namespace coutard::contouring
