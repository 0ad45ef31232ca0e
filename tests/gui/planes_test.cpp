#include "gui/logic/planes.hpp"

#include <gtest/gtest.h>

#include "gui/logic/outlines.hpp"
#include "gui/logic/plane_camera.hpp"

namespace coutard::gui {
namespace {

TEST(Planes, FollowTheRadiologicalConvention) {
    const EdgeLetters axial = letters_of(Plane::Axial), coronal = letters_of(Plane::Coronal),
                      sagittal = letters_of(Plane::Sagittal);
    EXPECT_EQ(axial.left, 'R');  // the patient's right on the left of the screen
    EXPECT_EQ(axial.right, 'L');
    EXPECT_EQ(axial.top, 'A');
    EXPECT_EQ(axial.bottom, 'P');
    EXPECT_EQ(coronal.left, 'R');
    EXPECT_EQ(coronal.top, 'S');
    EXPECT_EQ(sagittal.left, 'A');
    EXPECT_EQ(sagittal.right, 'P');
    EXPECT_EQ(sagittal.top, 'S');
    EXPECT_EQ(sagittal.bottom, 'I');
}

TEST(Planes, LettersAgreeWithTheDirections) {
    const Vec3 towards[] = {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}};
    const char letters[] = {'L', 'R', 'P', 'A', 'S', 'I'};
    for (const Plane plane : all_planes)
        for (int d = 0; d < 6; ++d) {
            const PlanePoint p = to_plane(plane, towards[d]);
            const EdgeLetters edges = letters_of(plane);
            if (p.u > 0) {
                EXPECT_EQ(edges.right, letters[d]);
            }
            if (p.u < 0) {
                EXPECT_EQ(edges.left, letters[d]);
            }
            if (p.v > 0) {
                EXPECT_EQ(edges.top, letters[d]);
            }
            if (p.v < 0) {
                EXPECT_EQ(edges.bottom, letters[d]);
            }
        }
}

TEST(Planes, PatientAndPlaneInvertEachOther) {
    const Vec3 p{12, -34, 56};
    for (const Plane plane : all_planes) EXPECT_EQ(to_patient(plane, to_plane(plane, p), depth_mm(plane, p)), p);
}

/// Every voxel its own value, so that a cut names the voxel it shows.
Volume<float> numbered(const Grid& grid) {
    Volume<float> volume(grid);
    for (std::size_t v = 0; v < volume.count(); ++v) volume[v] = static_cast<float>(v);
    return volume;
}

/// A supine and a prone patient: i and j run against the patient's axes in the second.
const Grid supine({5, 4, 3}, {-10, -20, -30}, {2, 3, 4});
const Grid prone({5, 4, 3}, {10, 20, -30}, {2, 3, 4}, Mat3{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}});
const Grid feet_first({5, 4, 3}, {10, -20, 30}, {2, 3, 4}, Mat3{{-1, 0, 0}, {0, 1, 0}, {0, 0, -1}});

TEST(Cut, ShowsEachVoxelWhereItLies) {
    for (const Grid& grid : {supine, prone, feet_first}) {
        const Volume<float> volume = numbered(grid);
        const Grid display = display_lattice(grid);
        EXPECT_EQ(display.count(), grid.count());
        for (const Plane plane : all_planes)
            for (int slice = 0; slice < slice_count(display, plane); ++slice) {
                const PlaneLattice at = plane_lattice(display, plane, slice);
                const auto values = cut(volume, display, plane, slice, -1.0F);
                for (int r = 0; r < at.rows; ++r)
                    for (int c = 0; c < at.columns; ++c) {
                        const Vec3 p = to_patient(plane, {at.first_mm.u + c * at.du_mm, at.first_mm.v + r * at.dv_mm},
                                                  at.depth_mm);
                        const Vec3 index = grid.index(p);
                        const auto voxel =
                            grid.flat(static_cast<int>(std::lround(index.x)), static_cast<int>(std::lround(index.y)),
                                      static_cast<int>(std::lround(index.z)));
                        ASSERT_NEAR(values[static_cast<std::size_t>(r * at.columns + c)], volume[voxel], 1e-3);
                    }
            }
    }
}

TEST(Cut, CoarserDoseIsInterpolatedAndEndsAtItsEdge) {
    Volume<float> ramp(Grid({3, 3, 3}, {0, 0, 0}, {10, 10, 10}));
    for (int k = 0; k < 3; ++k)
        for (int j = 0; j < 3; ++j)
            for (int i = 0; i < 3; ++i) ramp.at(i, j, k) = static_cast<float>(10 * i);
    const Grid display({61, 5, 5}, {-20, 8, 8}, {1, 1, 1});
    const auto values = cut(ramp, display, Plane::Axial, 2, -7.0F);
    for (int c = 0; c < 61; ++c) {
        const double x = -20 + c;
        const double truth = x < -5 || x > 25 ? -7 : std::clamp(x, 0.0, 20.0);
        EXPECT_NEAR(values[static_cast<std::size_t>(c)], truth, 1e-4) << x;
    }
}

