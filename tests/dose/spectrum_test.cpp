#include "dose/physics/spectrum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "dose/machine/beam_model.hpp"
#include "engine/base/error.hpp"
#include "tests/harness/scratch.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::dose {
namespace {

using test::repository;

TEST(HardenedSpectrum, RatiosOfBinsRiseWithThePower) {  // truth on paper: two bins, 1 and 4 MeV
    const Spectrum two{"two", {1, 4}, {0.8, 0.2}, {1, 1}};
    const Spectrum out = hardened(two, 0.5);
    EXPECT_NEAR(out.photons[0], 0.8 / 1.2, 1e-12);
    EXPECT_NEAR(out.photons[1], 0.4 / 1.2, 1e-12);
    EXPECT_NEAR(hardened(out, -0.5).photons[0], 0.8, 1e-12);  // and back
    EXPECT_EQ(hardened(two, 0).photons, two.photons);
}

TEST(HardenedSpectrum, IsReadFromTheMachineAndSofteningStillFollowsItsTable) {
    const test::Scratch scratch;
    std::ifstream in(repository("data/machines/generic_6mv.json"));
    std::string text{std::istreambuf_iterator<char>(in), {}};
    const std::string key = "\"spectrum\": \"mohan6\",";
    text.insert(text.find(key) + key.size(), " \"spectrum_power\": 0.4,");
    std::ofstream(scratch / "harder.json") << text;
    const auto physics = repository("data/physics");
    const BeamModel soft = read_beam_model(repository("data"), "generic_6mv"),
                    hard = read_beam_model_file(scratch / "harder.json", repository("data"));
    EXPECT_EQ(hard.spectrum_power, 0.4);
    const Spectrum axis = beam_spectrum(hard, physics);
    EXPECT_GT(axis.mean_MeV(), beam_spectrum(soft, physics).mean_MeV() + 0.3);
    const double mu = half_value_attenuation(axis, physics);
    Spectrum off = axis;
    const SpectrumRows& rows = hard.softening;
    ASSERT_EQ(rows.bins, axis.photons.size());
    off.photons.assign(rows.photons.begin() + static_cast<std::ptrdiff_t>(5 * rows.bins),
                       rows.photons.begin() + static_cast<std::ptrdiff_t>(6 * rows.bins));
    EXPECT_NEAR(half_value_attenuation(off, physics) / mu, 1.048 + 0.039 * 0.7106 / 2.5, 1e-4);
    text.replace(text.find("0.4,"), 4, "9,");
    std::ofstream(scratch / "wild.json") << text;
    EXPECT_THROW(read_beam_model_file(scratch / "wild.json", repository("data")), InputError);
}

}  // namespace
}  // namespace coutard::dose
