#pragma once
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/error.hpp"
#include "gui/cli/command.hpp"

namespace coutard::gui {

/// `coutard validate head` and `coutard validate mppg`, added to `validate`.
void add_validate_head(CLI::App& validate, Common& common);
void add_validate_mppg(CLI::App& validate, Common& common);

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

}  // namespace coutard::gui
