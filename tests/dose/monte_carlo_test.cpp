#include "dose/montecarlo/monte_carlo.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dose/phantom/slab_monte_carlo.hpp"
#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::dose {
namespace {

const std::filesystem::path physics = test::repository("data/physics");

SlabSpec water_lung_bone() {
    return parse_slab_spec(R"({"name": "slabs", "size_cm": [12, 12, 12], "voxel_mm": [5, 5, 5],
        "slabs": [{"material": "water", "from_cm": 0, "to_cm": 3}, {"material": "lung_icru", "from_cm": 3, "to_cm": 7},
                  {"material": "bone_cortical_icru", "from_cm": 7, "to_cm": 8}, {"material": "water", "from_cm": 8, "to_cm": 12}],
        "beam": {"kind": "ideal", "spectrum": "mohan6", "ssd_cm": 90, "field_at_surface_cm": [5, 5]},
        "scoring": {"pdd_half_width_cm": 1, "profile_depths_cm": [5]}})",
                           "test");
}

SlabMonteCarlo slabs(std::uint64_t histories, const VarianceReduction& reduction, std::uint64_t seed = 7) {
    SlabRun how;
    how.run.histories = histories;
    how.run.reduction = reduction;
    how.run.seed = seed;
    return slab_monte_carlo(water_lung_bone(), test::repository("data"), how, {});
}

double deposited_MeV(const SlabMonteCarlo& found, const Medium& medium) {
    const Vec3 s = medium.grid.spacing_mm() * 0.1;
    double sum = 0;
    for (std::size_t v = 0; v < medium.grid.count(); ++v)
        sum += static_cast<double>(found.dose.values()[v]) * medium.density[v] * s.x * s.y * s.z;
    return sum / (gray_per_MeV_g * 25 / static_cast<double>(found.histories));
}

TEST(MonteCarlo, EnergyInIsEnergyDepositedPlusEnergyOut) {
    const Medium medium = slab_medium(water_lung_bone(), MaterialLibrary(physics));
    const auto found = slabs(4000, {.splits = 1, .reject_below_MeV = 0});
    // a pair's masses are not kinetic energy: what annihilation gives back equals what the pair took
    EXPECT_NEAR((deposited_MeV(found, medium) + found.energy_out_MeV) / found.energy_in_MeV, 1, 1e-4);
    EXPECT_GT(found.energy_out_MeV, 0.2 * found.energy_in_MeV);
}

TEST(MonteCarlo, TheSameBitsForAnyNumberOfThreads) {
    const int before = par::threads();
    std::vector<SlabMonteCarlo> runs;
    for (int threads : {1, 2, 7}) {
        par::set_threads(threads);
        runs.push_back(slabs(3000, {}));
    }
    par::set_threads(before);
    for (std::size_t r : {1U, 2U}) {
        EXPECT_TRUE(std::ranges::equal(runs[0].dose.values(), runs[r].dose.values()));
        EXPECT_TRUE(std::ranges::equal(runs[0].uncertainty.values(), runs[r].uncertainty.values()));
        EXPECT_EQ(runs[0].pdd.dose, runs[r].pdd.dose);
        EXPECT_EQ(runs[0].energy_out_MeV, runs[r].energy_out_MeV);
    }
}

/// Largest difference of two depth doses in their standard errors, and the mean square.
struct Chi {
    double largest = 0, mean_square = 0;
};
Chi compare(const DepthDose& a, const DepthDose& b) {
    Chi out;
    for (std::size_t i = 0; i < a.dose.size(); ++i) {
        const double sigma = std::hypot(a.dose[i] * a.uncertainty[i], b.dose[i] * b.uncertainty[i]);
        const double t = (a.dose[i] - b.dose[i]) / sigma;
        out.largest = std::max(out.largest, std::abs(t));
        out.mean_square += t * t / static_cast<double>(a.dose.size());
    }
    return out;
}

