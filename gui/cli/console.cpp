#include "gui/cli/console.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

namespace coutard::gui {
namespace {

// A signal handler can reach only globals: the one exception to "no global state", confined to this file.
std::atomic<int> signals_seen{0};
std::stop_source stop_all;
std::mutex bar_mutex;
std::string bar_stage;
int bar_percent = -1;
bool bar_open = false;

extern "C" void on_signal(int) {
    if (++signals_seen > 1) std::_Exit(130);
}

/// request_stop is not async-signal-safe, so a thread watches the flag instead.
void watch_signals() {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    std::thread([] {
        while (signals_seen == 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
        stop_all.request_stop();
    }).detach();
}

void show(double done, std::string_view stage) {
    const std::scoped_lock lock(bar_mutex);
    const int percent = static_cast<int>(done * 100);
    const bool terminal = ::isatty(STDERR_FILENO) != 0;
    if (!terminal) {
        if (stage != bar_stage)
            std::fprintf(stderr, "[%3d %%] %.*s\n", percent, static_cast<int>(stage.size()), stage.data());
        bar_stage = stage;
        return;
    }
    if (percent == bar_percent && stage == bar_stage) return;
    bar_percent = percent;
    bar_stage = stage;
    const std::string bar(static_cast<std::size_t>(std::max(0, std::min(percent, 100)) * 30 / 100), '#');
    std::fprintf(stderr, "\r\033[K[%-30s] %3d %%  %s", bar.c_str(), percent, bar_stage.c_str());
    bar_open = true;
}

}  // namespace

Progress console_progress() {
    watch_signals();
    return Progress(show, stop_all.get_token());
}

void end_progress() {
    const std::scoped_lock lock(bar_mutex);
    if (bar_open) std::fputc('\n', stderr);
    bar_open = false;
}

void print_notes(const std::vector<std::string>& notes) {
    for (std::size_t n = 0; n < notes.size(); ++n)
        if (std::find(notes.begin(), notes.begin() + static_cast<std::ptrdiff_t>(n), notes[n]) ==
            notes.begin() + static_cast<std::ptrdiff_t>(n))
            std::cout << "note: " << notes[n] << '\n';
}

}  // namespace coutard::gui
