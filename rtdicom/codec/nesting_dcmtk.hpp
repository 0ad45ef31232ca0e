#pragma once
// Internal to rtdicom: how deep the sequences of a file lie inside each other.
#include <filesystem>

namespace coutard::rtdicom {

/// Walks over a file's elements without recursion, values skipped. DCMTK reads and frees nested items by calling
/// itself, so that a small file of thousands of levels would overflow the stack.
/// A file that this walk does not understand passes: DCMTK says what is wrong with it.
/// \param header_only  stop before the pixels
/// \throws InputError more than 64 sequences inside each other; clinical objects have 6 or 7
void check_nesting(const std::filesystem::path& file, bool header_only);

}  // namespace coutard::rtdicom
