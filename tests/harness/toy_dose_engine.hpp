#pragma once
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "engine/geom/iec61217.hpp"
#include "engine/optimise/beamlet_rows.hpp"
#include "engine/optimise/leaf_fluence.hpp"
#include "engine/optimise/sparse_influence.hpp"
#include "engine/plan/machine.hpp"
#include "engine/ports/dose_engine.hpp"

namespace coutard::test {

/// A dose engine for tests of planning logic: broad pencils that fall off exponentially with depth in
/// `counts`, with the inverse square and a Gaussian penumbra. Linear in fluence and fast; no physics.
class ToyDoseEngine final : public DoseEngine {
  public:
    explicit ToyDoseEngine(Machine machine, double scatter = 0.0) : machine_(std::move(machine)), scatter_(scatter) {}
    std::string name() const override { return "toy"; }

    Dose dose(const DoseScene& scene, const Plan& plan, const Progress& progress) const override {
        Dose sum;
        sum.gy = Volume<float>(scene.dose_grid);
        sum.fractions = plan.fractions;
        for (const auto& one : dose_per_beam(scene, plan, progress))
            for (std::size_t v = 0; v < sum.gy.count(); ++v) sum.gy[v] += one.gy[v];
        return sum;
    }

    std::vector<Dose> dose_per_beam(const DoseScene& scene, const Plan& plan, const Progress& progress) const override {
        std::vector<Dose> doses;
        for (const auto& beam : plan.beams) {
            progress.at(static_cast<double>(doses.size()) / static_cast<double>(plan.beams.size()), "toy dose");
            Dose one;
            one.gy = Volume<float>(scene.dose_grid);
            one.beam_number = beam.number;
            for (const Beam& still : beam.delivery == Delivery::Vmat ? sectors(beam) : std::vector{beam}) {
                const BeamletBeam field = fine_field(still);
                const auto fluence = delivered_fluence(still, field, machine_);
                deposit(scene, field, [&](std::size_t v, std::size_t b, double gy) {
                    one.gy[v] += static_cast<float>(gy * fluence[b] * plan.fractions * (1 + scatter_));
                });
            }
            doses.push_back(std::move(one));
        }
        return doses;
    }

    std::unique_ptr<InfluenceOperator> influence(const DoseScene& scene, const std::vector<BeamletBeam>& beams,
                                                 const std::optional<Mask>& wanted, const Progress&) const override {
        std::vector<InfluenceColumn> columns;
        for (const auto& beam : beams) {
            const std::size_t first = columns.size();
            columns.resize(first + beam.beamlets.size());
            deposit(scene, beam, [&](std::size_t v, std::size_t b, double gy) {
                if (wanted && (*wanted)[v] == 0) return;
                columns[first + b].voxels.push_back(static_cast<std::uint32_t>(v));
                columns[first + b].gy_per_mu.push_back(static_cast<float>(gy));
            });
        }
        return std::make_unique<SparseInfluence>(scene.dose_grid, std::move(columns));
    }

  private:
    static constexpr double penumbra_mm = 3, reach_mm = 7, gy_per_mu = 0.01, per_mm = 0.005;

    /// An arc as beams that stand still in the middle of every few intervals.
    static std::vector<Beam> sectors(const Beam& arc) {
        constexpr std::size_t together = 4;
        std::vector<Beam> parts;
        for (std::size_t k = 0; k + 1 < arc.control_points.size(); k += together) {
            const std::size_t end = std::min(k + together, arc.control_points.size() - 1);
            Beam part = arc;
            part.delivery = Delivery::SlidingWindow;
            part.control_points.assign(arc.control_points.begin() + static_cast<std::ptrdiff_t>(k),
                                       arc.control_points.begin() + static_cast<std::ptrdiff_t>(end + 1));
            const double first = part.control_points.front().cumulative, last = part.control_points.back().cumulative;
            if (last <= first) continue;
            part.monitor_units *= last - first;
            const double gantry = part.control_points[part.control_points.size() / 2].gantry_deg;
            for (auto& cp : part.control_points) {
                cp.cumulative = (cp.cumulative - first) / (last - first);
                cp.gantry_deg = gantry;
            }
            parts.push_back(std::move(part));
        }
        return parts;
    }

