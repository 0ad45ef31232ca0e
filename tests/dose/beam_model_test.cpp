// Beam models of machine files, and their calibration.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "dose/phantom/slab_dose.hpp"
#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"
#include "tests/dose/cylinder_scene.hpp"
#include "tests/dose/dose_tables.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::dose {
namespace {

TEST(BeamModel, RefusesOffAxisDistancesThatDoNotRiseFromZero) {
    const test::Scratch scratch;
    std::filesystem::create_directory(scratch / "machines");
    std::ifstream in(test::repository("data/machines/generic_6mv.json"));
    const std::string text{std::istreambuf_iterator<char>(in), {}}, was = "\"off_axis_mm\": [0, 25,";
    ASSERT_NE(text.find(was), std::string::npos);
    for (const char* list : {"[10, 25,", "[0, 0,", "[0, 55,"}) {
        std::string other = text;
        other.replace(other.find(was), was.size(), std::string("\"off_axis_mm\": ") + list);
        std::ofstream(scratch / "machines/generic_6mv.json") << other;
        EXPECT_THROW(read_beam_model(scratch.path(), "generic_6mv"), InputError) << list;
    }
}

TEST(Calibration, IsWhatTheMachineFilesKeep) {
    for (const char* machine : {"generic_6mv", "generic_6mv_fff", "generic_10mv"}) {
        const double found = calibrated_fluence(machine, test::repository("data"), Device::Cpu, {});
        EXPECT_NEAR(found / read_beam_model(test::repository("data"), machine).fluence_per_mu, 1, 0.002) << machine;
    }
}

TEST(Spectrum, WithoutAFilterIsTheFilteredOneWithFourteenGramsOfIronTakenAway) {
    const auto physics = test::repository("data/physics");
    const Spectrum with = read_spectrum(physics, "mohan6"), without = read_spectrum(physics, "derived6fff");
    const Table elements(physics / "elements_photon.csv");
    std::vector<double> energy, attenuation;
    for (std::size_t r = 0; r < elements.rows(); ++r) {
        if (elements.column("Z")[r] != 26) continue;
        energy.push_back(elements.column("E_MeV")[r]);
        attenuation.push_back(0);
        for (const char* part :
             {"rayleigh_cm2_g", "photoelectric_cm2_g", "compton_cm2_g", "pair_cm2_g", "triplet_cm2_g"})
            attenuation.back() += elements.column(part)[r];
    }
    ASSERT_EQ(with.energy_MeV, without.energy_MeV);
    std::vector<double> expected;
    double sum = 0;
    for (std::size_t b = 0; b < with.photons.size(); ++b) {
        expected.push_back(with.photons[b] *
                           std::exp(14 * interpolate_log_log(energy, attenuation, with.energy_MeV[b])));
        sum += expected.back();
    }
    for (std::size_t b = 0; b < expected.size(); ++b) EXPECT_NEAR(without.photons[b], expected[b] / sum, 1e-6);
    EXPECT_LT(without.mean_MeV(), with.mean_MeV() - 0.2);
}

}  // namespace
}  // namespace coutard::dose
