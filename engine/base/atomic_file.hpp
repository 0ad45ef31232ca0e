#pragma once
#include <filesystem>
#include <functional>
#include <string_view>

namespace coutard {

/// Write a file beside its place, then rename it there: a reader sees the old file or the whole new
/// one. \param write gets the temporary path (same folder, same extension) and fills it.
/// \throws OutputError naming the path when the folder is missing, the disk is full, or the rename
/// fails; whatever `write` throws passes through; the temporary file is removed in every case.
/// A device or a pipe (/dev/null, /dev/stdout) is written straight: `write` gets its own path.
void write_atomically(const std::filesystem::path& path,
                      const std::function<void(const std::filesystem::path&)>& write);

/// The same for text in memory.
void write_text_atomically(const std::filesystem::path& path, std::string_view text);

}  // namespace coutard
