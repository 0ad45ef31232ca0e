#pragma once
#include <QWidget>

#include "gui/logic/review.hpp"

class QTreeWidget;
class QTreeWidgetItem;

namespace coutard::gui {

/// The structures with check box, colour, volume and dose. The coloured square opens the colour choice;
/// a selected row is drawn thicker in all views.
class StructurePanel : public QWidget {
  public:
    explicit StructurePanel(Review& review, QWidget* parent = nullptr);
    QSize sizeHint() const override { return {320, 500}; }

  private:
    void fill();
    void refresh();
    void choose_colour(std::size_t structure);
    Review& review_;
    QTreeWidget* list_ = nullptr;
    bool filling_ = false;  ///< signals of the list are our own doing
};

}  // namespace coutard::gui
