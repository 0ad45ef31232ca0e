#include "gui/logic/review.hpp"

#include <algorithm>
#include <cmath>

#include "engine/image/resample.hpp"

namespace coutard::gui {
namespace {

bool inside(const Grid& grid, const Vec3& point) {
    const Vec3 at = grid.index(point);
    const Size3 n = grid.size();
    return at.x >= -0.5 && at.y >= -0.5 && at.z >= -0.5 && at.x <= n.x - 0.5 && at.y <= n.y - 0.5 && at.z <= n.z - 0.5;
}

int nearest(double index, int count) {
    return static_cast<int>(std::clamp(std::floor(index + 0.5), 0.0, static_cast<double>(count - 1)));
}

template <class T>
const T& nearest_value(const Volume<T>& volume, const Vec3& point) {
    const Vec3 at = volume.grid().index(point);
    const Size3 n = volume.grid().size();
    return volume.at(nearest(at.x, n.x), nearest(at.y, n.y), nearest(at.z, n.z));
}

Vec3 middle_of(const Mask& mask) {
    Vec3 sum;
    double weight = 0;
    const Size3 n = mask.grid().size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                const double part = mask.at(i, j, k);
                sum = sum + Vec3{i * part, j * part, k * part};
                weight += part;
            }
    return mask.grid().point(sum / weight);
}

}  // namespace

void Review::tell(Change change) const {
    for (const auto& listener : listeners_) listener(change);
}

void Review::show(std::shared_ptr<const Patient> patient) {
    expect(patient != nullptr, "a patient to show");
    patient_ = std::move(patient);
    colours_.clear();
    for (const auto& structure : patient_->structures) colours_.push_back(structure.drawn.colour);
    visible_.assign(colours_.size(), true);
    highlighted_.reset();
    cursor_ = start_point();
    dose_display_ = usual_display(patient_->reference_Gy(), patient_->has_prescription());
    tell(Change::Patient);
}

/// The plan's target; without a plan the smallest one: it is the boost in the middle of the others.
Vec3 Review::start_point() const {
    if (patient_->plan)
        for (const auto& s : patient_->structures)
            if (!s.empty() && !patient_->plan->target.empty() && s.drawn.name == patient_->plan->target)
                return middle_of(s.mask);
    const ShownStructure* target = nullptr;
    for (const auto& s : patient_->structures) {
        const Role role = s.drawn.role;
        const bool is_target = role == Role::Ptv || role == Role::Ctv || role == Role::Gtv;
        if (is_target && !s.empty() && (target == nullptr || s.volume < target->volume)) target = &s;
    }
    if (target != nullptr) return middle_of(target->mask);
    return (patient_->body.low + patient_->body.high) / 2;
}

void Review::move_cursor(const Vec3& point) {
    if (!patient_) return;
    const Size3 n = patient_->display.size();
    const Vec3 low = patient_->display.origin_mm(), high = patient_->display.point(n.x - 1, n.y - 1, n.z - 1);
    const Vec3 kept{std::clamp(point.x, low.x, high.x), std::clamp(point.y, low.y, high.y),
                    std::clamp(point.z, low.z, high.z)};
    if (kept == cursor_) return;
    cursor_ = kept;
    tell(Change::Cursor);
}

int Review::slice(Plane plane) const {
    return patient_ ? slice_of(patient_->display, plane, cursor_) : 0;
}

void Review::scroll(Plane plane, int slices) {
    if (!patient_) return;
    const int wanted = std::clamp(slice(plane) + slices, 0, slice_count(patient_->display, plane) - 1);
    Vec3 moved = cursor_;
    moved[frame_of(plane).depth_axis] = slice_depth_mm(patient_->display, plane, wanted);
    move_cursor(moved);
}

PointReading Review::reading(const Vec3& point) const {
    PointReading reading;
    if (!patient_) return reading;
    if (inside(patient_->ct.hu.grid(), point)) reading.hu = nearest_value(patient_->ct.hu, point);
    if (patient_->dose && inside(patient_->dose->gy.grid(), point))
        reading.dose_Gy = sample_linear(patient_->dose->gy, point, 0.0F);
    for (std::size_t s = 0; s < patient_->structures.size(); ++s) {
        const Mask& mask = patient_->structures[s].mask;
        if (visible_[s] && !mask.empty() && inside(mask.grid(), point) && nearest_value(mask, point) >= 128)
            reading.structures.push_back(s);
    }
    return reading;
}

void Review::set_window(const WindowLevel& window) {
    const WindowLevel kept = limited(window);
    if (kept == window_) return;
    window_ = kept;
    tell(Change::Window);
}

void Review::set_colour(std::size_t structure, const Colour& colour) {
    if (colours_.at(structure) == colour) return;
    colours_[structure] = colour;
    tell(Change::Structures);
}

void Review::set_visible(std::size_t structure, bool visible) {
    if (visible_.at(structure) == visible) return;
    visible_[structure] = visible;
    tell(Change::Structures);
}

void Review::set_all_visible(bool visible) {
    if (std::all_of(visible_.begin(), visible_.end(), [&](bool v) { return v == visible; })) return;
    visible_.assign(visible_.size(), visible);
    tell(Change::Structures);
}

void Review::highlight(std::optional<std::size_t> structure) {
    expect(!structure || *structure < colours_.size(), "a structure of this patient");
    if (highlighted_ == structure) return;
    highlighted_ = structure;
    tell(Change::Structures);
}

void Review::set_dose_display(const DoseDisplay& display) {
    dose_display_ = display;
    tell(Change::Dose);
}

}  // namespace coutard::gui
