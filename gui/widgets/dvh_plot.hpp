#pragma once
#include <QWidget>
#include <optional>
#include <vector>

#include "gui/logic/dvh_curves.hpp"
#include "gui/logic/review.hpp"

namespace coutard::gui {

/// Cumulative dose-volume histograms of the visible structures: dose [Gy] to the right, volume [%] upwards.
/// The mouse reads the nearest curve; the dashed line is the prescription.
class DvhPlot : public QWidget {
  public:
    explicit DvhPlot(Review& review, QWidget* parent = nullptr);
    QSize sizeHint() const override { return {400, 360}; }
    const std::vector<DvhCurve>& curves() const { return curves_; }
    QPointF pixel_of(double dose_Gy, double percent) const;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    void refresh();
    QRectF plot_area() const;
    double dose_at(double x) const;
    std::optional<std::size_t> nearest_curve(const QPointF& at) const;
    void draw_axes(QPainter& painter) const;
    void draw_curves(QPainter& painter) const;
    void draw_reading(QPainter& painter) const;

    Review& review_;
    std::vector<DvhCurve> curves_;
    AxisScale dose_axis_;
    std::optional<QPointF> mouse_;
};

}  // namespace coutard::gui
