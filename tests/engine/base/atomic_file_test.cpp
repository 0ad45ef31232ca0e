#include "engine/base/atomic_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "engine/base/error.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard {
namespace {

std::string text_in(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

int files_in(const std::filesystem::path& folder) {
    int n = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++n;
    return n;
}

TEST(AtomicFile, ReplacesTheOldFileWhole) {
    test::Scratch scratch;
    write_text_atomically(scratch / "a.txt", "old");
    write_text_atomically(scratch / "a.txt", "new");
    EXPECT_EQ(text_in(scratch / "a.txt"), "new");
    EXPECT_EQ(files_in(scratch.path()), 1);
}

TEST(AtomicFile, KeepsTheOldFileWhenWritingFails) {
    test::Scratch scratch;
    write_text_atomically(scratch / "a.txt", "old");
    EXPECT_THROW(write_atomically(scratch / "a.txt",
                                  [](const auto& beside) {
                                      std::ofstream(beside) << "half";
                                      throw OutputError("no space");
                                  }),
                 OutputError);
    EXPECT_EQ(text_in(scratch / "a.txt"), "old");
    EXPECT_EQ(files_in(scratch.path()), 1);
}

TEST(AtomicFile, NamesAMissingFolderAndAFolderAsFile) {
    test::Scratch scratch;
    EXPECT_THROW(write_text_atomically(scratch / "none" / "a.txt", "x"), OutputError);
    EXPECT_THROW(write_text_atomically(scratch.path(), "x"), OutputError);
}

TEST(AtomicFile, DevicesAndPipesAreWrittenStraight) {
    test::Scratch scratch;
    const auto pipe = scratch / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
    write_text_atomically(pipe, "through");
    char got[16] = {};
    EXPECT_EQ(::read(reader, got, sizeof got), 7);
    EXPECT_STREQ(got, "through");
    ::close(reader);
    EXPECT_TRUE(std::filesystem::is_fifo(pipe));
    std::filesystem::create_symlink("/dev/null", scratch / "null");
    write_text_atomically(scratch / "null", "gone");
    EXPECT_TRUE(std::filesystem::is_symlink(scratch / "null"));
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
    EXPECT_EQ(files_in(scratch.path()), 2);
}

/// No file of this process grows beyond so many bytes while it lives: writing fails as on a full disk.
class SmallDisk {
  public:
    explicit SmallDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit small{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~SmallDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int);
};

TEST(AtomicFile, AFullDiskIsAnErrorAndLeavesNothing) {
    test::Scratch scratch;
    {
        const SmallDisk disk(20000);
        EXPECT_THROW(write_text_atomically(scratch / "b.txt", std::string(100000, 'x')), OutputError);
        write_text_atomically(scratch / "c.txt", std::string(10000, 'x'));
    }
    EXPECT_FALSE(std::filesystem::exists(scratch / "b.txt"));
    EXPECT_EQ(files_in(scratch.path()), 1) << "what fitted, and nothing half written";
}

}  // namespace
}  // namespace coutard
