#pragma once
#include <cstdlib>
#include <filesystem>
#include <optional>

namespace coutard::test {

/// The folder of real data that is not part of the repository: the environment variable
/// COUTARD_SHARED, else `shared` beside the repository; nothing when absent (such tests skip by name).
inline std::optional<std::filesystem::path> shared_data() {
    const char* named = std::getenv("COUTARD_SHARED");
    const std::filesystem::path folder =
        named ? std::filesystem::path(named) : std::filesystem::path(COUTARD_SOURCE_DIR).parent_path() / "shared";
    if (!std::filesystem::is_directory(folder)) return std::nullopt;
    return folder;
}

/// A file or folder of the repository.
inline std::filesystem::path repository(const std::filesystem::path& inside) {
    return std::filesystem::path(COUTARD_SOURCE_DIR) / inside;
}

}  // namespace coutard::test
