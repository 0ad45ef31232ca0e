#pragma once
// Internal to rtdicom: the one place that knows how DCMTK hands out values.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/geom/vec3.hpp"

namespace coutard::rtdicom {

/// A dataset or sequence item that knows where it stands, so that every complaint names the file, the
/// path of items, the attribute, what was found and what was expected.
class Record {
  public:
    Record(DcmItem& item, std::string where) : item_(&item), where_(std::move(where)) {}

    bool has(const DcmTagKey& tag) const;  ///< present with a value
    /// Value as UTF-8 without padding, several values joined by '\'; empty when absent or empty.
    std::string text(const DcmTagKey& tag) const;
    std::string required_text(const DcmTagKey& tag) const;
    /// Numbers of a DS, IS, US, UL, FD... attribute; none when absent or empty.
    std::vector<double> numbers(const DcmTagKey& tag) const;
    std::vector<double> required_numbers(const DcmTagKey& tag, std::size_t count) const;
    std::optional<double> number(const DcmTagKey& tag) const;
    double required_number(const DcmTagKey& tag) const;
    int required_integer(const DcmTagKey& tag) const;
    std::optional<int> integer(const DcmTagKey& tag) const;
    Vec3 required_point(const DcmTagKey& tag) const;
    /// Items of a sequence; none when absent.
    std::vector<Record> items(const DcmTagKey& tag) const;
    std::vector<Record> required_items(const DcmTagKey& tag) const;

    [[noreturn]] void refuse(const DcmTagKey& tag, const std::string& found, const std::string& expected) const;
    /// Refuses unless the text is the expected one.
    void must_be(const DcmTagKey& tag, const std::string& expected) const;

    DcmItem& item() const { return *item_; }
    const std::string& where() const { return where_; }

  private:
    DcmItem* item_;
    std::string where_;
};

/// "PixelSpacing (0028,0030)".
std::string attribute_name(const DcmTagKey& tag);
/// "RTStructureSetStorage" of a SOP class UID, or the UID itself.
std::string class_name(const std::string& uid);
/// Shortest text for a decimal of at most 16 characters (VR DS).
std::string decimal(double value);
/// Joined by '\'.
std::string decimals(const std::vector<double>& values);
std::string decimals(const Vec3& v);

}  // namespace coutard::rtdicom
