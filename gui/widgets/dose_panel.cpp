#include "gui/widgets/dose_panel.hpp"

#include <QCheckBox>
#include <QColorDialog>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScopedValueRollback>
#include <QSlider>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <cmath>

#include "gui/widgets/theme.hpp"

namespace coutard::gui {

template <class Edit>
void DosePanel::change(const Edit& edit) {
    if (filling_ || review_.patient() == nullptr) return;
    DoseDisplay display = review_.dose_display();
    edit(display);
    review_.set_dose_display(display);
}

DosePanel::DosePanel(Review& review, QWidget* parent) : QWidget(parent), review_(review) {
    build_controls();
    build_levels();
    auto* heading = new QLabel("DOSE", this);
    heading->setObjectName("heading");
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    grid->addWidget(wash_, 0, 0);
    grid->addWidget(opacity_, 0, 1);
    grid->addWidget(new QLabel("from", this), 0, 2);
    grid->addWidget(floor_, 0, 3);
    grid->addWidget(lines_, 1, 0);
    grid->addWidget(unit_, 1, 1, 1, 3);
    grid->addWidget(reference_label_, 2, 0);
    grid->addWidget(reference_, 2, 1, 1, 3);
    grid->setColumnStretch(1, 1);
    auto* add = new QToolButton(this);
    add->setText("Add level");
    add->setObjectName("AddLevel");
    auto* remove = new QToolButton(this);
    remove->setText("Remove level");
    remove->setObjectName("RemoveLevel");
    connect(add, &QToolButton::clicked, this, [this] { add_half_of_lowest(); });
    connect(remove, &QToolButton::clicked, this, [this] { remove_level(); });
    auto* bottom = new QHBoxLayout;
    bottom->addWidget(add);
    bottom->addWidget(remove);
    bottom->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 10, 8);
    column->addWidget(heading);
    column->addLayout(grid);
    column->addWidget(levels_, 1);
    column->addWidget(problem_);
    column->addLayout(bottom);
    review_.listen([this](Change change) {
        if (change == Change::Patient || change == Change::Dose) refresh();
    });
    setEnabled(false);
}

void DosePanel::build_controls() {
    wash_ = new QCheckBox("Colour wash", this);
    wash_->setObjectName("Wash");
    lines_ = new QCheckBox("Isodose lines", this);
    lines_->setObjectName("Isodoses");
    opacity_ = new QSlider(Qt::Horizontal, this);
    opacity_->setObjectName("Opacity");
    opacity_->setRange(0, 100);
    opacity_->setToolTip("Opacity of the colour wash");
    floor_ = new QDoubleSpinBox(this);
    floor_->setObjectName("Floor");
    floor_->setRange(0, 100);
    floor_->setDecimals(0);
    floor_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    floor_->setFixedWidth(62);
    floor_->setSuffix(" %");
    floor_->setToolTip("No wash below this part of the reference dose");
    unit_ = new QComboBox(this);
    unit_->setObjectName("Unit");
    unit_->addItems({"Levels in % of the reference", "Levels in Gy"});
    reference_label_ = new QLabel(this);
    reference_label_->setObjectName("ReferenceWord");
    reference_ = new QDoubleSpinBox(this);
    reference_->setObjectName("Reference");
    reference_->setRange(0.01, 1000);
    reference_->setDecimals(2);
    reference_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    reference_->setSuffix(" Gy");
    reference_->setKeyboardTracking(false);
    reference_->setToolTip("The dose that 100 % means");
    connect(wash_, &QCheckBox::toggled, this, [this](bool on) { change([on](DoseDisplay& d) { d.wash = on; }); });
    connect(lines_, &QCheckBox::toggled, this, [this](bool on) { change([on](DoseDisplay& d) { d.lines = on; }); });
    connect(opacity_, &QSlider::valueChanged, this,
            [this](int percent) { change([percent](DoseDisplay& d) { d.opacity = percent / 100.0; }); });
    connect(floor_, &QDoubleSpinBox::valueChanged, this,
            [this](double percent) { change([percent](DoseDisplay& d) { d.floor_percent = percent; }); });
    connect(unit_, &QComboBox::currentIndexChanged, this, [this](int index) {
        change([index](DoseDisplay& d) { change_unit(d, index == 0 ? DoseUnit::PercentOfReference : DoseUnit::Gy); });
    });
    connect(reference_, &QDoubleSpinBox::valueChanged, this, [this](double gy) {
        change([&](DoseDisplay& d) {
            d.reference_Gy = gy;
            d.reference_is_prescription =
                review_.patient()->has_prescription() && std::abs(gy - review_.patient()->reference_Gy()) < 5e-3;
        });
    });
}

