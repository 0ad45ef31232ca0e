#pragma once
#include <functional>
#include <stop_token>
#include <string_view>

#include "engine/base/error.hpp"

namespace coutard {

/// How long work tells how far it is and hears that it shall stop. Copied for free; a default one
/// is silent and never stops.
class Progress {
  public:
    /// \param report called with the part done, 0 to 1, and the name of the stage; any thread
    using Report = std::function<void(double done, std::string_view stage)>;

    Progress() = default;
    explicit Progress(Report report, std::stop_token stop = {}) : report_(std::move(report)), stop_(std::move(stop)) {}

    /// Call between units of work. \throws Interrupted when a stop was asked for
    void at(double done, std::string_view stage) const {
        check();
        if (report_) report_(done, stage);
    }
    /// \throws Interrupted when a stop was asked for
    void check() const {
        if (stop_.stop_requested()) throw Interrupted();
    }
    /// The same receiver seen by a sub-task that is the part [from, to] of the whole.
    Progress part(double from, double to) const {
        if (!report_) return Progress(nullptr, stop_);
        return Progress([r = report_, from, to](double d, std::string_view s) { r(from + (to - from) * d, s); }, stop_);
    }

  private:
    Report report_;
    std::stop_token stop_;
};

}  // namespace coutard
