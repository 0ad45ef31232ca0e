#pragma once
#include <QPainter>

#include "gui/logic/plane_camera.hpp"
#include "gui/logic/review.hpp"

namespace coutard::gui {

/// Text that stays legible on bone and on air: a dark rim around light letters.
void draw_legible(QPainter& painter, const QPointF& baseline, const QString& text, const QColor& colour);

/// What lies over a slice: crosshair, orientation letters, slice and window figures, scale and dose bar.
void draw_overlay(QPainter& painter, const Review& review, Plane plane, const PlaneCamera& camera);

}  // namespace coutard::gui
