#include "gui/scene/gl_view.hpp"

#include <vtkCallbackCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkNew.h>
#include <vtkOpenGLState.h>
#include <vtkRenderer.h>
#include <vtkSmartPointer.h>

#include <QOpenGLContext>
#include <QOpenGLFunctions>
#include <QSurfaceFormat>

namespace coutard::gui {

struct GlView::Parts {
    vtkNew<vtkGenericOpenGLRenderWindow> window;
    vtkSmartPointer<vtkRenderer> renderer;
    QMetaObject::Connection context_ends;
};

void GlView::ask_for_opengl() {
    QSurfaceFormat format;
    format.setRenderableType(QSurfaceFormat::OpenGL);
    format.setVersion(3, 2);
    format.setProfile(QSurfaceFormat::CoreProfile);
    format.setDepthBufferSize(24);
    format.setStencilBufferSize(8);
    format.setSamples(0);  // VTK smooths edges in its own buffer
    QSurfaceFormat::setDefaultFormat(format);
}

GlView::GlView(QWidget* parent) : QOpenGLWidget(parent), parts_(std::make_unique<Parts>()) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    auto& window = *parts_->window;
    window.SetMultiSamples(4);
    window.SetFrameBlitModeToNoBlit();
    window.SetOwnContext(false);
    window.SetForceMaximumHardwareLineWidth(1);  // a core context draws no wider lines: VTK makes them itself
    window.SetIsDirect(1);
    window.SetSupportsOpenGL(1);
    const auto make_current = [](vtkObject*, unsigned long, void* view, void*) {
        auto* self = static_cast<GlView*>(view);
        // makeCurrent() also binds Qt's framebuffer, which must not happen in the middle of VTK's drawing.
        if (self->isValid() && QOpenGLContext::currentContext() != self->context()) self->makeCurrent();
    };
    vtkNew<vtkCallbackCommand> current;
    current->SetClientData(this);
    current->SetCallback(make_current);
    window.AddObserver(vtkCommand::WindowMakeCurrentEvent, current);
    const auto is_current = [](vtkObject*, unsigned long, void* view, void* answer) {
        auto* self = static_cast<GlView*>(view);
        *static_cast<bool*>(answer) = self->context() != nullptr && QOpenGLContext::currentContext() == self->context();
    };
    vtkNew<vtkCallbackCommand> ask;
    ask->SetClientData(this);
    ask->SetCallback(is_current);
    window.AddObserver(vtkCommand::WindowIsCurrentEvent, ask);
}

GlView::~GlView() {
    release();
    parts_->window->RemoveAllObservers();
}

void GlView::release() {
    disconnect(parts_->context_ends);
    if (!isValid()) return;
    makeCurrent();
    parts_->window->Finalize();
    doneCurrent();
}

void GlView::set_renderer(vtkRenderer* renderer) {
    parts_->renderer = renderer;
    parts_->window->AddRenderer(renderer);
}

void GlView::initializeGL() {
    // Called again when the widget moved to another window: VTK's buffers belong to the old context.
    parts_->context_ends = connect(
        context(), &QOpenGLContext::aboutToBeDestroyed, this, [this] { release(); }, Qt::DirectConnection);
    parts_->window->SetReadyForRendering(true);
    parts_->window->OpenGLInitContext();
}

void GlView::paintGL() {
    const double ratio = devicePixelRatioF();
    auto& window = *parts_->window;
    window.SetSize(static_cast<int>(width() * ratio), static_cast<int>(height() * ratio));
    window.GetState()->Reset();  // Qt changed the state behind VTK's back
    window.Render();
    context()->functions()->glBindFramebuffer(GL_FRAMEBUFFER, defaultFramebufferObject());
    window.GetState()->ResetFramebufferBindings();
    window.BlitDisplayFramebuffer();
    context()->functions()->glBindFramebuffer(GL_FRAMEBUFFER, defaultFramebufferObject());
}

}  // namespace coutard::gui