void DosePanel::build_levels() {
    levels_ = new QTreeWidget(this);
    levels_->setObjectName("Levels");
    levels_->setColumnCount(3);
    levels_->setHeaderLabels({"%", "Gy", ""});
    levels_->setRootIsDecorated(false);
    levels_->setIndentation(0);
    levels_->setUniformRowHeights(true);
    levels_->setMinimumHeight(110);
    levels_->header()->setStretchLastSection(false);
    levels_->header()->setMinimumSectionSize(20);
    levels_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    levels_->header()->setSectionResizeMode(1, QHeaderView::Stretch);
    levels_->header()->setSectionResizeMode(2, QHeaderView::Fixed);
    levels_->setColumnWidth(2, 30);
    levels_->setToolTip("Double-click a level to edit it");
    problem_ = new QLabel(this);
    problem_->setObjectName("LevelProblem");
    problem_->setWordWrap(true);
    problem_->setStyleSheet("color: #ffc15c");
    problem_->hide();
    connect(levels_, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem* item, int column) {
        if (filling_) return;
        const int row = levels_->indexOfTopLevelItem(item);
        const bool shown = item->checkState(0) == Qt::Checked;
        const auto index = static_cast<std::size_t>(row);
        if (review_.dose_display().levels.at(index).visible != shown)
            change([=](DoseDisplay& d) { d.levels.at(index).visible = shown; });
        else if (column == 0)
            edit_level(row, item->text(0));
    });
}

QString DosePanel::reference_word() const {
    const DoseDisplay& d = review_.dose_display();
    if (d.reference_is_prescription) return "Prescription";
    const bool usual = std::abs(d.reference_Gy - review_.patient()->reference_Gy()) < 5e-3;
    const bool maximum = usual && review_.patient()->dose && !review_.patient()->has_prescription();
    return maximum ? "Maximum" : "Reference";
}

void DosePanel::refresh() {
    const DoseDisplay& d = review_.dose_display();
    {
        const QScopedValueRollback mine(filling_, true);
        setEnabled(review_.patient()->dose.has_value());
        wash_->setChecked(d.wash);
        lines_->setChecked(d.lines);
        opacity_->setValue(static_cast<int>(std::lround(d.opacity * 100)));
        floor_->setValue(d.floor_percent);
        unit_->setCurrentIndex(d.unit == DoseUnit::Gy ? 1 : 0);
        reference_->setValue(d.reference_Gy);
        reference_label_->setText(reference_word());
        if (!review_.patient()->dose) levels_->clear();
    }
    // Rows are made anew after the list's own signal has run its course: it may be the row that sent it.
    if (review_.patient()->dose)
        QMetaObject::invokeMethod(
            this, [this] { fill_levels(); }, Qt::QueuedConnection);
}

void DosePanel::fill_levels() {
    const QScopedValueRollback mine(filling_, true);
    const DoseDisplay& d = review_.dose_display();
    const int selected = levels_->indexOfTopLevelItem(levels_->currentItem());
    levels_->clear();
    levels_->setHeaderLabels(d.unit == DoseUnit::Gy ? QStringList{"Gy", "%", ""} : QStringList{"%", "Gy", ""});
    for (std::size_t i = 0; i < d.levels.size(); ++i) {
        const IsodoseLevel& level = d.levels[i];
        auto* item = new QTreeWidgetItem(levels_);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable | Qt::ItemIsEditable);
        item->setText(0, QString::number(level.value, 'g', 4));
        const double other = d.unit == DoseUnit::Gy ? 100 * level.value / d.reference_Gy : d.gy_of(level);
        item->setText(1, QString::number(other, 'f', 1));
        item->setCheckState(0, level.visible ? Qt::Checked : Qt::Unchecked);
        auto* button = new QToolButton(levels_);
        button->setAutoRaise(true);
        button->setIcon(swatch(qt_colour(level.colour)));
        button->setToolTip("Change the colour");
        connect(button, &QToolButton::clicked, this, [this, i] {
            auto* choice = new QColorDialog(qt_colour(review_.dose_display().levels.at(i).colour), this);
            choice->setOption(QColorDialog::DontUseNativeDialog);
            choice->setAttribute(Qt::WA_DeleteOnClose);
            connect(choice, &QColorDialog::colorSelected, this, [this, i](const QColor& colour) {
                change([&](DoseDisplay& display) {
                    if (i < display.levels.size()) display.levels[i].colour = plain_colour(colour);
                });
            });
            choice->open();
        });
        levels_->setItemWidget(item, 2, button);
    }
    if (selected >= 0)
        levels_->setCurrentItem(levels_->topLevelItem(std::min(selected, levels_->topLevelItemCount() - 1)));
}

/// A change that may be refused: in words, and what was there is shown again.
template <class Edit>
void DosePanel::try_change(const Edit& edit) {
    try {
        change(edit);
        problem_->hide();
    } catch (const InputError& bad) {
        problem_->setText(qt_text(bad.what()));
        problem_->show();
        QMetaObject::invokeMethod(
            this, [this] { fill_levels(); }, Qt::QueuedConnection);
    }
}

void DosePanel::edit_level(int row, const QString& text) {
    try_change(
        [&](DoseDisplay& d) { move_level(d, static_cast<std::size_t>(row), level_from_text(text.toStdString())); });
}

void DosePanel::add_half_of_lowest() {
    try_change([](DoseDisplay& d) {
        const double lowest = d.levels.empty() ? 100 : d.levels.back().value;
        add_level(d, rounded_level(std::min(lowest / 2, 1000.0)));
    });
}

void DosePanel::remove_level() {
    const int row = levels_->indexOfTopLevelItem(levels_->currentItem());
    change([row](DoseDisplay& d) {
        if (d.levels.size() < 2) return;
        d.levels.erase(row < 0 ? d.levels.end() - 1 : d.levels.begin() + row);
    });
}

}  // namespace coutard::gui
