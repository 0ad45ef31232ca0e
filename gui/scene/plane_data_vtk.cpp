#include "gui/scene/plane_data_vtk.hpp"

#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkFlyingEdges2D.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <cstring>

namespace coutard::gui {
namespace {

vtkSmartPointer<vtkImageData> lattice_image(const PlaneLattice& lattice) {
    auto image = vtkSmartPointer<vtkImageData>::New();
    image->SetDimensions(lattice.columns, lattice.rows, 1);
    image->SetSpacing(lattice.du_mm, lattice.dv_mm, 1);
    image->SetOrigin(lattice.first_mm.u, lattice.first_mm.v, 0);
    return image;
}

}  // namespace

vtkSmartPointer<vtkImageData> image_of(const PlaneLattice& lattice, const std::vector<float>& values) {
    auto image = lattice_image(lattice);
    image->AllocateScalars(VTK_FLOAT, 1);
    std::memcpy(image->GetScalarPointer(), values.data(), values.size() * sizeof(float));
    return image;
}

vtkSmartPointer<vtkImageData> rgba_image_of(const PlaneLattice& lattice, const std::vector<std::uint8_t>& rgba) {
    auto image = lattice_image(lattice);
    image->AllocateScalars(VTK_UNSIGNED_CHAR, 4);
    std::memcpy(image->GetScalarPointer(), rgba.data(), rgba.size());
    return image;
}

struct LineSet::Parts {
    vtkNew<vtkPoints> points;
    vtkNew<vtkCellArray> lines;
    vtkNew<vtkUnsignedCharArray> colours;
    vtkNew<vtkFlyingEdges2D> edges;

    void add_colour(const Colour& c) { colours->InsertNextTypedTuple(c.data()); }
};

LineSet::LineSet() : parts_(std::make_unique<Parts>()) {
    parts_->colours->SetNumberOfComponents(3);
}
LineSet::~LineSet() = default;

void LineSet::add_closed(const Outline& outline, const Colour& colour) {
    const auto count = static_cast<vtkIdType>(outline.size());
    const vtkIdType first = parts_->points->GetNumberOfPoints();
    parts_->lines->InsertNextCell(static_cast<int>(count + 1));
    for (const PlanePoint& p : outline) parts_->lines->InsertCellPoint(parts_->points->InsertNextPoint(p.u, p.v, 0));
    parts_->lines->InsertCellPoint(first);
    parts_->add_colour(colour);
}

void LineSet::add_level(vtkImageData* image, double level, const Colour& colour) {
    parts_->edges->SetInputData(image);
    parts_->edges->SetValue(0, level);
    parts_->edges->ComputeScalarsOff();
    parts_->edges->Update();
    vtkPolyData* found = parts_->edges->GetOutput();
    const vtkIdType first = parts_->points->GetNumberOfPoints();
    for (vtkIdType p = 0; p < found->GetNumberOfPoints(); ++p) parts_->points->InsertNextPoint(found->GetPoint(p));
    vtkCellArray* cells = found->GetLines();
    vtkIdType size = 0;
    const vtkIdType* ids = nullptr;
    for (cells->InitTraversal(); cells->GetNextCell(size, ids);) {
        parts_->lines->InsertNextCell(static_cast<int>(size));
        std::for_each(ids, ids + size, [&](vtkIdType id) { parts_->lines->InsertCellPoint(first + id); });
        parts_->add_colour(colour);
    }
}

vtkSmartPointer<vtkPolyData> LineSet::take() {
    auto data = vtkSmartPointer<vtkPolyData>::New();
    data->SetPoints(parts_->points);
    data->SetLines(parts_->lines);
    data->GetCellData()->SetScalars(parts_->colours);
    return data;
}

}  // namespace coutard::gui
