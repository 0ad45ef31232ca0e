#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "engine/image/volume.hpp"
#include "gui/report/colour.hpp"

namespace coutard::gui::report {

/// A place on a plane [mm]: right and down from the picture's upper left corner.
struct Place {
    double right = 0, down = 0;
};
struct Outline {
    std::vector<Place> points;
    bool closed = false;
};

enum class Plane { Axial, Coronal, Sagittal };

/// One plane through the patient, seen as radiology shows it: axial from the feet (patient's right on
/// the left, anterior up), coronal from the front, sagittal from the patient's left (anterior on the left).
struct SlicePicture {
    Plane plane = Plane::Axial;
    double width_mm = 0, height_mm = 0;
    int columns = 0, rows = 0;
    std::vector<std::uint8_t> grey;  ///< CT in the window, row by row from the top
    std::vector<float> dose_Gy;      ///< on the same pixels; NaN outside the dose grid: unknown; empty: none
    std::vector<std::vector<Outline>> structures;  ///< per structure of the scene
    std::vector<std::vector<Outline>> isodoses;    ///< per level of the scene
    std::string title;                             ///< "Axial, z = -12.5 mm"
    char left = 'R', right = 'L', top = 'A', bottom = 'P';
};

struct SceneStructure {
    std::string name;
    Colour colour;
    bool target = false;
    int dash = 0;
};
struct IsodoseLevel {
    double dose_Gy = 0, percent = 0;  ///< percent of the reference dose
    Colour colour;
};

/// Three planes through one point, drawn to one scale.
struct Scene {
    SlicePicture axial, coronal, sagittal;
    std::vector<SceneStructure> structures;
    std::vector<IsodoseLevel> levels;  ///< rising
    double reference_Gy = 0;           ///< 100 %
    double window_level_HU = 40, window_width_HU = 400;
    Vec3 centre_mm;
};

/// What to draw: masks may lie on any grid.
struct SceneMask {
    SceneStructure structure;
    const Mask* mask = nullptr;
};

/// The box of the patient that the planes show [mm, LPS].
struct SceneBox {
    Vec3 low_mm, high_mm;
};

/// Cut three planes through `centre_mm`.
/// \throws ContractError empty volumes, a box without extent, reference dose not positive
Scene cut_scene(const Volume<float>& hu, const Volume<float>& dose_Gy, const std::vector<SceneMask>& masks,
                const Vec3& centre_mm, const SceneBox& box, double reference_Gy);

/// The axial plane through `centre_mm`, without dose. \throws ContractError as cut_scene
SlicePicture cut_axial(const Volume<float>& hu, const std::vector<SceneMask>& masks, const Vec3& centre_mm,
                       const SceneBox& box);

/// A box around the structures with a margin, kept inside the CT; all of the CT when nothing is there.
SceneBox box_around(const Grid& ct, const std::vector<SceneMask>& masks, double margin_mm);

}  // namespace coutard::gui::report
