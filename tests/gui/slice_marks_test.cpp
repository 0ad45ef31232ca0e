#include "gui/logic/slice_marks.hpp"

#include <gtest/gtest.h>

#include "tests/gui/lopsided_phantom.hpp"

namespace coutard::gui {
namespace {

/// A view onto the middle of the lopsided phantom.
PlaneCamera camera_at(const Vec3& middle, Plane plane) {
    return {to_plane(plane, middle), 0.8, 400, 300};
}

TEST(Letters, StandAtTheEdgeThatTheirDirectionPointsTo) {
    const std::pair<char, Vec3> far[] = {{'L', {1, 0, 0}},  {'R', {-1, 0, 0}}, {'P', {0, 1, 0}},
                                         {'A', {0, -1, 0}}, {'S', {0, 0, 1}},  {'I', {0, 0, -1}}};
    const Vec3 middle{3, 4, 5};
    for (const Plane plane : all_planes) {
        const PlaneCamera camera = camera_at(middle, plane);
        int found = 0;
        for (const auto& [letter, direction] : far)
            for (const PlacedLetter& placed : placed_letters(plane, camera)) {
                if (placed.letter != letter) continue;
                ++found;
                // From the middle of the view to the letter runs as the patient's direction is drawn.
                const PlanePoint to = to_plane(plane, middle + direction * 40);
                const double right = camera.x_px(to) - 200, down = camera.y_px(to) - 150;
                const double letter_right = placed.x_px - 200, letter_down = placed.y_px - 150;
                const double cosine = (right * letter_right + down * letter_down) /
                                      (std::hypot(right, down) * std::hypot(letter_right, letter_down));
                EXPECT_GT(cosine, 0.98) << letter << " on the " << name_of(plane) << " plane";
                EXPECT_TRUE(placed.x_px > 5 && placed.x_px < 395 && placed.y_px > 5 && placed.y_px < 295);
            }
        EXPECT_EQ(found, 4);
    }
}

TEST(Letters, RadiologyReadsTheRightOnTheLeft) {
    for (const Plane plane : {Plane::Axial, Plane::Coronal}) {
        const auto letters = placed_letters(plane, camera_at({0, 0, 0}, plane));
        const auto x_of = [&](char letter) {
            return std::find_if(letters.begin(), letters.end(), [&](const auto& p) { return p.letter == letter; })
                ->x_px;
        };
        EXPECT_LT(x_of('R'), 40);
        EXPECT_GT(x_of('L'), 360);
    }
}

TEST(Isocentres, AreShownInTheirSliceOnly) {
    test::LopsidedPhantom phantom;
    PatientParts parts = phantom.parts();
    parts.plan->beams[1].isocentre_mm = {0, 0, 500};  // far above the CT
    parts.plan->beams[2].isocentre_mm = {0, 0, -72};  // on the lower face of the first slice, at -70.5
    const auto patient = make_patient(std::move(parts));
    const int count = slice_count(patient->display, Plane::Axial);
    const int home = slice_of(patient->display, Plane::Axial, phantom.target.centre);
    EXPECT_EQ(isocentres_in(*patient, Plane::Axial, home), std::vector{phantom.target.centre});  // once for all beams
    EXPECT_TRUE(isocentres_in(*patient, Plane::Axial, home + 2).empty());
    EXPECT_TRUE(isocentres_in(*patient, Plane::Axial, count - 1).empty());
    EXPECT_EQ(isocentres_in(*patient, Plane::Axial, 0), (std::vector{Vec3{0, 0, -72}}));
    EXPECT_EQ(isocentres_in(*patient, Plane::Sagittal, slice_of(patient->display, Plane::Sagittal, {0, 0, 0})).size(),
              2U);  // that point of the plane lies beyond the picture, in the slice all the same
}

}  // namespace
}  // namespace coutard::gui
