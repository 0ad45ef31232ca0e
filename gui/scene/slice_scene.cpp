#include "gui/scene/slice_scene.hpp"

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkImageData.h>
#include <vtkImageProperty.h>
#include <vtkImageSlice.h>
#include <vtkImageSliceMapper.h>
#include <vtkNew.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>

#include <limits>

#include "gui/scene/plane_data_vtk.hpp"

namespace coutard::gui {
namespace {

// Height of the layers above the plane [mm]: only their order matters.
constexpr double wash_layer = 1, isodose_layer = 2, halo_layer = 3, contour_layer = 4;

struct ImageLayer {
    vtkNew<vtkImageSliceMapper> mapper;
    vtkNew<vtkImageSlice> slice;
    ImageLayer() {
        slice->SetMapper(mapper);
        slice->VisibilityOff();
        slice->GetProperty()->SetInterpolationTypeToLinear();
    }
    void show(vtkImageData* image) {
        mapper->SetInputData(image);
        slice->SetVisibility(image != nullptr);
    }
};

struct LineLayer {
    vtkNew<vtkPolyDataMapper> mapper;
    vtkNew<vtkActor> actor;
    LineLayer(double layer, double width) {
        actor->SetMapper(mapper);
        actor->SetPosition(0, 0, layer);
        actor->GetProperty()->LightingOff();
        actor->GetProperty()->SetLineWidth(static_cast<float>(width));
        mapper->SetScalarModeToUseCellData();
        actor->VisibilityOff();
    }
    void show(vtkPolyData* lines) {
        mapper->SetInputData(lines);
        actor->SetVisibility(lines->GetNumberOfPoints() > 0);
    }
};

}  // namespace

struct SliceScene::Parts {
    vtkNew<vtkRenderer> renderer;
    ImageLayer ct, wash;
    LineLayer isodoses{isodose_layer, 1.5}, halo{halo_layer, 3.5}, contours{contour_layer, 1.8},
        highlighted{contour_layer, 3.2};

    Parts() {
        renderer->SetBackground(0, 0, 0);
        renderer->GetActiveCamera()->ParallelProjectionOn();
        wash.slice->SetPosition(0, 0, wash_layer);
        wash.slice->ForceTranslucentOn();
        halo.mapper->ScalarVisibilityOff();
        halo.actor->GetProperty()->SetColor(0, 0, 0);
        renderer->AddViewProp(ct.slice);
        renderer->AddViewProp(wash.slice);
        for (LineLayer* layer : {&isodoses, &halo, &contours, &highlighted}) renderer->AddActor(layer->actor);
    }
};

SliceScene::SliceScene(const Review& review, Plane plane)
    : review_(review), plane_(plane), parts_(std::make_unique<Parts>()) {}
SliceScene::~SliceScene() = default;
vtkRenderer* SliceScene::renderer() const {
    return parts_->renderer;
}

bool SliceScene::refresh(Change change) {
    if (review_.patient() == nullptr) return false;
    const int wanted = review_.slice(plane_);
    const bool other_slice = change == Change::Patient || wanted != slice_;
    slice_ = wanted;
    if (other_slice) show_slice();
    if (other_slice || change == Change::Dose) show_dose();
    if (other_slice || change == Change::Structures) show_structures();
    if (other_slice || change == Change::Window) {
        parts_->ct.slice->GetProperty()->SetColorWindow(review_.window().width_hu);
        parts_->ct.slice->GetProperty()->SetColorLevel(review_.window().level_hu);
    }
    return other_slice || change != Change::Cursor;
}

void SliceScene::show_slice() {
    const Patient& patient = *review_.patient();
    const PlaneLattice lattice = plane_lattice(patient.display, plane_, slice_);
    const float air = -1024;
    parts_->ct.show(image_of(lattice, cut(patient.ct.hu, patient.display, plane_, slice_, air)));
}

void SliceScene::show_dose() {
    const Patient& patient = *review_.patient();
    const DoseDisplay& display = review_.dose_display();
    LineSet lines;
    PlanePatch dose;
    if (patient.dose) dose = cut_within(patient.dose->gy, patient.display, plane_, slice_);
    const bool reached = dose.lattice.rows > 1 && dose.lattice.columns > 1;
    parts_->wash.show(reached && display.wash ? rgba_image_of(dose.lattice, wash_rgba(display, dose.values)) : nullptr);
    if (reached && display.lines) {
        const auto image = image_of(dose.lattice, dose.values);
        // Lowest first, so that higher levels lie on top where they meet.
        for (auto level = display.levels.rbegin(); level != display.levels.rend(); ++level)
            if (level->visible) lines.add_level(image, display.gy_of(*level), level->colour);
    }
    parts_->isodoses.show(lines.take());
}

void SliceScene::show_structures() {
    const Patient& patient = *review_.patient();
    LineSet plain, thick;
    for (std::size_t s = 0; contours_ && s < patient.structures.size(); ++s) {
        if (!review_.visible(s)) continue;
        const ShownStructure& structure = patient.structures[s];
        LineSet& lines = review_.highlighted() == s ? thick : plain;
        std::vector<Outline> drawn;
        if (plane_ == Plane::Axial)
            drawn = drawn_outlines(structure.drawn, slice_depth_mm(patient.display, plane_, slice_),
                                   slice_distance_mm(patient.display, plane_));
        for (const Outline& outline : drawn) lines.add_closed(outline, review_.colour(s));
        if (!drawn.empty()) continue;
        const PlanePatch patch = cut(structure.mask, patient.display, plane_, slice_);
        if (patch.lattice.rows > 1 && patch.lattice.columns > 1)
            lines.add_level(image_of(patch.lattice, patch.values), 127.5, review_.colour(s));
    }
    const auto contours = plain.take();
    parts_->halo.show(contours);
    parts_->contours.show(contours);
    parts_->highlighted.show(thick.take());
}

void SliceScene::show_contours(bool shown) {
    contours_ = shown;
    if (review_.patient() != nullptr && slice_ >= 0) show_structures();
}

void SliceScene::look(const PlaneCamera& camera) {
    vtkCamera* eye = parts_->renderer->GetActiveCamera();
    eye->SetFocalPoint(camera.centre_mm.u, camera.centre_mm.v, 0);
    eye->SetPosition(camera.centre_mm.u, camera.centre_mm.v, 100);
    eye->SetViewUp(0, 1, 0);
    eye->SetParallelScale(camera.height_px * camera.mm_per_px / 2);
    eye->SetClippingRange(50, 150);
}

}  // namespace coutard::gui
