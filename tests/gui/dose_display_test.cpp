#include "gui/logic/dose_display.hpp"

#include <gtest/gtest.h>

#include "engine/base/error.hpp"
#include "gui/logic/dvh_curves.hpp"
#include "gui/logic/window_level.hpp"
#include "tests/gui/lopsided_phantom.hpp"

namespace coutard::gui {
namespace {

TEST(Isodoses, PercentAndGyNameTheSameLines) {
    DoseDisplay display = usual_display(70, true);
    std::vector<double> before;
    for (const auto& level : display.levels) before.push_back(display.gy_of(level));
    EXPECT_NEAR(before[1], 70, 1e-12);
    change_unit(display, DoseUnit::Gy);
    EXPECT_NEAR(display.levels[1].value, 70, 1e-12);
    for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(display.gy_of(display.levels[i]), before[i], 1e-12);
    change_unit(display, DoseUnit::PercentOfReference);
    EXPECT_NEAR(display.levels[1].value, 100, 1e-12);
}

std::vector<double> values_of(const DoseDisplay& display) {
    std::vector<double> values;
    for (const auto& level : display.levels) values.push_back(level.value);
    return values;
}

TEST(Isodoses, AddedAndMovedLevelsStayInOrderAndKeepTheirLooks) {
    DoseDisplay display = usual_display(70, true);
    display.levels = levels_at({50, 107, 95});
    EXPECT_EQ(values_of(display), (std::vector<double>{107, 95, 50}));
    display.levels[1].colour = {1, 2, 3};
    display.levels[1].visible = false;
    add_level(display, 66.6666);
    EXPECT_EQ(values_of(display), (std::vector<double>{107, 95, 66.6666, 50}));
    move_level(display, 1, 20);
    EXPECT_EQ(values_of(display), (std::vector<double>{107, 66.6666, 50, 20}));
    EXPECT_EQ(display.levels[3].colour, (Colour{1, 2, 3}));
    EXPECT_FALSE(display.levels[3].visible);
    EXPECT_EQ(display.levels[1].value, 66.6666);  // the others are not rounded
    EXPECT_THROW(add_level(display, 50), InputError);
    EXPECT_THROW(move_level(display, 0, 50.001), InputError);
    EXPECT_NO_THROW(move_level(display, 0, 107.001));
    for (int i = 0; i < 16; ++i) add_level(display, 200 + i);
    EXPECT_THROW(add_level(display, 1), InputError);
}

TEST(Isodoses, ALevelIsOneNumberWithAPoint) {
    EXPECT_EQ(level_from_text("66.5"), 66.5);
    EXPECT_EQ(level_from_text(" 95 % "), 95);
    EXPECT_EQ(level_from_text("70 Gy"), 70);
    for (const char* bad : {"", "ninety", "66,5", "95 90", "95 -3", "-3", "0", "1001", "nan", "inf", "5x", "%"})
        EXPECT_THROW(level_from_text(bad), InputError) << bad;
    EXPECT_NEAR(rounded_level(66.66666), 66.67, 1e-9);
    EXPECT_NEAR(rounded_level(0.123456), 0.1235, 1e-12);
    EXPECT_THROW(usual_display(0, false), ContractError);
}

TEST(Wash, IsClearBelowTheFloorAndRunsFromBlueToRed) {
    DoseDisplay display = usual_display(60, true);
    display.floor_percent = 50;
    display.opacity = 0.5;
    const auto rgba = wash_rgba(display, {0.0F, 29.9F, 30.1F, 45.0F, 66.0F, 90.0F});
    EXPECT_EQ(rgba[3], 0);
    EXPECT_EQ(rgba[7], 0);
    EXPECT_EQ(rgba[11], 128);
    EXPECT_GT(rgba[10], rgba[8]);                                                      // blue at the floor
    EXPECT_GT(rgba[16], rgba[18]);                                                     // red at the ceiling
    EXPECT_TRUE(std::equal(rgba.begin() + 16, rgba.begin() + 20, rgba.begin() + 20));  // and beyond
}

TEST(Window, DragWidensRightAndBrightensDown) {
    const WindowLevel start{40, 400};
    EXPECT_GT(dragged(start, 50, 0).width_hu, 400);
    EXPECT_EQ(dragged(start, 50, 0).level_hu, 40);
    EXPECT_GT(dragged(start, 0, 50).level_hu, 40);
    EXPECT_EQ(dragged(start, -1e6, 0).width_hu, 1);
    EXPECT_EQ(limited({9e9, 9e9}), (WindowLevel{4000, 6000}));
}

TEST(DvhCurves, FollowTheHistogramAndReachZero) {
    test::LopsidedPhantom phantom;
    const auto patient = make_patient(phantom.parts());
    std::vector<bool> visible(patient->structures.size(), true);
    visible[0] = false;
    const auto curves = dvh_curves(*patient, visible, std::vector<Colour>(visible.size(), Colour{1, 2, 3}));
    ASSERT_EQ(curves.size(), visible.size() - 1);
    EXPECT_EQ(curves[0].name, "PTV_7000");
    for (const auto& curve : curves) {
        EXPECT_NEAR(curve.percent.front(), 100, 1e-9);
        EXPECT_EQ(curve.percent.back(), 0);
        EXPECT_LE(curve.dose_Gy.size(), 1000U);
        const auto& figures = *patient->structures[curve.structure].dose;
        for (double dose = 5; dose < 75; dose += 7.3)
            EXPECT_NEAR(curve.percent_at(dose), figures.percent_at(Gy{dose}), 1.5) << curve.name << dose;
    }
    // The prescription is the dose at the target's surface: nearly all of it receives that or more.
    EXPECT_GT(curves[0].percent_at(69), 99);
    EXPECT_LT(curves[0].percent_at(74), 1e-9);
}

TEST(Axis, EndsRoundAndHolds) {
    EXPECT_EQ(axis_for(77).end, 80);
    EXPECT_EQ(axis_for(77).tick, 10);
    EXPECT_EQ(axis_for(2.1).tick, 0.5);
    for (double most = 0.01; most < 1e4; most *= 1.37) {
        const AxisScale scale = axis_for(most);
        EXPECT_GE(scale.end, most * (1 - 1e-9));
        EXPECT_LE(scale.end / scale.tick, 10 + 1e-9);
        EXPECT_GE(scale.end / scale.tick, 4 - 1e-9);
    }
}

TEST(Patient, VolumesAndCropsAreThoseOfTheShapes) {
    test::LopsidedPhantom phantom;
    const auto patient = make_patient(phantom.parts());
    const Vec3 r = phantom.target.radii;
    const double truth = 4.0 / 3 * std::numbers::pi * r.x * r.y * r.z / 1000;
    EXPECT_NEAR(patient->structures[1].volume.value(), truth, 0.01 * truth);
    const Mask& mask = patient->structures[1].mask;
    EXPECT_LT(mask.count(), phantom.ct_grid.count() / 10);
    for (int j = 0; j < mask.grid().size().y; ++j) EXPECT_EQ(mask.at(0, j, 3), 0);  // the rim
    EXPECT_TRUE(cropped_mask(Mask(phantom.ct_grid)).empty());
    EXPECT_EQ(patient->reference_Gy(), 70);
}

TEST(Patient, WithoutPrescriptionTheMaximumIsTheReference) {
    test::LopsidedPhantom phantom;
    PatientParts parts{phantom.ct(), {}, {}, {}, phantom.dose(), {}};
    const auto patient = make_patient(std::move(parts));
    EXPECT_FALSE(patient->has_prescription());
    EXPECT_EQ(patient->reference_Gy(), static_cast<double>(patient->most_Gy));
    PatientParts wrong{phantom.ct(), phantom.structure_set(), {}, {}, {}, {}};
    EXPECT_THROW(make_patient(std::move(wrong)), ContractError);
    PatientParts bad{phantom.ct(), {}, {}, {}, phantom.dose(), {}};
    bad.dose->gy[7] = -1;
    EXPECT_THROW(make_patient(std::move(bad)), InputError);
}

}  // namespace
}  // namespace coutard::gui
