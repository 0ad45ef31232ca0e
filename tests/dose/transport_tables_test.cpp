#include "dose/montecarlo/transport_tables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "dose/montecarlo/elastic.hpp"
#include "dose/montecarlo/radiation.hpp"
#include "dose/physics/integrate.hpp"
#include "dose/physics/pair_events.hd.hpp"
#include "dose/physics/positron_events.hd.hpp"
#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"
#include "engine/par/philox.hd.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::dose {
namespace {

const std::filesystem::path physics = test::repository("data/physics");

const TransportTables& tables() {
    static const TransportTables made(physics, {"water", "bone_cortical_icru", "lung_icru"});
    return made;
}

TEST(OctaveGrid, FindsTheCellOfAnEnergy) {
    for (double E : {0.00099, 0.0123, 0.511, 1.0, 1.999999, 2.0, 5.77, 19.9}) {
        const auto at = OctaveGrid::find(E);
        const double low = OctaveGrid::energy(at.index), high = OctaveGrid::energy(at.index + 1);
        EXPECT_LE(low, E * (1 + 1e-6));
        EXPECT_GE(high, E * (1 - 1e-6));
        EXPECT_NEAR(low + at.part * (high - low), E, 1e-5 * E);
        EXPECT_NEAR(at.per_MeV * (high - low), 1, 1e-6);
    }
    EXPECT_EQ(OctaveGrid::find(1e-5).index, 0);
    EXPECT_EQ(OctaveGrid::find(100).index, OctaveGrid::count - 2);
    EXPECT_EQ(OctaveGrid::find(100).part, 1);
}

TEST(SampleGrid, ChoosesTheNearerRowMoreOften) {
    for (int r = 1; r + 1 < SampleGrid::rows; r += 5) {
        EXPECT_EQ(SampleGrid::row(SampleGrid::energy(r) * (1 + 1e-6), 0.5F), r);
        const double between = SampleGrid::energy(r) + 0.25 * (SampleGrid::energy(r + 1) - SampleGrid::energy(r));
        EXPECT_EQ(SampleGrid::row(between, 0.7F), r);
        EXPECT_EQ(SampleGrid::row(between, 0.8F), r + 1);
    }
    EXPECT_EQ(SampleGrid::row(1e-4, 0), 0);
    EXPECT_EQ(SampleGrid::row(50, 0.9F), SampleGrid::rows - 1);
}

TEST(Bhabha, IsMottScatteringOfSlowPositronsAndNeverAboveRutherford) {
    for (double T : {0.05, 0.5, 5.0, 20.0})
        for (double e = 0.01; e <= 1; e += 0.01) {
            EXPECT_LE(bhabha_factor(T, e), 1);
            EXPECT_GT(bhabha_factor(T, e), 0);
        }
    EXPECT_NEAR(bhabha_factor(1e-5, 0.3), 1, 1e-4);
}

TEST(Annihilation, KeepsEnergyAndMomentumAndItsCrossSection) {
    par::Philox rng(1, 2);
    for (double T : {0.01, 0.3, 2.0, 15.0}) {
        const double momentum = std::sqrt(T * (T + 2 * electron_mass_MeV));
        for (int i = 0; i < 2000; ++i) {
            const AnnihilationPair p = sample_annihilation(T, rng);
            EXPECT_NEAR(p.energy_MeV[0] + p.energy_MeV[1], T + 2 * electron_mass_MeV, 1e-9);
            EXPECT_NEAR(p.energy_MeV[0] * p.cosine[0] + p.energy_MeV[1] * p.cosine[1], momentum, 1e-6);
            const double across[2] = {p.energy_MeV[0] * std::sqrt(1 - p.cosine[0] * p.cosine[0]),
                                      p.energy_MeV[1] * std::sqrt(1 - p.cosine[1] * p.cosine[1])};
            EXPECT_NEAR(across[0], across[1], 2e-6);
        }
        // Heitler's total is the integral of his differential form
        const double g = T / electron_mass_MeV + 1, r = std::sqrt(g * g - 1), least = 1 / (g + 1 + r);
        const double sum = integrate_log(least, 1 - least, 4000, [&](double z) {
            return -(g + 1) * (g + 1) + (g * g + 4 * g + 1) / z - 1 / (z * z);
        });
        const double unit = pi * electron_radius_cm * electron_radius_cm / ((g + 1) * (g * g - 1));
        EXPECT_NEAR(annihilation(T) / (unit * sum), 1, 1e-4) << T;
    }
}

TEST(PairShare, IsEvenNearThresholdAndKeepsBothAlive) {
    par::Philox rng(3, 4);
    for (double E : {1.1, 3.0, 18.0}) {
        double mean = 0;
        for (int i = 0; i < 20'000; ++i) {
            const double share = sample_pair_share(E, 7.0, rng);
            EXPECT_GE(share * E, electron_mass_MeV);
            EXPECT_GE((1 - share) * E, electron_mass_MeV);
            mean += share / 20'000;
        }
        EXPECT_NEAR(mean, 0.5, 0.006);
    }
}

TEST(Radiation, GivesTheRadiativeStoppingPowerOfTheTables) {
    const auto compositions = read_compositions(physics);
    for (const char* name : {"water", "bone_cortical_icru", "lead"}) {
        const Radiation radiation(physics, compositions.at(name));
        const Table table(physics / (std::string("electron_") + name + ".csv"));
        for (double T : {0.1, 1.0, 6.0, 18.0}) {
            const double expected = interpolate_log_log(table.column("E_MeV"), table.column("S_rad_MeV_cm2_g"), T);
            EXPECT_NEAR(radiation.loss(T, 100) / expected, 1, 0.01) << name << " " << T;
            const double soft = radiation.loss(T, 0.05 * T);
            const double hard =
                T * integrate_log(0.05, 1, 2000, [&](double k) { return radiation.chi(T, k); }) / beta_squared(T);
            EXPECT_NEAR((soft + hard) / expected, 1, 0.01);
        }
    }
}

TEST(TransportTables, RestrictedLossAndEventsAddUpToTheStoppingPower) {
    const TransportData<par::Host> data = tables().view();
    const Table table(physics / "electron_water.csv");
    const double n = read_compositions(physics).at("water").electrons_per_g();
    for (double T : {0.3, 1.0, 5.0, 15.0}) {
        const auto at = OctaveGrid::find(T);
        const double cut = data.cut.knock_on / T;
        const double loss = between(data.electron[at.index].loss, data.electron[at.index + 1].loss, at);
        double hard = 0;
        if (cut < 0.5) hard = n * T * integrate_log(cut, 0.5, 2000, [&](double e) { return e * moller(T, e); });
        const double collision = interpolate_log_log(table.column("E_MeV"), table.column("S_col_MeV_cm2_g"), T);
        EXPECT_NEAR((loss + hard) / collision, 1, 0.003) << T;  // soft bremsstrahlung is in the loss
        EXPECT_GE(loss + hard, collision * (1 - 1e-3));
    }
}

TEST(TransportTables, PositronsOfHighEnergyLoseLessThanElectrons) {  // ICRU Report 37, table 8.1: water 1.78 and 1.85
    const TransportData<par::Host> data = tables().view();
    const Cutoffs cut;
    const double n = read_compositions(physics).at("water").electrons_per_g();
    const auto whole = [&](const ChargedRow* rows, double T, bool positron) {
        const auto at = OctaveGrid::find(T);
        const double e0 = cut.knock_on / T, top = positron ? 1 : 0.5;
        return between(rows[at.index].loss, rows[at.index + 1].loss, at) +
               n * T *
                   integrate_log(e0, top, 2000, [&](double e) { return e * (positron ? bhabha(T, e) : moller(T, e)); });
    };
    const double ratio = whole(data.positron.data, 1, true) / whole(data.electron.data, 1, false);
    EXPECT_NEAR(ratio, 0.975, 0.01);
}

TEST(Elastic, DeflectionsHaveTheMomentsOfTheirPath) {
    const auto compositions = read_compositions(physics);
    for (const char* name : {"water", "bone_cortical_icru"})
        for (double T : {0.2, 1.0, 6.0}) {
            const auto G = elastic_moments(compositions.at(name), T, 0.02, 400);
            for (double part : {0.1, 0.3}) {
                const double path = part / G[1];
                const Deflection d = deflection_of_path(path, G);
                double m1 = 0, m2 = 0;
                constexpr int n = 100'000;
                for (int i = 0; i < n; ++i) {  // the sampler of ChargedWalk at even chances
                    const double place = (1 - std::sqrt((i + 0.5) / n)) * (Deflection::points - 1);
                    const int k = static_cast<int>(place);
                    const double u = d.u[k] + (place - k) * (d.u[k + 1] - d.u[k]), mu = d.a * u / (1 + d.a - u);
                    m1 += mu / n;
                    m2 += mu * mu / n;
                }
                const double mean = -0.5 * std::expm1(-path * G[1]), square = mean + std::expm1(-path * G[2]) / 6;
                EXPECT_NEAR(m1 / mean, 1, 0.004) << name << " " << T << " MeV, path " << part;
                EXPECT_NEAR(m2 / square, 1, 0.02) << name << " " << T << " MeV, path " << part;
            }
        }
}

/// Mass scattering power by the closed form of ICRU Report 35 (1984), eq. 2.18, cut off at one radian.
double scattering_power(const Composition& substance, double T) {
    const double gamma = T / electron_mass_MeV + 1, beta2 = beta_squared(T);
    double sum = 0;
    for (const auto& e : substance.elements) {
        const double screen = 1.13 * std::cbrt(e.Z) * fine_structure / (std::sqrt(beta2) * gamma);
        const double ratio = 1 / (screen * screen);
        const double strength = 2 * electron_radius_cm / (gamma * beta2);
        sum += e.atoms_per_g * pi * e.Z * (e.Z + 1) * strength * strength * (std::log1p(ratio) - 1 + 1 / (1 + ratio));
    }
    return sum;
}

TEST(Elastic, ScatteringPowerIsThatOfIcru35) {
    for (const char* name : {"water", "bone_cortical_icru"})
        for (double T : {1.0, 3.0, 10.0}) {
            const auto substance = read_compositions(physics).at(name);
            // 2 (1 - cos) is the square of a small angle; angles beyond one radian and the spin factor differ
            EXPECT_NEAR(2 * elastic_moments(substance, T, 1, 1)[1] / scattering_power(substance, T), 1, 0.1)
                << name << T;
        }
}

TEST(TransportTables, RefusesWhatItDoesNotKnow) {
    try {
        TransportTables(physics, {"water", "unobtainium"});
        FAIL() << "an unknown material was taken";
    } catch (const InputError& e) {
        EXPECT_THAT(e.what(), testing::HasSubstr("unobtainium"));
    }
    EXPECT_THROW(TransportTables(physics, {}), ContractError);
    EXPECT_THROW(TransportTables(physics, {"water"}, {.electron = 0.001}), ContractError);
    EXPECT_THROW(TransportTables(physics, {"water"}, {}, {.transport_paths = 2}), ContractError);
}

}  // namespace
}  // namespace coutard::dose
