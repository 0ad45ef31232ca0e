#include "contouring/train/simulated_guide.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "contouring/pipeline/flat_point.hpp"
#include "engine/base/error.hpp"
#include "engine/shape/distance.hpp"

namespace coutard::contouring {
namespace {

constexpr double kPerMm = 4, kDeepestMm = 63;  // of depths
constexpr double kDeepestPart = 0.6;
constexpr int kMostPoints = 5, kScribblePoints = 12;
constexpr double kScribbleStepMm = 4;

int whole(Random& random, int low, int high) {
    return low + static_cast<int>(uniform(random, 0, 1) * (high - low + 1));
}

/// The simulated GTV of a case: voxels at least so deep.
class Core {
  public:
    Core(const TrainingCase& from, const Volume<std::uint8_t>& depth, double depth_mm)
        : grid_(from.hu.grid()), depth_(depth) {
        std::uint8_t most = 0;
        for (const std::uint32_t v : from.voxels[0]) most = std::max(most, depth[v]);
        const double eroded = depth_mm * kPerMm + 1;
        least_ = static_cast<std::uint8_t>(std::clamp(eroded, 1.0, std::max(1.0, kDeepestPart * most)));
        for (const std::uint32_t v : from.voxels[0])
            if (depth[v] >= least_) voxels_.push_back(v);
    }
    bool empty() const { return voxels_.empty(); }
    const std::vector<std::uint32_t>& voxels() const { return voxels_; }
    Vec3 any_point(Random& random) const {
        const std::uint32_t v =
            voxels_[static_cast<std::size_t>(uniform(random, 0, 1) * static_cast<double>(voxels_.size()))];
        return flat_point(grid_, v);
    }
    bool holds(const Vec3& point_mm) const {
        const Vec3 at = grid_.index(point_mm);
        const int i = static_cast<int>(std::lround(at.x)), j = static_cast<int>(std::lround(at.y)),
                  k = static_cast<int>(std::lround(at.z));
        return grid_.holds(i, j, k) && depth_.at(i, j, k) >= least_;
    }

  private:
    const Grid& grid_;
    const Volume<std::uint8_t>& depth_;
    std::uint8_t least_ = 1;
    std::vector<std::uint32_t> voxels_;
};

std::vector<Vec3> some_points(const Core& core, int n, Random& random) {
    std::vector<Vec3> points;
    for (int k = 0; k < n; ++k) points.push_back(core.any_point(random));
    return points;
}

/// A walk in the axial plane that stays inside.
std::vector<Vec3> scribble(const Core& core, Random& random) {
    std::vector<Vec3> points{core.any_point(random)};
    double heading = uniform(random, 0, 2 * std::acos(-1.0));
    for (int k = 1; k < kScribblePoints; ++k) {
        heading += uniform(random, -1, 1);
        const Vec3 next = points.back() + Vec3{std::cos(heading), std::sin(heading), 0} * kScribbleStepMm;
        if (core.holds(next)) points.push_back(next);
    }
    return points;
}

/// From patient points to voxels of a patch.
class PatchFrame {
  public:
    PatchFrame(const Patch& patch, const Placement& where) : size_(patch.size), where_(where) {}
    Vec3 point(int x, int y, int z) const {
        return where_.centre_mm +
               where_.axes * Vec3{x - 0.5 * (size_.x - 1), y - 0.5 * (size_.y - 1), z - 0.5 * (size_.z - 1)};
    }
    Vec3 index(const Vec3& point_mm) const {
        const Vec3 d = point_mm - where_.centre_mm;  // columns of the axes are orthogonal
        const auto along = [&](const Vec3& axis) { return dot(axis, d) / dot(axis, axis); };
        return {along(where_.axes.cx) + 0.5 * (size_.x - 1), along(where_.axes.cy) + 0.5 * (size_.y - 1),
                along(where_.axes.cz) + 0.5 * (size_.z - 1)};
    }

