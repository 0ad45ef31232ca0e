#pragma once
#include <string>

#include "engine/image/volume.hpp"
#include "gui/report/canvas.hpp"

namespace coutard::gui::report {

/// Two delineations of one structure on the axial slices where they agree worst, half way and best (by DSC of the
/// slice), on CT. \param width [pt]
/// \throws InputError slices of the image are not axial \throws ContractError different grids, or nothing drawn
Figure agreement_figure(const std::string& structure, const Volume<float>& hu, const Mask& reference, const Mask& test,
                        double width);

}  // namespace coutard::gui::report
