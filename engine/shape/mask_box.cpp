#include "engine/shape/mask_box.hpp"

#include <algorithm>

namespace coutard {
namespace {

template <class Copy>
void for_each_row(const Grid& whole, const Grid& part, const Size3& first, const Copy& copy) {
    for (int k = 0; k < part.size().z; ++k)
        for (int j = 0; j < part.size().y; ++j)
            copy(whole.flat(first.x, first.y + j, first.z + k), part.flat(0, j, k),
                 static_cast<std::size_t>(part.size().x));
}

}  // namespace

VoxelBox VoxelBox::widened(const Size3& by, const Size3& size) const {
    return {{std::max(first.x - by.x, 0), std::max(first.y - by.y, 0), std::max(first.z - by.z, 0)},
            {std::min(last.x + by.x, size.x - 1), std::min(last.y + by.y, size.y - 1),
             std::min(last.z + by.z, size.z - 1)}};
}

VoxelBox VoxelBox::united(const std::optional<VoxelBox>& other) const {
    if (!other) return *this;
    const Size3 &a = other->first, &b = other->last;
    return {{std::min(first.x, a.x), std::min(first.y, a.y), std::min(first.z, a.z)},
            {std::max(last.x, b.x), std::max(last.y, b.y), std::max(last.z, b.z)}};
}

std::optional<VoxelBox> box_of(const Mask& mask, int least) {
    const Size3 n = mask.grid().size();
    VoxelBox box{n, {-1, -1, -1}};
    const auto counts = [least](std::uint8_t part) { return part >= least; };
    for (int k = 0; k < n.z && !mask.empty(); ++k)
        for (int j = 0; j < n.y; ++j) {
            const auto row = mask.values().subspan(mask.grid().flat(0, j, k), static_cast<std::size_t>(n.x));
            const auto low = std::find_if(row.begin(), row.end(), counts);
            if (low == row.end()) continue;
            const auto high = std::find_if(row.rbegin(), row.rend(), counts);
            const int i = static_cast<int>(low - row.begin()), to = n.x - 1 - static_cast<int>(high - row.rbegin());
            box = VoxelBox{{i, j, k}, {to, j, k}}.united(box);
        }
    if (box.last.x < 0) return std::nullopt;
    return box;
}

Mask cropped(const Mask& mask, const VoxelBox& box) {
    Mask part(box.grid_of(mask.grid()));
    for_each_row(mask.grid(), part.grid(), box.first,
                 [&](std::size_t from, std::size_t to, std::size_t n) { std::copy_n(&mask[from], n, &part[to]); });
    return part;
}

Mask placed(const Mask& part, const VoxelBox& box, const Grid& whole) {
    expect(part.grid().same_as(box.grid_of(whole)), "placed: the part fills its box");
    Mask mask(whole);
    for_each_row(whole, part.grid(), box.first,
                 [&](std::size_t to, std::size_t from, std::size_t n) { std::copy_n(&part[from], n, &mask[to]); });
    return mask;
}

}  // namespace coutard
