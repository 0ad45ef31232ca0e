#pragma once
#include <QDialog>

class QLabel;
class QPlainTextEdit;

namespace coutard::gui {

/// A message that may stay open while one works on: what went wrong, in full, to be selected and copied.
class MessageWindow : public QDialog {
  public:
    explicit MessageWindow(QWidget* parent);
    /// \param details one or more lines: file, attribute, expected, found
    void tell(const QString& title, const QString& summary, const QString& details);

  private:
    QLabel* summary_ = nullptr;
    QPlainTextEdit* details_ = nullptr;
};

}  // namespace coutard::gui
