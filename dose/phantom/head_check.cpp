#include "dose/phantom/head_check.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "dose/phantom/mirror_images.hpp"
#include "dose/phantom/slab_dose.hpp"
#include "dose/phantom/slab_monte_carlo.hpp"

namespace coutard::dose {
namespace {

constexpr int finer = 2;  // superposition's voxels: what it spreads over one of them is no part of the comparison
constexpr double depth_cm = 16, surface_cm = 90, read_depth_cm = 10;
/// Beyond this superposition is not taken for symmetric: means over images would hide what is compared.
constexpr double most_asymmetric_percent = 1;

SlabSpec water(const std::string& machine, double side_cm) {
    SlabSpec spec;
    spec.size_cm = {side_cm, side_cm, depth_cm};
    spec.slabs = {{"water", {}, {-side_cm, side_cm}, {-side_cm, side_cm}, {0, depth_cm}}};
    spec.machine_beam = true;
    spec.machine = machine;
    spec.ssd_cm = surface_cm;
    spec.monitor_units = 100;
    return spec;
}

HeadCase jaws(const std::string& name, const std::string& what, const std::string& machine, std::array<double, 4> edges,
              double side_cm) {
    HeadCase out{name, what, water(machine, side_cm)};
    out.spec.name = name;
    out.spec.jaws_cm = edges;
    out.spec.field_cm = {edges[1] - edges[0], edges[3] - edges[2]};
    return out;
}

/// Leaves [cm] from a function of pair number and middle [cm], which sets both tips.
template <class Tips>
void lay_leaves(HeadCase& into, const Machine& machine, Tips&& tips) {
    for (std::size_t l = 0; l + 1 < machine.leaf_edges_mm.size(); ++l) {
        const auto [x1, x2] =
            tips(static_cast<int>(l), 0.05 * (machine.leaf_edges_mm[l] + machine.leaf_edges_mm[l + 1]));
        into.spec.leaves_x1_cm.push_back(x1);
        into.spec.leaves_x2_cm.push_back(x2);
    }
}

struct BoxMean {
    double dose = 0, uncertainty = 0;  ///< relative, voxels taken as independent
};

/// Mean over 1 cm across and 4 cm along the beam around a point at 10 cm depth: all fields fall off there alike.
BoxMean at_output(const Volume<float>& dose, const Volume<float>* uncertainty, const HeadCase& one) {
    constexpr double half_cm = 0.5, half_depth_cm = 2;
    const Grid& grid = dose.grid();
    double sum = 0, square = 0, count = 0;
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) {
                const Vec3 p = grid.point(i, j, k) * 0.1;
                if (std::abs(p.x - one.output_x_cm) > half_cm || std::abs(p.y - one.output_y_cm) > half_cm ||
                    std::abs(p.z - read_depth_cm) > half_depth_cm)
                    continue;
                const double d = static_cast<double>(dose.at(i, j, k));
                sum += d;
                count += 1;
                if (uncertainty != nullptr) square += std::pow(d * static_cast<double>(uncertainty->at(i, j, k)), 2);
            }
    return {sum / count, sum > 0 ? std::sqrt(square) / sum : 1};
}

/// Superposition in finer voxels, averaged over those of the description (of one density).
Volume<float> map_dose(SlabSpec spec, const Grid& grid, const std::filesystem::path& data_dir, Device device,
                       const Progress& progress) {
    for (double& mm : spec.voxel_mm) mm /= finer;
    const Volume<float> fine = slab_dose(spec, data_dir, ConeLayout::standard(), device, progress).dose;
    Volume<float> out(grid);
    const Size3 n = fine.grid().size();
    constexpr float share = 1.0F / (finer * finer * finer);
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) out.at(i / finer, j / finer, k / finer) += share * fine.at(i, j, k);
    return out;
}

}  // namespace

