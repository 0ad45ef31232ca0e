#include "gui/widgets/message_window.hpp"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace coutard::gui {

MessageWindow::MessageWindow(QWidget* parent) : QDialog(parent) {
    setObjectName("Message");
    setModal(false);
    resize(640, 240);
    summary_ = new QLabel(this);
    summary_->setObjectName("MessageSummary");
    summary_->setWordWrap(true);
    summary_->setStyleSheet("font-size: 14px; font-weight: bold; color: #ffc15c;");
    details_ = new QPlainTextEdit(this);
    details_->setObjectName("MessageDetails");
    details_->setReadOnly(true);
    auto* copy = new QPushButton("Copy", this);
    auto* close = new QPushButton("Close", this);
    close->setDefault(true);
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(details_->toPlainText()); });
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(copy);
    buttons->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->addWidget(summary_);
    column->addWidget(details_);
    column->addLayout(buttons);
}

void MessageWindow::tell(const QString& title, const QString& summary, const QString& details) {
    setWindowTitle(title);
    summary_->setText(summary);
    details_->setPlainText(details);
    show();
    raise();
}

}  // namespace coutard::gui
