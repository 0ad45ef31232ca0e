// `coutard evaluate contours`: how well two delineations agree, as a table, CSV, JSON and pictures.
#include <algorithm>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/eval/contour_agreement.hpp"
#include "engine/par/for_each.hpp"
#include "engine/shape/mask_box.hpp"
#include "engine/shape/tg263.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/evaluate_parts.hpp"
#include "gui/cli/evaluate_sources.hpp"
#include "gui/cli/output_folder.hpp"
#include "gui/cli/result_table.hpp"
#include "gui/cli/wiring.hpp"
#include "gui/report/agreement_figure.hpp"
#include "rtdicom/exchange.hpp"

namespace coutard::gui {
namespace {

namespace fs = std::filesystem;
constexpr double kPictureWidthPt = 760, kPixelsPerPt = 2;

struct Options {
    fs::path reference, evaluated, ct, csv, pictures;
    std::vector<std::string> only;
    double tolerance_mm = 2;
};

/// What is compared, on the voxels of one image.
struct Pair {
    ImageGrid image;
    Volume<float> hu;  ///< where pictures are wanted
    Regions reference, test;
};

const NamedRegion* same_structure(const std::vector<NamedRegion>& all, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& one : all) names.push_back(one.name);
    const auto at = the_one_meant(names, name);
    return at ? &all[*at] : nullptr;
}

/// Where "voxels of the image grid" are: the CT, else whichever source is a NIfTI.
ImageGrid comparison_grid(const Options& options, const Exchange& exchange) {
    if (!options.ct.empty()) return read_image_grid(exchange, options.ct);
    for (const auto& source : {options.reference, options.evaluated})
        if (const auto nifti = first_nifti(source)) return read_image_grid(exchange, *nifti);
    throw InputError(
        "evaluate contours: found no image grid, expected --ct, or a NIfTI or a folder of them as --reference or "
        "--test");
}

Pair read_pair(const Options& options) {
    const auto exchange = rtdicom::make_exchange();
    Pair pair;
    if (options.pictures.empty()) {
        pair.image = comparison_grid(options, *exchange);
    } else {
        CtImage ct = read_image(*exchange, options.ct);
        pair.image = {ct.hu.grid(), origin_of(ct, options.ct), std::move(ct.notes)};
        pair.hu = std::move(ct.hu);
    }
    pair.reference = read_region_source(*exchange, options.reference, pair.image.grid, options.only);
    pair.test = read_region_source(*exchange, options.evaluated, pair.image.grid, {});
    check_same_origin(pair.reference.origin, pair.test.origin);
    for (const auto* read : {&pair.reference, &pair.test}) check_same_origin(pair.image.origin, read->origin);
    return pair;
}

std::string file_name(std::string structure) {
    std::replace_if(
        structure.begin(), structure.end(), [](unsigned char c) { return !std::isalnum(c) && c != '_' && c != '-'; },
        '_');
    return structure + ".png";
}

bool drawn(const Mask& mask) {
    return box_of(mask, 128).has_value();
}

/// A picture of each structure that either holds. \throws InputError two names that make one file name
void write_pictures(const fs::path& folder, const Pair& pair, const Progress& progress) {
    OutputFolder out(folder);
    std::size_t done = 0;
    for (const auto& one : pair.reference.list) {
        progress.at(static_cast<double>(done++) / static_cast<double>(pair.reference.list.size()), "draw " + one.name);
        const auto* other = same_structure(pair.test.list, one.name);
        const Mask test = other ? other->mask : Mask(one.mask.grid());
        if (!drawn(one.mask) && !drawn(test)) continue;
        const fs::path file = out / file_name(one.name);
        validate(!fs::exists(file), "evaluate contours: pictures: two structures for " + file.filename().string());
        const auto figure = report::agreement_figure(one.name, pair.hu, one.mask, test, kPictureWidthPt);
        write_text_atomically(file, report::png_of(figure, kPixelsPerPt));
    }
    out.commit();
}

ResultTable table_of(const Options& options, const Pair& pair, const Progress& progress) {
    ResultTable table{{{"structure", "structure", 0},
                       {"dice", "DSC", 4},
                       {"hd95_mm", "HD95 [mm]", 2},
                       {"hd_mm", "HD [mm]", 2},
                       {"mean_surface_mm", "mean surface [mm]", 2},
                       {"surface_dice", "surface Dice", 4},
                       {"added_path_mm", "added path [mm]", 0},
                       {"reference_cm3", "reference [cm3]", 2},
                       {"test_cm3", "test [cm3]", 2}},
                      {},
                      {{"reference", options.reference.string()},
                       {"test", options.evaluated.string()},
                       {"tolerance_mm", options.tolerance_mm}},
                      {}};
    for (const auto* notes : {&pair.image.notes, &pair.reference.notes, &pair.test.notes})
        table.notes.insert(table.notes.end(), notes->begin(), notes->end());
    double sum = 0;
    int scored = 0, shared = 0;
    for (const auto& one : pair.reference.list) {
        progress.at(static_cast<double>(table.rows.size()) / static_cast<double>(pair.reference.list.size()),
                    "compare");
        const auto* other = same_structure(pair.test.list, one.name);
        // Only a label that the reference lacks is left out; one that the test lacks was not found, and scores 0.
        const auto a = compare_contours(one.mask, other ? other->mask : Mask(one.mask.grid()), options.tolerance_mm);
        table.rows.push_back({one.name, cell(a.dice), cell(a.hd95_mm), cell(a.hd_mm), cell(a.mean_surface_mm),
                              cell(a.surface_dice), a.added_path_mm, a.reference_volume.value(),
                              a.test_volume.value()});
        if (a.dice && a.reference_volume > Cm3{0}) sum += *a.dice, ++scored;
        if (!(a.reference_volume > Cm3{0})) table.notes.push_back(one.name + ": empty in the reference, not scored");
        if (other) ++shared;
        if (!a.dice && a.reference_volume > Cm3{0})
            table.notes.push_back(one.name + ": no voxel is more than half inside, not scored");
        else if (!other)
            table.notes.push_back(one.name + ": not in the test, scores 0");
    }
    validate(shared > 0, "evaluate contours: no structure of the reference is in the test");
    if (scored > 0) table.facts.push_back({"mean_dice", sum / scored});
    return table;
}

void run_contours(const Options& options, const Common& common) {
    validate(options.pictures.empty() || !options.ct.empty(), "evaluate contours: --pictures needs --ct to draw on");
    par::set_threads(common.threads);
    common.progress.at(0, "read");
    const Pair pair = read_pair(options);
    const ResultTable table = table_of(options, pair, common.progress);
    if (!options.pictures.empty()) write_pictures(options.pictures, pair, common.progress);
    end_progress();
    show(table, options.csv, common.json);
}

}  // namespace

void add_evaluate_contours(CLI::App& evaluate, Common& common) {
    auto options = std::make_shared<Options>();
    auto* part = with_common(evaluate.add_subcommand("contours", "agreement of two delineations"), common);
    part->add_option("--csv", options->csv, "write the table to this file");
    part->add_option("--reference", options->reference, "RTSTRUCT, label map, mask or folder of masks")->required();
    part->add_option("--test", options->evaluated, "the same, to judge")->required();
    part->add_option("--ct", options->ct,
                     "image whose voxels count; needed when both are RTSTRUCT, else the grid of the first NIfTI");
    part->add_option("--tolerance", options->tolerance_mm, "of surface Dice [mm]")->check(CLI::NonNegativeNumber);
    part->add_option("--only", options->only, "names of structures");
    part->add_option("--pictures", options->pictures,
                     "folder for a picture of each structure on the CT, where the two agree worst, half way and best");
    part->callback([options, &common] { run_contours(*options, common); });
}

}  // namespace coutard::gui
