#include "gui/logic/review.hpp"

#include <gtest/gtest.h>

#include "tests/gui/lopsided_phantom.hpp"

namespace coutard::gui {
namespace {

class ReviewTest : public ::testing::Test {
  protected:
    ReviewTest() {
        review.show(make_patient(phantom.parts()));
        review.listen([this](Change change) { told.push_back(change); });
    }
    test::LopsidedPhantom phantom;
    Review review;
    std::vector<Change> told;
};

TEST_F(ReviewTest, StartsInTheTarget) {
    EXPECT_LT(norm(review.cursor_mm() - phantom.target.centre), 0.5);
    EXPECT_EQ(review.dose_display().reference_Gy, 70);
    EXPECT_EQ(review.colour(1), phantom.target.colour);
    EXPECT_TRUE(review.visible(1));
}

TEST_F(ReviewTest, CursorIsSharedKeptInsideAndToldOnce) {
    review.move_cursor({10, 20, 30});
    review.move_cursor({10, 20, 30});
    EXPECT_EQ(told, std::vector{Change::Cursor});
    EXPECT_EQ(review.slice(Plane::Axial), slice_of(review.patient()->display, Plane::Axial, {10, 20, 30}));
    EXPECT_EQ(review.slice(Plane::Sagittal), slice_of(review.patient()->display, Plane::Sagittal, {10, 20, 30}));
    review.move_cursor({1e6, -1e6, 0});
    EXPECT_NEAR(review.cursor_mm().x, phantom.ct_grid.point(127, 0, 0).x, 1e-9);
    EXPECT_NEAR(review.cursor_mm().y, phantom.ct_grid.point(0, 0, 0).y, 1e-9);
}

TEST_F(ReviewTest, ScrollsByWholeSlicesAndStopsAtTheEnds) {
    const int before = review.slice(Plane::Axial);
    const Vec3 at = review.cursor_mm();
    review.scroll(Plane::Axial, 2);
    EXPECT_EQ(review.slice(Plane::Axial), before + 2);
    EXPECT_EQ(review.cursor_mm().x, at.x);
    EXPECT_EQ(review.cursor_mm().y, at.y);
    review.scroll(Plane::Axial, 1000);
    EXPECT_EQ(review.slice(Plane::Axial), 47);
    told.clear();
    review.scroll(Plane::Axial, 1);
    EXPECT_TRUE(told.empty());
}

TEST_F(ReviewTest, ReadsHounsfieldDoseAndStructures) {
    const PointReading marker = review.reading(phantom.marker.centre);
    EXPECT_NEAR(*marker.hu, 1200, 17);
    EXPECT_NEAR(*marker.dose_Gy, phantom.dose_at(phantom.marker.centre), 0.5);
    EXPECT_EQ(marker.structures, (std::vector<std::size_t>{0, 4}));
    review.set_visible(4, false);
    EXPECT_EQ(review.reading(phantom.marker.centre).structures, (std::vector<std::size_t>{0}));
    EXPECT_FALSE(review.reading({500, 0, 0}).hu);
    const Vec3 corner = phantom.ct_grid.point(0, 0, 24);
    EXPECT_TRUE(review.reading(corner).hu);
    EXPECT_FALSE(review.reading(corner).dose_Gy);  // outside the dose grid: not zero, unknown
}

TEST_F(ReviewTest, TellsEachChangeOnceAndNoneTwice) {
    review.set_colour(1, {1, 2, 3});
    review.set_colour(1, {1, 2, 3});
    review.set_visible(0, false);
    review.set_all_visible(false);
    review.set_all_visible(false);
    review.highlight(2);
    review.highlight(2);
    EXPECT_EQ(told, std::vector<Change>(4, Change::Structures));
    told.clear();
    review.set_window({50, 300});
    review.set_window({50, 300});
    EXPECT_EQ(told, std::vector{Change::Window});
    EXPECT_THROW(review.highlight(99), ContractError);
    EXPECT_THROW(review.show(nullptr), ContractError);
}

TEST(EmptyReview, AnswersNothing) {
    Review review;
    review.move_cursor({1, 2, 3});
    review.scroll(Plane::Axial, 1);
    EXPECT_FALSE(review.reading({}).hu);
    EXPECT_EQ(review.patient(), nullptr);
}

}  // namespace
}  // namespace coutard::gui
