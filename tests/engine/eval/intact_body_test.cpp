#include "engine/eval/intact_body.hpp"

#include <gtest/gtest.h>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

/// Square sections of a body, one half side [voxels] per slice; the target in the slices 14 to 25.
struct Patient {
    Mask body{Grid({40, 40, 40}, {}, {4, 4, 3})}, target{Grid({40, 40, 40}, {}, {4, 4, 3})};
    Patient() {
        for (int k = 0; k < 40; ++k) section(k, 15);
        for (int k = 14; k <= 25; ++k) target.at(20, 20, k) = 255;
    }
    void section(int k, int half) {
        for (int j = 0; j < 40; ++j)
            for (int i = 0; i < 40; ++i)
                body.at(i, j, k) = std::abs(i - 20) <= half && std::abs(j - 20) <= half ? 255 : 0;
    }
};

TEST(BodyIsWhole, WhereItsSectionsAreAboutAlike) {
    Patient patient;
    EXPECT_TRUE(body_is_whole(patient.body, patient.target));
    patient.section(8, 11);  // a neck is thinner
    EXPECT_TRUE(body_is_whole(patient.body, patient.target));
    patient.section(8, 3);  // blanked but for a tube, 17 mm below the target
    EXPECT_FALSE(body_is_whole(patient.body, patient.target));
    EXPECT_TRUE(body_is_whole(patient.body, patient.target, 9));
}

TEST(BodyIsWhole, NotWhereTheScanEndsAtTheTargetOrThereIsNone) {
    Patient patient;
    patient.target.at(20, 20, 36) = 255;
    EXPECT_FALSE(body_is_whole(patient.body, patient.target));
    EXPECT_FALSE(body_is_whole(patient.body, Mask(patient.body.grid())));
    EXPECT_THROW(body_is_whole(patient.body, Mask(Grid({4, 4, 4}, {}, {4, 4, 3}))), ContractError);
}

}  // namespace
}  // namespace coutard
