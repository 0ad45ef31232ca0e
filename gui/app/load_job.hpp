#pragma once
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "gui/logic/open_sources.hpp"

class QObject;

namespace coutard::gui {

class SurfaceSet;

/// Opens a patient in a thread of its own. All answers arrive on the thread of `receiver`, and none once
/// the job is destroyed, which stops the work and waits for it.
class LoadJob {
  public:
    struct Answers {
        std::function<void(double done, const std::string& stage)> progress;
        std::function<void(Opened opened, std::shared_ptr<const SurfaceSet> surfaces)> opened;
        std::function<void(std::exception_ptr problem)> failed;  ///< also Interrupted
    };
    LoadJob(Readers readers, std::vector<std::filesystem::path> sources, QObject* receiver, Answers answers);
    ~LoadJob();
    void stop() { thread_.request_stop(); }

  private:
    std::shared_ptr<bool> wanted_;  ///< read and written on the receiver's thread only
    std::jthread thread_;
};

}  // namespace coutard::gui
