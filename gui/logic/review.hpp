#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gui/logic/dose_display.hpp"
#include "gui/logic/patient.hpp"
#include "gui/logic/planes.hpp"
#include "gui/logic/window_level.hpp"

namespace coutard::gui {

/// What of the shown state changed.
enum class Change { Patient, Cursor, Window, Structures, Dose };

/// What a point of the patient holds; absent outside the image or the dose grid.
struct PointReading {
    std::optional<double> hu, dose_Gy;
    std::vector<std::size_t> structures;  ///< that hold the point, visible ones only
};

/// The state that all views share: patient, cursor, window, what is visible and in which colour, how dose is
/// drawn. Views listen, and change it through its functions only; each change is told once, and not at all
/// when nothing changed. Lives on one thread.
class Review {
  public:
    using Listener = std::function<void(Change)>;
    void listen(Listener listener) { listeners_.push_back(std::move(listener)); }

    /// Show a patient: cursor in the middle of the targets, else of the body; usual isodoses; all visible.
    /// \throws ContractError no patient
    void show(std::shared_ptr<const Patient> patient);
    const Patient* patient() const { return patient_.get(); }
    std::shared_ptr<const Patient> shared_patient() const { return patient_; }

    const Vec3& cursor_mm() const { return cursor_; }
    void move_cursor(const Vec3& point_mm);  ///< kept inside the image
    int slice(Plane plane) const;            ///< that shows the cursor
    void scroll(Plane plane, int slices);    ///< cursor to the centre of a slice that many further along the axis
    PointReading reading(const Vec3& point_mm) const;

    const WindowLevel& window() const { return window_; }
    void set_window(const WindowLevel& window);

    std::size_t structure_count() const { return colours_.size(); }
    Colour colour(std::size_t structure) const { return colours_.at(structure); }
    bool visible(std::size_t structure) const { return visible_.at(structure); }
    const std::vector<Colour>& colours() const { return colours_; }
    const std::vector<bool>& visibility() const { return visible_; }
    void set_colour(std::size_t structure, const Colour& colour);
    void set_visible(std::size_t structure, bool visible);
    void set_all_visible(bool visible);
    /// The structure whose lines are thicker; nothing: none.
    std::optional<std::size_t> highlighted() const { return highlighted_; }
    void highlight(std::optional<std::size_t> structure);

    const DoseDisplay& dose_display() const { return dose_display_; }
    void set_dose_display(const DoseDisplay& display);

  private:
    void tell(Change change) const;
    Vec3 start_point() const;

    std::shared_ptr<const Patient> patient_;
    Vec3 cursor_;
    WindowLevel window_;
    std::vector<Colour> colours_;
    std::vector<bool> visible_;
    std::optional<std::size_t> highlighted_;
    DoseDisplay dose_display_;
    std::vector<Listener> listeners_;
};

}  // namespace coutard::gui
