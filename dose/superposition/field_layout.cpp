#include "dose/superposition/field_layout.hpp"

#include "engine/base/error.hpp"

namespace coutard::dose {

FieldLayout::FieldLayout(const Grid& grid, int fast_axis) : size(grid.size()), fast(fast_axis) {
    expect(fast == 0 || fast == 1, "superposition: rows run along x or y");
    const int length = fast == 0 ? size.x : size.y, rows = fast == 0 ? size.y : size.x;
    const auto row = (static_cast<std::size_t>(length) + 2 * lanes - 2) / lanes * lanes;  // at least lanes - 1 apart
    stride[fast] = 1;
    stride[1 - fast] = row;
    stride[2] = row * static_cast<std::size_t>(rows);
    count = lanes + stride[2] * static_cast<std::size_t>(size.z) + lanes;
}

}  // namespace coutard::dose
