#include "dose/machine/coverage_check.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

constexpr double tolerated_mm = 5, step_mm = 10, from_isocentre_mm = 250;
constexpr int rays_per_side = 5;

/// What the last slice at one end of the CT has cut: the rectangle of its body, in voxels.
struct CutBody {
    double low_i = 1e9, high_i = -1e9, low_j = 1e9, high_j = -1e9;
    bool holds(const Vec3& at) const { return at.x >= low_i && at.x <= high_i && at.y >= low_j && at.y <= high_j; }
};

std::optional<CutBody> cut_body(const Mask& counts, int k) {
    CutBody out;
    const Size3 n = counts.grid().size();
    for (int j = 0; j < n.y; ++j)
        for (int i = 0; i < n.x; ++i) {
            if (!inside(counts, counts.grid().flat(i, j, k))) continue;
            out.low_i = std::min<double>(out.low_i, i);
            out.high_i = std::max<double>(out.high_i, i);
            out.low_j = std::min<double>(out.low_j, j);
            out.high_j = std::max<double>(out.high_j, j);
        }
    return out.high_i < out.low_i ? std::nullopt : std::optional(out);
}

/// The rectangle that jaws and leaves leave open; none when they are closed.
std::optional<Jaws> opening(const Beam& beam, const ControlPoint& p) {
    Jaws out = p.jaws;
    if (!p.leaves_x1.empty()) {
        Jaws leaves{1e9, -1e9, 1e9, -1e9};
        for (std::size_t l = 0; l < p.leaves_x1.size() && l + 1 < beam.leaf_edges_mm.size(); ++l) {
            const double low = beam.leaf_edges_mm[l], high = beam.leaf_edges_mm[l + 1];
            if (p.leaves_x2[l] - p.leaves_x1[l] < 1 || high <= p.jaws.y1 || low >= p.jaws.y2) continue;
            leaves = {std::min(leaves.x1, p.leaves_x1[l]), std::max(leaves.x2, p.leaves_x2[l]),
                      std::min(leaves.y1, low), std::max(leaves.y2, high)};
        }
        if (!beam.leaf_edges_mm.empty())
            out = {std::max(out.x1, leaves.x1), std::min(out.x2, leaves.x2), std::max(out.y1, leaves.y1),
                   std::min(out.y2, leaves.y2)};
    }
    return out.x2 > out.x1 && out.y2 > out.y1 ? std::optional(out) : std::nullopt;
}

}  // namespace

void check_covered(const DoseScene& scene, const Beam& beam) {
    if (!scene.counts) return;
    const Grid& ct = scene.hu.grid();
    const int last = ct.size().z - 1;
    const auto first_cut = cut_body(*scene.counts, 0), last_cut = cut_body(*scene.counts, last);
    if (!first_cut && !last_cut) return;
    const double tolerated = 0.5 + tolerated_mm / ct.spacing_mm().z;
    for (std::size_t c = 0; c < beam.control_points.size(); ++c) {
        const ControlPoint& p = beam.control_points[c];
        const auto open = opening(beam, p);
        if (!open) continue;
        const BeamFrame frame =
            beam_frame(beam.isocentre_mm, p.gantry_deg, p.collimator_deg, p.couch_deg, beam.sad_mm, scene.lying);
        for (int b = 0; b < rays_per_side; ++b)
            for (int a = 0; a < rays_per_side; ++a) {
                const double u = static_cast<double>(a) / (rays_per_side - 1),
                             v = static_cast<double>(b) / (rays_per_side - 1);
                const BevPoint at{open->x1 + u * (open->x2 - open->x1), open->y1 + v * (open->y2 - open->y1)};
                for (double z = from_isocentre_mm; z >= 0; z -= step_mm) {
                    const Vec3 index = ct.index(frame.point_at(at, z));
                    const bool before = index.z < -tolerated && first_cut && first_cut->holds(index),
                               behind = index.z > last + tolerated && last_cut && last_cut->holds(index);
                    if (!before && !behind) continue;
                    const Vec3 end = ct.point(index.x, index.y, before ? 0 : last), here = frame.point_at(at, z);
                    throw InputError(
                        "beam " + std::to_string(beam.number) + " '" + beam.name + "', control point " +
                        std::to_string(c) + ": the field reaches z = " + std::to_string(std::lround(here.z)) +
                        " mm through body that the CT cuts off at z = " + std::to_string(std::lround(end.z)) +
                        " mm; a CT that covers the field is needed");
                }
            }
    }
}

}  // namespace coutard::dose
