#include "engine/eval/slice_agreement.hpp"

#include <algorithm>
#include <tuple>

#include "engine/base/error.hpp"

namespace coutard {

std::vector<SliceAgreement> slices_by_agreement(const Mask& reference, const Mask& test) {
    expect(reference.grid().same_as(test.grid()), "slices_by_agreement: the masks share a grid");
    const Size3 n = reference.grid().size();
    const auto area = static_cast<std::size_t>(n.x) * static_cast<std::size_t>(n.y);
    std::vector<SliceAgreement> slices;
    for (int k = 0; k < n.z; ++k) {
        int first = 0, second = 0, both = 0;
        for (std::size_t v = area * static_cast<std::size_t>(k); v < area * static_cast<std::size_t>(k + 1); ++v) {
            const bool a = inside(reference, v), b = inside(test, v);
            first += a, second += b, both += a && b;
        }
        if (first + second > 0) slices.push_back({k, 2.0 * both / (first + second), first + second - 2 * both});
    }
    std::sort(slices.begin(), slices.end(), [](const SliceAgreement& a, const SliceAgreement& b) {
        return std::tuple(a.dice, -a.apart, a.k) < std::tuple(b.dice, -b.apart, b.k);
    });
    return slices;
}

}  // namespace coutard
