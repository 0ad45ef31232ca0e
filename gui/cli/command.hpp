#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/progress.hpp"
#include "engine/ports/dose_engine.hpp"

namespace coutard::gui {

/// Options that every command has, filled in before a command runs.
struct Common {
    std::string device = "auto";  ///< auto, cpu, cuda
    int threads = 0;              ///< 0: all cores
    std::uint64_t seed = 1922;
    double max_memory_GB = 0;    ///< working memory of superposition; 0: no bound
    std::filesystem::path json;  ///< machine-readable summary; empty: none
    Progress progress;           ///< bar on a terminal, stop on Ctrl-C

    Device wanted_device() const;
};

/// A command adds its sub-command and options to the app and sets its callback; options live in a
/// shared_ptr captured by the callback. One file per command in gui/cli/commands.
/// The callback throws: InputError -> 3, NotBuilt -> 4, Interrupted -> 130, any other -> 1.
void add_demo(CLI::App& app, Common& common);
void add_contour(CLI::App& app, Common& common);
void add_plan(CLI::App& app, Common& common);
void add_dose(CLI::App& app, Common& common);
void add_phantom(CLI::App& app, Common& common);
void add_commission(CLI::App& app, Common& common);
void add_kernels(CLI::App& app, Common& common);
void add_validate(CLI::App& app, Common& common);
void add_register(CLI::App& app, Common& common);
void add_adapt(CLI::App& app, Common& common);
void add_motion(CLI::App& app, Common& common);
void add_evaluate(CLI::App& app, Common& common);
void add_train(CLI::App& app, Common& common);
void add_view(CLI::App& app, Common& common);
void add_patient(CLI::App& app, Common& common);  ///< writes the phantom patients as DICOM

/// A command whose room this build lacks: known by name, answers with exit status 4.
void add_not_built(CLI::App& app, const std::string& name, const std::string& needs);

/// Whether a command writes a machine-readable summary.
enum class Summary { Json, None };

/// Adds --device, --threads, --seed, and --json where there is a summary, to a sub-command.
CLI::App* with_common(CLI::App* command, Common& common, Summary summary = Summary::Json);

/// The folder with machines, protocols, kernels and networks: $COUTARD_DATA, else the source tree's
/// data/, else share/coutard beside the program. \throws InputError when none exists
std::filesystem::path data_folder();

}  // namespace coutard::gui
