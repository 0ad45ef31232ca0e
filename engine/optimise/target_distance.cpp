#include "engine/optimise/target_distance.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace coutard {
namespace {

constexpr double far_mm = 1e6;

/// One line of squared distances f becomes min over q of f[q] + (step (p - q))^2: the lower envelope of
/// the parabolas rooted at each q.
void envelope(std::vector<double>& f, double step, std::vector<int>& root, std::vector<double>& from,
              std::vector<double>& out) {
    const int n = static_cast<int>(f.size());
    const auto at = [&](int q) { return f[static_cast<std::size_t>(q)]; };
    int top = 0;
    root[0] = 0;
    from[0] = -HUGE_VAL;
    for (int q = 1; q < n; ++q) {
        double cross = 0;
        for (;; --top) {
            const int r = root[static_cast<std::size_t>(top)];
            cross = (q + r) / 2.0 + (at(q) - at(r)) / (2.0 * step * step * (q - r));
            if (cross > from[static_cast<std::size_t>(top)]) break;
        }
        ++top;
        root[static_cast<std::size_t>(top)] = q;
        from[static_cast<std::size_t>(top)] = cross;
    }
    for (int p = n - 1; p >= 0; --p) {
        while (from[static_cast<std::size_t>(top)] > p) --top;
        const double d = step * (p - root[static_cast<std::size_t>(top)]);
        out[static_cast<std::size_t>(p)] = at(root[static_cast<std::size_t>(top)]) + d * d;
    }
    f.swap(out);
}

}  // namespace

Volume<float> distance_to(const Mask& mask) {
    const auto size = mask.grid().size();
    const int counts[3] = {size.x, size.y, size.z};
    const std::size_t stride[3] = {1, static_cast<std::size_t>(size.x),
                                   static_cast<std::size_t>(size.x) * static_cast<std::size_t>(size.y)};
    std::vector<double> squared(mask.count());
    for (std::size_t v = 0; v < squared.size(); ++v) squared[v] = inside(mask, v) ? 0 : far_mm * far_mm;
    for (int axis = 0; axis < 3; ++axis) {
        const auto n = static_cast<std::size_t>(counts[axis]);
        const double step = mask.grid().spacing_mm()[axis];
        std::vector<double> line(n), out(n), from(n);
        std::vector<int> root(n);
        for (std::size_t start = 0; start < squared.size(); ++start) {
            if (start / stride[axis] % n != 0) continue;
            for (std::size_t p = 0; p < n; ++p) line[p] = squared[start + p * stride[axis]];
            envelope(line, step, root, from, out);
            for (std::size_t p = 0; p < n; ++p) squared[start + p * stride[axis]] = line[p];
        }
    }
    Volume<float> result(mask.grid());
    for (std::size_t v = 0; v < squared.size(); ++v)
        result[v] = static_cast<float>(std::min(far_mm, std::sqrt(squared[v])));
    return result;
}

}  // namespace coutard
