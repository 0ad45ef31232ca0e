// Settings that follow from what patients are like and from memory.
#include "contouring/train/fingerprint.hpp"

#include <gtest/gtest.h>

#include "engine/base/error.hpp"
#include "tests/contouring/toy_patient.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::contouring {
namespace {
using coutard::test::toy_patient;
using coutard::test::toy_structures;

/// Head and neck as in OpenKBP.
Fingerprint like_openkbp() {
    return {200, {3.9, 3.9, 2.5}, {2.7, 2.7, 2.5}, {420, 300, 260}, {{"Brainstem", 150, 25}, {"SpinalCord", 180, 20}}};
}

TEST(Fingerprint, MeasuresPatientsAlongTheirOwnAxes) {
    const std::vector<TrainingCase> cases{toy_patient(toy_structures())};
    const Fingerprint data = fingerprint_of(cases, toy_structures());
    EXPECT_EQ(data.patients, 1);
    for (int k = 0; k < 3; ++k) EXPECT_DOUBLE_EQ(data.median_spacing_mm[k], k == 2 ? 3 : 4);
    EXPECT_NEAR(data.median_extent_mm.x, 80, 24);  // a margin of two voxels to each side
    EXPECT_NEAR(data.median_extent_mm.z, 60, 18);
    ASSERT_EQ(data.organs.size(), 3U);
    EXPECT_NEAR(data.organs[0].median_cm3, 4.0 / 3 * 3.14159 * 1.4 * 1.4 * 1.4, 1);
    EXPECT_THROW(fingerprint_of({}, {}), ContractError);
}

TEST(PlanTraining, FitsItsMemoryAndGrowsWithIt) {
    double before = 0;
    for (const double memory : {0.3, 0.6, 1.2, 3.9, 8.0, 24.0}) {
        TrainConfig c = plan_training(like_openkbp(), memory);
        EXPECT_NO_THROW(c.check());
        EXPECT_LE(step_memory_GB(c), memory);
        EXPECT_EQ(c.sampling.spacing_mm.z, 2.5);
        const Size3& p = c.sampling.patch;
        const double voxels = static_cast<double>(p.x) * p.y * p.z * c.batch * c.net.channels[0];
        EXPECT_GE(voxels, before) << memory;
        EXPECT_GT(voxels, 0);
        before = voxels;
        c.batch += 1;  // no memory is left over but at the largest batch
        EXPECT_TRUE(step_memory_GB(c) > memory || c.batch > 8) << memory;
    }
    EXPECT_THROW(plan_training(like_openkbp(), 0.001), InputError);
    auto long_scan = like_openkbp();
    long_scan.median_extent_mm.z = 2000;
    EXPECT_NO_THROW(plan_training(long_scan, 1000).check());
}

TEST(PlanTraining, CoarseAxesTakeTheirFineSpacing) {
    auto data = like_openkbp();
    data.median_spacing_mm = {1, 1, 5}, data.fine_spacing_mm = {0.9, 0.9, 3};
    EXPECT_EQ(plan_training(data, 1).sampling.spacing_mm.z, 3);
    EXPECT_EQ(plan_training(data, 1).sampling.spacing_mm.x, 1);
    data.median_spacing_mm.z = 2.9;
    EXPECT_EQ(plan_training(data, 1).sampling.spacing_mm.z, 2.9);
    data.organs.push_back({"Larynx", 0, 0});
    EXPECT_THROW(plan_training(data, 1), InputError);
}

TEST(PlanTraining, ALoneSideIsNotMirroredAndThePlanReadsBack) {
    const test::Scratch scratch;
    auto data = like_openkbp();
    data.organs.push_back({"Parotid_L", 100, 25});
    const TrainConfig c = plan_training(data, 1);
    EXPECT_EQ(c.augment.mirror_share, 0);
    write_train_plan(scratch / "plan.json", c);
    const TrainConfig back = read_train_config(scratch / "plan.json");
    EXPECT_EQ(back.structures, c.structures);
    EXPECT_EQ(back.net, c.net);
    EXPECT_EQ(back.sampling.patch, c.sampling.patch);
    EXPECT_EQ(back.sampling.spacing_mm.x, c.sampling.spacing_mm.x);
    EXPECT_EQ(back.batch, c.batch);
    EXPECT_EQ(back.augment.mirror_share, 0);
}

}  // namespace
}  // namespace coutard::contouring
