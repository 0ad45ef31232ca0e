#include "engine/store/nifti.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "tests/harness/scratch.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard {
namespace {
using test::Scratch;
using testing::HasSubstr;

const Mat3 tilted{{0.8, 0.6, 0}, {-0.6, 0.8, 0}, {0, 0, 1}};

Volume<float> numbered(const Grid& grid) {
    Volume<float> image(grid);
    for (std::size_t v = 0; v < image.count(); ++v) image[v] = static_cast<float>(v) - 7;
    return image;
}

std::vector<char> slurp(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
/// The file with a number put at a byte offset: 352 is where the voxels start.
template <class T>
void patch(const std::filesystem::path& file, std::size_t offset, T value) {
    auto bytes = slurp(file);
    std::memcpy(bytes.data() + offset, &value, sizeof(T));
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}
template <class Act>
std::string refusal(const Act& act) {
    try {
        act();
    } catch (const InputError& bad) {
        return bad.what();
    }
    return "not refused";
}

TEST(Nifti, ImagesComeBackInEveryTypeAndPlace) {
    const Scratch scratch;
    for (const Mat3& direction : {Mat3{}, Mat3{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}}, tilted})
        for (const char* name : {"a.nii", "a.nii.gz"})
            for (const auto type : {NiftiType::Float32, NiftiType::Int16}) {
                const auto image = numbered(Grid({4, 3, 2}, {-100, 20, 7}, {1, 2, 3}, direction));
                write_nifti(scratch / name, image, {.type = type});
                const auto back = read_nifti(scratch / name);
                EXPECT_TRUE(back.grid().same_as(image.grid()));
                for (std::size_t v = 0; v < image.count(); ++v) EXPECT_EQ(back[v], image[v]);
            }
}

TEST(Nifti, TheQuaternionTellsTheSamePlace) {  // sform_code 0 leaves it alone
    const Scratch scratch;
    const auto file = scratch / "a.nii";
    const Mat3 halves[] = {{{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}, {{-1, 0, 0}, {0, 1, 0}, {0, 0, -1}}};
    const Mat3 ring{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}}, tipped{{1, 0, 0}, {0, 0.6, 0.8}, {0, -0.8, 0.6}};
    for (const Mat3& direction : {Mat3{}, tilted, halves[0], halves[1], ring, tipped, tilted * tipped, ring * tilted})
        for (const auto handed : {Handed::Right, Handed::Left}) {
            const auto image = numbered(Grid({4, 3, 2}, {-100, 20, 7}, {1, 2, 3}, direction));
            write_nifti(file, image, {.handed = handed});
            patch<std::int16_t>(file, 254, 0);  // sform_code
            const auto back = read_nifti(file);
            for (int k = 0; k < 3; ++k) EXPECT_NEAR(back.grid().spacing_mm()[k], k + 1, 1e-6);
            EXPECT_NEAR(norm(back.grid().point(3, 2, 1) - image.grid().point(3, 2, 1)), 0, 1e-4);
            EXPECT_EQ(back.at(3, 2, 0), image.at(3, 2, 0));
        }
}

TEST(Nifti, ReadsTheOtherByteOrder) {
    const Scratch scratch;
    const auto file = scratch / "a.nii";
    const auto image = numbered(Grid({4, 3, 2}, {-100, 20, 7}, {1, 2, 3}, tilted));
    write_nifti(file, image);
    auto bytes = slurp(file);
    const auto turn = [&](std::size_t from, std::size_t count, std::size_t width) {
        for (std::size_t n = 0; n < count; ++n)
            std::reverse(bytes.data() + from + n * width, bytes.data() + from + (n + 1) * width);
    };
    // offsets of nifti1.h: sizeof_hdr, dim, intent and types, pixdim to scl_inter, codes, quaternion to srow_z, voxels
    turn(0, 1, 4), turn(40, 8, 2), turn(68, 4, 2), turn(76, 11, 4), turn(252, 2, 2), turn(256, 18, 4);
    turn(352, image.count(), 4);
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const auto back = read_nifti(file);
    EXPECT_TRUE(back.grid().same_as(image.grid()));
    for (std::size_t v = 0; v < image.count(); ++v) EXPECT_EQ(back[v], image[v]);
}

TEST(Nifti, OnDiskThePatientIsRas) {
    const Scratch scratch;
    const auto file = scratch / "a.nii";
    write_nifti(file, numbered(Grid({2, 2, 2}, {10, 20, 30}, {1, 2, 3})));
    const auto bytes = slurp(file);
    float row[12];  // srow_x, srow_y, srow_z lie at byte 280 (nifti1.h)
    std::memcpy(row, bytes.data() + 280, sizeof(row));
    EXPECT_THAT(row, testing::ElementsAre(-1, 0, 0, -10, 0, -2, 0, -20, 0, 0, 3, 30));
    write_nifti(file, numbered(Grid({2, 2, 2}, {10, 20, 30}, {1, 2, 3})), {.world = World::Phantom});
    std::memcpy(row, slurp(file).data() + 280, sizeof(row));
    EXPECT_THAT(row, testing::ElementsAre(1, 0, 0, 10, 0, 2, 0, 20, 0, 0, 3, 30));
    EXPECT_EQ(read_nifti(file, World::Phantom).grid().origin_mm(), (Vec3{10, 20, 30}));
}

TEST(Nifti, ALeftHandedImageIsTurnedAround) {
    const Scratch scratch;
    const auto file = scratch / "a.nii";
    write_nifti(file, numbered(Grid({4, 3, 2}, {-100, 20, 7}, {1, 2, 3})));
    const auto before = read_nifti(file);
    patch<float>(file, 280, 1);         // x now runs to the right
    patch<std::int16_t>(file, 252, 0);  // qform_code
    const auto after = read_nifti(file);
    EXPECT_GT(after.grid().direction().determinant(), 0);
    EXPECT_EQ(after.at(3, 1, 1), before.at(0, 1, 1));
    EXPECT_NEAR(norm(after.grid().point(3, 1, 1) - before.grid().point(0, 1, 1)), 0, 1e-5);
}

TEST(Nifti, WhatIsWrittenForALeftHandedFileLiesOnItsOwnGrid) {
    const Scratch scratch;
    const auto file = scratch / "las.nii";
    write_nifti(file, numbered(Grid({4, 3, 2}, {-100, 20, 7}, {1, 2, 3})));
    EXPECT_EQ(handedness(file), Handed::Right);
    patch<float>(file, 280, 1);         // x now runs to the right
    patch<std::int16_t>(file, 252, 0);  // qform_code
    EXPECT_EQ(handedness(file), Handed::Left);
    const auto image = read_nifti(file);
    write_nifti(scratch / "same.nii", image, {.handed = Handed::Left});
    const auto was = slurp(file), is = slurp(scratch / "same.nii");
    ASSERT_EQ(was.size(), is.size());
    EXPECT_TRUE(std::equal(was.begin() + 352, was.end(), is.begin() + 352)) << "voxels in the file's own order";
    float row[12], again[12];  // srow_x, srow_y, srow_z
    std::memcpy(row, was.data() + 280, sizeof(row));
    std::memcpy(again, is.data() + 280, sizeof(again));
    EXPECT_THAT(again, testing::ElementsAreArray(row));
    EXPECT_EQ(handedness(scratch / "same.nii"), Handed::Left);
    Volume<std::uint16_t> bits(image.grid());
    bits.at(3, 1, 1) = 5;
    write_nifti(scratch / "bits.nii", bits, World::Patient, Handed::Left);
    EXPECT_EQ(read_nifti_bits(scratch / "bits.nii").at(3, 1, 1), 5);
    std::uint16_t first;  // voxel (0, 1, 1) on disk
    std::memcpy(&first, slurp(scratch / "bits.nii").data() + 352 + 2 * (1 * 4 + 1 * 12), sizeof(first));
    EXPECT_EQ(first, 5);
    DisplacementField field(image.grid());
    field.at(0, 2, 1) = {1, -2, 3};
    write_nifti(scratch / "field.nii", field, World::Patient, Handed::Left);
    const auto back = read_nifti_field(scratch / "field.nii");
    EXPECT_TRUE(back.grid().same_as(image.grid()));
    EXPECT_EQ(back.at(0, 2, 1), field.at(0, 2, 1));
    EXPECT_THROW(handedness(scratch / "none.nii"), InputError);
}

TEST(Nifti, SlopeIsAppliedBothWays) {
    const Scratch scratch;
    Volume<float> dose(Grid({2, 1, 1}, {}, {1, 1, 1}), std::vector<float>{0, 70.002F});
    write_nifti(scratch / "dose.nii.gz", dose, {.type = NiftiType::UInt16, .slope = 0.002});
    EXPECT_NEAR(read_nifti(scratch / "dose.nii.gz")[1], 70.002, 0.001);
    dose[1] = 140;
    EXPECT_THROW(write_nifti(scratch / "dose.nii.gz", dose, {.type = NiftiType::UInt16, .slope = 0.002}),
                 ContractError);
    EXPECT_NEAR(read_nifti(scratch / "dose.nii.gz")[1], 70.002, 0.001) << "the old file stays";
}

TEST(Nifti, BitsAndFieldsComeBack) {
    const Scratch scratch;
    const Grid grid({3, 2, 2}, {5, 6, 7}, {4, 4, 2.5}, {{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}});
    Volume<std::uint16_t> bits(grid);
    bits[5] = 65535;
    write_nifti(scratch / "labels.nii.gz", bits);
    EXPECT_EQ(read_nifti_bits(scratch / "labels.nii.gz")[5], 65535);
    DisplacementField field(grid);
    field[7] = {1.5F, -2, 3};
    write_nifti(scratch / "field.nii.gz", field);
    const auto back = read_nifti_field(scratch / "field.nii.gz");
    EXPECT_EQ(back[7], field[7]);
    EXPECT_TRUE(back.grid().same_as(grid));
}

void zip(const std::filesystem::path& from, const std::filesystem::path& to) {
    const auto bytes = slurp(from);
    gzFile out = gzopen(to.c_str(), "wb");
    gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(out);
}

/// \returns the limit of before
rlimit limit_memory(rlim_t bytes) {
    rlimit before{};
    ::getrlimit(RLIMIT_AS, &before);
    [[maybe_unused]] const rlimit small{bytes, before.rlim_max};
#ifndef __SANITIZE_ADDRESS__  // its shadow memory alone is larger
    ::setrlimit(RLIMIT_AS, &small);
#endif
    return before;
}

TEST(Nifti, RefusesNonsenseByName) {
    const Scratch scratch;
    const auto file = scratch / "bad.nii";
    const auto fresh = [&] { write_nifti(file, numbered(Grid({4, 3, 2}, {}, {1, 1, 1}))); };
    const auto read = [&] { (void)read_nifti(file); };
    fresh();
    patch<float>(file, 352 + 4 * 5, std::numeric_limits<float>::quiet_NaN());
    EXPECT_THAT(refusal(read), testing::AllOf(HasSubstr("bad.nii"), HasSubstr("voxel (1, 1, 0)"), HasSubstr("finite")));
    fresh();
    EXPECT_THAT(refusal([&] { (void)read_nifti_bits(file); }), HasSubstr("found -7, expected a whole number"));
    EXPECT_THAT(refusal([&] { (void)read_nifti_field(file); }), HasSubstr("found 4 x 3 x 2"));
    patch<std::int16_t>(file, 254, 0), patch<std::int16_t>(file, 252, 0);
    EXPECT_THAT(refusal(read), HasSubstr("no orientation"));
    fresh();
    patch<float>(file, 284, 0.5F);
    EXPECT_THAT(refusal(read), HasSubstr("sheared"));
    fresh();
    std::filesystem::resize_file(file, 352 + 50);
    EXPECT_THAT(refusal(read), HasSubstr("holds 50 bytes of data, expected 96"));
    for (const bool zipped : {false, true}) {  // 4e9 numbers claimed, 352 bytes there: nothing is allocated for them
        const auto claims = zipped ? scratch / "claims.nii.gz" : file;
        fresh();
        patch<std::int16_t>(file, 42, 2000), patch<std::int16_t>(file, 44, 2000), patch<std::int16_t>(file, 46, 1000);
        std::filesystem::resize_file(file, 352);
        if (zipped) zip(file, claims);
        const rlimit before = limit_memory(2'000'000'000);
        EXPECT_THAT(refusal([&] { (void)read_nifti(claims); }),
                    HasSubstr("holds 0 bytes of data, expected 16000000000"));
        ::setrlimit(RLIMIT_AS, &before);
    }
    fresh();
    patch<std::int16_t>(file, 70, 128);
    EXPECT_THAT(refusal(read), HasSubstr("datatype 128"));
    patch<std::int32_t>(file, 0, 540);
    EXPECT_THAT(refusal(read), HasSubstr("is NIfTI-2"));
    fresh();
    patch<char>(file, 345, 'i');
    EXPECT_THAT(refusal(read), HasSubstr("half of a pair"));
    fresh();
    for (std::size_t d = 0; d < 8; ++d) patch<std::int16_t>(file, 40 + 2 * d, d == 0 ? 7 : 32767);
    EXPECT_THAT(refusal(read), HasSubstr("thousand million"));
    std::ofstream(file) << "a text";
    EXPECT_THAT(refusal(read), HasSubstr("not a NIfTI-1 file"));
    EXPECT_THAT(refusal([&] { (void)read_nifti(scratch / "none.nii"); }), HasSubstr("no such file"));
    EXPECT_THROW(write_nifti(scratch / "a.png", numbered(Grid({2, 2, 2}, {}, {1, 1, 1}))), OutputError);
    EXPECT_THROW(write_nifti(scratch / "no/a.nii", numbered(Grid({2, 2, 2}, {}, {1, 1, 1}))), OutputError);
    Volume<float> nan(Grid({1, 1, 1}, {}, {1, 1, 1}), std::nanf(""));
    EXPECT_THROW(write_nifti(scratch / "nan.nii", nan), ContractError);
}

TEST(Nifti, ReadsRealFilesWithTheRightSide) {
    const auto shared = test::shared_data();
    if (!shared) GTEST_SKIP() << "needs the shared folder: openkbp";
    const auto labels = read_nifti_bits(*shared / "openkbp/validation/pt_201/labels.nii.gz");
    double sum[2] = {}, count[2] = {};
    const auto n = labels.grid().size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i)
                for (int side = 0; side < 2; ++side)  // bits 2 and 3: right and left parotid
                    if (labels.at(i, j, k) >> (2 + side) & 1)
                        sum[side] += labels.grid().point(i, j, k).x, ++count[side];
    if (count[0] == 0 || count[1] == 0) GTEST_SKIP() << "pt_201 lacks a parotid";
    EXPECT_LT(sum[0] / count[0] + 40, sum[1] / count[1]) << "LPS: x grows to the left";
}

}  // namespace
}  // namespace coutard
