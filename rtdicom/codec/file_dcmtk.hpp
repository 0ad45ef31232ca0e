#pragma once
// Internal to rtdicom: files and transfer syntaxes.
#include <filesystem>
#include <memory>
#include <string>

#include "rtdicom/codec/record_dcmtk.hpp"

namespace coutard::rtdicom {

/// A file in memory, its text converted to UTF-8; large values stay on disk until asked for.
class File {
  public:
    /// \param header_only  stop before the pixels
    /// \throws InputError  missing, not DICOM, truncated, damaged or nested too deeply: named
    explicit File(const std::filesystem::path& path, bool header_only = false);

    Record record() const { return {*format_->getDataset(), path_.string()}; }
    DcmDataset& dataset() const { return *format_->getDataset(); }
    const std::filesystem::path& path() const { return path_; }
    std::string sop_class() const;
    /// \throws InputError naming both classes when the file is not of this SOP class
    void must_be_class(const char* sop_class_uid) const;

    /// Decodes compressed pixels; then PixelData holds plain little-endian samples.
    /// \throws InputError naming the transfer syntax when no decoder knows it or the stream is damaged
    void decompress();

  private:
    std::filesystem::path path_;
    std::unique_ptr<DcmFileFormat> format_;
};

/// Cheap look at the first bytes: "DICM" after the preamble, or a data set that starts without one.
bool looks_like_dicom(const std::filesystem::path& path);

/// Writes the file atomically, meta header included. \throws OutputError naming the path
void save(DcmFileFormat& format, const std::filesystem::path& path, E_TransferSyntax syntax);

/// Registers decoders and quietens DCMTK once per process. \throws NotBuilt no data dictionary
void prepare_dcmtk();

}  // namespace coutard::rtdicom
