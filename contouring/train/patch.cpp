#include "contouring/train/patch.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "contouring/pipeline/intensity.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

/// The eight neighbours of a continuous index and their trilinear weights; false outside.
struct Corners {
    std::array<std::size_t, 8> at;
    std::array<float, 8> weight;

    bool find(const Grid& grid, const Vec3& index) {
        const Size3& n = grid.size();
        const std::array<int, 3> last{n.x - 1, n.y - 1, n.z - 1};
        std::array<int, 3> low{};
        std::array<float, 3> part{};
        for (int k = 0; k < 3; ++k) {
            const auto s = static_cast<std::size_t>(k);
            const double i = index[k];
            if (!(i >= 0 && i <= last[s])) return false;
            low[s] = std::min(static_cast<int>(i), std::max(0, last[s] - 1));
            part[s] = static_cast<float>(i - low[s]);
        }
        const std::size_t base = grid.flat(low[0], low[1], low[2]);
        const std::size_t dx = last[0] > 0 ? 1 : 0, dy = last[1] > 0 ? static_cast<std::size_t>(n.x) : 0,
                          dz = last[2] > 0 ? static_cast<std::size_t>(n.x) * static_cast<std::size_t>(n.y) : 0;
        for (unsigned c = 0; c < 8; ++c) {
            at[c] = base + (c & 1 ? dx : 0) + (c & 2 ? dy : 0) + (c & 4 ? dz : 0);
            weight[c] =
                (c & 1 ? part[0] : 1 - part[0]) * (c & 2 ? part[1] : 1 - part[1]) * (c & 4 ? part[2] : 1 - part[2]);
        }
        return true;
    }
};

std::uint16_t exchanged(std::uint16_t bits, const MirrorPairs& pairs) {
    for (const auto& [a, b] : pairs) {
        const unsigned differ = (bits >> a ^ bits >> b) & 1U;
        bits = static_cast<std::uint16_t>(bits ^ (differ << a | differ << b));
    }
    return bits;
}

}  // namespace

Patch cut_patch(const TrainingCase& from, const Size3& size, const Placement& where, const MirrorPairs& pairs) {
    const std::size_t count =
        static_cast<std::size_t>(size.x) * static_cast<std::size_t>(size.y) * static_cast<std::size_t>(size.z);
    const std::size_t structures = from.voxels.size();
    Patch patch{
        size, std::vector<float>(count, kBlankHu), std::vector<std::uint8_t>(count * structures), from.known, {}};
    if (where.mirrored) patch.known = exchanged(from.known, pairs);
    const Grid& grid = from.hu.grid();
    const Vec3 middle = Vec3{double(size.x - 1), double(size.y - 1), double(size.z - 1)} * 0.5;
    const Vec3 start = grid.index(where.centre_mm - where.axes * middle), zero = grid.index({});
    const Vec3 step_x = grid.index(where.axes.cx) - zero, step_y = grid.index(where.axes.cy) - zero,
               step_z = grid.index(where.axes.cz) - zero;
    Corners corners;
    std::size_t v = 0;
    for (int z = 0; z < size.z; ++z)
        for (int y = 0; y < size.y; ++y)
            for (int x = 0; x < size.x; ++x, ++v) {
                if (!corners.find(grid, start + step_x * x + step_y * y + step_z * z)) continue;
                float hu = 0;
                unsigned any = 0;
                for (unsigned c = 0; c < 8; ++c) {
                    hu += corners.weight[c] * static_cast<float>(from.hu[corners.at[c]]);
                    any |= from.labels[corners.at[c]];
                }
                patch.hu[v] = hu;
                if (any == 0) continue;
                std::array<float, 16> part{};
                for (unsigned c = 0; c < 8; ++c) {
                    std::uint16_t bits = from.labels[corners.at[c]];
                    if (where.mirrored) bits = exchanged(bits, pairs);
                    for (std::size_t s = 0; s < structures; ++s)
                        if (bits >> s & 1) part[s] += corners.weight[c];
                }
                for (std::size_t s = 0; s < structures; ++s)
                    patch.inside[s * count + v] = static_cast<std::uint8_t>(std::lround(255 * part[s]));
            }
    return patch;
}

Random random_stream(std::uint64_t seed, std::uint64_t counter) {
    std::uint64_t z = seed * 0x9E3779B97F4A7C15ULL + counter + 0x632BE59BD9B4E019ULL;  // splitmix64
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return Random(z ^ (z >> 31));
}

double uniform(Random& random, double low, double high) {
    return low + (high - low) * (static_cast<double>(random() >> 11) * 0x1.0p-53);
}

}  // namespace coutard::contouring
