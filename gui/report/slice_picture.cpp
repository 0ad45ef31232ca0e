#include "gui/report/slice_picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include "engine/image/resample.hpp"
#include "gui/report/iso_lines.hpp"

namespace coutard::gui::report {
namespace {

constexpr float unknown_dose = std::numeric_limits<float>::quiet_NaN();

/// How a plane lies in the patient: which way the picture goes right and down.
struct View {
    Plane plane;
    Vec3 right, down;
    char left_letter, right_letter, top_letter, bottom_letter;
};

View view_of(Plane plane) {
    switch (plane) {
        case Plane::Axial:
            return {plane, {1, 0, 0}, {0, 1, 0}, 'R', 'L', 'A', 'P'};
        case Plane::Coronal:
            return {plane, {1, 0, 0}, {0, 0, -1}, 'R', 'L', 'H', 'F'};
        case Plane::Sagittal:
            return {plane, {0, 1, 0}, {0, 0, -1}, 'A', 'P', 'H', 'F'};
    }
    throw ContractError("view_of: unknown plane");
}

/// The pixels of one picture in the patient.
struct Raster {
    Vec3 corner, right, down;  // upper left corner; unit vectors
    double pixel_mm;
    int columns, rows;

    Vec3 point(int r, int c) const { return corner + right * ((c + 0.5) * pixel_mm) + down * ((r + 0.5) * pixel_mm); }
    template <class F>
    auto map(const F& value) const {
        std::vector<decltype(value(Vec3{}))> out;
        out.reserve(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
        for (int r = 0; r < rows; ++r)
            for (int c = 0; c < columns; ++c) out.push_back(value(point(r, c)));
        return out;
    }
};

Raster raster_of(const View& view, const Vec3& centre, const SceneBox& box, double pixel_mm) {
    Vec3 corner = centre;
    double extent[2] = {0, 0};
    const Vec3 axes[2] = {view.right, view.down};
    for (int e = 0; e < 2; ++e)
        for (int a = 0; a < 3; ++a)
            if (axes[e][a] != 0) {
                corner[a] = axes[e][a] > 0 ? box.low_mm[a] : box.high_mm[a];
                extent[e] = box.high_mm[a] - box.low_mm[a];
            }
    const auto pixels = [&](double mm) { return std::max(2, static_cast<int>(std::lround(mm / pixel_mm))); };
    return {corner, view.right, view.down, pixel_mm, pixels(extent[0]), pixels(extent[1])};
}

/// Part of the structure at a patient point, trilinear, 0 outside the mask's grid.
float coverage(const Mask& mask, const Vec3& point) {
    const Vec3 p = mask.grid().index(point);
    const Size3 n = mask.grid().size();
    const int i = static_cast<int>(std::floor(p.x)), j = static_cast<int>(std::floor(p.y)),
              k = static_cast<int>(std::floor(p.z));
    if (i < -1 || j < -1 || k < -1 || i >= n.x || j >= n.y || k >= n.z) return 0;
    double sum = 0;
    for (int corner = 0; corner < 8; ++corner) {
        const int a = corner & 1, b = corner >> 1 & 1, c = corner >> 2;
        if (!mask.grid().holds(i + a, j + b, k + c)) continue;
        const double x = p.x - i, y = p.y - j, z = p.z - k;
        sum += (a ? x : 1 - x) * (b ? y : 1 - y) * (c ? z : 1 - z) * mask.at(i + a, j + b, k + c);
    }
    return static_cast<float>(sum / 255);
}

std::string title_of(Plane plane, const Vec3& centre) {
    char text[64];
    const char* name = plane == Plane::Axial ? "Axial" : plane == Plane::Coronal ? "Coronal" : "Sagittal";
    const char axis = plane == Plane::Axial ? 'z' : plane == Plane::Coronal ? 'y' : 'x';
    const double at = plane == Plane::Axial ? centre.z : plane == Plane::Coronal ? centre.y : centre.x;
    std::snprintf(text, sizeof text, "%s, %c = %s%.1f mm", name, axis, at < 0 ? "−" : "", std::abs(at));
    return text;
}

/// About 560 pixels over the largest extent: 300 per inch in print, and small files.
double pixel_mm_of(const SceneBox& box) {
    const Vec3 extent = box.high_mm - box.low_mm;
    expect(extent.x > 0 && extent.y > 0 && extent.z > 0, "slices: the box has extent");
    return std::clamp(std::max({extent.x, extent.y, extent.z}) / 560, 0.25, 2.0);
}

SlicePicture cut(Plane plane, const Volume<float>& hu, const Volume<float>* dose, const std::vector<SceneMask>& masks,
                 const Scene& scene, const SceneBox& box, double pixel_mm) {
    const View view = view_of(plane);
    const Raster raster = raster_of(view, scene.centre_mm, box, pixel_mm);
    SlicePicture picture;
    picture.plane = plane;
    picture.columns = raster.columns;
    picture.rows = raster.rows;
    picture.width_mm = raster.columns * pixel_mm;
    picture.height_mm = raster.rows * pixel_mm;
    picture.title = title_of(plane, scene.centre_mm);
    picture.left = view.left_letter;
    picture.right = view.right_letter;
    picture.top = view.top_letter;
    picture.bottom = view.bottom_letter;
    const double black = scene.window_level_HU - scene.window_width_HU / 2;
    picture.grey = raster.map([&](const Vec3& p) {
        const double part = (sample_linear(hu, p, -1024) - black) / scene.window_width_HU;
        return static_cast<std::uint8_t>(std::lround(255 * std::clamp(part, 0.0, 1.0)));
    });
    for (const auto& one : masks)
        picture.structures.push_back(iso_lines(raster.map([&](const Vec3& p) { return coverage(*one.mask, p); }),
                                               raster.columns, raster.rows, 0.5, pixel_mm));
    if (!dose) return picture;
    picture.dose_Gy = raster.map([&](const Vec3& p) { return sample_linear(*dose, p, unknown_dose); });
    for (const auto& level : scene.levels)
        picture.isodoses.push_back(iso_lines(picture.dose_Gy, raster.columns, raster.rows, level.dose_Gy, pixel_mm));
    return picture;
}

/// Percent of the reference that get a line.
constexpr std::array<double, 6> line_percent{20, 50, 80, 95, 100, 107};

}  // namespace

Scene cut_scene(const Volume<float>& hu, const Volume<float>& dose_Gy, const std::vector<SceneMask>& masks,
                const Vec3& centre_mm, const SceneBox& box, double reference_Gy) {
    expect(!hu.empty() && !dose_Gy.empty(), "cut_scene: CT and dose have voxels");
    expect(reference_Gy > 0, "cut_scene: the reference dose is positive");
    Scene scene;
    scene.reference_Gy = reference_Gy;
    scene.centre_mm = centre_mm;
    for (const auto& one : masks) scene.structures.push_back(one.structure);
    for (const double percent : line_percent)
        scene.levels.push_back({percent * reference_Gy / 100, percent, dose_colour((percent - 20) / 90)});
    const double pixel_mm = pixel_mm_of(box);
    scene.axial = cut(Plane::Axial, hu, &dose_Gy, masks, scene, box, pixel_mm);
    scene.coronal = cut(Plane::Coronal, hu, &dose_Gy, masks, scene, box, pixel_mm);
    scene.sagittal = cut(Plane::Sagittal, hu, &dose_Gy, masks, scene, box, pixel_mm);
    return scene;
}

SlicePicture cut_axial(const Volume<float>& hu, const std::vector<SceneMask>& masks, const Vec3& centre_mm,
                       const SceneBox& box) {
    expect(!hu.empty(), "cut_axial: the CT has voxels");
    Scene scene;
    scene.centre_mm = centre_mm;
    return cut(Plane::Axial, hu, nullptr, masks, scene, box, pixel_mm_of(box));
}

SceneBox box_around(const Grid& ct, const std::vector<SceneMask>& masks, double margin_mm) {
    constexpr double far = 1e9;
    SceneBox all{{far, far, far}, {-far, -far, -far}}, wanted = all;
    const auto hold = [](SceneBox& box, const Vec3& p) {
        for (int a = 0; a < 3; ++a) {
            box.low_mm[a] = std::min(box.low_mm[a], p[a]);
            box.high_mm[a] = std::max(box.high_mm[a], p[a]);
        }
    };
    for (int corner = 0; corner < 8; ++corner) {
        const Size3 n = ct.size();
        hold(all, ct.point((corner & 1) * n.x - 0.5, (corner >> 1 & 1) * n.y - 0.5, (corner >> 2) * n.z - 0.5));
    }
    for (const auto& one : masks) {
        const Size3 n = one.mask->grid().size();
        for (int k = 0; k < n.z; ++k)
            for (int j = 0; j < n.y; ++j)
                for (int i = 0; i < n.x; ++i)
                    if (one.mask->at(i, j, k) >= 128) hold(wanted, one.mask->grid().point(i, j, k));
    }
    if (wanted.low_mm.x > wanted.high_mm.x) return all;
    for (int a = 0; a < 3; ++a) {
        wanted.low_mm[a] = std::max(wanted.low_mm[a] - margin_mm, all.low_mm[a]);
        wanted.high_mm[a] = std::min(wanted.high_mm[a] + margin_mm, all.high_mm[a]);
    }
    return wanted;
}

}  // namespace coutard::gui::report
