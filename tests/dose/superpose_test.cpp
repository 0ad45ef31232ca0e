#include "dose/superposition/superpose.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dose/influence/tile_carrier.hpp"
#include "dose/phantom/slab_dose.hpp"
#include "dose/physics/constants.hd.hpp"
#include "dose/superposition/superpose_parts.hpp"
#include "engine/par/device_error.hpp"
#include "engine/par/for_each.hpp"
#include "tests/dose/dose_tables.hpp"

namespace coutard::dose {
namespace {
using test::DoseTables, test::uniform_box;

BeamDose run(const Medium& medium, double half_mm, const ConeLayout& layout = ConeLayout::coarse(), double ssd = 1000,
             double pixel_mm = 1) {
    return superpose(medium, downward_beam(ssd, ssd), rectangle_fluence(-half_mm, half_mm, -half_mm, half_mm, pixel_mm),
                     DoseTables::get().kernel(layout), Device::Cpu, {});
}

TEST(Terma, FollowsInverseSquareAndAttenuation) {  // truth on paper, bin by bin
    const auto& tables = DoseTables::get();
    const Medium water = uniform_box(5, 40, 5, 1);
    const auto kernel = tables.kernel(ConeLayout::coarse());
    const auto terma =
        terma_cpu(make_job(water, downward_beam(900, 1000), rectangle_fluence(-50, 50, -50, 50, 1), kernel));
    for (int k : {0, 7, 39}) {
        const double depth_mm = 5 * k + 2.5;
        double expected = 0, found = 0;
        for (std::size_t b = 0; b < kernel.energy_MeV.size(); ++b) {
            const double mu = tables.library.at("water").attenuation(kernel.energy_MeV[b]);
            expected +=
                kernel.energy_fluence[b] * mu * std::exp(-mu * depth_mm / 10) * std::pow(1000 / (900 + depth_mm), 2);
        }
        for (std::size_t g = 0; g < energy_groups; ++g)
            found += static_cast<double>(terma[water.grid.flat(2, 2, k) * energy_groups + g]);
        EXPECT_NEAR(found / expected, 1, 1e-6);
    }
}

TEST(Superpose, LaysDownWhatIsReleasedButTheFarTail) {  // 1.2 m of water: kernels end at 60 cm, 4 % go further
    const BeamDose dose = run(uniform_box(40, 60, 30, 1), 60);
    EXPECT_GT(dose.deposited_MeV_cm2 / dose.released_MeV_cm2, 0.955);
    EXPECT_LE(dose.deposited_MeV_cm2 / dose.released_MeV_cm2, 1.0);
}

TEST(Superpose, IsSymmetricUnderTheEightMirrorsOfASquareField) {
    const auto d = run(uniform_box(16, 20, 5, 1), 25).dose;
    double peak = 0;
    for (float v : d.values()) peak = std::max(peak, static_cast<double>(v));
    for (int k = 0; k < 20; k += 5)
        for (int j = 0; j < 16; ++j)
            for (int i = 0; i < 16; ++i) {
                EXPECT_NEAR(d.at(i, j, k), d.at(15 - i, j, k), 1e-5 * peak);
                EXPECT_NEAR(d.at(i, j, k), d.at(j, i, k), 1e-5 * peak);
            }
}

TEST(Superpose, ScalesAsOConnorSays) {  // half the density, twice all lengths: the same dose for equal fluence
    const BeamDose dense = run(uniform_box(20, 24, 5, 1.0), 40, ConeLayout::coarse(), 1000, 1);
    const BeamDose thin = run(uniform_box(20, 24, 10, 0.5), 80, ConeLayout::coarse(), 2000, 2);
    for (std::size_t v = 0; v < dense.dose.count(); v += 7)
        EXPECT_NEAR(thin.dose[v] / static_cast<double>(dense.dose[v]), 1, 2e-3) << v;
}

TEST(Superpose, GivesTheSameBitsForAnyNumberOfThreads) {
    const Medium water = uniform_box(24, 30, 5, 1);
    par::set_threads(1);
    const auto one = run(water, 30);
    par::set_threads(2);
    const auto two = run(water, 30);
    par::set_threads(5);
    const auto five = run(water, 30);
    par::set_threads(0);
    for (std::size_t v = 0; v < one.dose.count(); ++v) {
        ASSERT_EQ(one.dose[v], two.dose[v]);
        ASSERT_EQ(one.dose[v], five.dose[v]);
    }
}

TEST(Superpose, GivesTheSameBitsInLittleMemory) {
    const Medium water = uniform_box(24, 30, 5, 1);
    const auto kernel = DoseTables::get().kernel(ConeLayout::coarse());
    const auto job = make_job(water, downward_beam(1000, 1000), rectangle_fluence(-30, 30, -30, 30, 1), kernel);
    par::set_threads(5);
    const auto many = transport_cpu(job, {}), one = transport_cpu(job, {}, 0);
    par::set_threads(0);
    EXPECT_EQ(many.energy, one.energy);
}

TEST(TileCarrier, FewerCarryManyVoxels) {  // 95 bytes per voxel
    EXPECT_EQ(TileCarrier::crew(1'000'000, 8, most_worker_bytes), 8);
    EXPECT_EQ(TileCarrier::crew(1'000'000, 64, most_worker_bytes), 16);
    EXPECT_EQ(TileCarrier::crew(10'000'000, 16, most_worker_bytes), 2);
    EXPECT_EQ(TileCarrier::crew(300'000'000, 16, most_worker_bytes), 1);
}

TEST(Superpose, ConvergesInTheNumberOfCones) {  // four times as many
    const Medium water = uniform_box(40, 48, 5, 1);
    for (double half : {50.0, 20.0}) {
        const auto standard = run(water, half, ConeLayout::standard()).dose,
                   fine = run(water, half, ConeLayout::fine()).dose;
        double peak = 0, inside = 0, inside_square = 0, edge = 0, square = 0;
        for (float v : fine.values()) peak = std::max(peak, static_cast<double>(v));
        std::size_t n = 0;
        for (int k = 0; k < 40; ++k)
            for (int j = 0; j < 40; ++j)
                for (int i = 0; i < 40; ++i) {
                    const double off =
                        (static_cast<double>(standard.at(i, j, k)) - static_cast<double>(fine.at(i, j, k))) / peak;
                    const Vec3 p = water.grid.point(i, j, k);
                    square += off * off;
                    if (k >= 2 && std::max(std::abs(p.x), std::abs(p.y)) < half - 10) {  // 1 cm from edges and surface
                        inside = std::max(inside, std::abs(off));
                        inside_square += off * off;
                        ++n;
                    }
                    edge = std::max(edge, std::abs(off));
                }
        EXPECT_LT(inside, 0.005) << half;
        EXPECT_LT(std::sqrt(inside_square / static_cast<double>(n)), 0.0015) << half;
        // an edge as sharp as a wall between voxels: lines of a cone leave their row at one depth, all at once
        EXPECT_LT(edge, 0.05) << half;
        EXPECT_LT(std::sqrt(square / static_cast<double>(fine.count())), 0.003) << half;
    }
}

TEST(Superpose, CarriesABeamOfOneEnergy) {  // three of the four energy groups are empty
    const auto& tables = DoseTables::get();
    const Medium water = uniform_box(30, 40, 5, 1);
    const auto map = rectangle_fluence(-30, 30, -30, 30, 1);
    const auto beam_of = [&](const Spectrum& spectrum) {
        const auto kernel = make_beam_kernel(tables.points, spectrum, tables.library.at("water"), ConeLayout::coarse());
        return superpose(water, downward_beam(1000, 1000), map, kernel, Device::Cpu, {});
    };
    const auto one = beam_of({"one", {2.0}, {1.0}});
    // the same beam, cut into bins so narrow that every group is filled
    const auto cut = beam_of({"cut", {1.997, 1.999, 2.001, 2.003}, {0.25, 0.25, 0.25, 0.25}});
    double peak = 0;
    for (float d : cut.dose.values()) peak = std::max(peak, static_cast<double>(d));
    for (std::size_t v = 0; v < one.dose.count(); v += 11) EXPECT_NEAR(one.dose[v], cut.dose[v], 1e-3 * peak) << v;
}

TEST(Superpose, AnEmptyFieldAndVacuumGiveNothing) {
    FluenceMap dark = rectangle_fluence(-10, 10, -10, 10, 1);
    dark.values.assign(dark.values.size(), 0.0);
    const auto kernel = DoseTables::get().kernel(ConeLayout::coarse());
    const auto none = superpose(uniform_box(8, 8, 5, 1), downward_beam(1000, 1000), dark, kernel, Device::Cpu, {});
    for (float v : none.dose.values()) EXPECT_EQ(v, 0.0F);
    const auto vacuum = run(uniform_box(8, 8, 5, 0), 10);
    for (float v : vacuum.dose.values()) EXPECT_EQ(v, 0.0F);
}

TEST(Superpose, NamesAMissingDevice) {
    if (cuda_devices() > 0) GTEST_SKIP() << "this machine has a CUDA device";
    EXPECT_THROW(use_cuda(Device::Cuda), NotBuilt);
    EXPECT_FALSE(use_cuda(Device::Auto));
}

TEST(Superpose, TakesTheCpuWhenAChosenGpuFails) {
    const Medium water = uniform_box(8, 8, 5, 1);
    const auto kernel = DoseTables::get().kernel(ConeLayout::coarse());
    const auto job = make_job(water, downward_beam(1000, 1000), rectangle_fluence(-10, 10, -10, 10, 1), kernel);
    const Transport full = [](const SuperpositionJob&, const Progress&) -> SuperpositionResult {
        throw par::DeviceError("cudaMalloc: out of memory");
    };
    bool cuda = true;
    EXPECT_EQ(transport_or_cpu(job, Device::Auto, {}, full, cuda).energy, transport_cpu(job, {}).energy);
    EXPECT_FALSE(cuda);
    EXPECT_THROW(transport_or_cpu(job, Device::Cuda, {}, full, cuda), par::DeviceError);
}

TEST(Superpose, CpuAndGpuAgree) {
    if (cuda_devices() == 0) GTEST_SKIP() << "no CUDA device";
    const Medium water = uniform_box(24, 30, 5, 1);
    const auto kernel = DoseTables::get().kernel(ConeLayout::coarse());
    const auto map = rectangle_fluence(-30, 30, -30, 30, 1);
    const auto host = superpose(water, downward_beam(1000, 1000), map, kernel, Device::Cpu, {});
    const auto device = superpose(water, downward_beam(1000, 1000), map, kernel, Device::Cuda, {});
    const double peak = *std::max_element(host.dose.values().begin(), host.dose.values().end());
    for (std::size_t v = 0; v < host.dose.count(); ++v)  // the CPU ends weak lines
        EXPECT_NEAR(device.dose[v], host.dose[v], 1e-4 * static_cast<double>(host.dose[v]) + 5e-5 * peak);
}

}  // namespace
}  // namespace coutard::dose
