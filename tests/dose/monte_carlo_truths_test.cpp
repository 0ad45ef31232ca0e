// What must hold of Monte Carlo whatever its physics: inverse square, reciprocity, ranges.
#include <gtest/gtest.h>

#include <cmath>

#include "dose/montecarlo/monte_carlo.hpp"
#include "dose/physics/table.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::dose {
namespace {

const std::filesystem::path physics = test::repository("data/physics");

struct Mean {
    double dose = 0, sigma = 0;
};

struct Slab {  ///< of water

    Medium medium;
    TransportTables tables{physics, {"water"}};

    Slab(const Size3& n, double voxel_mm) {
        const double half = 0.5 * voxel_mm;
        medium.grid = Grid(n, {half, half, half}, {voxel_mm, voxel_mm, voxel_mm});
        medium.materials = {MaterialLibrary(physics).at("water")};
        medium.material.assign(medium.grid.count(), 0);
        medium.density.assign(medium.grid.count(), 1.0F);
    }
};

TEST(MonteCarloTruths, FluenceFallsWithTheSquareOfTheDistance) {
    Slab slab({20, 20, 20}, 5);
    // thin: little is lost on the way, and as much from either distance
    for (std::size_t v = 0; v < slab.medium.grid.count(); ++v) slab.medium.density[v] = 0.02F;
    const MonteCarloScene scene(slab.medium, slab.tables);
    std::vector<double> dose, sigma;
    for (const double distance_cm : {40.0, 80.0}) {  // to the middle of the cube
        const ParticleSource source = [=](par::Philox& rng, const Member&) {
            const Vec3 from{5, 5, 5 - distance_cm};
            SourceParticle out;
            out.energy_MeV = 0.15;
            out.at = from;  // towards a square of 4 x 4 cm2 in the middle plane, even per solid angle
            const Vec3 ray{4 * (rng.uniform() - 0.5), 4 * (rng.uniform() - 0.5), distance_cm};
            const double c = distance_cm / norm(ray);
            out.weight = static_cast<float>(c * c * c * 16 / (distance_cm * distance_cm));
            out.direction = unit(ray);
            return out;
        };
        MonteCarloRun run;
        run.histories = 250'000;
        run.reduction = {.splits = 200, .reject_below_MeV = 0};
        Region middle;
        for (int k = 9; k < 11; ++k)
            for (int j = 8; j < 12; ++j)
                for (int i = 8; i < 12; ++i)
                    middle.voxels.push_back(static_cast<std::uint32_t>(slab.medium.grid.flat(i, j, k)));
        middle.weights.assign(middle.voxels.size(), 1.0 / static_cast<double>(middle.voxels.size()));
        MonteCarloSums sums;
        scene.run(source, run, {middle}, sums, {});
        dose.push_back(sums.regions.energy_MeV(0));
        sigma.push_back(sums.regions.relative_error(0, sums.histories));
    }
    const double error = std::hypot(sigma[0], sigma[1]);
    EXPECT_LT(error, 0.035);
    EXPECT_NEAR(dose[0] / dose[1], 4, 4 * (3 * error + 0.005));  // 0.5 %: the region is not a point
}

/// A narrow beam's dose summed over a plane is a broad beam's dose on its axis: both come of one sum over
/// displacements.
TEST(MonteCarloTruths, ANarrowBeamSummedOverAPlaneIsABroadBeamOnItsAxis) {
    const Slab slab({40, 40, 12}, 10);
    const MonteCarloScene scene(slab.medium, slab.tables);
    const auto dose = [&](double side_cm, bool plane) {
        const ParticleSource source = [=](par::Philox& rng, const Member&) {
            return SourceParticle{Kind::Photon,
                                  0.66,
                                  {20 + side_cm * (rng.uniform() - 0.5), 20 + side_cm * (rng.uniform() - 0.5), -1},
                                  {0, 0, 1},
                                  1};
        };
        MonteCarloRun run;
        run.histories = plane ? 20'000 : 120'000;
        run.reduction = {.splits = 16, .reject_below_MeV = 0};
        Region region;
        const int reach = plane ? 20 : 4;
        for (int j = 20 - reach; j < 20 + reach; ++j)
            for (int i = 20 - reach; i < 20 + reach; ++i)
                region.voxels.push_back(static_cast<std::uint32_t>(slab.medium.grid.flat(i, j, 5)));
        region.weights.assign(region.voxels.size(), 1.0 / static_cast<double>(region.voxels.size()));
        MonteCarloSums sums;
        scene.run(source, run, {region}, sums, {});
        const double cm2 = plane ? 40.0 * 40 : side_cm * side_cm;  // per photon/cm2 of the broad beam
        return Mean{sums.regions.energy_MeV(0) / static_cast<double>(sums.histories) * cm2,
                    sums.regions.relative_error(0, sums.histories)};
    };
    const Mean broad = dose(40, false), narrow = dose(1e-3, true);
    const double error = std::hypot(broad.sigma, narrow.sigma);
    EXPECT_LT(error, 0.02);
    EXPECT_NEAR(broad.dose / narrow.dose, 1, 3 * error + 0.002);
}

/// Positrons that leave take their masses with them, as they bring them: kinetic energy in and two masses each come
/// out.
TEST(MonteCarloTruths, PositronsKeepTheirMassesWhereverTheyEnd) {
    const Slab film({10, 10, 1}, 4);
    const MonteCarloScene scene(film.medium, film.tables);
    const ParticleSource source = [](par::Philox&, const Member&) {
        return SourceParticle{Kind::Positron, 3, {2, 2, -1}, {0, 0, 1}, 1};
    };
    MonteCarloRun run;
    run.histories = 2000;
    run.reduction = {.splits = 1, .reject_below_MeV = 0};
    MonteCarloSums sums;
    scene.run(source, run, {}, sums, {});
    double laid = 0;
    for (std::size_t v = 0; v < film.medium.grid.count(); ++v) laid += sums.voxels.energy_MeV(v);
    EXPECT_GT(laid, 0.1 * 2000);
    EXPECT_NEAR((laid + sums.balance.energy_MeV(1)) / (2000 * (3 + 2 * electron_mass_MeV)), 1, 1e-5);
}

TEST(MonteCarloTruths, RangesAreThoseOfTheTables) {
    const TransportTables tables(physics, {"water", "bone_cortical_icru"});
    const auto rows = tables.view().electron;
    for (const auto& [m, name] : {std::pair{0, "water"}, {1, "bone_cortical_icru"}}) {
        const Table csv(physics / (std::string("electron_") + name + ".csv"));
        for (double T : {0.2, 1.0, 6.0, 15.0}) {
            const auto at = OctaveGrid::find(T);
            const auto r = static_cast<std::size_t>(m * OctaveGrid::count + at.index);
            EXPECT_NEAR(between(rows[r].range, rows[r + 1].range, at) /
                            interpolate_log_log(csv.column("E_MeV"), csv.column("csda_range_g_cm2"), T),
                        1, 0.002)
                << name << ' ' << T;
        }
    }
}

}  // namespace
}  // namespace coutard::dose
