#pragma once
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

namespace coutard::test {

/// A virtual X display of our own (Xvfb) for as long as it lives. Tests never draw on a person's screen.
class Screen {
  public:
    Screen() {
        int ends[2];
        if (::pipe(ends) != 0) return;
        child_ = ::fork();
        if (child_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // a test that crashes leaves no display behind
            ::close(ends[0]);
            ::dup2(ends[1], 3);
            ::execlp("Xvfb", "Xvfb", "-displayfd", "3", "-screen", "0", "1920x1200x24", "-nolisten", "tcp", nullptr);
            ::_exit(127);
        }
        ::close(ends[1]);
        std::string number;  // comes in pieces, ended by a line feed
        for (char letter = 0; ::read(ends[0], &letter, 1) == 1 && letter != '\n';) number += letter;
        ::close(ends[0]);
        if (number.empty()) {
            stop();
            return;
        }
        const std::string display = ":" + number;
        ::setenv("DISPLAY", display.c_str(), 1);
        ::setenv("QT_QPA_PLATFORM", "xcb", 1);
        ::setenv("LIBGL_ALWAYS_SOFTWARE", "1", 1);
        ::setenv("NO_AT_BRIDGE", "1", 1);
    }
    ~Screen() { stop(); }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;
    bool there() const { return child_ > 0; }

  private:
    void stop() {
        if (child_ <= 0) return;
        ::kill(child_, SIGTERM);
        ::waitpid(child_, nullptr, 0);
        child_ = -1;
    }
    pid_t child_ = -1;
};

}  // namespace coutard::test
