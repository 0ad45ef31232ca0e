#pragma once
#include <QWidget>

#include "gui/logic/review.hpp"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QSlider;
class QTreeWidget;

namespace coutard::gui {

/// How dose is drawn: wash on or off, its opacity and floor; isodose lines, their levels and unit; what 100 %
/// means. Levels are edited in place; a value that is no level is refused in words and put back.
class DosePanel : public QWidget {
  public:
    explicit DosePanel(Review& review, QWidget* parent = nullptr);

  private:
    void build_controls();
    void build_levels();
    void refresh();
    QString reference_word() const;  ///< what the dose of 100 % is
    void fill_levels();
    void edit_level(int row, const QString& text);
    void add_half_of_lowest();
    void remove_level();
    template <class Edit>
    void change(const Edit& edit);
    template <class Edit>
    void try_change(const Edit& edit);

    Review& review_;
    QCheckBox *wash_ = nullptr, *lines_ = nullptr;
    QSlider* opacity_ = nullptr;
    QDoubleSpinBox *floor_ = nullptr, *reference_ = nullptr;
    QComboBox* unit_ = nullptr;
    QTreeWidget* levels_ = nullptr;
    QLabel *reference_label_ = nullptr, *problem_ = nullptr;
    bool filling_ = false;
};

}  // namespace coutard::gui
