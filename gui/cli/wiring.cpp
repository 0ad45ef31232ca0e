#include "gui/cli/wiring.hpp"

#include <algorithm>
#include <cmath>

#include "dose/montecarlo/monte_carlo_engine.hpp"
#include "dose/superposition/superposition_engine.hpp"
#include "engine/base/error.hpp"
#include "engine/image/resample.hpp"
#include "engine/plan/machine_json.hpp"
#include "engine/shape/body.hpp"
#include "engine/shape/contour_from_mask.hpp"
#include "engine/shape/rasterise.hpp"
#include "engine/store/nifti.hpp"
#include "gui/cli/evaluate_sources.hpp"
#include "rtdicom/references.hpp"

namespace coutard::gui {
namespace {

/// A grid of another spacing, cut to the voxels of the body with two around them.
Grid grid_around(const Mask& body, double spacing_mm) {
    const Grid all = resampled_grid(body.grid(), {spacing_mm, spacing_mm, spacing_mm});
    int low[3] = {1 << 30, 1 << 30, 1 << 30}, high[3] = {-1, -1, -1};
    const Size3 n = body.grid().size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                if (!inside(body, body.grid().flat(i, j, k))) continue;
                const Vec3 at = all.index(body.grid().point(i, j, k));
                for (int axis = 0; axis < 3; ++axis) {
                    low[axis] = std::min(low[axis], static_cast<int>(std::lround(at[axis])));
                    high[axis] = std::max(high[axis], static_cast<int>(std::lround(at[axis])));
                }
            }
    validate(high[0] >= 0, "body: volume in the CT", 0, "a body above -350 HU or an External");
    const int sizes[3] = {all.size().x, all.size().y, all.size().z};
    const auto from = [&](int axis) { return std::max(0, low[axis] - 2); };
    const auto to = [&](int axis) { return std::min(sizes[axis] - 1, high[axis] + 2); };
    return cropped_grid(all, {from(0), from(1), from(2)}, {to(0), to(1), to(2)});
}

StructureSet structures_of_masks(const Regions& regions, const CtImage& ct) {
    StructureSet set;
    set.frame_uid = ct.study.frame_uid;
    set.series_uid = ct.series_uid;
    set.patient_id = ct.study.patient_id;
    set.notes = regions.notes;
    for (const auto& region : regions.list) {
        set.structures.push_back(structure_from_mask(region.name, region.mask));
        set.structures.back().number = static_cast<int>(set.structures.size());
    }
    return set;
}

}  // namespace

CtImage read_image(const Exchange& exchange, const std::filesystem::path& source, const std::string& position) {
    const auto given = position.empty() ? std::nullopt : std::optional(patient_position(position));
    if (!std::filesystem::exists(source)) throw InputError(source.string() + ": no such file or folder");
    if (!is_nifti(source)) return exchange.read_ct(source, given);
    CtImage ct;
    ct.hu = read_nifti(source);
    ct.position = given.value_or(PatientPosition::Hfs);
    ct.position_assumed = !given;
    ct.notes.push_back(source.string() + ": NIfTI says nothing of the patient; values are taken as Hounsfield units");
    return ct;
}

StructureSet read_structures_of(const Exchange& exchange, const std::filesystem::path& file, const CtImage& ct) {
    if (first_nifti(file)) return structures_of_masks(read_region_source(exchange, file, ct.hu.grid(), {}), ct);
    StructureSet structures = exchange.read_structures(file);
    try {
        rtdicom::check_belongs(structures, ct);
    } catch (const InputError& problem) {
        throw InputError(file.string() + ": " + problem.what());
    }
    return structures;
}

Mask body_mask(const CtImage& ct, const StructureSet* structures) {
    if (structures)
        if (const Structure* external = structures->find("External"); external && !external->contours.empty())
            return rasterise(*external, ct.hu.grid());
    return find_body(ct.hu);
}

DoseScene scene_of(const CtImage& ct, const StructureSet* structures, double grid_mm) {
    DoseScene scene;
    Mask counts = body_mask(ct, structures);
    scene.dose_grid = grid_around(counts, grid_mm);
    if (structures)
        for (const auto& structure : structures->structures) {
            if (structure.role != Role::Support || structure.contours.empty()) continue;
            const Mask support = rasterise(structure, ct.hu.grid());
            for (std::size_t v = 0; v < counts.count(); ++v) counts[v] = std::max(counts[v], support[v]);
        }
    scene.hu = ct.hu;
    scene.counts = std::move(counts);
    scene.lying = lying_of(ct.position);
    return scene;
}

Machine machine_named(const std::string& name) {
    return read_machine(data_folder() / "machines" / (name + ".json"));
}

std::unique_ptr<DoseEngine> dose_engine(const std::string& name, const Common& common, const Statistics& statistics) {
    if (name == "montecarlo") {
        dose::MonteCarloOptions options;
        options.histories = statistics.histories;
        options.uncertainty = statistics.uncertainty;
        options.seed = common.seed;
        options.to = statistics.to;
        // not yet run on a GPU by anybody: used when asked for, not by default
        options.device = common.wanted_device() == Device::Cuda ? Device::Cuda : Device::Cpu;
        return std::make_unique<dose::MonteCarloEngine>(data_folder(), options);
    }
    validate(name == "superposition", "--engine", name, "superposition or montecarlo");
    if (statistics.to == DoseTo::Water) throw NotBuilt("superposition gives dose to medium; Monte Carlo gives both");
    dose::SuperpositionOptions options;
    options.device = common.wanted_device();
    options.seed = common.seed;
    options.most_bytes = static_cast<std::size_t>(common.max_memory_GB * 1e9);
    return std::make_unique<dose::SuperpositionEngine>(data_folder(), options);
}

}  // namespace coutard::gui
