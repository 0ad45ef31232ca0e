#include "gui/widgets/structure_panel.hpp"

#include <QColorDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScopedValueRollback>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "gui/widgets/theme.hpp"

namespace coutard::gui {
namespace {

enum Column { column_name, column_colour, column_volume, column_mean, column_most, columns };

std::size_t structure_of(const QTreeWidgetItem* item) {
    return item->data(0, Qt::UserRole).toULongLong();
}

QString volume_text(const ShownStructure& structure) {
    if (structure.empty()) return QStringLiteral("\u2013");
    const double cm3 = structure.volume.value();
    return QString::number(cm3, 'f', cm3 < 10 ? 2 : cm3 < 1000 ? 1 : 0);
}

QString dose_text(const ShownStructure& structure, bool mean) {
    if (!structure.dose) return QStringLiteral("\u2013");
    return QString::number((mean ? structure.dose->mean : structure.dose->maximum).value(), 'f', 1);
}

QString tip_of(const ShownStructure& structure) {
    QString tip = QStringLiteral("<b>%1</b>").arg(qt_text(structure.drawn.name).toHtmlEscaped());
    const auto type = dicom_name(structure.drawn.role);
    if (!type.empty()) tip += QStringLiteral("<br>Type: %1").arg(qt_text(type));
    tip += QStringLiteral("<br>Made: %1").arg(qt_text(structure.drawn.algorithm).toHtmlEscaped());
    if (!structure.drawn.description.empty()) tip += "<br>" + qt_text(structure.drawn.description).toHtmlEscaped();
    if (structure.empty()) tip += structure.drawn.contours.empty() ? "<br>No contours" : "<br>Contours enclose nothing";
    if (structure.dose && structure.dose->outside_dose_grid > Cm3{0.01})
        tip += QStringLiteral("<br>%1 cm\u00b3 lie outside the dose grid and count as 0 Gy")
                   .arg(structure.dose->outside_dose_grid.value(), 0, 'f', 2);
    return tip;
}

QTreeWidget* make_list(QWidget* parent) {
    auto* list = new QTreeWidget(parent);
    list->setObjectName("StructureList");
    list->setColumnCount(columns);
    list->setHeaderLabels({"Structure", "", "cm\u00b3", "Mean Gy", "Max Gy"});
    for (const int column : {column_volume, column_mean, column_most})
        list->headerItem()->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    list->headerItem()->setToolTip(column_most, "Maximum dose");
    list->setRootIsDecorated(false);
    list->setIndentation(0);
    list->setUniformRowHeights(true);
    list->header()->setStretchLastSection(false);
    list->header()->setMinimumSectionSize(20);
    list->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    list->header()->setSectionResizeMode(column_name, QHeaderView::Stretch);
    list->header()->setSectionResizeMode(column_colour, QHeaderView::Fixed);
    list->setColumnWidth(column_colour, 30);
    return list;
}

}  // namespace

StructurePanel::StructurePanel(Review& review, QWidget* parent) : QWidget(parent), review_(review) {
    auto* heading = new QLabel("STRUCTURES", this);
    heading->setObjectName("heading");
    auto* all = new QToolButton(this);
    all->setText("All");
    all->setObjectName("ShowAll");
    all->setToolTip("Show all structures");
    auto* none = new QToolButton(this);
    none->setText("None");
    none->setObjectName("ShowNone");
    none->setToolTip("Hide all structures");
    connect(all, &QToolButton::clicked, this, [this] { review_.set_all_visible(true); });
    connect(none, &QToolButton::clicked, this, [this] { review_.set_all_visible(false); });
    auto* top = new QHBoxLayout;
    top->addWidget(heading);
    top->addStretch();
    top->addWidget(all);
    top->addWidget(none);
    list_ = make_list(this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 8, 8, 8);
    column->addLayout(top);
    column->addWidget(list_);

    connect(list_, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem* item, int) {
        if (!filling_) review_.set_visible(structure_of(item), item->checkState(0) == Qt::Checked);
    });
    connect(list_, &QTreeWidget::itemSelectionChanged, this, [this] {
        if (filling_) return;
        const auto chosen = list_->selectedItems();
        review_.highlight(chosen.empty() ? std::nullopt : std::optional(structure_of(chosen.front())));
    });
    review_.listen([this](Change change) {
        if (change == Change::Patient) fill();
        if (change == Change::Structures) refresh();
    });
}

void StructurePanel::fill() {
    {
        const QScopedValueRollback mine(filling_, true);
        list_->clear();
        for (const int column : {column_mean, column_most}) list_->setColumnHidden(column, !review_.patient()->dose);
        const auto& structures = review_.patient()->structures;
        for (std::size_t s = 0; s < structures.size(); ++s) {
            auto* item = new QTreeWidgetItem(list_);
            item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable |
                           Qt::ItemNeverHasChildren);
            item->setData(0, Qt::UserRole, QVariant::fromValue<qulonglong>(s));
            item->setText(column_name, qt_text(structures[s].drawn.name));
            item->setToolTip(column_name, tip_of(structures[s]));
            item->setText(column_volume, volume_text(structures[s]));
            item->setText(column_mean, dose_text(structures[s], true));
            item->setText(column_most, dose_text(structures[s], false));
            for (const int column : {column_volume, column_mean, column_most})
                item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
            auto* button = new QToolButton(list_);
            button->setObjectName("Colour " + item->text(column_name));
            button->setAutoRaise(true);
            button->setToolTip("Change the colour");
            connect(button, &QToolButton::clicked, this, [this, s] { choose_colour(s); });
            list_->setItemWidget(item, column_colour, button);
        }
    }
    refresh();
}

void StructurePanel::refresh() {
    const QScopedValueRollback mine(filling_, true);
    for (int row = 0; row < list_->topLevelItemCount(); ++row) {
        QTreeWidgetItem* item = list_->topLevelItem(row);
        const std::size_t s = structure_of(item);
        item->setCheckState(0, review_.visible(s) ? Qt::Checked : Qt::Unchecked);
        item->setSelected(review_.highlighted() == s);
        static_cast<QToolButton*>(list_->itemWidget(item, column_colour))
            ->setIcon(swatch(qt_colour(review_.colour(s))));
    }
}

void StructurePanel::choose_colour(std::size_t structure) {
    auto* choice = new QColorDialog(qt_colour(review_.colour(structure)), this);
    choice->setObjectName("ColourChoice");
    choice->setOption(QColorDialog::DontUseNativeDialog);
    choice->setAttribute(Qt::WA_DeleteOnClose);
    choice->setWindowTitle("Colour of " + qt_text(review_.patient()->structures[structure].drawn.name));
    connect(choice, &QColorDialog::colorSelected, this, [this, structure](const QColor& colour) {
        if (structure < review_.structure_count()) review_.set_colour(structure, plain_colour(colour));
    });
    choice->open();
}

}  // namespace coutard::gui
