#include "dose/phantom/mppg_check.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "dose/phantom/machine_field.hpp"

namespace coutard::dose {
namespace {

constexpr double several_parameters_percent = 5, heterogeneity_percent = 3;
constexpr double depth_cm = 20, isocentric_ssd_cm = 90;
/// Below the build-up and contaminant electrons, above where the phantom's end lacks backscatter.
constexpr DepthRange below_build_up{2, 18};
/// Leaves that are closed, far from the opening and under the jaws.
constexpr std::pair parked{-10.0, -10.0};

MppgCase field(const std::string& name, const std::string& test, const std::string& what, const Machine& machine,
               const std::array<double, 4>& jaws_cm, double side_cm) {
    MppgCase out{name,
                 test,
                 what,
                 field_in_water(name, machine.name, jaws_cm, side_cm, depth_cm, isocentric_ssd_cm),
                 {},
                 below_build_up,
                 {0, 0, isocentric_ssd_cm, 0.1 * machine.sad_mm}};
    return out;
}

/// Leaves open the square or rectangle |x| <= half_x, |y| <= half_y.
void open_rectangle(MppgCase& into, const Machine& machine, double half_x, double half_y) {
    lay_leaves(into.spec, machine, [=](int, double y) {
        return std::abs(y) < half_y ? std::pair{-half_x, half_x} : parked;
    });
}

SlabRegion slab(const std::string& material, double from, double to) {
    constexpr double all = std::numeric_limits<double>::infinity();
    return {material, {}, {-all, all}, {-all, all}, {from, to}};
}

}  // namespace

Verdict MppgCheck::verdict() const {
    const double tolerance = regions.high.tolerance;
    return std::max({regions.high.verdict(), regions.penumbra.verdict(), regions.tail.verdict(),
                     judged(shallow.mean, shallow.sigma, tolerance), judged(deep.mean, deep.sigma, tolerance)});
}

std::vector<MppgCase> mppg_cases(const Machine& machine, double voxel_mm) {
    std::vector<MppgCase> out;
    out.push_back(
        field("small_mlc", "5.4", "disc of 4 cm by leaves, 5x5 cm jaws", machine, {-2.5, 2.5, -2.5, 2.5}, 16));
    lay_leaves(out.back().spec, machine, [](int, double y) {
        const double half = std::sqrt(std::max(0.0, 4 - y * y));
        return std::abs(y) < 2 ? std::pair{-half, half} : parked;
    });
    out.push_back(field("mantle", "5.5", "large field with extensive blocking by leaves (mantle), 20x20 cm jaws",
                        machine, {-10, 10, -10, 10}, 30));
    out.back().tolerances.high_percent = several_parameters_percent;
    lay_leaves(out.back().spec, machine, [](int, double y) {
        return y > 4 ? std::pair{-9.0, 9.0} : y > -6 ? std::pair{-2.5, 2.5} : std::pair{-4.0, 4.0};
    });
    out.push_back(field("overtravel", "5.6", "slanting field at x = 11 to 15 cm, leaves 11 cm beyond the axis", machine,
                        {10, 15.5, -3, 3}, 40));
    out.back().tolerances.high_percent = several_parameters_percent;
    lay_leaves(out.back().spec, machine, [](int, double y) {
        return std::abs(y) < 3 ? std::pair{11.5 + 0.3 * y, 15.0} : std::pair{11.5, 11.5};
    });
    out.back().ray.x_cm = 13.2;
    out.push_back(
        field("near", "5.7", "asymmetric jaws, x -2 to 8, y -4 to 9 cm, SSD 80 cm", machine, {-2, 8, -4, 9}, 30));
    out.back().tolerances.high_percent = several_parameters_percent;
    out.back().spec.ssd_cm = out.back().ray.ssd_cm = 80;
    out.back().ray.x_cm = 3;
    out.back().ray.y_cm = -2.5;  // the phantom's y runs against the machine's
    out.push_back(
        field("behind_lung", "6.2", "5x5 cm, from 2 cm behind 6 cm of lung", machine, {-2.5, 2.5, -2.5, 2.5}, 16));
    out.back().tolerances.high_percent = heterogeneity_percent;
    out.back().spec.slabs = {slab("water", 0, 5), slab("lung_icru", 5, 11), slab("water", 11, depth_cm)};
    out.back().depths = {13, below_build_up.to};
    for (const auto& [name, half_x, half_y] :
         {std::tuple{"2x2", 1.0, 1.0}, std::tuple{"4x1", 2.0, 0.5}, std::tuple{"1x1", 0.5, 0.5}}) {
        out.push_back(field(std::string("mlc_") + name, "7.1, 7.2", std::string(name) + " cm by leaves, 5x5 cm jaws",
                            machine, {-2.5, 2.5, -2.5, 2.5}, 16));
        open_rectangle(out.back(), machine, half_x, half_y);
    }
    for (auto& one : out) one.spec.voxel_mm = {voxel_mm, voxel_mm, voxel_mm};
    return out;
}

MppgCheck check_mppg(const MppgCase& one, const std::filesystem::path& data_dir, const TwoEnginesRun& how,
                     const Progress& progress) {
    const auto start = std::chrono::steady_clock::now();
    const double middle = 0.5 * (one.depths.from + one.depths.to);
    const Grid grid = slab_grid(one.spec);
    const std::array halves{ray_region(grid, one.ray, {one.depths.from, middle}),
                            ray_region(grid, one.ray, {middle, one.depths.to})};
    TwoEnginesRun run = how;
    run.regions = [&](const Volume<float>& superposition) {
        std::vector<Region> out(halves.begin(), halves.end());
        for (Region& r : region_means(superposition, one.tolerances, one.depths)) out.push_back(std::move(r));
        return out;
    };
    const TwoDoses doses = averaged(two_doses(one.spec, data_dir, run, progress), one.spec);
    const auto& means = doses.regions;
    MppgCheck out;
    out.name = one.name;
    out.test = one.test;
    out.what = one.what;
    out.images = doses.images;
    out.uncertainty = mean_uncertainty(doses.monte_carlo);
    out.shallow = check_ray(means[0], doses.superposition, halves[0]);
    out.deep = check_ray(means[1], doses.superposition, halves[1]);
    out.regions = check_regions(doses.monte_carlo, doses.superposition, one.tolerances, one.depths,
                                {means[2].uncertainty, means[3].uncertainty, means[4].uncertainty});
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

}  // namespace coutard::dose
