#include "gui/app/main_window.hpp"

#include <QAction>
#include <QComboBox>
#include <QFileDialog>
#include <QGridLayout>
#include <QLabel>
#include <QProgressBar>
#include <QSplitter>
#include <QStatusBar>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/base/version.hpp"
#include "gui/app/load_job.hpp"
#include "gui/scene/surface_scene.hpp"
#include "gui/widgets/banner.hpp"
#include "gui/widgets/dose_panel.hpp"
#include "gui/widgets/dvh_plot.hpp"
#include "gui/widgets/message_window.hpp"
#include "gui/widgets/slice_view.hpp"
#include "gui/widgets/structure_panel.hpp"
#include "gui/widgets/surface_view.hpp"
#include "gui/widgets/theme.hpp"

namespace coutard::gui {
namespace {

QString joined(const std::vector<std::string>& lines) {
    QStringList all;
    for (const auto& line : lines) all << qt_text(line);
    return all.join("\n\n");
}

}  // namespace

MainWindow::MainWindow(Readers readers) : readers_(std::move(readers)) {
    setWindowTitle("Coutard");
    resize(1680, 1020);
    build_views();
    build_toolbar();
    build_status();
    messages_ = new MessageWindow(this);
    review_.listen([this](Change) {
        refresh_status();
        refresh_window_choice();
    });
    refresh_status();
}

MainWindow::~MainWindow() {
    job_.reset();
}

QWidget* MainWindow::column_of_views() {
    auto* views = new QWidget(this);
    auto* grid = new QGridLayout(views);
    grid_ = grid;
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(3);
    for (const Plane plane : all_planes) {
        auto* view = new SliceView(review_, plane, views);
        slices_[static_cast<std::size_t>(plane)] = view;
        view->on_double_click = [this, view] { enlarge(view); };
    }
    surface_ = new SurfaceView(review_, views);
    surface_->on_double_click = [this] { enlarge(surface_); };
    grid->addWidget(slice_view(Plane::Axial), 0, 0);
    grid->addWidget(surface_, 0, 1);
    grid->addWidget(slice_view(Plane::Sagittal), 1, 0);
    grid->addWidget(slice_view(Plane::Coronal), 1, 1);
    for (const int i : {0, 1}) {
        grid->setRowStretch(i, 1);
        grid->setColumnStretch(i, 1);
    }
    return views;
}

void MainWindow::build_views() {
    banner_ = new Banner(this);
    structures_ = new StructurePanel(review_, this);
    dvh_ = new DvhPlot(review_, this);
    dose_ = new DosePanel(review_, this);
    auto* heading = new QLabel("DOSE-VOLUME HISTOGRAM", this);
    heading->setObjectName("heading");
    auto* plot = new QWidget(this);
    auto* plot_column = new QVBoxLayout(plot);
    plot_column->setContentsMargins(8, 8, 10, 4);
    plot_column->addWidget(heading);
    plot_column->addWidget(dvh_, 1);
    auto* right = new QSplitter(Qt::Vertical, this);
    right->addWidget(plot);
    right->addWidget(dose_);
    right->setSizes({480, 420});
    auto* all = new QSplitter(Qt::Horizontal, this);
    all->addWidget(structures_);
    all->addWidget(column_of_views());
    all->addWidget(right);
    all->setStretchFactor(0, 0);
    all->setStretchFactor(1, 1);
    all->setStretchFactor(2, 0);
    all->setSizes({360, 920, 400});
    all->setChildrenCollapsible(false);
    auto* centre = new QWidget(this);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(banner_);
    column->addWidget(all, 1);
    setCentralWidget(centre);
}

void MainWindow::build_toolbar() {
    auto* bar = addToolBar("Main");
    bar->setMovable(false);
    bar->setToolButtonStyle(Qt::ToolButtonTextOnly);
    QAction* open = bar->addAction("Open folder\u2026");
    open->setShortcut(QKeySequence::Open);
    open->setToolTip("Open a DICOM folder with CT, structures, plan and dose (Ctrl+O)");
    connect(open, &QAction::triggered, this, [this] { choose_folder(); });
    bar->addSeparator();
    bar->addWidget(new QLabel("Window ", bar));
    presets_ = new QComboBox(bar);
    presets_->setObjectName("Presets");
    for (const auto& preset : window_presets()) presets_->addItem(qt_text(preset.name));
    presets_->setPlaceholderText("Custom");
    presets_->setMinimumWidth(150);
    presets_->setToolTip("Customary windows; drag with the right button in a view for any other");
    connect(presets_, &QComboBox::activated, this,
            [this](int index) { review_.set_window(window_presets()[static_cast<std::size_t>(index)].window); });
    bar->addWidget(presets_);
    bar->addSeparator();
    QAction* contours = bar->addAction("Contours");
    contours->setCheckable(true);
    contours->setChecked(true);
    contours->setShortcut(Qt::Key_C);
    contours->setToolTip("Show contours (C)");
    connect(contours, &QAction::toggled, this, [this](bool on) {
        for (SliceView* view : slices_) view->show_contours(on);
    });
    QAction* reset = bar->addAction("Reset views");
    reset->setToolTip("Whole slices, patient from the front");
    connect(reset, &QAction::triggered, this, [this] {
        for (SliceView* view : slices_) view->reset_view();
        surface_->reset_view();
    });
    notes_ = bar->addAction("Notes");
    notes_->setToolTip("What was accepted or chosen while reading");
    notes_->setVisible(false);
    connect(notes_, &QAction::triggered, this,
            [this] { messages_->tell("Notes", "Accepted or chosen while reading", joined(review_.patient()->notes)); });
}

void MainWindow::build_status() {
    reading_ = new QLabel(this);
    reading_->setObjectName("Reading");
    stage_ = new QLabel(this);
    stage_->setObjectName("Stage");
    bar_ = new QProgressBar(this);
    bar_->setObjectName("Progress");
    bar_->setFixedWidth(180);
    cancel_ = new QToolButton(this);
    cancel_->setText("Cancel");
    cancel_->setObjectName("Cancel");
    connect(cancel_, &QToolButton::clicked, this, [this] {
        if (job_) job_->stop();
    });
    auto* words = new QLabel(qt_text(disclaimer), this);
    words->setObjectName("Disclaimer");
    words->setStyleSheet("color: #ffc15c; padding: 0 8px;");
    statusBar()->setSizeGripEnabled(false);
    statusBar()->addWidget(reading_, 1);
    statusBar()->addPermanentWidget(stage_);
    statusBar()->addPermanentWidget(bar_);
    statusBar()->addPermanentWidget(cancel_);
    statusBar()->addPermanentWidget(words);
    show_loading(false);
}

void MainWindow::choose_folder() {
    auto* choice = new QFileDialog(this, "Open a DICOM folder");
    choice->setAttribute(Qt::WA_DeleteOnClose);
    choice->setFileMode(QFileDialog::Directory);
    choice->setOption(QFileDialog::ShowDirsOnly);
    connect(choice, &QFileDialog::fileSelected, this,
            [this](const QString& folder) { open({std::filesystem::path(folder.toStdString())}); });
    choice->open();
}

void MainWindow::open(std::vector<std::filesystem::path> sources) {
    LoadJob::Answers answers;
    answers.progress = [this](double done, const std::string& stage) {
        bar_->setValue(static_cast<int>(done * 100));
        stage_->setText(qt_text(stage));
    };
    answers.opened = [this](const Opened& opened, std::shared_ptr<const SurfaceSet> surfaces) {
        loaded(opened, std::move(surfaces));
    };
    answers.failed = [this](const std::exception_ptr& problem) { load_failed(problem); };
    job_ = std::make_unique<LoadJob>(readers_, std::move(sources), this, std::move(answers));
    show_loading(true);
}

void MainWindow::show_loading(bool on) {
    stage_->setVisible(on);
    bar_->setVisible(on);
    bar_->setValue(0);
    cancel_->setVisible(on);
}

void MainWindow::loaded(const Opened& opened, std::shared_ptr<const SurfaceSet> surfaces) {
    job_.reset();
    show_loading(false);
    show_patient(opened.patient, std::move(surfaces));
    if (!opened.problems.empty())
        messages_->tell("Coutard", "Some objects could not be shown with this CT", joined(opened.problems));
}

void MainWindow::load_failed(const std::exception_ptr& problem) {
    job_.reset();
    show_loading(false);
    try {
        std::rethrow_exception(problem);
    } catch (const Interrupted&) {
        statusBar()->showMessage("Stopped", 5000);
    } catch (const std::exception& bad) {
        messages_->tell("Coutard", "The patient could not be opened", qt_text(bad.what()));
    }
}

void MainWindow::show_patient(std::shared_ptr<const Patient> patient, std::shared_ptr<const SurfaceSet> surfaces) {
    review_.show(std::move(patient));
    surface_->set_surfaces(std::move(surfaces));
    banner_->show_patient(*review_.patient());
    notes_->setVisible(!review_.patient()->notes.empty());
    setWindowTitle(qt_text(review_.patient()->ct.study.patient_id) + " \u2013 Coutard");
}

void MainWindow::refresh_status() {
    if (review_.patient() == nullptr) {
        reading_->setText("Open a DICOM folder to begin");
        return;
    }
    const Vec3 at = review_.cursor_mm();
    const PointReading reading = review_.reading(at);
    QString text =
        QStringLiteral("  x %1   y %2   z %3 mm").arg(at.x, 0, 'f', 1).arg(at.y, 0, 'f', 1).arg(at.z, 0, 'f', 1);
    if (reading.hu) text += QStringLiteral("      %1 HU").arg(*reading.hu, 0, 'f', 0);
    if (reading.dose_Gy) {
        const DoseDisplay& display = review_.dose_display();
        text += QStringLiteral("      %1 Gy (%2 %)")
                    .arg(*reading.dose_Gy, 0, 'f', 2)
                    .arg(100 * *reading.dose_Gy / display.reference_Gy, 0, 'f', 1);
    }
    QStringList names;
    for (const std::size_t s : reading.structures) names << qt_text(review_.patient()->structures[s].drawn.name);
    if (!names.empty()) text += "      " + names.join(", ");
    reading_->setText(text);
}

void MainWindow::refresh_window_choice() {
    const auto presets = window_presets();
    int chosen = -1;
    for (std::size_t p = 0; p < presets.size(); ++p)
        if (presets[p].window == review_.window()) chosen = static_cast<int>(p);
    presets_->setCurrentIndex(chosen);
}

void MainWindow::enlarge(QWidget* view) {
    enlarged_ = enlarged_ == view ? nullptr : view;
    for (int row : {0, 1})
        for (int column : {0, 1}) {
            QWidget* each = grid_->itemAtPosition(row, column)->widget();
            each->setVisible(enlarged_ == nullptr || enlarged_ == each);
        }
    const int at = enlarged_ == nullptr ? -1 : grid_->indexOf(enlarged_);
    int row = -1, column = -1, rows = 0, columns = 0;
    if (at >= 0) grid_->getItemPosition(at, &row, &column, &rows, &columns);
    for (int i : {0, 1}) {
        grid_->setRowStretch(i, row < 0 || row == i ? 1 : 0);
        grid_->setColumnStretch(i, column < 0 || column == i ? 1 : 0);
    }
}

}  // namespace coutard::gui
