#pragma once
#include "gui/report/canvas.hpp"
#include "gui/report/report_model.hpp"

namespace coutard::gui::report {

/// Cumulative histograms with a legend on the right.
/// \param height wished for [pt]; taller when the legend needs it
Figure dvh_figure(const DvhPlot& plot, double width, double height = 250);

/// Three planes at one scale, coronal under axial and sagittal beside coronal, so that neighbours share
/// an axis; legend in the free corner. \param height_limit of the figure [pt]
Figure scene_figure(const Scene& scene, double width, double height_limit);

/// How many voxels have which gamma index; the share above 1 stands out.
Figure gamma_figure(const GammaSection& gamma, double width);

/// Round ends and ticks for an axis from 0: at least `most`, about `wanted` steps of 1, 2 or 5 x 10^n.
struct Ticks {
    double end = 1, step = 0.2;
};
Ticks ticks_for(double most, int wanted);

/// Dash pattern of a DVH or structure line [pt].
std::vector<double> dash_pattern(int dash);

}  // namespace coutard::gui::report
