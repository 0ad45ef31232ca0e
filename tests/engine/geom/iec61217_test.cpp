#include "engine/geom/iec61217.hpp"

#include <gtest/gtest.h>

#include <random>

namespace coutard {
namespace {

const Vec3 left{1, 0, 0}, right{-1, 0, 0}, posterior{0, 1, 0}, anterior{0, -1, 0}, superior{0, 0, 1},
    inferior{0, 0, -1};

void expect_near(const Vec3& found, const Vec3& wanted, double tolerance = 1e-9) {
    for (int k = 0; k < 3; ++k) EXPECT_NEAR(found[k], wanted[k], tolerance) << "axis " << k;
}

BeamFrame frame(double gantry, double collimator = 0, double couch = 0, Lying lying = Lying::HeadFirstSupine) {
    return beam_frame({}, gantry, collimator, couch, 1000, lying);
}

TEST(Iec61217, GantryTurnsClockwiseSeenFromTheFeetOfAHeadFirstSupinePatient) {
    expect_near(frame(0).source_mm, anterior * 1000);
    expect_near(frame(90).source_mm, left * 1000);
    expect_near(frame(180).source_mm, posterior * 1000);
    expect_near(frame(270).source_mm, right * 1000);
    expect_near(frame(0).beam_axis(), posterior);
    expect_near(frame(450).source_mm, frame(90).source_mm, 0);
    expect_near(frame(-90).source_mm, frame(270).source_mm, 0);
}

TEST(Iec61217, EveryPositionPutsTheSourceOnItsSide) {
    expect_near(frame(0, 0, 0, Lying::HeadFirstProne).source_mm, posterior * 1000);
    expect_near(frame(90, 0, 0, Lying::HeadFirstProne).source_mm, right * 1000);
    expect_near(frame(0, 0, 0, Lying::FeetFirstSupine).source_mm, anterior * 1000);
    expect_near(frame(90, 0, 0, Lying::FeetFirstSupine).source_mm, right * 1000);
    expect_near(frame(0, 0, 0, Lying::FeetFirstProne).source_mm, posterior * 1000);
    expect_near(frame(90, 0, 0, Lying::FeetFirstProne).source_mm, left * 1000);
}

TEST(Iec61217, BeamsEyeViewAxes) {
    // Collimator 0, gantry 0, HFS: x to the patient's left, y to the head (the gantry).
    expect_near(frame(0).axes.cx, left);
    expect_near(frame(0).axes.cy, superior);
    // Gantry 90: x was to the left and has gone down, to posterior; y stays.
    expect_near(frame(90).axes.cx, posterior);
    expect_near(frame(90).axes.cy, superior);
    // Feet first: the gantry is at the feet.
    expect_near(frame(0, 0, 0, Lying::FeetFirstSupine).axes.cy, inferior);
}

TEST(Iec61217, CollimatorTurnsCounterClockwiseSeenFromTheSource) {
    // Looking down from the source with the gantry at the top of the view, the patient's left is to the
    // right: counter-clockwise takes x from there to the gantry.
    expect_near(frame(0, 90).axes.cx, superior);
    expect_near(frame(0, 90).axes.cy, right);
    expect_near(frame(0, 90).source_mm, frame(0).source_mm, 0);
}

TEST(Iec61217, CouchTurnsCounterClockwiseSeenFromAbove) {
    // Couch 90 brings the head, which pointed to the gantry (+y), to -x of the room.
    expect_near(iec::fixed_from_support(90) * Vec3{0, 1, 0}, {-1, 0, 0});
    // So gantry 270, whose source is at -x, then looks from the head.
    expect_near(frame(270, 0, 90).source_mm, superior * 1000);
    expect_near(frame(90, 0, 90).source_mm, inferior * 1000);
    expect_near(frame(0, 0, 90).source_mm, anterior * 1000);
    expect_near(frame(0, 0, 90).axes.cy, left);  // the gantry now lies to the patient's left
}

TEST(Iec61217, ProjectionIsSimilarTriangles) {
    const BeamFrame f = beam_frame({10, 20, 30}, 0, 0, 0);
    // 500 mm above the isocentre, halfway to the source, everything looks twice as large.
    const auto seen = f.project({10 + 7, 20 - 500, 30 - 3});
    EXPECT_NEAR(seen.x, 14, 1e-12);
    EXPECT_NEAR(seen.y, -6, 1e-12);
    expect_near(f.point_at(seen), {24, 20, 24});
    expect_near(f.point_at(seen, 500), {17, -480, 27});
}

TEST(Iec61217, ThereAndBackForAnyAngles) {
    std::mt19937 random(1922);
    std::uniform_real_distribution<double> angle(0, 360), place(-300, 300);
    for (int i = 0; i < 1000; ++i) {
        const auto lying = static_cast<Lying>(i % 4);
        const Vec3 isocentre{place(random), place(random), place(random)},
            p{place(random), place(random), place(random)};
        const auto f = beam_frame(isocentre, angle(random), angle(random), angle(random), 1000, lying);
        EXPECT_NEAR(f.axes.determinant(), 1, 1e-12);
        EXPECT_NEAR(norm(f.source_mm - isocentre), 1000, 1e-9);
        expect_near(f.from_device(f.to_device(p)), p);
        const auto at = f.project(p);
        expect_near(f.point_at(at, f.to_device(p).z), p, 1e-8);
        // Source, point and projection lie on one line.
        EXPECT_NEAR(norm(cross(f.ray(at), unit(p - f.source_mm))), 0, 1e-12);
    }
}

}  // namespace
}  // namespace coutard
