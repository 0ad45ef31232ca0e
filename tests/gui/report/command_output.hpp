#pragma once
#include <cstdio>
#include <string>

namespace coutard::test {

/// What a shell command prints on its standard output; empty when it cannot be started.
inline std::string output_of(const std::string& command) {
    std::string text;
    std::FILE* pipe = ::popen(command.c_str(), "r");
    for (char line[512]; pipe && std::fgets(line, sizeof line, pipe);) text += line;
    if (pipe) ::pclose(pipe);
    return text;
}

}  // namespace coutard::test
