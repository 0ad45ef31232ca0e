#include "engine/shape/marching_squares.hpp"

#include <array>
#include <utility>

namespace coutard {
namespace {

/// Numbers of lattice edges: (i, j) to (i + 1, j) has the number 2 c, (i, j) to (i, j + 1) has 2 c + 1, with c
/// the number of (i, j) in the lattice with its rim.
class EdgeNumbers {
  public:
    explicit EdgeNumbers(const SliceField& field) : width_(field.nx() + 2), height_(field.ny() + 2) {}
    std::size_t count() const { return 2 * static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_); }
    std::int32_t along_x(int i, int j) const { return 2 * ((j + 1) * width_ + i + 1); }
    std::int32_t along_y(int i, int j) const { return along_x(i, j) + 1; }
    CrossedEdge edge(std::int32_t number) const {
        const int cell = number / 2;
        return {cell % width_ - 1, cell / width_ - 1, number % 2 != 0};
    }

  private:
    int width_, height_;
};

/// Link the crossings of one cell, inside on the left of the way.
void link_cell(const std::array<float, 4>& v, float level, const std::array<std::int32_t, 4>& edge,
               std::vector<std::int32_t>& next) {
    std::array<bool, 4> in{};
    int count = 0;
    for (std::size_t c = 0; c < 4; ++c) count += in[c] = v[c] > level;
    // Edge e runs from corner e to corner e + 1, counter-clockwise. Walking round the cell, the way leaves
    // through an edge in -> out and enters through an edge out -> in.
    const bool joined = v[0] + v[1] + v[2] + v[3] > 4 * level;
    for (std::size_t e = 0; e < 4; ++e) {
        if (!in[e] || in[(e + 1) % 4]) continue;  // edge e goes in -> out: a way starts here
        std::size_t to = (e + 3) % 4;             // walk back over the inside corners to where it began
        if (count == 2 && in[(e + 2) % 4]) {
            to = joined ? (e + 1) % 4 : to;
        } else {
            while (in[to]) to = (to + 3) % 4;
        }
        next[static_cast<std::size_t>(edge[e])] = edge[to];
    }
}

/// For each crossed edge the one after it on its loop, -1 for others; empty when nothing is inside.
std::vector<std::int32_t> links_of(const SliceField& field, float level, const EdgeNumbers& edges) {
    std::vector<std::int32_t> next;
    for (int j = -1; j < field.ny(); ++j) {
        const float *low = field.row(j), *high = field.row(j + 1);
        for (int i = -1; i < field.nx(); ++i) {
            const int count =
                int{low[i] > level} + int{low[i + 1] > level} + int{high[i] > level} + int{high[i + 1] > level};
            if (count == 0 || count == 4) continue;
            if (next.empty()) next.assign(edges.count(), -1);  // most slices are empty: no table for them
            link_cell({low[i], low[i + 1], high[i + 1], high[i]}, level,
                      {edges.along_x(i, j), edges.along_y(i + 1, j), edges.along_x(i, j + 1), edges.along_y(i, j)},
                      next);
        }
    }
    return next;
}

}  // namespace

std::vector<std::vector<CrossedEdge>> level_loops(const SliceField& field, float level) {
    const EdgeNumbers edges(field);
    auto next = links_of(field, level, edges);
    std::vector<std::vector<CrossedEdge>> loops;
    for (std::size_t start = 0; start < next.size(); ++start) {
        if (next[start] < 0) continue;
        loops.emplace_back();
        for (auto at = static_cast<std::int32_t>(start); next[static_cast<std::size_t>(at)] >= 0;) {
            loops.back().push_back(edges.edge(at));
            at = std::exchange(next[static_cast<std::size_t>(at)], -1);
        }
    }
    return loops;
}

PixelPolygon points_of(const std::vector<CrossedEdge>& loop, const SliceField& field, float level) {
    PixelPolygon points;
    points.reserve(loop.size());
    for (const auto& [i, j, up] : loop) {
        const double a = field.at(i, j), b = up ? field.at(i, j + 1) : field.at(i + 1, j);
        const double t = (level - a) / (b - a);
        points.push_back(up ? PixelPoint{static_cast<double>(i), j + t} : PixelPoint{i + t, static_cast<double>(j)});
    }
    return points;
}

}  // namespace coutard
