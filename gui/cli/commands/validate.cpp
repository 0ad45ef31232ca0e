// `coutard validate dose`: both engines held against another code's doses in slab phantoms.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

#include "dose/phantom/mirror_images.hpp"
#include "dose/phantom/reference_check.hpp"
#include "dose/phantom/slab_dose.hpp"
#include "dose/phantom/slab_monte_carlo.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/base/version.hpp"
#include "engine/par/for_each.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/dose_summary.hpp"
#include "gui/cli/validate_parts.hpp"

namespace coutard::gui {
namespace {
namespace fs = std::filesystem;
using namespace dose;

struct ValidateOptions {
    fs::path reference, out;
    std::vector<std::string> cases;
    double axis_uncertainty = 0.003, uncertainty = 0.01;
    bool superposition_only = false;
};

std::vector<std::string> cases_in(const fs::path& reference) {
    validate(fs::is_directory(reference / "specs"), "--reference: " + reference.string() + ": no folder specs in it");
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(reference / "specs"))
        if (entry.path().extension() == ".json") out.push_back(entry.path().stem().string());
    std::sort(out.begin(), out.end());
    validate(!out.empty(), (reference / "specs").string() + ": holds no descriptions of phantoms (.json)");
    return out;
}

SlabRun run_of(const Common& common, int members, std::uint64_t photons, double uncertainty) {
    SlabRun how;
    how.run.seed = common.seed;
    how.run.members = members;
    how.run.reduction = for_sets_of(members);
    how.run.histories = photons / static_cast<std::uint64_t>(members);
    how.uncertainty = uncertainty;
    return how;
}

/// A reference's dose grid, plain or packed; none where it has none.
std::optional<ReferenceVoxels> voxels_of(const fs::path& reference, const std::string& name) {
    for (const char* end : {"_dose3d.csv", "_dose3d.csv.gz"})
        if (const fs::path file = reference / (name + end); fs::exists(file)) return read_reference_voxels(file);
    return {};
}

/// Superposition beside the same reference: nothing drawn by chance, and voxels may be off by 2 % or 2 mm.
ValidationRow validate_superposition(const std::string& name, const ValidateOptions& options, const Common& common) {
    SlabSpec spec = read_slab_spec(options.reference / "specs" / (name + ".json"));
    const auto start = std::chrono::steady_clock::now();
    const fs::path wide = options.reference / (name + "_pdd_2x2cm.csv");
    if (fs::exists(wide)) spec.pdd_half_width_cm = 1;
    const ReferenceAxis reference =
        read_reference_axis(fs::exists(wide) ? wide : options.reference / (name + "_pdd.csv"));
    const auto found = slab_dose(spec, data_folder(), ConeLayout::standard(), common.wanted_device(), {});
    const DepthDose layers = depth_dose(found.dose, spec.pdd_half_width_cm);
    const double width = spec.voxel_mm[2] / 10;
    DepthDose cells{reference.depth_cm, on_cells(layers.dose, {0, width}, 0, reference.depth_cm), {}};
    cells.uncertainty.assign(cells.dose.size(), 0);
    ValidationRow row{name, spec.name, true, check_axis(reference, cells), {}, 0};
    if (const auto grid = voxels_of(options.reference, name))
        row.voxels = check_voxels(*grid, found.dose, Volume<float>(found.dose.grid(), 0), {2, 2});
    row.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return row;
}

ValidationRow validate_case(const std::string& name, const ValidateOptions& options, const Common& common,
                            const Progress& progress) {
    SlabSpec spec = read_slab_spec(options.reference / "specs" / (name + ".json"));
    const auto start = std::chrono::steady_clock::now();
    ValidationRow row{name, spec.name, false, {}, {}, 0};
    fs::path axis = options.reference / (name + "_pdd_2x2cm.csv");
    if (fs::exists(axis))
        spec.pdd_half_width_cm = 1;
    else
        axis = options.reference / (name + "_pdd.csv");
    SlabRun focused = run_of(common, 32, 320'000, options.axis_uncertainty);
    focused.axis_focus = true;
    focused.run.reduction.splits = 64;
    const ReferenceAxis reference = read_reference_axis(axis);
    focused.cell_faces_cm = cell_faces(reference.depth_cm, 0);
    row.axis = check_axis(reference, slab_monte_carlo(spec, data_folder(), focused, progress.part(0, 0.5)).cells);
    if (const auto grid = voxels_of(options.reference, name)) {
        const auto found = slab_monte_carlo(spec, data_folder(), run_of(common, 16, 800'000, options.uncertainty),
                                            progress.part(0.5, 1));
        const auto mean = over_images(found.dose, found.uncertainty, slab_mirrors(spec));
        row.voxels = check_voxels(*grid, mean.dose, mean.uncertainty);
    }
    row.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return row;
}

void run(const ValidateOptions& options, const Common& common) {
    if (common.device == "cuda") throw NotBuilt("validate: Monte Carlo runs on the CPU in this build; --device cpu");
    par::set_threads(common.threads);
    const auto cases = options.cases.empty() ? cases_in(options.reference) : options.cases;
    std::vector<ValidationRow> rows;
    for (std::size_t c = 0; c < cases.size(); ++c) {
        const double parts = static_cast<double>(cases.size());
        rows.push_back(validate_superposition(cases[c], options, common));
        if (options.superposition_only) continue;
        rows.push_back(
            validate_case(cases[c], options, common,
                          common.progress.part(static_cast<double>(c) / parts, static_cast<double>(c + 1) / parts)));
    }
    end_progress();
    const std::string text = validation_markdown(rows);
    std::fputs(text.c_str(), stdout);
    if (!options.out.empty()) write_text_atomically(options.out, text);
    if (!common.json.empty()) write_text_atomically(common.json, validation_json(rows));
}

}  // namespace

void add_validate(CLI::App& app, Common& common) {
    auto options = std::make_shared<ValidateOptions>();
    auto* command = app.add_subcommand("validate", "calculations held against references");
    command->require_subcommand(1);
    auto* dose =
        with_common(command->add_subcommand("dose", "both engines in slab phantoms against another code"), common);
    dose->add_option("--reference", options->reference,
                     "folder with specs/CASE.json and CASE_pdd.csv (or _pdd_2x2cm), CASE_dose3d.csv where there is one")
        ->required();
    dose->add_option("--case", options->cases, "cases; default: all of specs");
    dose->add_option("--axis-uncertainty", options->axis_uncertainty,
                     "mean relative standard error on the axis to stop at")
        ->check(CLI::Range(1e-4, 0.1));
    dose->add_option("--uncertainty", options->uncertainty,
                     "of voxels above half of the maximum, for the comparison in three dimensions")
        ->check(CLI::Range(1e-3, 0.1));
    dose->add_flag("--superposition", options->superposition_only, "superposition alone: some seconds a case");
    dose->add_option("--out", options->out, "write the table (Markdown) to this file");
    dose->callback([options, &common] { run(*options, common); });
    add_validate_head(*command, common);
}

}  // namespace coutard::gui
