#pragma once
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace coutard::par {

/// Lets workers that go at their own pace do one thing in the order of their numbers: 0, 1, 2, ...
class InTurn {
  public:
    /// Run `act` when all earlier ones have. \return false, and nothing was run: another worker failed
    template <class Act>
    bool run(std::size_t turn, const Act& act) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return next_ == turn || failed_; });
        if (failed_) return false;
        act();
        ++next_;
        changed_.notify_all();
        return true;
    }
    /// No turn will come any more.
    void fail() {
        const std::lock_guard lock(mutex_);
        failed_ = true;
        changed_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t next_ = 0;
    bool failed_ = false;
};

}  // namespace coutard::par
