#pragma once
#include <vector>

#include "gui/report/report_model.hpp"

namespace coutard::gui::report {

/// Versions of the libraries that draw reports, as loaded at run time.
std::vector<Fact> drawing_versions();

}  // namespace coutard::gui::report
