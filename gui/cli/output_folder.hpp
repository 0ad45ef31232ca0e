#pragma once
#include <filesystem>

namespace coutard::gui {

/// A result of many files that appears whole or not at all: everything is written into a staging folder
/// beside the target; commit() puts it in place. Without commit() the staging folder vanishes.
class OutputFolder {
  public:
    /// \throws OutputError the parent folder does not exist or cannot be written, or the target is a file
    explicit OutputFolder(std::filesystem::path target);
    ~OutputFolder();
    OutputFolder(const OutputFolder&) = delete;
    OutputFolder& operator=(const OutputFolder&) = delete;

    const std::filesystem::path& staging() const { return staging_; }
    std::filesystem::path operator/(const std::filesystem::path& name) const { return staging_ / name; }
    /// A folder of that name inside, made when it is not there.
    std::filesystem::path folder(const std::filesystem::path& name) const;
    /// Put everything in place; files of the same name in an existing target are replaced, others stay.
    /// \throws OutputError naming the file that cannot be moved
    void commit();

  private:
    std::filesystem::path target_, staging_;
};

}  // namespace coutard::gui
