// Monte Carlo against EGSnrc (tests/golden/egsnrc): short runs that would show a bias of some tenths of a percent; the
// long ones of docs/validation/montecarlo.md are made by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "dose/phantom/reference_check.hpp"
#include "dose/phantom/slab_monte_carlo.hpp"
#include "dose/physics/table.hpp"
#include "tests/dose/reference_case.hpp"

namespace coutard::dose {
namespace {

struct Found {
    double signed_percent = 0, standard_error = 0;  ///< mean difference over 1.5 to 25 cm
    double chi2 =
        0;  ///< per depth, of the mean of all runs brought to the reference's scale, which is judged by itself
};

Found compare(const std::string& name, int runs, std::uint64_t histories) {
    const auto golden = test::repository("tests/golden/egsnrc");
    const SlabSpec spec = read_slab_spec(golden / "specs" / (name + ".json"));
    const Table table(golden / (name + "_pdd.csv"));
    const auto &z = table.column("depth_cm"), &reference = table.column("dose"), &error = table.column("rel_uncert");
    std::vector<std::vector<double>> ours;
    for (int r = 0; r < runs; ++r) {
        SlabRun how;
        how.run.histories = histories;
        how.run.first = static_cast<std::uint64_t>(r) * histories;
        how.run.members = 32;
        how.run.reduction.splits = 64;
        how.axis_focus = true;
        how.cell_faces_cm = cell_faces(z, 0);
        ours.push_back(slab_monte_carlo(spec, test::repository("data"), how, {}).cells.dose);
    }
    Found found;
    std::vector<double> shares;
    for (const auto& one : ours) {
        double a = 0, b = 0;
        for (std::size_t i = 0; i < z.size(); ++i) {
            if (z[i] < 1.5 || z[i] > 25) continue;
            a += one[i];
            b += reference[i];
        }
        shares.push_back(100 * (a / b - 1));
        found.signed_percent += shares.back() / runs;
    }
    for (double s : shares) found.standard_error += std::pow(s - found.signed_percent, 2) / (runs * (runs - 1.0));
    found.standard_error = std::sqrt(found.standard_error);
    for (std::size_t i = 0; i < z.size(); ++i) {
        double mean = 0, variance = 0;
        for (const auto& one : ours) mean += one[i] / runs;
        for (const auto& one : ours) variance += std::pow(one[i] - mean, 2) / (runs * (runs - 1.0));
        found.chi2 += std::pow(mean / (1 + found.signed_percent / 100) - reference[i], 2) /
                      (variance + std::pow(error[i] * reference[i], 2)) / static_cast<double>(z.size());
    }
    std::printf("%s: mean difference %+.2f +- %.2f %%, chi2 per depth %.2f\n", name.c_str(), found.signed_percent,
                found.standard_error, found.chi2);
    return found;
}

class MonteCarloReference : public testing::TestWithParam<const char*> {};

TEST_P(MonteCarloReference, DepthDoseIsThatOfEgsnrc) {
    const Found found = compare(GetParam(), 14, 450);
    EXPECT_LT(std::abs(found.signed_percent), 0.4 + 3 * found.standard_error);
    EXPECT_LT(found.standard_error, 0.9);
    EXPECT_LT(found.chi2, 2);  // Student's t of 13 degrees: 1.2 expected
}
INSTANTIATE_TEST_SUITE_P(Cases, MonteCarloReference, testing::Values("S1", "S2", "S3", "S4"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace coutard::dose
