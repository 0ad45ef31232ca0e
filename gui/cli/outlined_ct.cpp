#include "gui/cli/outlined_ct.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "engine/base/error.hpp"
#include "engine/shape/rasterise.hpp"

namespace coutard::gui {
namespace {

constexpr float air_hu = -1000, water_hu = 0, lung_hu = -740;  // lung: 0.26 g/cm3 on the curve of Schneider et al.

bool is_lung(const std::string& name) {
    std::string low;
    for (char c : name) low += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return low.find("lung") != std::string::npos;
}

}  // namespace

CtImage outlined_ct(const StructureSet& structures, double voxel_mm) {
    const Structure* external = structures.find("External");
    validate(external != nullptr && !external->contours.empty(), "the structures have no External to outline a CT");
    Vec3 low{1e9, 1e9, 1e9}, high{-1e9, -1e9, -1e9};
    for (const auto& contour : external->contours)
        for (const Vec3& p : contour.points_mm) {
            low = {std::min(low.x, p.x), std::min(low.y, p.y), std::min(low.z, p.z)};
            high = {std::max(high.x, p.x), std::max(high.y, p.y), std::max(high.z, p.z)};
        }
    constexpr double margin_mm = 20;
    const auto cells = [&](double a, double b) {
        return static_cast<int>(std::ceil((b - a + 2 * margin_mm) / voxel_mm));
    };
    const Size3 size{cells(low.x, high.x), cells(low.y, high.y), cells(low.z, high.z)};
    validate(std::max({size.x, size.y, size.z}) <= 500, "outlined CT: voxels on an axis",
             std::max({size.x, size.y, size.z}), "at most 500: larger voxels");
    CtImage ct;
    const Grid grid(size, low - Vec3{margin_mm, margin_mm, margin_mm}, {voxel_mm, voxel_mm, voxel_mm});
    ct.hu = Volume<float>(grid, air_hu);
    const auto paint = [&](const Structure& structure, float hu) {
        const Mask mask = rasterise(structure, grid);
        for (std::size_t v = 0; v < mask.count(); ++v)
            if (inside(mask, v)) ct.hu[v] = hu;
    };
    paint(*external, water_hu);
    for (const auto& structure : structures.structures)
        if (is_lung(structure.name) && !structure.contours.empty()) paint(structure, lung_hu);
    ct.study.patient_id = structures.patient_id;
    ct.study.patient_name = "Outlined^" + structures.label;
    ct.study.frame_uid = structures.frame_uid;
    ct.notes.push_back("made-up CT: water in " + external->name + ", lung where a structure says so, air outside");
    return ct;
}

}  // namespace coutard::gui
