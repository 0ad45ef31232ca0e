#pragma once
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "dose/machine/beam_model.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"

namespace coutard::gui {

/// `coutard validate head` and `coutard validate mppg`, added to `validate`.
void add_validate_head(CLI::App& validate, Common& common);
void add_validate_mppg(CLI::App& validate, Common& common);
/// `coutard validate contours`; only in builds with networks and registration.
void add_validate_contours(CLI::App& validate, Common& common);
/// `coutard validate plans`; only in builds with dose, DICOM, reports and the reader of training patients.
void add_validate_plans(CLI::App& validate, Common& common);

/// Where a report goes must be there before hours of work. \throws OutputError naming the folder that is not
inline void expect_folder_of(const std::filesystem::path& report) {
    const auto folder = report.has_parent_path() ? report.parent_path() : std::filesystem::path(".");
    if (!std::filesystem::is_directory(folder))
        throw OutputError(report.string() + ": there is no folder " + folder.string());
}

/// Cases of the names that --case gave; all where it gave none. \throws InputError a name that none has
template <class Case>
std::vector<Case> chosen_cases(std::vector<Case> all, const std::vector<std::string>& names) {
    for (const auto& name : names)
        validate(std::any_of(all.begin(), all.end(), [&](const Case& c) { return c.name == name; }),
                 "--case: there is no '" + name + "'");
    if (!names.empty())
        std::erase_if(all, [&](const Case& c) { return std::find(names.begin(), names.end(), c.name) == names.end(); });
    return all;
}

/// What `validate head` and `validate mppg` are told: fields of a machine by both engines.
struct FieldOptions {
    std::string machine = "generic_6mv";
    std::vector<std::string> cases;
    double uncertainty = 0.01, voxel_mm = 2.5;
    std::filesystem::path out;
};
void add_field_options(CLI::App& command, FieldOptions& options);
/// What the two commands do. \throws as run_fields
void validate_head(const FieldOptions& options, const Common& common);
void validate_mppg(const FieldOptions& options, const Common& common);

/// Check the chosen cases one by one; the report holds what is known so far, for the whole takes long.
/// \param cases_of a machine, in voxels of so many mm \param check of one case \param markdown of all rows so far
/// \throws NotBuilt a GPU asked for; OutputError, InputError
template <class CasesOf, class Check, class Markdown>
void run_fields(const FieldOptions& options, const Common& common, CasesOf&& cases_of, Check&& check,
                Markdown&& markdown) {
    if (common.device == "cuda") throw NotBuilt("validate: Monte Carlo runs on the CPU in this build; --device cpu");
    par::set_threads(common.threads);
    expect_folder_of(options.out);
    const auto model = dose::read_beam_model(data_folder(), options.machine);
    const auto cases = chosen_cases(cases_of(model.machine, options.voxel_mm), options.cases);
    std::vector<decltype(check(cases[0], Progress{}))> rows;
    for (std::size_t c = 0; c < cases.size(); ++c) {
        const double parts = static_cast<double>(cases.size());
        rows.push_back(
            check(cases[c], common.progress.part(static_cast<double>(c) / parts, static_cast<double>(c + 1) / parts)));
        if (!options.out.empty()) write_text_atomically(options.out, markdown(options, rows));
    }
    end_progress();
    std::fputs(markdown(options, rows).c_str(), stdout);
}

}  // namespace coutard::gui