    /// Cells of 2.5 mm on the leaf rows inside the jaws, with 20 mm around them for what leaks.
    BeamletBeam fine_field(const Beam& beam) const {
        const auto& cp = beam.control_points.front();
        BeamletBeam field{cp.gantry_deg, cp.collimator_deg, cp.couch_deg, beam.isocentre_mm, beam.machine, {}};
        const int low = static_cast<int>(std::floor((cp.jaws.x1 - 20) / 2.5)),
                  high = static_cast<int>(std::ceil((cp.jaws.x2 + 20) / 2.5));
        for (int pair = 0; pair < machine_.leaf_pairs(); ++pair) {
            const double y1 = machine_.leaf_edges_mm[static_cast<std::size_t>(pair)],
                         y2 = machine_.leaf_edges_mm[static_cast<std::size_t>(pair) + 1];
            if (y2 < cp.jaws.y1 - 20 || y1 > cp.jaws.y2 + 20) continue;
            for (int c = low; c < high; ++c)
                field.beamlets.push_back({2.5 * c + 1.25, (y1 + y2) / 2, 2.5, y2 - y1, pair, c});
        }
        return field;
    }

    static double part(double from, double to, double at) {
        const double s = penumbra_mm * std::sqrt(2.0);
        return 0.5 * (std::erf((to - at) / s) - std::erf((from - at) / s));
    }

    /// Water depth [mm] from the skin to a point, in steps of 4 mm.
    static double depth_mm(const DoseScene& scene, const Vec3& from, const Vec3& source) {
        if (!scene.counts) return 0;
        const Vec3 step = unit(source - from) * 4.0;
        double depth = 0;
        Vec3 at = from;
        for (int n = 0; n < 100; ++n, at = at + step) {
            const Vec3 index = scene.counts->grid().index(at);
            const int i = static_cast<int>(std::lround(index.x)), j = static_cast<int>(std::lround(index.y)),
                      k = static_cast<int>(std::lround(index.z));
            if (!scene.counts->grid().holds(i, j, k)) break;
            if (inside(*scene.counts, scene.counts->grid().flat(i, j, k))) depth += 4;
        }
        return depth;
    }

    /// Call visit(voxel, beamlet, Gy per MU) for all that matter, voxels rising.
    template <class Visit>
    void deposit(const DoseScene& scene, const BeamletBeam& beam, const Visit& visit) const {
        const BeamFrame frame = beam_frame(beam.isocentre_mm, beam.gantry_deg, beam.collimator_deg, beam.couch_deg,
                                           machine_.sad_mm, scene.lying);
        const BeamletRows rows = rows_of(beam);
        const auto size = scene.dose_grid.size();
        for (int k = 0; k < size.z; ++k)
            for (int j = 0; j < size.y; ++j)
                for (int i = 0; i < size.x; ++i) {
                    const Vec3 p = scene.dose_grid.point(i, j, k);
                    const BevPoint at = frame.project(p);
                    double strength = -1;
                    for (const auto& row : rows.rows) {
                        if (at.y < row.y1_mm - reach_mm || at.y > row.y2_mm + reach_mm) continue;
                        const int cells = static_cast<int>(row.beamlet.size());
                        const auto cell_at = [&](double x) {
                            return static_cast<int>(std::floor((x - row.x0_mm) / rows.width_mm));
                        };
                        const int first = std::max(0, cell_at(at.x - reach_mm));
                        const int last = std::min(cells - 1, cell_at(at.x + reach_mm));
                        if (first > last) continue;
                        if (strength < 0) {
                            const double far = norm(p - frame.source_mm) / machine_.sad_mm;
                            strength =
                                gy_per_mu * std::exp(-per_mm * depth_mm(scene, p, frame.source_mm)) / (far * far);
                        }
                        const double across = strength * part(row.y1_mm, row.y2_mm, at.y);
                        for (int c = first; c <= last; ++c) {
                            const double x = row.x0_mm + c * rows.width_mm;
                            if (const int b = row.beamlet[static_cast<std::size_t>(c)]; b >= 0)
                                visit(scene.dose_grid.flat(i, j, k), static_cast<std::size_t>(b),
                                      across * part(x, x + rows.width_mm, at.x));
                        }
                    }
                }
    }

    Machine machine_;
    double scatter_;  ///< dose that the matrix does not know of, as a part of the rest
};

}  // namespace coutard::test
