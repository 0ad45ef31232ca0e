#include "dose/phantom/axis_focus.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// How far a frame reaches beyond the scored column, its part of a set, and the importance up to there. Most electrons
/// of some MeV come from within 5 mm; the shares are the best found for 10 x 10 cm2 in water, and flat around it.
struct Ring {
    double reach_cm, part;
    float importance;
};
constexpr Ring rings[] = {{0.2, 8, 1}, {0.5, 6, 0.5F}, {1, 6, 0.25F}, {2, 4, 0.125F}};
constexpr double part_of_rest = 8;

}  // namespace

std::vector<FieldFrame> whole_field(double half_x, double half_y, int members) {
    return {{half_x, half_y, -1, -1, 0, members}};
}

std::vector<FieldFrame> focused_frames(double half_x, double half_y, double scored_cm, int members) {
    expect(members >= 8, "focus on the axis: eight members of a set or more");
    std::vector<FieldFrame> out;
    std::vector<double> parts;
    for (const Ring& ring : rings) {
        const double reach = scored_cm + ring.reach_cm;
        if (reach >= half_x && reach >= half_y) break;
        out.push_back({std::min(half_x, reach), std::min(half_y, reach)});
        parts.push_back(ring.part);
    }
    out.push_back({half_x, half_y});
    parts.push_back(part_of_rest);
    double all = 0, done = 0;
    for (double p : parts) all += p;
    int first = 0;
    for (std::size_t z = 0; z < out.size(); ++z) {
        done += parts[z];
        const int behind = static_cast<int>(out.size() - z) - 1;  // each of which needs a member
        const int end = std::clamp(static_cast<int>(std::lround(members * done / all)), first + 1, members - behind);
        out[z].first = first;
        out[z].members = end - first;
        first = end;
        if (z == 0) continue;
        out[z].inner_x = out[z - 1].half_x;
        out[z].inner_y = out[z - 1].half_y;
    }
    return out;
}

std::vector<float> axis_importance(const Grid& grid, double scored_cm) {
    std::vector<float> out;
    out.reserve(grid.count());
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) {
                const Vec3 p = grid.point(i, j, k) * 0.1;
                const double off = std::max(std::abs(p.x), std::abs(p.y)) - scored_cm;
                float g = std::end(rings)[-1].importance;
                for (const Ring& ring : rings)
                    if (off < ring.reach_cm) {
                        g = ring.importance;
                        break;
                    }
                out.push_back(g);
            }
    return out;
}

Focus axis_column(const SlabSpec& spec, int members) {
    constexpr double reach_cm = 1.5;  // electrons born farther off, one per interaction, seldom come to the axis
    Focus out;
    for (int k = 0; k < 3; ++k) {
        const double half = k == 2 ? spec.size_cm[2] : spec.pdd_half_width_cm + reach_cm;
        const auto middle = spec.size_cm[static_cast<std::size_t>(k)] / 2;
        out.low[k] = middle - half;
        out.high[k] = middle + half;
    }
    out.hit_weight = 0.1F / static_cast<float>(members);
    out.miss_weight = 1.0F / static_cast<float>(members);
    return out;
}

}  // namespace coutard::dose
