// `coutard patient`: phantom patients with known truth, as DICOM or as NIfTI in the OpenKBP layout.
#include <iostream>

#include "engine/base/atomic_file.hpp"
#include "engine/phantom/breathing.hpp"
#include "engine/phantom/phantom_study.hpp"
#include "engine/store/nifti.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/journey_summary.hpp"
#include "gui/cli/outlined_ct.hpp"
#include "gui/cli/output_folder.hpp"
#include "rtdicom/exchange.hpp"

namespace coutard::gui {
namespace {

struct Options {
    std::filesystem::path out, recipe;
    std::uint64_t individual = 0;
    double spacing_mm = 0;
    bool coarse = false, nifti = false;
    int population = 0, phases = 0;
    std::vector<double> shift;
    double weight_loss = 0, tumour_shrink = 0;
    bool changed() const { return !shift.empty() || weight_loss > 0 || tumour_shrink > 0; }
    phantom::DayChange day() const {
        phantom::DayChange change{{}, weight_loss, tumour_shrink};
        if (!shift.empty()) change.shift_mm = {shift[0], shift[1], shift[2]};
        return change;
    }
};

std::vector<std::string> names_of(const phantom::PhantomPatient& patient) {
    std::vector<std::string> names;
    for (const auto& mask : patient.masks) names.push_back(mask.name);
    return names;
}

void write_summary(const Common& common, const PhantomWritten& written) {
    if (!common.json.empty()) write_text_atomically(common.json, patient_json(written));
}

phantom::Individual person(std::uint64_t number) {
    return number == 0 ? phantom::Individual{} : phantom::individual(number);
}

Vec3 spacing_of(const Options& options, const phantom::Recipe& recipe) {
    if (options.coarse) return {4, 4, 4};
    if (options.spacing_mm > 0) return {options.spacing_mm, options.spacing_mm, recipe.spacing_mm.z};
    return recipe.spacing_mm;
}

void write_study(const Options& options, const Common& common, const phantom::Recipe& recipe) {
    OutputFolder out(options.out);
    common.progress.at(0, "painting the phantom patient");
    auto patient = phantom::make_patient(recipe, person(options.individual), options.day(),
                                         phantom::grid_of(recipe, spacing_of(options, recipe)),
                                         common.seed + (options.changed() ? 1 : 0));
    common.progress.at(0.6, "writing CT and structures");
    auto& study = patient.ct.study;
    study.patient_name = "Phantom^" + recipe.name;
    study.patient_id = "PHANTOM-" + recipe.name + "-" + std::to_string(options.individual);
    study.study_id = options.changed() ? "DAY" : "PLAN";
    const auto exchange = rtdicom::make_exchange();
    exchange->write_ct(out.staging(), patient.ct);
    exchange->write_structures(out / "RS.dcm", phantom::structures_of(patient, "TRUTH"), patient.ct);
    if (options.changed()) write_nifti(out / "to_planning.nii.gz", patient.to_planning);
    if (options.nifti) {
        write_nifti(out / "ct.nii.gz", patient.ct.hu, {.type = NiftiType::Int16});
        write_nifti(out / "labels.nii.gz", phantom::label_bits(patient));
        write_text_atomically(out / "labels.json", label_names_json(phantom::label_names()));
    }
    out.commit();
    common.progress.at(1, "done");
    write_summary(common, {recipe.name, options.changed() ? "day" : "patient", options.out, options.individual,
                           common.seed, 1, patient.ct.slices.size(), names_of(patient)});
    std::cout << "phantom patient: " << patient.ct.slices.size() << " slices, " << patient.masks.size()
              << " structures in " << options.out.string() << '\n';
}

/// Many individuals in the OpenKBP layout, to train on: pixels near 4 mm, slices of 2.5 mm, like that set.
void write_population(const Options& options, const Common& common, const phantom::Recipe& recipe) {
    OutputFolder out(options.out);
    PhantomWritten written{recipe.name, "population", options.out, options.individual, common.seed, options.population};
    for (int n = 1; n <= options.population; ++n) {
        common.progress.at(static_cast<double>(n - 1) / options.population, "painting phantom patients");
        const auto number = options.individual + static_cast<std::uint64_t>(n);
        const double pixel = options.spacing_mm > 0 ? options.spacing_mm : 3.5 + 0.25 * static_cast<double>(n % 5);
        const auto patient = phantom::make_patient(recipe, person(number), {},
                                                   phantom::grid_of(recipe, {pixel, pixel, 2.5}), common.seed + number);
        const auto folder = out.folder("phantom_" + std::to_string(number));
        write_nifti(folder / "ct.nii.gz", patient.ct.hu, {.type = NiftiType::Int16});
        write_nifti(folder / "labels.nii.gz", phantom::label_bits(patient));
        written.slices = static_cast<std::size_t>(patient.ct.hu.grid().size().z);
        written.structures = names_of(patient);
    }
    out.commit();
    write_summary(common, written);
    std::cout << options.population << " phantom patients in " << options.out.string() << '\n';
}

/// The phases of a 4-D CT, equally spaced over the breath; all share study and frame of reference. Beside each
/// lies to_exhale.nii.gz, the true displacement from the phase to the end of exhalation (phase 50 %).
void write_phases(const Options& options, const Common& common, const phantom::Recipe& recipe) {
    OutputFolder out(options.out);
    PhantomWritten written{recipe.name, "phases", options.out, options.individual, common.seed, options.phases};
    const auto exchange = rtdicom::make_exchange();
    const auto layers = phantom::build(recipe, person(options.individual));
    const auto grid = phantom::grid_of(recipe, spacing_of(options, recipe));
    Study study;
    study.patient_name = "Phantom^" + recipe.name;
    study.patient_id = "PHANTOM-" + recipe.name + "-" + std::to_string(options.individual);
    study.study_id = "4DCT";
    for (int n = 0; n < options.phases; ++n) {
        common.progress.at(static_cast<double>(n) / options.phases, "painting phases");
        auto patient = phantom::paint(layers, grid, recipe.noise_hu, common.seed + static_cast<std::uint64_t>(n),
                                      phantom::BreathingMap(10.0 * n / options.phases));
        const int percent = 100 * n / options.phases;
        const auto folder = out.folder((percent < 10 ? "phase_0" : "phase_") + std::to_string(percent));
        patient.ct.study = study;
        exchange->write_ct(folder, patient.ct);
        study = patient.ct.study;  // the first phase got the identifiers that all of them share
        exchange->write_structures(folder / "RS.dcm", phantom::structures_of(patient, "TRUTH"), patient.ct);
        write_nifti(folder / "to_exhale.nii.gz", patient.to_planning);
        if (options.nifti) write_nifti(folder / "ct.nii.gz", patient.ct.hu, {.type = NiftiType::Int16});
        written.slices = patient.ct.slices.size();
        written.structures = names_of(patient);
    }
    out.commit();
    write_summary(common, written);
    common.progress.at(1, "done");
    std::cout << options.phases << " phases of a breathing phantom in " << options.out.string() << '\n';
}

void add_kind(CLI::App& parent, Common& common, const std::string& name, const std::string& recipe_file,
              bool breathes = false) {
    auto options = std::make_shared<Options>();
    auto* command = with_common(parent.add_subcommand(name, "a patient made by " + recipe_file), common);
    command->add_option("--out", options->out, "folder to write")->required();
    command->add_option("--recipe", options->recipe, "another recipe (JSON)");
    command->add_option("--individual", options->individual, "0: as the recipe says; else another person");
    command->add_option("--spacing", options->spacing_mm, "pixel size [mm]")->check(CLI::Range(0.5, 10.0));
    command->add_flag("--coarse", options->coarse, "4 mm voxels, for tests");
    command->add_flag("--nifti", options->nifti, "also ct.nii.gz, labels.nii.gz and labels.json");
    command->add_option("--population", options->population, "write so many individuals as NIfTI instead");
    command->add_option("--shift", options->shift, "the day: body shifted by x y z [mm, LPS]")->expected(3);
    command->add_option("--weight-loss", options->weight_loss, "the day: part of the volume lost")
        ->check(CLI::Range(0.0, 0.2));
    command->add_option("--tumour-shrink", options->tumour_shrink, "the day: part of the tumour gone")
        ->check(CLI::Range(0.0, 0.6));
    if (breathes)
        command->add_option("--phases", options->phases, "write a 4-D CT of so many phases of breath, 10 as usual")
            ->check(CLI::Range(2, 50))
            ->excludes("--population", "--shift", "--weight-loss", "--tumour-shrink");
    command->callback([options, &common, recipe_file] {
        const auto file = options->recipe.empty() ? data_folder() / "phantoms" / recipe_file : options->recipe;
        const auto recipe = phantom::read_recipe(file);
        if (options->population > 0)
            write_population(*options, common, recipe);
        else if (options->phases > 0)
            write_phases(*options, common, recipe);
        else
            write_study(*options, common, recipe);
    });
}

/// A CT for structures that came without one.
void add_outlined(CLI::App& parent, Common& common) {
    struct Outlined {
        std::filesystem::path structures, out;
        double voxel_mm = 3;
    };
    auto options = std::make_shared<Outlined>();
    auto* command = with_common(
        parent.add_subcommand("outlined", "a made-up CT that an RTSTRUCT outlines: water, lung, air"), common);
    command->add_option("--structures", options->structures, "RTSTRUCT")->required();
    command->add_option("--out", options->out, "folder to write the CT to")->required();
    command->add_option("--spacing", options->voxel_mm, "voxel size [mm]")->check(CLI::Range(1.0, 10.0));
    command->callback([options] {
        const auto exchange = rtdicom::make_exchange();
        const StructureSet structures = exchange->read_structures(options->structures);
        CtImage ct = outlined_ct(structures, options->voxel_mm);
        OutputFolder out(options->out);
        exchange->write_ct(out.staging(), ct);
        out.commit();
        print_notes(ct.notes);
        std::cout << ct.slices.size() << " slices in " << options->out.string() << '\n';
    });
}

}  // namespace

void add_patient(CLI::App& app, Common& common) {
    auto* command =
        app.add_subcommand("patient", "write a phantom patient whose truth is known, as DICOM CT and RTSTRUCT");
    command->require_subcommand(1);
    add_kind(*command, common, "head-neck", "head_neck.json");
    add_kind(*command, common, "thorax", "thorax.json", true);
    add_outlined(*command, common);
}

}  // namespace coutard::gui
