#include "dose/phantom/reference_check.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::dose {
namespace {

TEST(ReferenceCheck, MeansOverCellsOfAnotherWidth) {
    const std::vector<double> values{1, 2, 3, 4, 5, 6};
    const auto means = on_cells(values, {0, 0.25}, 0, {0.125, 0.5, 1.125});  // [0, .25], [.25, .75], [.75, 1.5]
    ASSERT_EQ(means.size(), 3U);
    EXPECT_NEAR(means[0], 1, 1e-12);
    EXPECT_NEAR(means[1], 2.5, 1e-12);
    EXPECT_NEAR(means[2], 5, 1e-12);
    EXPECT_THROW(on_cells(values, {0, 0.25}, 0, {1.4}), InputError);
}

DepthDose falling(double factor) {
    DepthDose out;
    for (int k = 0; k < 120; ++k) {
        out.depth_cm.push_back((k + 0.5) * 0.25);
        out.dose.push_back(factor * std::exp(-0.04 * out.depth_cm.back()));
        out.uncertainty.push_back(0.001);
    }
    return out;
}

TEST(ReferenceCheck, AnEqualDepthDoseIsWithinAndAScaledOneIsFound) {
    const auto truth = falling(1);
    const ReferenceAxis reference{truth.depth_cm, truth.dose, truth.uncertainty};
    const AxisCheck same = check_axis(reference, truth), high = check_axis(reference, falling(1.02));
    EXPECT_EQ(same.outside, 0U);
    EXPECT_NEAR(same.mean_percent, 0, 1e-9);
    EXPECT_NEAR(same.own_percent, 0.1, 1e-6);
    EXPECT_NEAR(high.mean_percent, 2, 1e-6);
    EXPECT_GT(high.outside, 10U);
    EXPECT_GT(high.chi2, 50);
    EXPECT_NEAR(high.worst.difference, 2, 0.05);
}

/// A grid of 4 x 4 x 2 reference cells of 5 mm around the axis over a dose of 2.5 mm voxels.
std::filesystem::path reference_file(const test::Scratch& scratch, double factor) {
    std::string text = "x_cm,y_cm,z_cm,dose,rel_uncert\n";
    for (double z : {0.25, 0.75})
        for (double y : {-0.75, -0.25, 0.25, 0.75})
            for (double x : {-0.75, -0.25, 0.25, 0.75})
                text += std::to_string(x) + "," + std::to_string(y) + "," + std::to_string(z) + "," +
                        std::to_string(factor * (10 + z)) + ",0.001\n";
    write_text_atomically(scratch / "grid.csv", text);
    return scratch / "grid.csv";
}

TEST(ReferenceCheck, VoxelsAreAveragedOverTheReferencesCells) {
    const test::Scratch scratch;
    const Grid grid({8, 8, 4}, {-8.75, -8.75, 1.25}, {2.5, 2.5, 2.5});
    Volume<float> dose(grid), error(grid, 0.001F);
    for (int k = 0; k < 4; ++k)
        for (int j = 0; j < 8; ++j)
            for (int i = 0; i < 8; ++i) dose.at(i, j, k) = static_cast<float>(10 + 0.25 * (k + 0.5));
    const VoxelCheck same = check_voxels(read_reference_voxels(reference_file(scratch, 1)), dose, error);
    EXPECT_EQ(same.judged, 32U);
    EXPECT_EQ(same.within, 32U);
    EXPECT_LT(same.chi2, 1e-3);
    EXPECT_GT(same.expected, 99.99);
    const VoxelCheck bare =
        check_voxels(read_reference_voxels(reference_file(scratch, 1)), dose, error, {0, 0});  // two sigma alone
    EXPECT_NEAR(bare.expected, 95.45, 0.01);
    const VoxelCheck off = check_voxels(read_reference_voxels(reference_file(scratch, 1.05)), dose, error);
    EXPECT_EQ(off.within, 0U);
    EXPECT_EQ(check_voxels(read_reference_voxels(reference_file(scratch, 1.05)), dose, error, {6, 0}).within, 32U);
}

/// Packs a file by gzip. \param keep part of the packed bytes that is written
void pack(const std::filesystem::path& from, const std::filesystem::path& to, double keep = 1) {
    std::ifstream in(from, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    gzFile out = gzopen(to.c_str(), "wb");
    gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
    gzclose(out);
    std::filesystem::resize_file(
        to, static_cast<std::uintmax_t>(keep * static_cast<double>(std::filesystem::file_size(to))));
}

std::string refusal(const std::filesystem::path& file) {
    try {
        read_reference_voxels(file);
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

TEST(ReferenceCheck, APackedGridIsThatOfThePlainFile) {
    const test::Scratch scratch;
    const auto plain = reference_file(scratch, 1);
    pack(plain, scratch / "grid.csv.gz");
    const auto a = read_reference_voxels(plain), b = read_reference_voxels(scratch / "grid.csv.gz");
    EXPECT_EQ(a.x_cm, b.x_cm);
    EXPECT_EQ(a.z_cm, b.z_cm);
    EXPECT_EQ(a.dose, b.dose);
    EXPECT_EQ(a.uncertainty, b.uncertainty);
}

TEST(ReferenceCheck, ACutGridIsRefusedByName) {
    const test::Scratch scratch;
    const auto plain = reference_file(scratch, 1), packed = scratch / "grid.csv.gz";
    for (const double keep : {0.98, 0.5, 0.1}) {
        pack(plain, packed, keep);
        EXPECT_NE(refusal(packed).find("grid.csv.gz: is cut off"), std::string::npos) << keep << refusal(packed);
    }
    std::filesystem::resize_file(plain, std::filesystem::file_size(plain) / 2);
    EXPECT_NE(refusal(plain).find("grid.csv"), std::string::npos);
    write_text_atomically(plain, "x_cm,y_cm,z_cm,dose,rel_uncert\n0,0,0,much,0.1\n");
    EXPECT_NE(refusal(plain).find("'much'"), std::string::npos) << refusal(plain);
}

TEST(ReferenceCheck, RefusesAGridThatIsNotFull) {
    const test::Scratch scratch;
    write_text_atomically(scratch / "grid.csv",
                          "x_cm,y_cm,z_cm,dose,rel_uncert\n0,0,0,1,0.1\n1,0,0,1,0.1\n1,1,0,1,0.1\n");
    EXPECT_THROW(read_reference_voxels(scratch / "grid.csv"), InputError);
}

}  // namespace
}  // namespace coutard::dose
