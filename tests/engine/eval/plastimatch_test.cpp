// Figures of another code on the same images; skipped by name where plastimatch is not installed.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <string>

#include "engine/eval/contour_agreement.hpp"
#include "engine/eval/gamma.hpp"
#include "engine/eval/structure_dose.hpp"
#include "tests/engine/eval/shapes.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard {
namespace {
using namespace test;

bool installed() {
    return std::system("plastimatch --version > /dev/null 2>&1") == 0;
}

/// MetaImage with its values in the same file.
template <class T>
void write_mha(const std::filesystem::path& file, const Volume<T>& volume, const char* type) {
    const auto& g = volume.grid();
    std::ofstream out(file, std::ios::binary);
    out << "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
        << "TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = " << g.origin_mm().x << ' ' << g.origin_mm().y << ' '
        << g.origin_mm().z << "\nElementSpacing = " << g.spacing_mm().x << ' ' << g.spacing_mm().y << ' '
        << g.spacing_mm().z << "\nDimSize = " << g.size().x << ' ' << g.size().y << ' ' << g.size().z
        << "\nElementType = " << type << "\nElementDataFile = LOCAL\n";
    out.write(reinterpret_cast<const char*>(volume.values().data()),
              static_cast<std::streamsize>(volume.count() * sizeof(T)));
}

std::string output_of(const std::string& command) {
    std::string text;
    std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    for (char line[512]; pipe && std::fgets(line, sizeof line, pipe);) text += line;
    if (pipe) ::pclose(pipe);
    return text;
}

/// The number after a label at the start of a line.
double number_after(const std::string& text, const std::string& label) {
    const auto at = text.find(label);
    if (at == std::string::npos) ADD_FAILURE() << "no \"" << label << "\" in: " << text;
    return at == std::string::npos
               ? std::nan("")
               : std::strtod(text.c_str() + text.find_first_of("-0123456789", at + label.size()), nullptr);
}

TEST(Plastimatch, AgreesOnGamma) {
    if (!installed()) GTEST_SKIP() << "plastimatch is not installed";
    const auto grid = cube_grid(48, 2);
    const auto hump = [](const Vec3& p, double width) { return 60 / (1 + std::exp((norm(p) - width) / 3)); };
    const auto reference = field(grid, [&](const Vec3& p) { return hump(p, 25); });
    const auto evaluated = field(grid, [&](const Vec3& p) {
        return hump(p - Vec3{1.5, 0.5, -1}, 26) * (1 + 0.02 * std::sin(p.y / 5));
    });
    Scratch scratch;
    write_mha(scratch / "a.mha", reference, "MET_FLOAT");
    write_mha(scratch / "b.mha", evaluated, "MET_FLOAT");
    for (const auto& [percent, mm] : std::map<double, double>{{2, 2}, {3, 3}}) {
        GammaCriteria criteria;
        criteria.dose_percent = percent;
        criteria.distance_mm = mm;
        const auto ours = gamma_index(reference, evaluated, criteria);
        std::ostringstream command;
        command << "plastimatch gamma --interp-search --dose-tolerance " << percent / 100 << " --dta-tolerance " << mm
                << " --analysis-threshold 0.1 --reference-dose " << ours.normalisation.value()
                << " --ref-only-threshold --output-text " << scratch / "r.txt"
                << " --output " << scratch / "g.mha" << ' ' << scratch / "a.mha" << ' ' << scratch / "b.mha";
        const auto said = output_of(command.str());
        std::ifstream report(scratch / "r.txt");
        const std::string text{std::istreambuf_iterator<char>(report), {}};
        const double theirs = number_after(text, "pass_rate(%)");
        std::printf("%g %%/%g mm: ours %.2f %%, plastimatch %.2f %%\n", percent, mm, ours.pass_percent(), theirs);
        EXPECT_EQ(static_cast<double>(ours.evaluated), number_after(text, "number_of_analysis_voxels"));
        EXPECT_NEAR(ours.pass_percent(), theirs, 1.0) << said << text;
    }
}

/// It labels a bin by its upper end, and takes each voxel's dose as that of the whole voxel.
TEST(Plastimatch, AgreesOnHistograms) {
    if (!installed()) GTEST_SKIP() << "plastimatch is not installed";
    const auto grid = cube_grid(60, 1);
    const auto dose = field(grid, [](const Vec3& p) { return 50 + p.x; });
    Volume<std::uint32_t> bits(grid);
    Mask mask(grid);
    for (int k = 0; k < 60; ++k)
        for (int j = 0; j < 60; ++j)
            for (int i = 0; i < 60; ++i)
                if (norm(grid.point(i, j, k)) <= 20) mask.at(i, j, k) = 255, bits.at(i, j, k) = 1;
    Scratch scratch;
    write_mha(scratch / "d.mha", dose, "MET_FLOAT");
    write_mha(scratch / "s.mha", bits, "MET_UINT");
    std::ofstream(scratch / "s.txt") << "0|255 0 0|ball\n";
    output_of("plastimatch dvh --input-ss-img " + (scratch / "s.mha").string() + " --input-ss-list " +
              (scratch / "s.txt").string() + " --input-dose " + (scratch / "d.mha").string() +
              " --cumulative --num-bins 80 --bin-width 1 --output-csv " + (scratch / "o.csv").string());
    std::ifstream csv(scratch / "o.csv");
    std::string line;
    std::getline(csv, line);
    const auto ours = structure_dose("ball", dose, mask);
    int compared = 0;
    for (double label = 0, part = 0;
         std::getline(csv, line) && std::sscanf(line.c_str(), "%lf,%lf", &label, &part) == 2; ++compared) {
        if (label < 1) continue;
        EXPECT_NEAR(ours.percent_at(Gy{label - 1}), 100 * part, 0.3) << label;
    }
    EXPECT_EQ(compared, 80);
}

/// On boxes of whole voxels both surfaces are flat: its distances between boundary voxels and ours between surface
/// cells are the same, exactly. (On curved surfaces they differ by up to a voxel: it measures between centres of
/// voxels inside, we between the two sides of the surface. Means differ: its voxels count alike, our surface elements
/// by their area.)
TEST(Plastimatch, AgreesOnContours) {
    if (!installed()) GTEST_SKIP() << "plastimatch is not installed";
    const Grid grid({60, 50, 40}, {-59, -49, -58.5}, {2, 2, 3});
    const auto block = [&](const Size3& low, const Size3& high) {
        Mask mask(grid);
        for (int k = low.z; k <= high.z; ++k)
            for (int j = low.y; j <= high.y; ++j)
                for (int i = low.x; i <= high.x; ++i) mask.at(i, j, k) = 255;
        return mask;
    };
    const Mask a = block({10, 10, 10}, {39, 34, 24});
    for (const Size3& move : {Size3{5, 0, 0}, Size3{0, 4, 0}, Size3{0, 0, 3}}) {
        const Mask b = block({10 + move.x, 10 + move.y, 10 + move.z}, {39 + move.x, 34 + move.y, 24 + move.z});
        const auto binary = [](Mask mask) {
            for (auto& v : mask.values()) v = v >= 128 ? 1 : 0;
            return mask;
        };
        Scratch scratch;
        write_mha(scratch / "a.mha", binary(a), "MET_UCHAR");
        write_mha(scratch / "b.mha", binary(b), "MET_UCHAR");
        const auto text =
            output_of("plastimatch dice --all " + (scratch / "a.mha").string() + " " + (scratch / "b.mha").string());
        const auto ours = compare_contours(a, b, 2);
        const double shift_mm = 2 * move.x + 2 * move.y + 3 * move.z;
        EXPECT_NEAR(*ours.dice, number_after(text, "DICE"), 1e-5) << text;
        EXPECT_NEAR(*ours.hd_mm, number_after(text, "Hausdorff distance (boundary)"), 1e-4) << text;
        EXPECT_NEAR(*ours.hd_mm, shift_mm, 1e-4);
        EXPECT_NEAR(*ours.hd95_mm, number_after(text, "Percent (0.95) Hausdorff distance (boundary)"), 1e-4) << text;
    }
}

}  // namespace
}  // namespace coutard
