#pragma once
// Internal to gui/scene: plane values as VTK data; world x is u, y is v [mm].
#include <vtkSmartPointer.h>

#include <cstdint>
#include <vector>

#include "gui/logic/dose_display.hpp"
#include "gui/logic/outlines.hpp"

class vtkImageData;
class vtkPolyData;

namespace coutard::gui {

vtkSmartPointer<vtkImageData> image_of(const PlaneLattice& lattice, const std::vector<float>& values);
vtkSmartPointer<vtkImageData> rgba_image_of(const PlaneLattice& lattice, const std::vector<std::uint8_t>& rgba);

/// Coloured lines collected from several sources.
class LineSet {
  public:
    LineSet();
    ~LineSet();
    LineSet(const LineSet&) = delete;
    LineSet& operator=(const LineSet&) = delete;
    void add_closed(const Outline& outline, const Colour& colour);
    /// The lines along which values on a slice equal `level`.
    void add_level(vtkImageData* image, double level, const Colour& colour);
    vtkSmartPointer<vtkPolyData> take();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace coutard::gui
