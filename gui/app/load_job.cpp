#include "gui/app/load_job.hpp"

#include <QMetaObject>
#include <QObject>

#include "gui/scene/surface_scene.hpp"

namespace coutard::gui {

LoadJob::LoadJob(Readers readers, std::vector<std::filesystem::path> sources, QObject* receiver, Answers answers)
    : wanted_(std::make_shared<bool>(true)) {
    const auto post = [receiver, wanted = wanted_](auto work) {
        QMetaObject::invokeMethod(
            receiver,
            [wanted, work = std::move(work)] {
                if (*wanted) work();
            },
            Qt::QueuedConnection);
    };
    thread_ = std::jthread([=, answers = std::move(answers)](const std::stop_token& stop) {
        const Progress progress(
            [&](double done, std::string_view stage) {
                post([answers, done, text = std::string(stage)] { answers.progress(done, text); });
            },
            stop);
        try {
            Opened opened = open_sources(readers, sources, progress.part(0, 0.8));
            auto surfaces = std::make_shared<const SurfaceSet>(*opened.patient, progress.part(0.8, 1));
            post([answers, opened, surfaces] { answers.opened(opened, surfaces); });
        } catch (...) {
            post([answers, problem = std::current_exception()] { answers.failed(problem); });
        }
    });
}

LoadJob::~LoadJob() {
    *wanted_ = false;
    thread_.request_stop();
}

}  // namespace coutard::gui
