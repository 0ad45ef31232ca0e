#include "engine/eval/contour_agreement.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/eval/surface_elements.hpp"
#include "engine/shape/boolean.hpp"
#include "engine/shape/mask_box.hpp"

namespace coutard {
namespace {

double dice_of(const Mask& a, const Mask& b) {
    std::size_t both = 0, sum = 0;
    for (std::size_t v = 0; v < a.count(); ++v) {
        both += inside(a, v) && inside(b, v);
        sum += static_cast<std::size_t>(inside(a, v)) + static_cast<std::size_t>(inside(b, v));
    }
    return 2.0 * static_cast<double>(both) / static_cast<double>(sum);
}

/// Inside, and one of the four neighbours in its slice is not.
bool on_boundary(const Mask& mask, int i, int j, int k) {
    const auto in = [&](int x, int y) { return mask.grid().holds(x, y, k) && inside(mask, mask.grid().flat(x, y, k)); };
    return in(i, j) && !(in(i - 1, j) && in(i + 1, j) && in(i, j - 1) && in(i, j + 1));
}

double added_path(const Mask& reference, const Mask& test) {
    const Size3 n = reference.grid().size();
    std::size_t missed = 0;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) missed += on_boundary(reference, i, j, k) && !on_boundary(test, i, j, k);
    const Vec3 spacing = reference.grid().spacing_mm();
    return static_cast<double>(missed) * std::sqrt(spacing.x * spacing.y);
}

struct Element {
    float distance_mm, area_mm2;
};

/// Elements of `of` with their distance to the other surface.
void pool(const SurfaceElements& of, const std::vector<float>& to_other, std::vector<Element>& pooled) {
    for (std::size_t c = 0; c < of.area_mm2.size(); ++c)
        if (of.area_mm2[c] > 0) pooled.push_back({to_other[c], of.area_mm2[c]});
}

/// Elements of both surfaces, nearest first; none where a mask is empty.
std::vector<Element> pooled_elements(const Mask& a, const Mask& b) {
    const auto surface_a = surface_elements(a), surface_b = surface_elements(b);
    if (surface_a.empty || surface_b.empty) return {};
    std::vector<Element> pooled;
    pool(surface_a, distance_to(surface_b, a.grid().spacing_mm()), pooled);
    pool(surface_b, distance_to(surface_a, a.grid().spacing_mm()), pooled);
    std::sort(pooled.begin(), pooled.end(), [](const Element& x, const Element& y) {
        return x.distance_mm != y.distance_mm ? x.distance_mm < y.distance_mm : x.area_mm2 < y.area_mm2;
    });
    return pooled;
}

double share_within(const std::vector<Element>& pooled, double tolerance_mm) {
    double all = 0, near = 0;
    for (const auto& e : pooled) {
        all += e.area_mm2;
        if (e.distance_mm <= tolerance_mm + 1e-4) near += e.area_mm2;
    }
    return near / all;
}

void compare_surfaces(const Mask& a, const Mask& b, ContourAgreement& result) {
    const auto pooled = pooled_elements(a, b);
    if (pooled.empty()) return;
    double all = 0, weighted = 0;
    for (const auto& e : pooled) all += e.area_mm2, weighted += static_cast<double>(e.distance_mm) * e.area_mm2;
    double below = 0;
    const auto at95 = std::find_if(pooled.begin(), pooled.end(),
                                   [&](const Element& e) { return (below += e.area_mm2) >= 0.95 * all; });
    result.hd95_mm = at95 == pooled.end() ? pooled.back().distance_mm : at95->distance_mm;
    result.hd_mm = pooled.back().distance_mm;
    result.mean_surface_mm = weighted / all;
    result.surface_dice = share_within(pooled, result.tolerance_mm);
}

/// Both masks in the box that holds them; none where both are empty.
std::optional<std::pair<Mask, Mask>> in_one_box(const Mask& reference, const Mask& test) {
    const auto of_reference = box_of(reference, 128), of_test = box_of(test, 128);
    if (!of_reference && !of_test) return {};
    const VoxelBox box = of_reference ? of_reference->united(of_test) : *of_test;
    return std::pair{cropped(reference, box), cropped(test, box)};
}

void check_pair(const Mask& reference, const Mask& test, double tolerance_mm) {
    expect(reference.grid().same_as(test.grid()), "compare_contours: both masks lie on one grid");
    expect(tolerance_mm >= 0, "compare_contours: the tolerance is not negative");
}

}  // namespace

ContourAgreement compare_contours(const Mask& reference, const Mask& test, double tolerance_mm) {
    check_pair(reference, test, tolerance_mm);
    ContourAgreement result;
    result.tolerance_mm = tolerance_mm;
    result.reference_volume = Cm3{volume_cm3(reference)};
    result.test_volume = Cm3{volume_cm3(test)};
    const auto boxed = in_one_box(reference, test);
    if (!boxed) return result;
    const auto& [a, b] = *boxed;
    result.dice = dice_of(a, b);
    result.added_path_mm = added_path(a, b);
    compare_surfaces(a, b, result);
    return result;
}

std::vector<double> surface_dice(const Mask& reference, const Mask& test, const std::vector<double>& tolerances_mm) {
    for (const double tolerance : tolerances_mm) check_pair(reference, test, tolerance);
    const auto boxed = in_one_box(reference, test);
    const auto pooled = boxed ? pooled_elements(boxed->first, boxed->second) : std::vector<Element>{};
    std::vector<double> shares;
    for (const double tolerance : tolerances_mm) shares.push_back(pooled.empty() ? 0 : share_within(pooled, tolerance));
    return shares;
}

}  // namespace coutard
