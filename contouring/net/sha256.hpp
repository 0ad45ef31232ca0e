#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace coutard::contouring {

/// SHA-256 of bytes, 64 lower-case hexadecimal digits. Source: FIPS 180-4.
std::string sha256(std::string_view bytes);

/// \throws InputError the file cannot be read
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace coutard::contouring
