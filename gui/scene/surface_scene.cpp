#include "gui/scene/surface_scene.hpp"

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkFlyingEdges3D.h>
#include <vtkImageData.h>
#include <vtkMatrix4x4.h>
#include <vtkNew.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkPolyDataNormals.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkWindowedSincPolyDataFilter.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/image/resample.hpp"

namespace coutard::gui {

struct SurfaceSet::Parts {
    std::vector<vtkSmartPointer<vtkPolyData>> surfaces;  // one per structure; no points where it is empty
    vtkSmartPointer<vtkPolyData> skin;                   // only where there are no structures
};

namespace {

/// Fewer voxels for what is large: the skin of a CT would be a million triangles.
Mask coarse(const Mask& mask) {
    const double litres = static_cast<double>(mask.count()) * mask.grid().voxel_cm3() / 1000;
    const double least_mm = litres > 2 ? 4 : 2;
    const Vec3 s = mask.grid().spacing_mm();
    const Vec3 wanted{std::max(s.x, least_mm), std::max(s.y, least_mm), std::max(s.z, least_mm)};
    if (wanted == s) return mask;
    const Grid grid = resampled_grid(mask.grid(), wanted);
    return resample(mask, Grid({grid.size().x + 2, grid.size().y + 2, grid.size().z + 2}, grid.point(-1, -1, -1),
                               grid.spacing_mm(), grid.direction()));
}

/// Denser than -350 HU, closed at the edges of the image.
Mask dense_part(const Volume<float>& hu) {
    const Size3 n = hu.grid().size();
    const Grid& g = hu.grid();
    Mask dense(Grid({n.x + 2, n.y + 2, n.z + 2}, g.point(-1, -1, -1), g.spacing_mm(), g.direction()));
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) dense.at(i + 1, j + 1, k + 1) = hu.at(i, j, k) > -350 ? 255 : 0;
    return dense;
}

vtkSmartPointer<vtkPolyData> surface_of(const Mask& fine) {
    const Mask mask = coarse(fine);
    const Grid& grid = mask.grid();
    vtkNew<vtkImageData> image;
    image->SetDimensions(grid.size().x, grid.size().y, grid.size().z);
    image->SetSpacing(grid.spacing_mm().x, grid.spacing_mm().y, grid.spacing_mm().z);
    image->SetOrigin(grid.origin_mm().x, grid.origin_mm().y, grid.origin_mm().z);
    const Mat3& d = grid.direction();
    image->SetDirectionMatrix(d.cx.x, d.cy.x, d.cz.x, d.cx.y, d.cy.y, d.cz.y, d.cx.z, d.cy.z, d.cz.z);
    image->AllocateScalars(VTK_UNSIGNED_CHAR, 1);
    std::memcpy(image->GetScalarPointer(), mask.values().data(), mask.count());
    vtkNew<vtkFlyingEdges3D> cubes;
    cubes->SetInputData(image);
    cubes->SetValue(0, 127.5);
    cubes->ComputeNormalsOff();
    cubes->ComputeScalarsOff();
    vtkNew<vtkWindowedSincPolyDataFilter> smooth;
    smooth->SetInputConnection(cubes->GetOutputPort());
    smooth->SetNumberOfIterations(15);
    smooth->SetPassBand(0.05);
    smooth->NormalizeCoordinatesOn();
    vtkNew<vtkPolyDataNormals> normals;
    normals->SetInputConnection(smooth->GetOutputPort());
    normals->SplittingOff();
    normals->Update();
    return normals->GetOutput();
}

}  // namespace

SurfaceSet::SurfaceSet(const Patient& patient, const Progress& progress) : parts_(std::make_unique<Parts>()) {
    const double count = static_cast<double>(patient.structures.size());
    bool drawn = false;
    for (const auto& structure : patient.structures) {
        progress.at(static_cast<double>(parts_->surfaces.size()) / count, "Surface of " + structure.drawn.name);
        const bool left_out = structure.empty() || structure.drawn.role == Role::Support;
        parts_->surfaces.push_back(left_out ? vtkSmartPointer<vtkPolyData>::New() : surface_of(structure.mask));
        drawn = drawn || !left_out;
    }
    if (drawn) return;
    progress.at(0, "Surface of the patient");
    parts_->skin = surface_of(dense_part(patient.ct.hu));
}
SurfaceSet::~SurfaceSet() = default;

struct SurfaceScene::Parts {
    vtkNew<vtkRenderer> renderer;
    std::shared_ptr<const SurfaceSet> surfaces;
    std::vector<vtkSmartPointer<vtkActor>> actors;
    vtkNew<vtkPolyData> cursor;
    vtkNew<vtkPolyDataMapper> cursor_mapper;
    vtkNew<vtkActor> cursor_actor;

    Parts() {
        renderer->SetBackground(0.055, 0.065, 0.08);
        renderer->SetBackground2(0.12, 0.14, 0.17);
        renderer->GradientBackgroundOn();
        renderer->UseDepthPeelingOff();
        cursor_mapper->SetInputData(cursor);
        cursor_actor->SetMapper(cursor_mapper);
        cursor_actor->GetProperty()->SetColor(0.35, 0.85, 1.0);
        cursor_actor->GetProperty()->LightingOff();
        cursor_actor->GetProperty()->SetLineWidth(1.5);
        cursor_actor->VisibilityOff();
        renderer->AddActor(cursor_actor);
    }
};

SurfaceScene::SurfaceScene(const Review& review) : review_(review), parts_(std::make_unique<Parts>()) {}
SurfaceScene::~SurfaceScene() = default;
vtkRenderer* SurfaceScene::renderer() const {
    return parts_->renderer;
}

