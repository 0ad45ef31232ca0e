#pragma once
#include <QMainWindow>
#include <filesystem>
#include <memory>
#include <vector>

#include "gui/logic/open_sources.hpp"
#include "gui/logic/review.hpp"

class QAction;
class QComboBox;
class QGridLayout;
class QLabel;
class QProgressBar;
class QToolButton;

namespace coutard::gui {

class Banner;
class DosePanel;
class DvhPlot;
class LoadJob;
class MessageWindow;
class SliceView;
class StructurePanel;
class SurfaceSet;
class SurfaceView;

/// The window of the application: four views, structures, dose and DVH around one Review.
class MainWindow : public QMainWindow {
  public:
    explicit MainWindow(Readers readers);
    ~MainWindow() override;

    /// Read in the background; the window shows the patient when all is there, or a message.
    void open(std::vector<std::filesystem::path> sources);
    bool loading() const { return job_ != nullptr; }
    void show_patient(std::shared_ptr<const Patient> patient, std::shared_ptr<const SurfaceSet> surfaces);

    Review& review() { return review_; }
    SliceView* slice_view(Plane plane) const { return slices_[static_cast<std::size_t>(plane)]; }

  private:
    void build_views();
    void build_toolbar();
    void build_status();
    QWidget* column_of_views();
    void choose_folder();
    void show_loading(bool on);
    void load_failed(const std::exception_ptr& problem);
    void loaded(const Opened& opened, std::shared_ptr<const SurfaceSet> surfaces);
    void refresh_status();
    void refresh_window_choice();
    void enlarge(QWidget* view);

    Review review_;
    Readers readers_;
    Banner* banner_ = nullptr;
    std::array<SliceView*, 3> slices_{};
    SurfaceView* surface_ = nullptr;
    StructurePanel* structures_ = nullptr;
    DosePanel* dose_ = nullptr;
    DvhPlot* dvh_ = nullptr;
    MessageWindow* messages_ = nullptr;
    QComboBox* presets_ = nullptr;
    QAction* notes_ = nullptr;
    QLabel *reading_ = nullptr, *stage_ = nullptr;
    QProgressBar* bar_ = nullptr;
    QToolButton* cancel_ = nullptr;
    QGridLayout* grid_ = nullptr;
    QWidget* enlarged_ = nullptr;  ///< the view that is shown alone
    std::unique_ptr<LoadJob> job_;
};

}  // namespace coutard::gui
