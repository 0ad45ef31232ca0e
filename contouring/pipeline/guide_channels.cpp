#include "contouring/pipeline/guide_channels.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"
#include "engine/image/resample.hpp"

namespace coutard::contouring {
namespace {

Volume<float> parts_of(const Mask& mask, const Grid& grid) {
    const Mask here = resample(mask, grid);
    Volume<float> out(grid);
    for (std::size_t v = 0; v < out.count(); ++v) out[v] = part_inside(here, v);
    return out;
}

/// Given contours by name, as channels; 0 where one is not given.
template <class ToChannel>
void add_contours(std::vector<Volume<float>>& channels, const std::vector<std::string>& names,
                  const std::vector<MaskedStructure>& given, const Grid& grid, const ToChannel& to_channel) {
    for (const std::string& name : names) {
        const auto at = std::find_if(given.begin(), given.end(), [&](const auto& g) { return g.name == name; });
        channels.push_back(at == given.end() ? Volume<float>(grid) : to_channel(at->mask, grid));
    }
}

Volume<float> marks_of(const std::vector<Vec3>& points_mm, const Grid& grid) {
    Volume<float> out(grid);
    for (const Vec3& p : points_mm) {
        const Vec3 at = grid.index(p);
        validate(std::isfinite(p.x) && std::isfinite(p.y) && std::isfinite(p.z), "point", "not a number",
                 "patient coordinates [mm]");
        validate(grid.holds(static_cast<int>(std::lround(at.x)), static_cast<int>(std::lround(at.y)),
                            static_cast<int>(std::lround(at.z))),
                 "point at (" + std::to_string(p.x) + ", " + std::to_string(p.y) + ", " + std::to_string(p.z) +
                     ") mm: not in the patient");
        std::size_t v = 0;
        for (int k = 0; k < grid.size().z; ++k)
            for (int j = 0; j < grid.size().y; ++j)
                for (int i = 0; i < grid.size().x; ++i, ++v) {
                    const Vec3 d = grid.point(i, j, k) - p;
                    out[v] = std::max(out[v], mark_at(dot(d, d)));
                }
    }
    return out;
}

}  // namespace

std::vector<Volume<float>> guide_channels(const GuideInput& guide, const std::vector<std::string>& drawn,
                                          const ContourRequest& request, const Grid& grid) {
    std::vector<Volume<float>> channels;
    static const std::vector<MaskedStructure> none;
    if (guide.kind == Guide::Prior) {
        const double error_mm = request.prior_error_mm;
        validate(error_mm >= kLeastErrorMm && error_mm <= kMostErrorMm, "error of the prior", error_mm, "1 to 10 mm");
        add_contours(channels, drawn, request.prior ? *request.prior : none, grid,
                     [&](const Mask& mask, const Grid& to) { return depth_channel(resample(mask, to), error_mm); });
    }
    if (guide.kind == Guide::Prompts) {
        add_contours(channels, guide.organs, request.organs, grid, parts_of);
        channels.push_back(marks_of(request.points_mm, grid));
        channels.push_back(request.rough ? depth_channel(resample(*request.rough, grid), kRoughErrorMm)
                                         : Volume<float>(grid));
    }
    return channels;
}

MirrorPairs guide_pairs(const GuideInput& guide, const std::vector<std::string>& drawn) {
    if (guide.kind == Guide::None) return {};
    return mirror_pairs(guide.kind == Guide::Prior ? drawn : guide.organs);
}

}  // namespace coutard::contouring
