#include "engine/base/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "engine/base/error.hpp"

namespace coutard {
namespace fs = std::filesystem;
namespace {

/// Removes the temporary file unless it was renamed away.
struct Guard {
    fs::path file;
    ~Guard() {
        std::error_code ignored;
        if (!file.empty()) fs::remove(file, ignored);
    }
};

fs::path temporary_beside(const fs::path& path) {
    static std::atomic<unsigned> count{0};
    auto name = "." + path.stem().string() + "." + std::to_string(::getpid()) + "-" + std::to_string(count++) + ".tmp";
    return path.parent_path() / (name + path.extension().string());
}

/// A full disk may show only when the pages are flushed: so flush before the rename.
void flush_to_disk(const fs::path& file, const fs::path& target) {
    const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0) throw OutputError(target.string() + ": nothing was written");
    const int failed = ::fsync(handle);
    const int why = errno;
    ::close(handle);
    if (failed != 0 && why != EINVAL) throw OutputError(target.string() + ": cannot be written: " + std::strerror(why));
}

/// Devices and pipes keep their place: /dev/null must not become a file, nor what /dev/stdout stands for.
bool is_device_or_pipe(const fs::path& path) {
    std::error_code ignored;
    const auto kind = fs::status(path, ignored).type();
    if (kind == fs::file_type::character || kind == fs::file_type::block || kind == fs::file_type::fifo ||
        kind == fs::file_type::socket)
        return true;
    const auto place = fs::absolute(path, ignored).lexically_normal().string();
    return fs::is_symlink(path, ignored) && (place.starts_with("/dev/") || place.starts_with("/proc/"));
}

}  // namespace

void write_atomically(const fs::path& path, const std::function<void(const fs::path&)>& write) {
    const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    if (!fs::is_directory(folder)) throw OutputError(path.string() + ": its folder does not exist");
    if (fs::is_directory(path)) throw OutputError(path.string() + ": is a folder, expected a file name");
    if (is_device_or_pipe(path)) return write(path);
    Guard guard{temporary_beside(path)};
    write(guard.file);
    flush_to_disk(guard.file, path);
    std::error_code failed;
    fs::rename(guard.file, path, failed);
    if (failed) throw OutputError(path.string() + ": cannot be written: " + failed.message());
    guard.file.clear();
}

void write_text_atomically(const fs::path& path, std::string_view text) {
    write_atomically(path, [&](const fs::path& beside) {
        std::ofstream out(beside, std::ios::binary);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        out.flush();
        if (!out) throw OutputError(path.string() + ": cannot be written: " + std::strerror(errno));
    });
}

}  // namespace coutard
