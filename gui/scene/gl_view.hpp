#pragma once
#include <QOpenGLWidget>
#include <memory>

class vtkRenderer;

namespace coutard::gui {

/// A widget in which a VTK renderer draws. It takes no mouse events: they reach the widget around it.
class GlView : public QOpenGLWidget {
  public:
    /// The OpenGL context that every view asks for; set once before the application's first window.
    static void ask_for_opengl();

    explicit GlView(QWidget* parent = nullptr);
    ~GlView() override;
    /// \param renderer kept alive; one for the life of the view
    void set_renderer(vtkRenderer* renderer);

  protected:
    void initializeGL() override;
    void paintGL() override;

  private:
    void release();
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace coutard::gui
