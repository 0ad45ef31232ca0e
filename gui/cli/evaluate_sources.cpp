#include "gui/cli/evaluate_sources.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "engine/base/error.hpp"
#include "engine/base/log.hpp"
#include "engine/eval/structure_dose.hpp"
#include "engine/image/resample.hpp"
#include "engine/plan/config.hpp"
#include "engine/shape/contour_planes.hpp"
#include "engine/shape/rasterise.hpp"
#include "engine/shape/tg263.hpp"
#include "engine/store/nifti.hpp"

namespace coutard::gui {
namespace fs = std::filesystem;
namespace {

void must_exist(const fs::path& source) {
    if (!fs::exists(source)) throw InputError(source.string() + ": no such file or folder");
}

/// "a/organs.nii.gz" -> "organs".
std::string plain_name(const fs::path& file) {
    auto name = file.filename().string();
    for (const char* ending : {".gz", ".nii"})
        if (name.ends_with(ending)) name.resize(name.size() - std::string(ending).size());
    return name;
}

fs::path names_beside(const fs::path& label_map) {
    return label_map.parent_path() / (plain_name(label_map) + ".json");
}

std::vector<NamedRegion> read_label_map(const fs::path& file) {
    const auto bits = read_nifti_bits(file);
    std::vector<NamedRegion> regions;
    for (const auto& entry : Config::read(names_beside(file)).list("bits")) {
        const unsigned bit = static_cast<unsigned>(entry.integer("bit", {0, 15}));
        Mask mask(bits.grid());
        for (std::size_t v = 0; v < mask.count(); ++v) mask[v] = bits[v] >> bit & 1U ? 255 : 0;
        const auto known = standard_name(entry.text("structure"));
        regions.push_back({entry.text("structure"), known.role, std::move(mask)});
    }
    return regions;
}

NamedRegion read_parts(const fs::path& file) {
    const auto parts = read_nifti(file);
    Mask mask(parts.grid());
    for (std::size_t v = 0; v < mask.count(); ++v) {
        validate(parts[v] >= 0 && parts[v] <= 1, file.string() + ": mask value", parts[v],
                 "0 to 1, or a label map with a .json beside it");
        mask[v] = static_cast<std::uint8_t>(std::lround(255 * parts[v]));
    }
    return {plain_name(file), standard_name(plain_name(file)).role, std::move(mask)};
}

std::vector<NamedRegion> read_nifti_source(const fs::path& source) {
    if (fs::exists(names_beside(source))) return read_label_map(source);
    std::vector<NamedRegion> one;
    one.push_back(read_parts(source));
    return one;
}

/// Empty when the folder holds no NIfTI: then it is DICOM's business.
std::vector<fs::path> nifti_files(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_regular_file() && is_nifti(entry.path())) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

Regions read_contours(const Exchange& exchange, const fs::path& file, const std::optional<Grid>& grid) {
    const StructureSet set = exchange.read_structures(file);
    Regions regions{{}, {file.string(), set.patient_id, set.frame_uid}, set.notes};
    for (const auto& structure : set.structures) {
        const bool encloses = std::any_of(structure.contours.begin(), structure.contours.end(),
                                          [](const Contour& c) { return c.points_mm.size() > 2; });
        if (!encloses) {
            log::info(structure.name + ": has no closed contour; left out");
            continue;
        }
        regions.list.push_back(
            {structure.name, structure.role, rasterise(structure, grid ? *grid : grid_around(structure))});
    }
    return regions;
}

std::vector<NamedRegion> chosen(std::vector<NamedRegion> all, const std::vector<std::string>& only,
                                const fs::path& source) {
    if (only.empty()) return all;
    std::vector<NamedRegion> wanted;
    std::vector<std::string> names;
    for (const auto& region : all) names.push_back(region.name);
    for (const auto& name : only) {
        const auto found = the_one_meant(names, name);
        if (!found) {
            std::string there;
            for (const auto& r : all) there += (there.empty() ? "" : ", ") + r.name;
            throw InputError(source.string() + ": structure: found " + there + ", expected " + name);
        }
        wanted.push_back(all[*found]);
    }
    return wanted;
}

}  // namespace

std::optional<fs::path> first_nifti(const fs::path& source) {
    if (is_nifti(source)) return source;
    if (!fs::is_directory(source)) return {};
    const auto files = nifti_files(source);
    return files.empty() ? std::nullopt : std::optional(files.front());
}

Dose read_dose_source(const Exchange& exchange, const fs::path& source) {
    must_exist(source);
    if (!is_nifti(source)) return exchange.read_dose(source);
    Dose dose;
    dose.gy = read_nifti(source);
    dose.notes.push_back(source.string() + ": NIfTI values are taken as Gy");
    validate_dose(dose.gy, source.string());
    return dose;
}

Origin origin_of(const Dose& dose, const fs::path& source) {
    return {source.string(), dose.patient_id, dose.frame_uid};
}

Origin origin_of(const CtImage& ct, const fs::path& source) {
    return {source.string(), ct.study.patient_id, ct.study.frame_uid};
}

void check_same_origin(const Origin& first, const Origin& second) {
    const auto same = [&](const char* attribute, const std::string& expected, const std::string& found) {
        if (!found.empty() && !expected.empty() && found != expected)
            throw InputError(second.source + ": " + attribute + ": found \"" + found + "\", expected \"" + expected +
                             "\" of " + first.source);
    };
    same("PatientID (0010,0020)", first.patient_id, second.patient_id);
    same("FrameOfReferenceUID (0020,0052)", first.frame_uid, second.frame_uid);
}

Regions read_region_source(const Exchange& exchange, const fs::path& source, const std::optional<Grid>& grid,
                           const std::vector<std::string>& only) {
    must_exist(source);
    Regions all{{}, {source.string(), {}, {}}, {}};
    const auto files = fs::is_directory(source) ? nifti_files(source) : std::vector<fs::path>{};
    if (is_nifti(source))
        all.list = read_nifti_source(source);
    else if (!files.empty())
        for (const auto& file : files)
            for (auto& region : read_nifti_source(file)) all.list.push_back(std::move(region));
    else
        all = read_contours(exchange, source, grid);
    if (grid)
        for (auto& region : all.list)
            if (!region.mask.grid().same_as(*grid)) region.mask = resample(region.mask, *grid);
    all.list = chosen(std::move(all.list), only, source);
    return all;
}

ImageGrid read_image_grid(const Exchange& exchange, const fs::path& source) {
    must_exist(source);
    if (is_nifti(source)) return {read_nifti(source).grid(), {source.string(), {}, {}}, {}};
    const CtImage ct = exchange.read_ct(source, std::nullopt);
    return {ct.hu.grid(), origin_of(ct, source), ct.notes};
}

Grid grid_around(const Structure& structure) {
    constexpr double far = 1e9;
    Vec3 low{far, far, far}, high{-far, -far, -far};
    std::vector<double> planes;
    for (const auto& contour : structure.contours) {
        if (contour.points_mm.size() < 3) continue;
        const double z = contour.points_mm.front().z;
        for (const auto& p : contour.points_mm) {
            validate(std::abs(p.z - z) < 0.01, structure.name + ": contour plane",
                     "points at z " + std::to_string(z) + " and " + std::to_string(p.z) + " mm",
                     "axial contours; give --ct for others");
            for (int a = 0; a < 3; ++a) low[a] = std::min(low[a], p[a]), high[a] = std::max(high[a], p[a]);
        }
        planes.push_back(z);
    }
    constexpr double lone_mm = 3;
    const double slice = usual_distance_mm(distinct_planes(std::move(planes), lone_mm), lone_mm);
    const double pixel = std::clamp(std::max(high.x - low.x, high.y - low.y) / 150, 0.5, 1.5);
    const auto voxels = [](double mm, double spacing) { return static_cast<int>(std::ceil(mm / spacing)) + 3; };
    return Grid({voxels(high.x - low.x, pixel), voxels(high.y - low.y, pixel), voxels(high.z - low.z, slice)},
                {low.x - pixel, low.y - pixel, low.z - slice}, {pixel, pixel, slice});
}

}  // namespace coutard::gui
