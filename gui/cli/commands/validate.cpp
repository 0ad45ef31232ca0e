// `coutard validate dose`: both engines held against another code's doses in slab phantoms.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

#include "dose/phantom/mirror_images.hpp"
#include "dose/phantom/slab_dose.hpp"
#include "dose/phantom/slab_monte_carlo.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/validate_parts.hpp"
#include "gui/cli/validation_report.hpp"

namespace coutard::gui {
namespace {
namespace fs = std::filesystem;
using namespace dose;

struct ValidateOptions {
    fs::path reference, out;
    std::vector<std::string> cases;
    double axis_uncertainty = 0.003, uncertainty = 0.01;
    bool superposition_only = false, all = false;
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

/// What a reference says of a phantom.
ValidationCase read_case(const fs::path& reference, const std::string& name) {
    ValidationCase out;
    out.name = name;
    out.spec = read_slab_spec(reference / "specs" / (name + ".json"));
    if (out.spec.name.empty()) out.spec.name = name;
    const fs::path profiles = reference / (name + "_profiles.csv");
    if (fs::exists(profiles)) out.profiles = read_reference_profiles(profiles);
    const fs::path wide = reference / (name + "_pdd_2x2cm.csv");
    if (fs::exists(wide)) out.spec.pdd_half_width_cm = 1;
    out.axis = read_reference_axis(fs::exists(wide) ? wide : reference / (name + "_pdd.csv"));
    out.aims = superposition_aims(out.spec, out.axis);
    return out;
}

std::vector<Profile> profiles_of(const ValidationCase& one, const Volume<float>& dose) {
    constexpr double strip_cm = 0.5;  // of references' profiles
    std::vector<Profile> out;
    for (const Profile& p : one.profiles) out.push_back(on_reference(dose, p, strip_cm));
    return out;
}

class Clock {
  public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Nothing is drawn by chance, and voxels may be off by 2 % or 2 mm.
ValidationRow superposition_row(const ValidationCase& one, const std::optional<ReferenceVoxels>& grid,
                                const Common& common) {
    const Clock clock;
    const auto found = slab_dose(one.spec, data_folder(), ConeLayout::standard(), common.wanted_device(), {});
    const DepthDose layers = depth_dose(found.dose, one.spec.pdd_half_width_cm);
    ValidationRow row;
    row.superposition = true;
    row.cells = {one.axis.depth_cm, on_cells(layers.dose, {0, one.spec.voxel_mm[2] / 10}, 0, one.axis.depth_cm), {}};
    row.cells.uncertainty.assign(row.cells.dose.size(), 0);
    row.axis = check_axis(one.axis, row.cells);
    row.profiles = profiles_of(one, found.dose);
    if (grid) {
        row.voxels = check_voxels(*grid, found.dose, Volume<float>(found.dose.grid(), 0), {2, 2});
        row.gamma = reference_gamma(*grid, found.dose, superposition_gamma());
    }
    row.aims = judge_superposition(row.axis, row.gamma, one.aims);
    row.seconds = clock.seconds();
    return row;
}

/// The axis in a run that aims at it; voxels and profiles in one of the whole phantom, where there is a grid to hold
/// them against.
ValidationRow monte_carlo_row(const ValidationCase& one, const std::optional<ReferenceVoxels>& grid,
                              const ValidateOptions& options, const Common& common, const Progress& progress) {
    const Clock clock;
    ValidationRow row;
    SlabRun focused = run_of(common, 32, 320'000, options.axis_uncertainty);
    focused.axis_focus = true;
    focused.run.reduction.splits = 64;
    focused.cell_faces_cm = cell_faces(one.axis.depth_cm, 0);
    row.cells = slab_monte_carlo(one.spec, data_folder(), focused, progress.part(0, 0.5)).cells;
    row.axis = check_axis(one.axis, row.cells);
    if (grid) {
        const auto found = slab_monte_carlo(one.spec, data_folder(), run_of(common, 16, 800'000, options.uncertainty),
                                            progress.part(0.5, 0.98));
        const auto mean = over_images(found.dose, found.uncertainty, slab_mirrors(one.spec));
        row.voxels = check_voxels(*grid, mean.dose, mean.uncertainty);
        row.gamma = reference_gamma(*grid, mean.dose, superposition_gamma(), progress.part(0.98, 1));
        row.profiles = profiles_of(one, mean.dose);
    }
    row.aims = judge_monte_carlo(row.axis, row.voxels);
    row.seconds = clock.seconds();
    return row;
}

/// A folder stands for dose.md in it.
fs::path report_file(const fs::path& out) {
    return out.empty() || out.extension() == ".md" ? out : out / "dose.md";
}

/// The command that makes a report again, without paths of this machine.
std::string command_of(const ValidateOptions& options, const fs::path& file) {
    std::string out = "coutard validate dose --reference " + options.reference.filename().string();
    for (const auto& c : options.cases) out += " --case " + c;
    char text[80] = " --superposition";
    if (!options.superposition_only)
        std::snprintf(text, sizeof text, " --axis-uncertainty %g --uncertainty %g", options.axis_uncertainty,
                      options.uncertainty);
    return out + text + " --out " + file.filename().string();
}

/// The reference of the repository that this program was built in.
fs::path golden_reference() {
    return data_folder().parent_path() / "tests" / "golden" / "egsnrc";
}

/// Beside the report: every aperture of `validate head` at 6 MV, every field of `validate mppg`.
void validate_fields(const fs::path& report, const Common& common) {
    constexpr double noise = 0.01, voxel_mm = 4;
    const auto beside = [&](const std::string& name) { return report.parent_path() / (name + ".md"); };
    for (const char* machine : {"generic_6mv", "generic_6mv_fff"})
        validate_head({machine, {}, noise, voxel_mm, beside("head_" + std::string(machine))}, common);
    validate_mppg({"generic_6mv", {}, noise, voxel_mm, beside("mppg_generic_6mv")}, common);
}

void run(ValidateOptions options, const Common& common) {
    if (common.device == "cuda" && !options.superposition_only)
        throw NotBuilt("validate: Monte Carlo runs on the CPU in this build; --device cpu");
    validate(!options.all || (!options.out.empty() && !options.superposition_only),
             "--all: writes several reports and runs Monte Carlo; it takes --out, and no --superposition");
    par::set_threads(common.threads);
    if (options.reference.empty()) {
        options.reference = golden_reference();
        validate(fs::is_directory(options.reference),
                 "--reference: needed, since " + options.reference.string() + " is not there");
    }
    if (!options.reference.has_filename()) options.reference = options.reference.parent_path();
    const auto known = cases_in(options.reference);
    for (const auto& name : options.cases)
        validate(std::find(known.begin(), known.end(), name) != known.end(),
                 "--case: there is no '" + name + ".json' in " + (options.reference / "specs").string());
    const auto names = options.cases.empty() ? known : options.cases;
    const fs::path file = report_file(options.out);
    for (const fs::path& written : {file, common.json}) expect_folder_of(written);
    std::vector<ValidationCase> cases;
    for (std::size_t c = 0; c < names.size(); ++c) {
        const double parts = static_cast<double>(names.size());
        const Progress progress =
            common.progress.part(static_cast<double>(c) / parts, static_cast<double>(c + 1) / parts);
        ValidationCase& one = cases.emplace_back(read_case(options.reference, names[c]));
        const auto grid = voxels_of(options.reference, names[c]);
        progress.at(0, one.name);
        one.rows.push_back(superposition_row(one, grid, common));
        if (!options.superposition_only) one.rows.push_back(monte_carlo_row(one, grid, options, common, progress));
        // what is known so far is kept: the whole takes long
        if (!file.empty())
            write_validation_report(file, {options.reference.filename().string(), command_of(options, file)}, cases);
    }
    end_progress();
    std::fputs(validation_tables(cases).c_str(), stdout);
    if (!common.json.empty()) write_text_atomically(common.json, validation_json(cases));
    if (options.all) validate_fields(file, common);
}

}  // namespace

void add_validate(CLI::App& app, Common& common) {
    auto options = std::make_shared<ValidateOptions>();
    auto* command = app.add_subcommand("validate", "calculations held against references");
    command->require_subcommand(1);
    auto* dose =
        with_common(command->add_subcommand("dose", "both engines in slab phantoms against another code"), common);
    dose->add_option(
        "--reference", options->reference,
        "folder with specs/CASE.json and CASE_pdd.csv (or _pdd_2x2cm); CASE_profiles.csv and CASE_dose3d.csv "
        "(or .csv.gz) where there are; default: tests/golden/egsnrc of the repository");
    dose->add_option("--case", options->cases, "cases; default: all of specs");
    dose->add_option("--axis-uncertainty", options->axis_uncertainty,
                     "mean relative standard error on the axis to stop at")
        ->check(CLI::Range(1e-4, 0.1));
    dose->add_option("--uncertainty", options->uncertainty,
                     "of voxels above half of the maximum, for the comparison in three dimensions")
        ->check(CLI::Range(1e-3, 0.1));
    dose->add_flag("--superposition", options->superposition_only, "superposition alone: some seconds a case");
    dose->add_flag("--all", options->all,
                   "also, beside the report and for hours: head_MACHINE.md, all apertures of `validate head` at 6 MV "
                   "with and without the filter; mppg_generic_6mv.md, all fields of `validate mppg`");
    dose->add_option(
        "--out", options->out,
        "report to write (Markdown), with figures (SVG) in a folder of its name beside it; a folder: dose.md "
        "in it");
    dose->callback([options, &common] { run(*options, common); });
    add_validate_head(*command, common);
    add_validate_mppg(*command, common);
#ifdef COUTARD_VALIDATES_CONTOURS
    add_validate_contours(*command, common);
#endif
#ifdef COUTARD_VALIDATES_PLANS
    add_validate_plans(*command, common);
#endif
}

}  // namespace coutard::gui
