#pragma once
#include <vector>

#include "gui/report/document.hpp"

namespace coutard::gui::report {

/// Column widths [pt] that fill `width`: columns that wrap share what the others leave, and when even
/// those do not fit all shrink alike and wrap. `canvas` measures.
std::vector<double> column_widths(const Canvas& canvas, const Table& table, double width, const TextStyle& head,
                                  const TextStyle& body, double padding);

}  // namespace coutard::gui::report
