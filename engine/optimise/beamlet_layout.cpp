#include "engine/optimise/beamlet_layout.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/base/error.hpp"
#include "engine/optimise/beamlet_rows.hpp"

namespace coutard {
namespace {

/// Occupied bins of the isocentre plane, square, centred on the axis.
class PlaneBins {
  public:
    static constexpr double bin_mm = 1;
    explicit PlaneBins(double half_mm)
        : n_(2 * static_cast<int>(std::ceil(half_mm / bin_mm))), bins_(static_cast<std::size_t>(n_ * n_)) {}

    int bin(double mm) const { return static_cast<int>(std::floor(mm / bin_mm)) + n_ / 2; }
    double centre(int bin) const { return (bin - n_ / 2 + 0.5) * bin_mm; }
    bool holds(int i, int j) const { return i >= 0 && j >= 0 && i < n_ && j < n_; }
    bool at(int i, int j) const { return holds(i, j) && bins_[static_cast<std::size_t>(j * n_ + i)] != 0; }
    void mark(int i, int j) {
        if (holds(i, j)) bins_[static_cast<std::size_t>(j * n_ + i)] = 1;
    }
    int size() const { return n_; }

  private:
    int n_;
    std::vector<char> bins_;
};

PlaneBins dilated(const PlaneBins& bins, double radius_mm) {
    PlaneBins result(bins.size() / 2 * PlaneBins::bin_mm);
    const int reach = static_cast<int>(std::ceil(radius_mm / PlaneBins::bin_mm));
    for (int j = 0; j < bins.size(); ++j)
        for (int i = 0; i < bins.size(); ++i) {
            if (!bins.at(i, j)) continue;
            for (int dj = -reach; dj <= reach; ++dj)
                for (int di = -reach; di <= reach; ++di)
                    if (std::hypot(di, dj) * PlaneBins::bin_mm <= radius_mm) result.mark(i + di, j + dj);
        }
    return result;
}

PlaneBins projected(const Mask& targets, const BeamFrame& frame, double half_mm, double gantry_deg) {
    PlaneBins bins(half_mm);
    const auto size = targets.grid().size();
    for (int k = 0; k < size.z; ++k)
        for (int j = 0; j < size.y; ++j)
            for (int i = 0; i < size.x; ++i) {
                if (targets.at(i, j, k) == 0) continue;
                const BevPoint p = frame.project(targets.grid().point(i, j, k));
                const int u = bins.bin(p.x), v = bins.bin(p.y);
                validate(
                    bins.holds(u, v),
                    "target in the beam's eye view at gantry " + std::to_string(gantry_deg) + " [mm from the axis]",
                    std::max(std::abs(p.x), std::abs(p.y)), "within the largest field");
                bins.mark(u, v);
            }
    return bins;
}

bool touches(const PlaneBins& bins, double x1, double x2, double y1, double y2) {
    for (int j = bins.bin(y1 + 1e-6); j <= bins.bin(y2 - 1e-6); ++j)
        for (int i = bins.bin(x1 + 1e-6); i <= bins.bin(x2 - 1e-6); ++i)
            if (bins.at(i, j)) return true;
    return false;
}

}  // namespace

BeamletBeam lay_beamlets(BeamletBeam beam, const Mask& targets, const Machine& m, Lying lying,
                         const LayoutOptions& options) {
    expect(options.width_mm > 0 && options.margin_mm >= 0, "beamlet layout: positive width, margin not negative");
    const BeamFrame frame =
        beam_frame(beam.isocentre_mm, beam.gantry_deg, beam.collimator_deg, beam.couch_deg, m.sad_mm, lying);
    const double half = std::min(m.jaw_max_x_mm, m.jaw_max_y_mm);
    const Vec3 voxel = targets.grid().spacing_mm();  // centres are projected: the faces lie half a voxel farther
    const double margin = options.margin_mm + std::max({voxel.x, voxel.y, voxel.z}) / 2;
    const PlaneBins shadow = dilated(projected(targets, frame, half, beam.gantry_deg), margin);
    beam.beamlets.clear();
    const int columns = static_cast<int>(std::floor(m.jaw_max_x_mm / options.width_mm));
    for (int pair = 0; pair < m.leaf_pairs(); ++pair) {
        const double y1 = m.leaf_edges_mm[static_cast<std::size_t>(pair)],
                     y2 = m.leaf_edges_mm[static_cast<std::size_t>(pair) + 1];
        for (int c = -columns; c < columns; ++c) {
            const double x1 = c * options.width_mm, x2 = x1 + options.width_mm;
            if (touches(shadow, x1, x2, y1, y2))
                beam.beamlets.push_back({(x1 + x2) / 2, (y1 + y2) / 2, options.width_mm, y2 - y1, pair, c});
        }
    }
    validate(!beam.beamlets.empty(), "beamlets at gantry " + std::to_string(beam.gantry_deg), 0,
             "a target in the field");
    return beam;
}

std::vector<PartialField> split_for_carriage(const BeamletBeam& beamlets, std::span<const double> fluence,
                                             double widest_mm, double feather_mm) {
    const BeamletRows rows = rows_of(beamlets);
    const double width = rows.x2_mm - rows.x1_mm;
    if (width <= widest_mm) return {{beamlets, {fluence.begin(), fluence.end()}}};
    expect(widest_mm > 2 * feather_mm, "split field: a carriage spans two feathers");
    const int parts = static_cast<int>(std::ceil((width - feather_mm) / (widest_mm - feather_mm - rows.width_mm)));
    const double step = (width - feather_mm) / parts;  // distance of the feathers' centres
    std::vector<PartialField> fields(static_cast<std::size_t>(parts));
    for (auto& field : fields) {
        field.beamlets = beamlets;
        field.beamlets.beamlets.clear();
    }
    for (std::size_t i = 0; i < fluence.size(); ++i)
        for (int part = 0; part < parts; ++part) {
            const double x = beamlets.beamlets[i].x_mm - rows.x1_mm - feather_mm / 2;
            const auto rise = [&](double centre) { return std::clamp((x - centre) / feather_mm + 0.5, 0.0, 1.0); };
            const double share =
                (part == 0 ? 1 : rise(part * step)) - (part == parts - 1 ? 0 : rise((part + 1) * step));
            if (share <= 0) continue;
            auto& field = fields[static_cast<std::size_t>(part)];
            field.beamlets.beamlets.push_back(beamlets.beamlets[i]);
            field.fluence_MU.push_back(share * fluence[i]);
        }
    return fields;
}

}  // namespace coutard
