#pragma once
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/harness/scratch.hpp"

namespace coutard::test {

/// How a program ended and what it said.
struct Ended {
    int status = -1;  ///< exit status, or 1000 + the signal that ended it: a program that handles Ctrl-C exits with 130
    std::string out, error;
};

inline std::string text_of_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Run a program to its end. \param interrupt_after send SIGINT that long after the start
inline Ended run_program(std::vector<std::string> arguments,
                         std::optional<std::chrono::milliseconds> interrupt_after = {}) {
    const Scratch scratch;
    const std::string out = scratch / "out", error = scratch / "error";
    const pid_t child = ::fork();
    if (child == 0) {
        const int o = ::open(out.c_str(), O_WRONLY | O_CREAT, 0600),
                  e = ::open(error.c_str(), O_WRONLY | O_CREAT, 0600);
        ::dup2(o, STDOUT_FILENO);
        ::dup2(e, STDERR_FILENO);
        std::signal(SIGINT, SIG_DFL);
        std::vector<char*> argv;
        for (auto& a : arguments) argv.push_back(a.data());
        argv.push_back(nullptr);
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    if (interrupt_after) {
        std::this_thread::sleep_for(*interrupt_after);
        ::kill(child, SIGINT);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status), text_of_file(out), text_of_file(error)};
}

/// The `coutard` program of this build with arguments.
inline Ended coutard(std::vector<std::string> arguments,
                     std::optional<std::chrono::milliseconds> interrupt_after = {}) {
    arguments.insert(arguments.begin(), COUTARD_PROGRAM);
    return run_program(std::move(arguments), interrupt_after);
}

/// Names of everything below a folder, sorted; to see that nothing half written stayed behind.
inline std::vector<std::string> everything_below(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    if (std::filesystem::exists(folder))
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
            names.push_back(std::filesystem::relative(entry.path(), folder).string());
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace coutard::test
