#pragma once
#include <QFrame>

class QLabel;

namespace coutard::gui {

struct Patient;

/// Whose images these are and which plan: never out of sight. Each figure stands under its own heading.
class Banner : public QFrame {
  public:
    explicit Banner(QWidget* parent = nullptr);
    void show_patient(const Patient& patient);

  private:
    QLabel *name_ = nullptr, *person_ = nullptr, *image_ = nullptr, *plan_ = nullptr, *dose_ = nullptr;
};

}  // namespace coutard::gui
