// A build without Cairo draws nothing: tables alone.
#include "gui/cli/validation_report.hpp"

namespace coutard::gui {

std::vector<ValidationFigure> write_validation_figures(const std::filesystem::path&, const ValidationCase&) {
    return {};
}

}  // namespace coutard::gui
