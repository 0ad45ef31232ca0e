#include "dose/montecarlo/kernel_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>

#include "dose/physics/electron_events.hd.hpp"
#include "dose/physics/photon_events.hd.hpp"
#include "dose/physics/table.hpp"
#include "engine/par/for_each.hpp"
#include "engine/par/philox.hd.hpp"
#include "tests/dose/dose_tables.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::dose {
namespace {

std::filesystem::path physics() {
    return test::repository("data/physics");
}

TEST(Philox, ReproducesTheAuthorsKnownAnswer) {  // Random123 kat_vectors: philox4x32 10, all zeros and all ones
    std::uint32_t out[4];
    par::Philox::block({0, 0, 0, 0}, {0, 0}, out);
    EXPECT_EQ(out[0], 0x6627e8d5U);
    EXPECT_EQ(out[1], 0xe169c58dU);
    EXPECT_EQ(out[2], 0xbc57ac4cU);
    EXPECT_EQ(out[3], 0x9b00dbd8U);
    const std::uint32_t f = 0xFFFFFFFFU;
    par::Philox::block({f, f, f, f}, {f, f}, out);
    EXPECT_EQ(out[0], 0x408f276dU);
    EXPECT_EQ(out[1], 0x41c83b0eU);
    EXPECT_EQ(out[2], 0xa20bc7c6U);
    EXPECT_EQ(out[3], 0x6d5451fdU);
}

TEST(Compton, ConservesEnergyAndMomentumAndHasItsMeanTransfer) {
    par::Philox rng(1922, 7);
    for (double E : {0.2, 1.0, 6.0}) {
        double mean = 0;
        const int n = 40'000;
        for (int i = 0; i < n; ++i) {
            const Compton c = sample_compton(E, rng, [](double) { return 1.0; });
            EXPECT_NEAR(c.photon_MeV + c.electron_MeV, E, 1e-12);
            EXPECT_NEAR(1 / c.photon_MeV - 1 / E, (1 - c.cos_photon) / electron_mass_MeV, 1e-9);
            const double p = std::sqrt(c.electron_MeV * (c.electron_MeV + 2 * electron_mass_MeV));
            EXPECT_NEAR(p * std::sqrt(1 - c.cos_electron * c.cos_electron),
                        c.photon_MeV * std::sqrt(1 - c.cos_photon * c.cos_photon), 1e-6 * E);
            mean += c.electron_MeV / n;
        }
        // mean transfer of Klein-Nishina, by integrating its differential form (Evans 1955)
        const double k = E / electron_mass_MeV;
        double sigma = 0, transfer = 0;
        for (int i = 0; i < 20'000; ++i) {
            const double t = 2 * (i + 0.5) / 20'000, e = 1 / (1 + k * t), weight = e * e * (e + 1 / e - t * (2 - t));
            sigma += weight;
            transfer += weight * (1 - e) * E;
        }
        EXPECT_NEAR(mean / (transfer / sigma), 1, 0.01);
    }
}

TEST(KernelMonteCarlo, ConservesEnergyAndGivesTheSameBitsOnTwoThreads) {
    KernelRun run;
    run.energies_MeV = {2.0};
    run.histories = 3000;
    par::set_threads(1);
    const auto one = simulate_kernels(physics(), run, {}).kernels[0];
    par::set_threads(2);
    const auto two = simulate_kernels(physics(), run, {}).kernels[0];
    par::set_threads(0);
    EXPECT_NEAR(one.primary_total + one.scatter_total + one.escaped, 1, 1e-6);
    EXPECT_EQ(one.primary, two.primary);
    EXPECT_EQ(one.scatter, two.scatter);
    EXPECT_EQ(one.escaped, two.escaped);
}

TEST(PointKernels, PrimaryCarriesTheEnergyAbsorptionCoefficient) {  // mu_en/mu of the tables, an independent sum
    const auto& set = test::DoseTables::get().points;
    ASSERT_EQ(set.kernels.size(), 16U);
    for (const auto& k : set.kernels) {
        EXPECT_NEAR(k.primary_total / absorbed_part(physics(), k.energy_MeV), 1, 0.0025) << k.energy_MeV;
        EXPECT_NEAR(k.primary_total + k.scatter_total + k.escaped, 1, 2e-5);
    }
}

TEST(PointKernels, AdvanceIsTheWayAlongThePhoton) {
    PointKernelSet set;
    set.radius_cm = {0, 1, 2};
    set.angles = 2;  // forward and backward half: mean cosines 1/2 and -1/2
    PointKernel kernel;
    kernel.primary = {0, 0.6F, 0.2F, 0};
    EXPECT_NEAR(primary_advance(set, kernel), (0.6 * 1.5 * 0.5 - 0.2 * 0.5 * 0.5) / 0.8, 1e-6);
}

TEST(MaterialLibrary, KnowsHowFarChargedParticlesAdvance) {
    const auto& library = test::DoseTables::get().library;
    EXPECT_EQ(library.at("water").primary_scale(3), 1);
    EXPECT_EQ(library.at("water").stopping_relative_to_water, 1);
    const Material& bone = library.at("bone_cortical_icru");
    EXPECT_NEAR(bone.primary_scale(2), 0.23940 / 0.23382, 0.01);  // an earlier run of 300,000 histories
    EXPECT_EQ(bone.primary_scale(20), bone.primary_scale(8));     // the table's end
    EXPECT_GT(bone.primary_scale(1), bone.primary_scale(1.5));
    EXPECT_GT(bone.primary_scale(1.5), bone.primary_scale(2));
    EXPECT_EQ(library.at("lead").primary_scale(2), library.at("lead").electrons_relative_to_water);
    EXPECT_EQ(library.at("lead").detour(2), 1);
    EXPECT_EQ(library.at("water").detour(2), 1);
    EXPECT_NEAR(bone.detour(2.44), 1.16, 0.01);
    EXPECT_NEAR(bone.stopping_relative_to_water, 1.630 / 1.849, 1e-3);
}

TEST(MaterialLibrary, RefusesATableOfAdvancesByName) {
    const test::Scratch scratch;
    const auto refusal = [&](const std::string& text) -> std::string {
        std::ofstream(scratch / "primary_advance.json") << text;
        try {
            const MaterialLibrary library(scratch.path());
        } catch (const InputError& bad) {
            return bad.what();
        }
        return {};
    };
    using testing::HasSubstr;
    EXPECT_THAT(refusal("{"), HasSubstr("primary_advance.json"));
    EXPECT_THAT(refusal(R"({"photon_MeV": [], "advance_g_cm2": {"water": []}})"), HasSubstr("photon_MeV is empty"));
    EXPECT_THAT(refusal(R"({"photon_MeV": [1, 2], "advance_g_cm2": {"fat": [1, 2]}})"), HasSubstr("water is missing"));
    EXPECT_THAT(refusal(R"({"photon_MeV": [2, 1], "advance_g_cm2": {"water": [1, 2]}})"), HasSubstr("photon_MeV"));
    EXPECT_THAT(refusal(R"({"photon_MeV": [1, 2], "advance_g_cm2": {"water": [1]}})"), HasSubstr("advances of water"));
    EXPECT_THAT(refusal(R"({"photon_MeV": [1], "advance_g_cm2": {"water": [0]}})"), HasSubstr("advance of water"));
    std::filesystem::copy(physics() / "materials.json", scratch.path());
    EXPECT_THAT(refusal(R"({"photon_MeV": [1], "advance_g_cm2": {"water": [1], "watr": [1]}})"),
                HasSubstr("'watr' is no material"));
}

TEST(PointKernels, RefuseNonsenseByName) {
    const auto refusal = [](const std::function<void(PointKernelSet&)>& spoil) -> std::string {
        PointKernelSet set = test::DoseTables::get().points;
        spoil(set);
        try {
            check_point_kernels(set, "k.txt");
        } catch (const InputError& bad) {
            return bad.what();
        }
        return {};
    };
    using testing::HasSubstr;
    EXPECT_EQ(refusal([](auto&) {}), "");
    EXPECT_THAT(refusal([](auto& s) { s.kernels.resize(1); }), HasSubstr("k.txt: kernels: found 1"));
    EXPECT_THAT(refusal([](auto& s) { std::swap(s.kernels[0], s.kernels[1]); }), HasSubstr("energies of the kernels"));
    EXPECT_THAT(refusal([](auto& s) { s.kernels[1].energy_MeV = s.kernels[0].energy_MeV; }), HasSubstr("value 2"));
    EXPECT_THAT(refusal([](auto& s) { s.radius_cm[0] = 0.001; }), HasSubstr("begin with 0"));
    EXPECT_THAT(refusal([](auto& s) { s.radius_cm[5] = s.radius_cm[4]; }), HasSubstr("edges of the radii"));
    EXPECT_THAT(refusal([](auto& s) { s.kernels[2].scatter[7] = -1e-3F; }), HasSubstr("0.3 MeV: part of the energy"));
    EXPECT_THAT(refusal([](auto& s) { s.kernels[2].primary[7] = NAN; }), HasSubstr("0.3 MeV: part of the energy"));
    EXPECT_THAT(refusal([](auto& s) { s.kernels[2].escaped += 0.1; }), HasSubstr("0.3 MeV: sum"));
    EXPECT_THAT(refusal([](auto& s) { s.kernels[2].primary_total += 0.1; }), HasSubstr("0.3 MeV: totals"));
}

TEST(KernelRun, EnergiesRiseEachOnce) {
    EXPECT_EQ(rising_once({6, 0.5, 6, 2}), (std::vector<double>{0.5, 2, 6}));
    KernelRun falling;
    falling.energies_MeV = {6, 0.5};
    EXPECT_THROW(simulate_kernels(physics(), falling, {}), ContractError);
}

TEST(PointKernels, SurviveTheirFileAndRefuseAnother) {
    const auto& set = test::DoseTables::get().points;
    const test::Scratch scratch;
    write_point_kernels(scratch / "k.txt", set);
    const auto back = read_point_kernels(scratch / "k.txt");
    EXPECT_EQ(back.kernels[3].primary, set.kernels[3].primary);
    EXPECT_THROW(read_point_kernels(scratch / "absent.txt"), InputError);
    EXPECT_THROW(read_point_kernels(test::repository("data/physics/photon_water.csv")), InputError);
}

}  // namespace
}  // namespace coutard::dose
