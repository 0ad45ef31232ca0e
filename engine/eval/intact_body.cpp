#include "engine/eval/intact_body.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

double covered(const Mask& mask, int k) {
    const std::size_t n =
        static_cast<std::size_t>(mask.grid().size().x) * static_cast<std::size_t>(mask.grid().size().y);
    double sum = 0;
    for (std::size_t v = static_cast<std::size_t>(k) * n, end = v + n; v < end; ++v) sum += part_inside(mask, v);
    return sum;
}

}  // namespace

bool body_is_whole(const Mask& body, const Mask& targets, double beyond_mm) {
    expect(body.grid().same_as(targets.grid()), "body_is_whole: body and targets on one grid");
    const int n = body.grid().size().z, beyond = static_cast<int>(std::ceil(beyond_mm / body.grid().spacing_mm().z));
    int first = n, last = -1;
    for (int k = 0; k < n; ++k)
        if (covered(targets, k) > 0) first = std::min(first, k), last = k;
    if (last < 0 || first - beyond < 0 || last + beyond >= n) return false;
    std::vector<double> area;
    for (int k = first - beyond; k <= last + beyond; ++k) area.push_back(covered(body, k));
    const double least = *std::min_element(area.begin(), area.end());
    std::nth_element(area.begin(), area.begin() + static_cast<std::ptrdiff_t>(area.size() / 2), area.end());
    return least > 0 && least >= 0.5 * area[area.size() / 2];
}

}  // namespace coutard