  private:
    Size3 size_;
    Placement where_;
};

void mark(float* channel, const Size3& n, const Vec3& at, const Vec3& spacing_mm) {
    const auto low = [&](int k) {
        return std::max(0, static_cast<int>(std::ceil(at[k] - kMarkReachMm / spacing_mm[k])));
    };
    const auto high = [&](int k, int last) {
        return std::min(last - 1, static_cast<int>(std::floor(at[k] + kMarkReachMm / spacing_mm[k])));
    };
    for (int z = low(2); z <= high(2, n.z); ++z)
        for (int y = low(1); y <= high(1, n.y); ++y)
            for (int x = low(0); x <= high(0, n.x); ++x) {
                const Vec3 d{(x - at.x) * spacing_mm.x, (y - at.y) * spacing_mm.y, (z - at.z) * spacing_mm.z};
                float& v = channel[(z * n.y + y) * n.x + x];
                v = std::max(v, mark_at(dot(d, d)));
            }
}

/// A contour on a patch, 0 to 1, as a channel that a network begins from.
void put_depths(const std::vector<float>& part, const Size3& size, const Vec3& spacing_mm, double error_mm,
                float* channel) {
    Mask mask(Grid(size, {0, 0, 0}, spacing_mm));
    for (std::size_t v = 0; v < part.size(); ++v) mask[v] = static_cast<std::uint8_t>(std::lround(255 * part[v]));
    const auto depth = depth_channel(mask, error_mm);
    std::copy(depth.values().begin(), depth.values().end(), channel);
}

}  // namespace

Volume<std::uint8_t> depths_of(const TrainingCase& c) {
    expect(!c.voxels.empty(), "depths: the case has a structure");
    Mask mask(c.hu.grid());
    for (const std::uint32_t v : c.voxels[0]) mask[v] = 255;
    Volume<std::uint8_t> depth(c.hu.grid());
    if (c.voxels[0].empty()) return depth;
    const auto distance = signed_distance(mask, kDeepestMm);
    for (const std::uint32_t v : c.voxels[0])
        depth[v] =
            static_cast<std::uint8_t>(1 + std::lround(kPerMm * std::clamp(-double(distance[v]), 0.0, kDeepestMm)));
    return depth;
}

PromptKind prompt_named(const std::string& name) {
    constexpr std::array<std::pair<const char*, PromptKind>, 5> kinds{{{"none", PromptKind::None},
                                                                       {"point", PromptKind::Point},
                                                                       {"points", PromptKind::Points},
                                                                       {"scribble", PromptKind::Scribble},
                                                                       {"rough", PromptKind::Rough}}};
    for (const auto& [word, kind] : kinds)
        if (name == word) return kind;
    validate(false, "prompt", name, "none, point, points, scribble or rough");
    return PromptKind::None;
}

Prompts prompts_for(const TrainingCase& c, PromptKind kind, double depth_mm, Random& random) {
    Prompts out;
    if (kind == PromptKind::None || !c.knows(0)) return out;
    const auto depth = depths_of(c);
    const Core core(c, depth, depth_mm);
    if (kind == PromptKind::Point) out.points_mm = some_points(core, 1, random);
    if (kind == PromptKind::Points) out.points_mm = some_points(core, kMostPoints, random);
    if (kind == PromptKind::Scribble) out.points_mm = scribble(core, random);
    if (kind == PromptKind::Rough) {
        out.rough.emplace(c.hu.grid());
        for (const std::uint32_t v : core.voxels()) (*out.rough)[v] = 255;
    }
    return out;
}

std::vector<float> simulated_prior(const Patch& patch, int structures, const Vec3& spacing_mm,
                                   const PriorConfig& config, Random& random) {
    const std::size_t count = patch.hu.size();
    std::vector<float> out(count * static_cast<std::size_t>(structures));
    const bool none = uniform(random, 0, 1) < config.none_share;
    const Wobble wobble(patch.size, spacing_mm, config.wobble, random);
    const double told_mm =
        std::clamp(wobble.error_mm() * std::exp(config.error_known_to * normal(random)), kLeastErrorMm, kMostErrorMm);
    for (std::size_t s = 0; s < static_cast<std::size_t>(structures); ++s) {
        const bool absent = uniform(random, 0, 1) < config.absent_share;
        if (none || absent || !(patch.known >> s & 1)) continue;
        const auto moved = wobble.moved(std::span(patch.inside).subspan(s * count, count));
        put_depths(moved, patch.size, spacing_mm, told_mm, out.data() + s * count);
    }
    return out;
}

std::vector<float> simulated_prompts(const TrainingCase& from, const Volume<std::uint8_t>& depth, const Patch& patch,
                                     const Placement& where, int drawn, const Vec3& spacing_mm,
                                     const PromptConfig& config, Random& random) {
    const std::size_t count = patch.hu.size(), first = static_cast<std::size_t>(drawn),
                      organs = from.voxels.size() - first;
    std::vector<float> out(count * (organs + 2));
    for (std::size_t s = 0; s < organs; ++s) {
        if (uniform(random, 0, 1) < config.organ_absent_share) continue;
        for (std::size_t v = 0; v < count; ++v)
            out[s * count + v] = static_cast<float>(patch.inside[(first + s) * count + v]) / 255;
    }
    if (!from.knows(0)) return out;
    const Core core(from, depth, uniform(random, config.least_mm, config.most_mm));
    const PatchFrame frame(patch, where);
    const double kind = uniform(random, 0, 1);
    if (core.empty() || kind < config.none_share) return out;
    const bool points = kind < config.none_share + config.points_share,
               line = !points && kind < config.none_share + config.points_share + config.scribble_share,
               rough = !points && !line;
    std::vector<Vec3> marks;
    if (line) marks = scribble(core, random);
    if (points || (rough && uniform(random, 0, 1) < config.points_besides_share)) {
        const int n = uniform(random, 0, 1) < 0.5 ? 1 : whole(random, 2, kMostPoints);
        marks = some_points(core, n, random);
    }
    for (const Vec3& p : marks) mark(out.data() + organs * count, patch.size, frame.index(p), spacing_mm);
    if (!rough) return out;
    std::vector<std::uint8_t> inside(count);
    std::size_t v = 0;
    for (int z = 0; z < patch.size.z; ++z)
        for (int y = 0; y < patch.size.y; ++y)
            for (int x = 0; x < patch.size.x; ++x, ++v)
                if (patch.inside[v] >= 128 && core.holds(frame.point(x, y, z))) inside[v] = 255;
    const auto moved = Wobble(patch.size, spacing_mm, config.rough, random).moved(inside);
    put_depths(moved, patch.size, spacing_mm, kRoughErrorMm, out.data() + (organs + 1) * count);
    return out;
}

}  // namespace coutard::contouring
