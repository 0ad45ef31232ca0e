// Each way to lower the variance, held against an analogue run in water, lung and bone at a standard error of 0.2 %.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "dose/phantom/slab_monte_carlo.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::dose {
namespace {

/// Water, lung, bone and water under a field of 5 x 5 cm2; scored over the whole field.
SlabSpec column() {
    return parse_slab_spec(R"({"name": "column", "size_cm": [12, 12, 12], "voxel_mm": [5, 5, 5],
        "slabs": [{"material": "water", "from_cm": 0, "to_cm": 3}, {"material": "lung_icru", "from_cm": 3, "to_cm": 7},
                  {"material": "bone_cortical_icru", "from_cm": 7, "to_cm": 8}, {"material": "water", "from_cm": 8, "to_cm": 12}],
        "beam": {"kind": "ideal", "spectrum": "mohan6", "ssd_cm": 90, "field_at_surface_cm": [5, 5]},
        "scoring": {"pdd_half_width_cm": 2.5, "profile_depths_cm": []}})",
                           "test");
}

struct Mean {
    double dose = 0, sigma = 0;
};
/// Mean dose over all that lies under the field, with its standard error.
Mean mean(const SlabRun& how) {
    const auto found = slab_monte_carlo(column(), test::repository("data"), how, {}).cells;
    return {found.dose.at(0), found.dose.at(0) * found.uncertainty.at(0)};
}

TEST(VarianceReduction, LeavesTheMeanWithinTwoPerMille) {
    SlabRun plain;
    plain.cell_faces_cm = {0, 12};
    plain.run.reduction = {.splits = 1, .reject_below_MeV = 0};
    plain.run.histories = 1'600'000;
    plain.run.seed = 11;
    const Mean truth = mean(plain);
    struct Way {
        const char* name;
        int splits, members;
        double reject_below_MeV;
        bool focus, flocks = false;
    };
    EXPECT_LT(truth.sigma / truth.dose, 0.002);
    for (const Way& way : {Way{"splitting and roulette", 16, 1, 0, false}, Way{"the same in sets", 16, 16, 0, false},
                           Way{"range rejection", 1, 1, 1, false}, Way{"stratified sets", 1, 16, 0, false},
                           Way{"electrons in flocks", 16, 1, 0, false, true}, Way{"focus on the axis", 16, 32, 0, true},
                           Way{"all", 32, 32, 1, true, true}}) {
        SlabRun how = plain;
        how.run.members = way.members;
        how.run.reduction.splits = way.splits;
        how.run.reduction.reject_below_MeV = way.reject_below_MeV;
        how.run.reduction.flocks = way.flocks;
        how.run.reduction.photon_weight = 1.0F / static_cast<float>(way.members);
        how.axis_focus = way.focus;
        how.run.seed = 12;
        how.run.histories = static_cast<std::uint64_t>((way.splits > 1 ? 150'000 : 1'600'000) / way.members);
        const Mean found = mean(how);
        std::printf("%s: %+.2f +- %.2f %%\n", way.name, 100 * (found.dose / truth.dose - 1),
                    100 * found.sigma / truth.dose);
        EXPECT_LT(std::abs(found.dose - truth.dose), 3 * std::hypot(found.sigma, truth.sigma)) << way.name;
        EXPECT_LT(found.sigma / truth.dose, 0.002) << way.name;
    }
}

}  // namespace
}  // namespace coutard::dose
