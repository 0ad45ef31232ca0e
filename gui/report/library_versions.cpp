#include "gui/report/library_versions.hpp"

#include <pango/pangocairo.h>

namespace coutard::gui::report {

std::vector<Fact> drawing_versions() {
    return {{"Cairo", cairo_version_string()}, {"Pango", pango_version_string()}};
}

}  // namespace coutard::gui::report
