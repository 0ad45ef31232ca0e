#include "dose/superposition/cell_reading.hpp"

#include <algorithm>

#include "dose/superposition/pack.hd.hpp"

namespace coutard::dose {
namespace {

using Row = Pack<PaddedRows::lanes>;

/// out = low + part (high - low), element by element, in whole packs.
inline void blend(const float* low, const float* high, float part, std::size_t n, float* out) {
    for (std::size_t i = 0; i < n; i += PaddedRows::lanes) {
        const auto a = load_pack<Row>(low + i), b = load_pack<Row>(high + i);
        store_pack(a + part * (b - a), out + i);
    }
}

}  // namespace

std::vector<float> inverse(std::vector<float> values) {
    for (float& v : values) v = v > 0 ? 1 / v : 0.0F;
    return values;
}

COUTARD_WIDE void sharpen(const CoarseCells& cells, const Lattice& lattice, const std::vector<float>& energy,
                          const std::vector<float>& water_inverse, std::vector<float>& per_water,
                          std::vector<float>& out) {
    constexpr std::size_t lanes = PaddedRows::lanes;
    for (std::size_t at = 0; at < energy.size(); at += lanes)
        store_pack(load_pack<Row>(energy.data() + at) * load_pack<Row>(water_inverse.data() + at),
                   per_water.data() + at);
    const Size3 n = lattice.grid.size();
    const float sx = cells.sharpness[0], sy = cells.sharpness[1], sz = cells.sharpness[2];
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j) {
            const auto row = [&](int jj, int kk) {
                return per_water.data() + lattice.at(0, std::clamp(jj, 0, n.y - 1), std::clamp(kk, 0, n.z - 1));
            };
            const float *here = row(j, k), *south = row(j - 1, k), *north = row(j + 1, k), *below = row(j, k - 1),
                        *above = row(j, k + 1);
            float* to = out.data() + lattice.at(0, j, k);
            for (std::size_t i = 0; i < lattice.stride[1]; i += lanes) {
                const auto q = load_pack<Row>(here + i);
                store_pack(q + sy * (2.0F * q - load_pack<Row>(south + i) - load_pack<Row>(north + i)) +
                               sz * (2.0F * q - load_pack<Row>(below + i) - load_pack<Row>(above + i)),
                           to + i);
            }
            for (int i = 0; i < n.x; ++i)
                to[i] += sx * (2 * here[i] - here[std::max(i - 1, 0)] - here[std::min(i + 1, n.x - 1)]);
        }
}

COUTARD_WIDE void read_cells(const CoarseCells& cells, const Lattice& lattice, const std::vector<float>& per_water,
                             const PaddedRows& rows, const std::vector<float>& share, std::vector<float>& along_x,
                             std::vector<float>& plane, std::vector<float>& out) {
    const Size3 n = cells.grid.size();
    const auto cell_rows = static_cast<std::size_t>(n.y), planes = static_cast<std::size_t>(n.z);
    const CoarseCells::Between* x = cells.between[0].data() + rows.first.x;
    for (std::size_t r = 0; r < cell_rows * planes; ++r) {
        const float* from = per_water.data() + r * lattice.stride[1];
        float* to = along_x.data() + r * rows.row;
        for (int i = 0; i < rows.size.x; ++i) to[i] = from[x[i].low] + x[i].part * (from[x[i].high] - from[x[i].low]);
    }
    for (int k = 0; k < rows.size.z; ++k) {
        const auto& z = cells.between[2][static_cast<std::size_t>(k + rows.first.z)];
        const std::size_t whole = cell_rows * rows.row;
        blend(along_x.data() + z.low * whole, along_x.data() + z.high * whole, z.part, whole, plane.data());
        for (int j = 0; j < rows.size.y; ++j) {
            const auto& y = cells.between[1][static_cast<std::size_t>(j + rows.first.y)];
            const std::size_t place = rows.place(0, j, k);
            const float *low = plane.data() + y.low * rows.row, *high = plane.data() + y.high * rows.row;
            for (std::size_t i = 0; i < rows.row; i += PaddedRows::lanes) {
                const auto a = load_pack<Row>(low + i), b = load_pack<Row>(high + i);
                store_pack((a + y.part * (b - a)) * load_pack<Row>(share.data() + place + i), out.data() + place + i);
            }
        }
    }
}

}  // namespace coutard::dose
