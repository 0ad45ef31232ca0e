#pragma once
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

namespace coutard::test {

/// A fresh folder that is removed when the test ends.
class Scratch {
  public:
    Scratch() {
        static std::atomic<int> count{0};
        path_ = std::filesystem::temp_directory_path() /
                ("coutard-test-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
        std::filesystem::create_directories(path_);
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

}  // namespace coutard::test
