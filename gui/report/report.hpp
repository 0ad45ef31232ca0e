#pragma once
#include <filesystem>
#include <string>

#include "gui/report/report_model.hpp"

namespace coutard::gui::report {

/// One self-contained HTML file: no script, no outside resource; every text is escaped.
/// \throws OutputError naming the path; nothing half written stays
void write_html(const std::filesystem::path& path, const Report& report);
std::string html_of(const Report& report);

/// The same on A4 pages. \throws OutputError naming the path; nothing half written stays
void write_pdf(const std::filesystem::path& path, const Report& report);

}  // namespace coutard::gui::report
