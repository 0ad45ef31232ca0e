#include "gui/report/iso_lines.hpp"

#include <array>
#include <cmath>
#include <unordered_map>

#include "engine/base/error.hpp"

namespace coutard::gui::report {
namespace {

/// A crossing lies on the pixel edge that starts at (r, c) and goes right or down: one number each.
using EdgeId = std::size_t;

struct Field {
    std::span<const float> values;
    int columns, rows;
    double level, pixel_mm;

    double at(int r, int c) const {
        return values[static_cast<std::size_t>(r) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(c)];
    }
    bool unknown(int r, int c) const { return std::isnan(at(r, c)); }
    bool high(int r, int c) const { return at(r, c) >= level; }
    EdgeId edge(int r, int c, bool down) const {
        return 2 * (static_cast<std::size_t>(r) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(c)) +
               (down ? 1 : 0);
    }
    Place place(EdgeId id) const {
        const bool down = id % 2 == 1;
        const int r = static_cast<int>(id / 2 / static_cast<std::size_t>(columns));
        const int c = static_cast<int>(id / 2 % static_cast<std::size_t>(columns));
        const double from = at(r, c), to = down ? at(r + 1, c) : at(r, c + 1), t = (level - from) / (to - from);
        return {(c + 0.5 + (down ? 0 : t)) * pixel_mm, (r + 0.5 + (down ? t : 0)) * pixel_mm};
    }
};

using Joints = std::unordered_map<EdgeId, std::array<EdgeId, 2>>;
constexpr EdgeId nowhere = static_cast<EdgeId>(-1);

void join(Joints& joints, EdgeId a, EdgeId b) {
    for (const auto& [one, other] : {std::pair{a, b}, std::pair{b, a}}) {
        auto& ends = joints.try_emplace(one, std::array<EdgeId, 2>{nowhere, nowhere}).first->second;
        (ends[0] == nowhere ? ends[0] : ends[1]) = other;
    }
}

void join_cell(const Field& f, int r, int c, Joints& joints) {
    if (f.unknown(r, c) || f.unknown(r, c + 1) || f.unknown(r + 1, c) || f.unknown(r + 1, c + 1)) return;
    const EdgeId top = f.edge(r, c, false), bottom = f.edge(r + 1, c, false), left = f.edge(r, c, true),
                 right = f.edge(r, c + 1, true);
    const bool a = f.high(r, c), b = f.high(r, c + 1), d = f.high(r + 1, c), e = f.high(r + 1, c + 1);
    std::array<EdgeId, 4> crossed{};
    std::size_t n = 0;
    if (a != b) crossed[n++] = top;
    if (b != e) crossed[n++] = right;
    if (d != e) crossed[n++] = bottom;
    if (a != d) crossed[n++] = left;
    if (n == 2) join(joints, crossed[0], crossed[1]);
    if (n != 4) return;
    const bool middle = (f.at(r, c) + f.at(r, c + 1) + f.at(r + 1, c) + f.at(r + 1, c + 1)) / 4 >= f.level;
    if (middle == a) {  // a and e hang together
        join(joints, top, right);
        join(joints, bottom, left);
    } else {
        join(joints, top, left);
        join(joints, bottom, right);
    }
}

/// Follow a line from one crossing until it ends or comes back; crossings leave the map as they are used.
Outline follow(const Field& f, Joints& joints, EdgeId start) {
    Outline line;
    EdgeId at = start, before = nowhere;
    while (true) {
        const auto found = joints.find(at);
        if (found == joints.end()) {
            line.closed = at == start;
            return line;
        }
        const auto ends = found->second;
        joints.erase(found);
        line.points.push_back(f.place(at));
        const EdgeId next = ends[0] != before && ends[0] != nowhere ? ends[0] : ends[1];
        if (next == nowhere) return line;
        before = at;
        at = next;
    }
}

}  // namespace

std::vector<Outline> iso_lines(std::span<const float> values, int columns, int rows, double level, double pixel_mm) {
    expect(values.size() == static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows),
           "iso_lines: one value per pixel");
    const Field field{values, columns, rows, level, pixel_mm};
    Joints joints;
    std::vector<EdgeId> order;  // so that the lines come out the same on every machine
    for (int r = 0; r + 1 < rows; ++r)
        for (int c = 0; c + 1 < columns; ++c) join_cell(field, r, c, joints);
    for (EdgeId id = 0; id < 2 * values.size(); ++id)
        if (joints.contains(id)) order.push_back(id);
    std::vector<Outline> lines;
    for (const bool open : {true, false})  // open lines from their ends first, then rings
        for (const EdgeId id : order) {
            const auto found = joints.find(id);
            if (found == joints.end() || (open && found->second[1] != nowhere)) continue;
            lines.push_back(follow(field, joints, id));
        }
    return lines;
}

}  // namespace coutard::gui::report
