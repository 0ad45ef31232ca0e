#include "dose/phantom/head_check.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "dose/phantom/machine_field.hpp"
#include "dose/phantom/two_engines.hpp"

namespace coutard::dose {
namespace {

constexpr double depth_cm = 16, surface_cm = 90, read_depth_cm = 10;

HeadCase jaws(const std::string& name, const std::string& what, const std::string& machine, std::array<double, 4> edges,
              double side_cm) {
    return {name, what, field_in_water(name, machine, edges, side_cm, depth_cm, surface_cm)};
}

/// The square of the output, 4 cm along the beam around 10 cm depth: all fields fall off there alike.
Region output_box(const Grid& grid, const HeadCase& one) {
    constexpr double half_depth_cm = 2;
    Region out;
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) {
                const Vec3 p = grid.point(i, j, k) * 0.1;
                if (std::abs(p.x - one.output_x_cm) <= one.output_half_cm &&
                    std::abs(p.y - one.output_y_cm) <= one.output_half_cm &&
                    std::abs(p.z - read_depth_cm) <= half_depth_cm)
                    out.voxels.push_back(static_cast<std::uint32_t>(grid.flat(i, j, k)));
            }
    out.weights.assign(out.voxels.size(), 1.0 / static_cast<double>(out.voxels.size()));
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
        out.back().output_half_cm = side < 5 ? 0.5 : side < 15 ? 1 : 2;
    }
    out.push_back(jaws("off_axis", "6x6 cm around x = 9, y = -6 cm, jaws", m, {6, 12, -9, -3}, 32));
    out.back().output_x_cm = 9;
    out.back().output_y_cm = 6;  // the phantom's y runs against the machine's
    out.push_back(jaws("tongues", "every other leaf pair open, 8 cm, in 8x8 cm jaws", m, {-4, 4, -4, 4}, 18));
    lay_leaves(out.back().spec, machine, [](int l, double) {
        return l % 2 == 0 ? std::pair{-4.0, 4.0} : std::pair{-10.0, -10.0};
    });
    out.back().finer = 3;
    out.push_back(jaws("closed", "leaves closed at x = 3 cm in 10x10 cm jaws", m, {-5, 5, -5, 5}, 20));
    lay_leaves(out.back().spec, machine, [](int, double) { return std::pair{3.0, 3.0}; });
    out.back().output_x_cm = -1;
    out.push_back(jaws("turned", "10x6 cm jaws, leaves to 4 cm, collimator at 45 degrees", m, {-5, 5, -3, 3}, 20));
    out.back().spec.collimator_deg = 45;
    lay_leaves(out.back().spec, machine, [](int, double) { return std::pair{-4.0, 4.0}; });
    out.push_back(jaws("irregular",
                       "bent opening 2 to 5 cm wide, leaves behind jaws beyond it, collimator at 30 degrees", m,
                       {-5, 5, -6, 6}, 20));
    out.back().spec.collimator_deg = 30;
    lay_leaves(out.back().spec, machine, [](int l, double y) {
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
    const Region box = output_box(slab_grid(one.spec), one);
    const TwoDoses found =
        two_doses(one.spec, data_dir,
                  {uncertainty, seed, device, one.finer, [&](const Volume<float>&) { return std::vector{box}; }},
                  progress.part(0, 0.95));
    out.output_monte_carlo = found.regions[0].dose;
    out.output_uncertainty = found.regions[0].uncertainty;
    out.output_superposition = mean_of(found.superposition, box);
    const TwoDoses mean = averaged(found, one.spec);
    const Volume<float>&truth = mean.monte_carlo.dose, &tested = mean.superposition;
    out.images = mean.images;
    out.asymmetry_percent = mean.asymmetry_percent;
    out.own_uncertainty = mean.own_uncertainty;
    out.uncertainty = mean_uncertainty(mean.monte_carlo);
    GammaCriteria criteria;
    criteria.dose_percent = 2;
    criteria.distance_mm = 2;
    out.gamma = gamma_index(truth, tested, criteria, nullptr, progress.part(0.95, 1));
    const double most = out.gamma.normalisation.value();
    double sum = 0, count = 0;
    for (std::size_t v = 0; v < tested.count(); ++v)
        if (static_cast<double>(truth[v]) >= 0.1 * most) {
            sum += static_cast<double>(tested[v]) - static_cast<double>(truth[v]);
            count += 1;
        }
    out.difference_percent = 100 * sum / count / most;
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

}  // namespace coutard::dose