std::vector<HeadCase> head_cases(const Machine& machine, double voxel_mm) {
    const std::string& m = machine.name;
    std::vector<HeadCase> out;
    for (double side : {3.0, 5.0, 10.0, 20.0, 30.0}) {
        const std::string text = std::to_string(static_cast<int>(side));
        out.push_back(jaws("square" + text, text + "x" + text + " cm, jaws", m,
                           {-side / 2, side / 2, -side / 2, side / 2},
                           side < 8    ? 16
                           : side < 15 ? 20
                                       : side + 10));
    }
    out.push_back(jaws("off_axis", "6x6 cm around x = 9, y = -6 cm, jaws", m, {6, 12, -9, -3}, 32));
    out.back().output_x_cm = 9;
    out.back().output_y_cm = 6;  // the phantom's y runs against the machine's
    out.push_back(jaws("tongues", "every other leaf pair open, 8 cm, in 8x8 cm jaws", m, {-4, 4, -4, 4}, 18));
    lay_leaves(out.back(), machine, [](int l, double) {
        return l % 2 == 0 ? std::pair{-4.0, 4.0} : std::pair{-10.0, -10.0};
    });
    out.push_back(jaws("closed", "leaves closed at x = 3 cm in 10x10 cm jaws", m, {-5, 5, -5, 5}, 20));
    lay_leaves(out.back(), machine, [](int, double) { return std::pair{3.0, 3.0}; });
    out.back().output_x_cm = -1;
    out.push_back(jaws("turned", "10x6 cm jaws, leaves to 4 cm, collimator at 45 degrees", m, {-5, 5, -3, 3}, 20));
    out.back().spec.collimator_deg = 45;
    lay_leaves(out.back(), machine, [](int, double) { return std::pair{-4.0, 4.0}; });
    out.push_back(jaws("irregular",
                       "bent opening 2 to 5 cm wide, leaves behind jaws beyond it, collimator at 30 degrees", m,
                       {-5, 5, -6, 6}, 20));
    out.back().spec.collimator_deg = 30;
    lay_leaves(out.back(), machine, [](int l, double y) {
        if (std::abs(y) > 5) return std::pair{-10.0, -10.0};
        const double middle = 1.5 * std::sin(0.6 * y), half = 1.2 + 0.6 * std::cos(0.9 * y) + 0.1 * (l % 3);
        return std::pair{middle - half, middle + half};
    });
    for (auto& one : out) one.spec.voxel_mm = {voxel_mm, voxel_mm, voxel_mm};
    return out;
}

HeadCheck check_head(const HeadCase& one, const std::filesystem::path& data_dir, double uncertainty, std::uint64_t seed,
                     Device device, const Progress& progress) {
    const auto start = std::chrono::steady_clock::now();
    HeadCheck out;
    out.name = one.name;
    out.what = one.what;
    SlabRun how;
    how.run.seed = seed;
    how.run.members = 16;
    how.run.reduction = for_sets_of(how.run.members);
    how.run.histories = 20'000;
    how.uncertainty = uncertainty;
    const SlabMonteCarlo rays = slab_monte_carlo(one.spec, data_dir, how, progress.part(0, 0.85));
    const Volume<float> map = map_dose(one.spec, rays.dose.grid(), data_dir, device, progress.part(0.85, 0.95));
    const BoxMean a = at_output(rays.dose, &rays.uncertainty, one), b = at_output(map, nullptr, one);
    out.output_monte_carlo = a.dose;
    out.output_uncertainty = a.uncertainty;
    out.output_superposition = b.dose;
    Mirrors mirrors = beam_mirrors(one.spec);
    out.asymmetry_percent = asymmetry_percent(map, mirrors);
    if (out.asymmetry_percent > most_asymmetric_percent) mirrors = {};
    const UncertainDose truth = over_images(rays.dose, rays.uncertainty, mirrors);
    const Volume<float> tested = over_images(map, mirrors);
    out.images = mirrors.count();
    out.own_uncertainty = rays.mean_uncertainty;
    out.uncertainty = mean_uncertainty(truth);
    GammaCriteria criteria;
    criteria.dose_percent = 2;
    criteria.distance_mm = 2;
    out.gamma = gamma_index(truth.dose, tested, criteria, nullptr, progress.part(0.95, 1));
    const double most = out.gamma.normalisation.value();
    double sum = 0, count = 0;
    for (std::size_t v = 0; v < tested.count(); ++v)
        if (static_cast<double>(truth.dose[v]) >= 0.1 * most) {
            sum += static_cast<double>(tested[v]) - static_cast<double>(truth.dose[v]);
            count += 1;
        }
    out.difference_percent = 100 * sum / count / most;
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

}  // namespace coutard::dose