void SurfaceScene::set_surfaces(std::shared_ptr<const SurfaceSet> surfaces) {
    for (const auto& actor : parts_->actors) parts_->renderer->RemoveActor(actor);
    parts_->actors.clear();
    parts_->surfaces = std::move(surfaces);
    if (parts_->surfaces == nullptr) return;
    auto all = parts_->surfaces->parts().surfaces;
    if (parts_->surfaces->parts().skin != nullptr) all.push_back(parts_->surfaces->parts().skin);
    for (const auto& surface : all) {
        auto actor = vtkSmartPointer<vtkActor>::New();
        vtkNew<vtkPolyDataMapper> mapper;
        mapper->SetInputData(surface);
        mapper->ScalarVisibilityOff();
        actor->SetMapper(mapper);
        actor->GetProperty()->SetSpecular(0.25);
        actor->GetProperty()->SetSpecularPower(30);
        actor->GetProperty()->SetAmbient(0.15);
        parts_->renderer->AddActor(actor);
        parts_->actors.push_back(actor);
    }
    if (parts_->surfaces->parts().skin != nullptr) parts_->actors.back()->GetProperty()->SetColor(0.86, 0.72, 0.62);
    refresh(Change::Structures);
    reset_view();
}

void SurfaceScene::refresh(Change change) {
    if (change == Change::Cursor || change == Change::Patient) place_cursor();
    if (change != Change::Structures && change != Change::Patient) return;
    const Patient* patient = review_.patient();
    if (patient == nullptr || parts_->actors.size() < patient->structures.size()) return;
    for (std::size_t s = 0; s < patient->structures.size(); ++s) {
        const Role role = patient->structures[s].drawn.role;
        const Colour c = review_.colour(s);
        vtkProperty* look = parts_->actors[s]->GetProperty();
        look->SetColor(c[0] / 255.0, c[1] / 255.0, c[2] / 255.0);
        const bool shell = role == Role::External;
        const bool target = role == Role::Ptv || role == Role::Ctv;
        const double usual = shell ? 0.12 : target ? 0.45 : 1.0;
        look->SetOpacity(review_.highlighted() == s ? std::max(usual, 0.6) : usual);
        look->SetBackfaceCulling(shell);
        parts_->actors[s]->SetVisibility(review_.visible(s) && !patient->structures[s].empty());
    }
}

void SurfaceScene::place_cursor() {
    const Vec3 c = review_.cursor_mm();
    const double arm_mm = 25;
    vtkNew<vtkPoints> points;
    vtkNew<vtkCellArray> lines;
    for (int axis = 0; axis < 3; ++axis) {
        Vec3 a = c, b = c;
        a[axis] -= arm_mm;
        b[axis] += arm_mm;
        const vtkIdType ends[2] = {points->InsertNextPoint(a.x, a.y, a.z), points->InsertNextPoint(b.x, b.y, b.z)};
        lines->InsertNextCell(2, ends);
    }
    parts_->cursor->SetPoints(points);
    parts_->cursor->SetLines(lines);
    parts_->cursor_actor->SetVisibility(review_.patient() != nullptr);
}

void SurfaceScene::turn(double right_px, double down_px) {
    vtkCamera* eye = parts_->renderer->GetActiveCamera();
    eye->Azimuth(-0.4 * right_px);
    eye->Elevation(0.4 * down_px);
    eye->OrthogonalizeViewUp();
    parts_->renderer->ResetCameraClippingRange();
}

void SurfaceScene::zoom(double factor) {
    parts_->renderer->GetActiveCamera()->Dolly(factor);
    parts_->renderer->ResetCameraClippingRange();
}

void SurfaceScene::pan(double right_px, double down_px, int height_px) {
    vtkCamera* eye = parts_->renderer->GetActiveCamera();
    const double mm = 2 * eye->GetDistance() * std::tan(eye->GetViewAngle() * 3.14159265358979 / 360) / height_px;
    const vtkMatrix4x4* view = eye->GetViewTransformMatrix();
    double focus[3], place[3];
    eye->GetFocalPoint(focus);
    eye->GetPosition(place);
    for (int a = 0; a < 3; ++a) {
        const double move = mm * (-right_px * view->GetElement(0, a) + down_px * view->GetElement(1, a));
        focus[a] += move;
        place[a] += move;
    }
    eye->SetFocalPoint(focus);
    eye->SetPosition(place);
    parts_->renderer->ResetCameraClippingRange();
}

void SurfaceScene::reset_view() {
    vtkCamera* eye = parts_->renderer->GetActiveCamera();
    eye->SetFocalPoint(0, 0, 0);
    eye->SetPosition(0, -1, 0);  // anterior: y runs to posterior
    eye->SetViewUp(0, 0, 1);
    parts_->renderer->ResetCamera();
    eye->Azimuth(-30);
    eye->Elevation(15);
    eye->OrthogonalizeViewUp();
    eye->Zoom(1.3);
    parts_->renderer->ResetCameraClippingRange();
}

PlanePoint SurfaceScene::on_screen(const Vec3& direction) const {
    const vtkMatrix4x4* view = parts_->renderer->GetActiveCamera()->GetViewTransformMatrix();
    const auto along = [&](int row) {
        return view->GetElement(row, 0) * direction.x + view->GetElement(row, 1) * direction.y +
               view->GetElement(row, 2) * direction.z;
    };
    return {along(0), along(1)};
}

}  // namespace coutard::gui
