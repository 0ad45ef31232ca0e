#pragma once
#include <span>
#include <vector>

#include "gui/report/slice_picture.hpp"

namespace coutard::gui::report {

/// Lines along which a picture's values equal `level`, by marching squares with linear interpolation;
/// on a saddle the cell's mean decides. Lines that meet the edge stay open, and so do those that meet values
/// which are NaN: nothing is known there.
/// \param values rows x columns, row by row from the top; value (r, c) sits in the middle of its pixel
/// \param pixel_mm size of a pixel; places are from the picture's upper left corner
/// Source: Lorensen, Cline (1987), in two dimensions.
std::vector<Outline> iso_lines(std::span<const float> values, int columns, int rows, double level, double pixel_mm);

}  // namespace coutard::gui::report