TEST(Cut, WithinAVolumeEndsWhereTheVolumeEnds) {
    const Volume<float> dose(Grid({3, 3, 3}, {0, 0, 0}, {10, 10, 10}), 7.0F);
    const Grid display({61, 61, 61}, {-20, -20, -20}, {1, 1, 1});
    for (const Plane plane : all_planes) {
        const PlanePatch patch = cut_within(dose, display, plane, 30);
        EXPECT_EQ(patch.lattice.columns, 31);  // -5 to 25 mm
        EXPECT_EQ(patch.lattice.rows, 31);
        EXPECT_NEAR(patch.lattice.first_mm.u, -5, 1e-9);
        for (const float value : patch.values) EXPECT_EQ(value, 7);
        EXPECT_EQ(cut_within(dose, display, plane, 5).lattice.rows, 0);
    }
}

TEST(Cut, MaskComesAsThePatchThatItReaches) {
    Mask mask(Grid({3, 3, 3}, {4, -6, -6}, {2, 3, 4}), 0);
    mask.at(1, 1, 1) = 255;  // at (6, -3, -2)
    const Grid display({50, 40, 30}, {-50, -60, -62}, {2, 3, 4});
    const int slice = slice_of(display, Plane::Axial, {6, -3, -2});
    const PlanePatch patch = cut(mask, display, Plane::Axial, slice);
    ASSERT_GT(patch.lattice.rows, 2);
    EXPECT_LE(patch.lattice.columns, 5);
    double most = 0;
    PlanePoint where;
    for (int r = 0; r < patch.lattice.rows; ++r)
        for (int c = 0; c < patch.lattice.columns; ++c) {
            const double value = patch.values[static_cast<std::size_t>(r * patch.lattice.columns + c)];
            if (value > most) {
                most = value;
                where = {patch.lattice.first_mm.u + c * patch.lattice.du_mm,
                         patch.lattice.first_mm.v + r * patch.lattice.dv_mm};
            }
        }
    EXPECT_EQ(most, 255);
    EXPECT_NEAR(where.u, 6, 1e-9);
    EXPECT_NEAR(where.v, 3, 1e-9);  // y = -3 is anterior: above the middle
    EXPECT_EQ(cut(mask, display, Plane::Axial, 0).lattice.rows, 0);
}

TEST(Slices, MapPointsToTheNearestOne) {
    const Grid display({5, 4, 3}, {-10, -20, -30}, {2, 3, 4});
    EXPECT_EQ(slice_of(display, Plane::Axial, {0, 0, -30 + 1.9}), 0);
    EXPECT_EQ(slice_of(display, Plane::Axial, {0, 0, -30 + 2.1}), 1);
    EXPECT_EQ(slice_of(display, Plane::Axial, {0, 0, 1000}), 2);
    EXPECT_EQ(slice_of(display, Plane::Sagittal, {-1000, 0, 0}), 0);
    EXPECT_EQ(slice_depth_mm(display, Plane::Coronal, 3), -11);
    EXPECT_THROW(plane_lattice(display, Plane::Axial, 3), ContractError);
}

TEST(Camera, PixelsAndMillimetresInvertEachOtherAndZoomKeepsItsPoint) {
    PlaneCamera camera{{10, 20}, 0.5, 400, 300};
    const PlanePoint p = camera.point_at(123, 45);
    EXPECT_NEAR(camera.x_px(p), 123, 1e-9);
    EXPECT_NEAR(camera.y_px(p), 45, 1e-9);
    EXPECT_GT(camera.point_at(0, 0).v, camera.point_at(0, 10).v);  // up is up
    camera.zoom(2, 123, 45);
    EXPECT_NEAR(camera.mm_per_px, 0.25, 1e-12);
    EXPECT_NEAR(camera.x_px(p), 123, 1e-9);
    EXPECT_NEAR(camera.y_px(p), 45, 1e-9);
    camera.pan(7, -3);
    EXPECT_NEAR(camera.x_px(p), 130, 1e-9);
    EXPECT_NEAR(camera.y_px(p), 42, 1e-9);
}

TEST(Camera, FitsARectangleInAnyShapeOfView) {
    const Grid display({100, 50, 30}, {-50, -60, -62}, {2, 3, 4});
    for (const auto& [w, h] : {std::pair{400, 100}, std::pair{100, 400}})
        for (const Plane plane : all_planes) {
            PlaneCamera camera{{}, 1, w, h};
            const PlaneLattice at = plane_lattice(display, plane, 0);
            camera.fit(at.first_mm,
                       {at.first_mm.u + (at.columns - 1) * at.du_mm, at.first_mm.v + (at.rows - 1) * at.dv_mm});
            EXPECT_GE(camera.x_px(at.first_mm), 0);
            EXPECT_LE(camera.y_px(at.first_mm), h);
            const PlanePoint last{at.first_mm.u + (at.columns - 1) * at.du_mm,
                                  at.first_mm.v + (at.rows - 1) * at.dv_mm};
            EXPECT_LE(camera.x_px(last), w);
            EXPECT_GE(camera.y_px(last), 0);
        }
}

TEST(Outlines, OfTheNearestPlaneOnly) {
    Structure s;
    for (const double z : {0.0, 1.0, 2.0}) s.contours.push_back({{{0, 0, z}, {z + 1, 0, z}, {0, 1, z}}, ""});
    s.contours.push_back({{{5, 5, 1.0}}, ""});  // a marker is no outline
    const auto lines = drawn_outlines(s, 1.2, 3);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0][1].u, 2);
    EXPECT_EQ(lines[0][2].v, -1);
    EXPECT_TRUE(drawn_outlines(s, 3.7, 3).empty());
}

}  // namespace
}  // namespace coutard::gui