TEST(MonteCarlo, VarianceReductionLeavesTheMeanAlone) {
    const auto analogue = slabs(60'000, {.splits = 1, .reject_below_MeV = 0}, 1).pdd;
    for (const VarianceReduction& one : {VarianceReduction{.splits = 16, .reject_below_MeV = 0},
                                         VarianceReduction{.splits = 1, .reject_below_MeV = 1}}) {
        const auto chi = compare(analogue, slabs(20'000, one, 2).pdd);
        EXPECT_LT(chi.largest, 3.7);  // one in 200 among 24 normal deviates
        EXPECT_LT(chi.mean_square, 2);
    }
}

TEST(MonteCarlo, SetsOfPhotonsAndFocusOnTheAxisLeaveTheMeanAlone) {
    const auto analogue = slabs(60'000, {.splits = 1, .reject_below_MeV = 0}, 1).pdd;
    for (const bool focus : {false, true}) {
        SlabRun how;
        how.run.histories = 2500;
        how.run.seed = 3;
        how.run.members = 16;
        how.run.reduction.photon_weight = 1.0F / 32;
        how.axis_focus = focus;
        const auto chi = compare(analogue, slab_monte_carlo(water_lung_bone(), test::repository("data"), how, {}).pdd);
        EXPECT_LT(chi.largest, 3.7) << focus;
        EXPECT_LT(chi.mean_square, 2) << focus;
    }
}

TEST(MonteCarlo, StandardErrorsAreTheSpreadOfRuns) {
    constexpr int runs = 24;
    std::vector<SlabMonteCarlo> found;
    for (int r = 0; r < runs; ++r) found.push_back(slabs(600, {}, 100 + static_cast<std::uint64_t>(r)));
    double spread = 0, said = 0;
    for (std::size_t k = 0; k < found[0].pdd.dose.size(); ++k) {
        double mean = 0, square = 0, error = 0;
        for (const auto& f : found) {
            mean += f.pdd.dose[k] / runs;
            square += f.pdd.dose[k] * f.pdd.dose[k] / runs;
            error += std::pow(f.pdd.dose[k] * f.pdd.uncertainty[k], 2) / runs;
        }
        spread += (square - mean * mean) * runs / (runs - 1) / (mean * mean);
        said += error / (mean * mean);
    }
    EXPECT_NEAR(spread / said, 1, 0.3);
}

TEST(MonteCarlo, ANarrowBeamIsAttenuatedExponentially) {
    // photons of 0.2 MeV down a needle of water: recoil electrons stop where they start, scattered photons leave
    Medium medium;
    medium.grid = Grid({1, 1, 10}, {0.1, 0.1, 5}, {0.2, 0.2, 10});
    medium.materials = {MaterialLibrary(physics).at("water")};
    medium.material.assign(10, 0);
    medium.density.assign(10, 1.0F);
    const TransportTables tables(physics, {"water"});
    const MonteCarloScene scene(medium, tables);
    const ParticleSource source = [](par::Philox&, const Member&) {
        return SourceParticle{Kind::Photon, 0.2, {0.01, 0.01, -1}, {0, 0, 1}, 1};
    };
    const auto at = OctaveGrid::find(0.2);
    const double mu = between(tables.view().photon[at.index].total, tables.view().photon[at.index + 1].total, at);
    for (int splits : {1, 20}) {
        MonteCarloRun run;
        run.histories = 400'000 / static_cast<std::uint64_t>(splits);
        run.reduction = {.splits = splits, .reject_below_MeV = 0};
        MonteCarloSums sums;
        scene.run(source, run, {}, sums, {});
        double upper = 0, lower = 0;
        for (std::size_t v = 0; v < 10; ++v) (v < 5 ? upper : lower) += sums.voxels.energy_MeV(v);
        EXPECT_NEAR(std::log(upper / lower) / 5 / mu, 1, 0.03) << splits;
    }
}

/// Fano's theorem: electrons set free evenly per mass in one substance of any density leave the same dose everywhere.
TEST(MonteCarlo, FanoDoseIsEvenAcrossLungAndBoneDensity) {
    Medium medium;
    medium.grid = Grid({1, 1, 40}, {0, 0, 1}, {4000, 4000, 2});
    medium.materials = {MaterialLibrary(physics).at("water")};
    medium.material.assign(medium.grid.count(), 0);
    std::vector<double> mass_below{0};
    for (int k = 0; k < 40; ++k) {
        medium.density.push_back(k < 14 ? 1.0F : k < 26 ? 0.1F : 1.85F);
        mass_below.push_back(mass_below.back() + medium.density.back() * 0.2);
    }
    const TransportTables tables(physics, {"water"});
    const MonteCarloScene scene(medium, tables);
    const ParticleSource source = [&](par::Philox& rng,
                                      const Member&) {  // isotropic, 1 MeV, even per mass, at the middle of the slab
        const double at = rng.uniform() * mass_below.back();
        const auto k = std::upper_bound(mass_below.begin(), mass_below.end(), at) - mass_below.begin() - 1;
        const double z = 0.2 * (static_cast<double>(k) + (at - mass_below[static_cast<std::size_t>(k)]) /
                                                             (medium.density[static_cast<std::size_t>(k)] * 0.2));
        const double c = 2 * rng.uniform() - 1, phi = 2 * pi * rng.uniform(), s = std::sqrt(1 - c * c);
        return SourceParticle{Kind::Electron, 1.0, {200, 200, z}, {s * std::cos(phi), s * std::sin(phi), c}, 1};
    };
    MonteCarloRun run;
    run.histories = 150'000;
    run.reduction = {.splits = 1, .reject_below_MeV = 0};
    Region cavity;
    for (std::uint32_t k = 14; k < 26; ++k) cavity.voxels.push_back(k);
    cavity.weights.assign(12, 1.0 / 12);
    MonteCarloSums sums;
    scene.run(source, run, {cavity}, sums, {});
    // energy per mass that the source gives; bremsstrahlung (0.5 % at 1 MeV) leaves
    const double given = static_cast<double>(run.histories) / (mass_below.back() * 400 * 400);
    const double dose = sums.regions.energy_MeV(0), sigma = sums.regions.relative_error(0, sums.histories);
    EXPECT_NEAR(dose / given, 0.995, 0.003 + 3 * sigma) << "sigma " << sigma;
}

TEST(MonteCarlo, DoseToWaterInBoneIsLargerByTheRatioOfStoppingPowers) {
    SlabRun how;
    how.run.histories = 3000;
    const auto medium = slab_monte_carlo(water_lung_bone(), test::repository("data"), how, {}).pdd;
    how.run.scored.to_water = true;
    const auto water = slab_monte_carlo(water_lung_bone(), test::repository("data"), how, {}).pdd;
    const auto ratio = [](const char* name, double energy_MeV) {  // of collision stopping powers
        const Table w(physics / "electron_water.csv"), m(physics / (std::string("electron_") + name + ".csv"));
        const auto at = [&](const Table& t) {
            return interpolate_log_log(t.column("E_MeV"), t.column("S_col_MeV_cm2_g"), energy_MeV);
        };
        return at(w) / at(m);
    };
    for (std::size_t k = 0; k < medium.dose.size(); ++k) {  // the same histories: the ratio hardly fluctuates
        const double z = medium.depth_cm[k], found = water.dose[k] / medium.dose[k];
        if (z < 3 || z > 8) {
            EXPECT_NEAR(found, 1, 1e-6) << z;
            continue;
        }
        // electrons of 0.2 to 4 MeV lay down nearly all: the mean lies between the ratios at the ends
        const char* name = z < 7 ? "lung_icru" : "bone_cortical_icru";
        const double a = ratio(name, 0.2), b = ratio(name, 4);
        EXPECT_GE(found, std::min(a, b)) << z;
        EXPECT_LE(found, std::max(a, b)) << z;
    }
    EXPECT_GT(ratio("bone_cortical_icru", 0.6), 1.08);
}

TEST(MonteCarlo, RefusesTablesOfOtherSubstances) {
    const Medium medium = slab_medium(water_lung_bone(), MaterialLibrary(physics));
    const TransportTables tables(physics, {"water"});
    EXPECT_THROW(MonteCarloScene(medium, tables), ContractError);
}

}  // namespace
}  // namespace coutard::dose
