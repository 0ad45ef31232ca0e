#include "rtdicom/codec/record_dcmtk.hpp"

#include <dcmtk/dcmdata/dcuid.h>

#include <charconv>
#include <cmath>
#include <cstdio>

#include "engine/base/error.hpp"

namespace coutard::rtdicom {
namespace {

bool is_utf8(const std::string& text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t more = lead < 0x80 ? 0 : lead >> 5 == 6 ? 1 : lead >> 4 == 14 ? 2 : lead >> 3 == 30 ? 3 : 9;
        if (i + more >= text.size()) return false;
        for (std::size_t k = 1; k <= more; ++k)
            if (static_cast<unsigned char>(text[i + k]) >> 6 != 2) return false;
        i += more + 1;
    }
    return true;
}

/// Bytes that no declared character set explains are read as Latin-1, which maps every byte.
std::string latin1_to_utf8(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xC0 | byte >> 6);
            out += static_cast<char>(0x80 | (byte & 0x3F));
        }
    }
    return out;
}

std::string trimmed(const std::string& text) {
    const auto blank = [](char c) { return c == ' ' || c == '\0'; };
    std::size_t from = 0, to = text.size();
    while (from < to && blank(text[from])) ++from;
    while (to > from && blank(text[to - 1])) --to;
    return text.substr(from, to - from);
}

std::optional<double> parsed(std::string text) {
    text = trimmed(text);
    if (!text.empty() && text.front() == '+') text.erase(0, 1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

}  // namespace

bool Record::has(const DcmTagKey& tag) const {
    return item_->tagExistsWithValue(tag);
}

std::string Record::text(const DcmTagKey& tag) const {
    OFString value;
    if (item_->findAndGetOFStringArray(tag, value).bad()) return {};
    const std::string raw = trimmed(std::string(value.c_str(), value.length()));
    return is_utf8(raw) ? raw : latin1_to_utf8(raw);
}

std::string Record::required_text(const DcmTagKey& tag) const {
    auto value = text(tag);
    if (value.empty()) refuse(tag, item_->tagExists(tag) ? "no value" : "nothing", "a value (type 1)");
    return value;
}

std::vector<double> Record::numbers(const DcmTagKey& tag) const {
    // as it stands: the library takes texts apart value by value, each time from the front, which long contours feel
    DcmElement* element = nullptr;
    char* written = nullptr;
    Uint32 length = 0;
    const bool found_text = item_->findAndGetElement(tag, element).good() &&
                            (element->getVR() == EVR_DS || element->getVR() == EVR_IS) &&
                            element->getString(written, length).good() && written != nullptr;
    const std::string all = found_text ? trimmed(std::string(written, length)) : text(tag);
    std::vector<double> found;
    if (all.empty()) return found;
    for (std::size_t from = 0; from <= all.size();) {
        const std::size_t to = std::min(all.find('\\', from), all.size());
        const auto value = parsed(all.substr(from, to - from));
        if (!value) refuse(tag, "\"" + all.substr(from, to - from) + "\"", "a number");
        found.push_back(*value);
        from = to + 1;
    }
    return found;
}

std::vector<double> Record::required_numbers(const DcmTagKey& tag, std::size_t count) const {
    auto found = numbers(tag);
    if (found.size() != count)
        refuse(tag, found.empty() ? "nothing" : std::to_string(found.size()) + " values",
               std::to_string(count) + (count == 1 ? " number (type 1)" : " numbers (type 1)"));
    return found;
}

std::optional<double> Record::number(const DcmTagKey& tag) const {
    const auto found = numbers(tag);
    if (found.empty()) return std::nullopt;
    if (found.size() != 1) refuse(tag, std::to_string(found.size()) + " values", "one number");
    return found.front();
}

double Record::required_number(const DcmTagKey& tag) const {
    return required_numbers(tag, 1).front();
}

std::optional<int> Record::integer(const DcmTagKey& tag) const {
    const auto found = number(tag);
    if (!found) return std::nullopt;
    if (*found != std::floor(*found) || std::abs(*found) > 2147483647.0) refuse(tag, text(tag), "a whole number");
    return static_cast<int>(*found);
}

int Record::required_integer(const DcmTagKey& tag) const {
    const auto found = integer(tag);
    if (!found) refuse(tag, "nothing", "a whole number (type 1)");
    return *found;
}

Vec3 Record::required_point(const DcmTagKey& tag) const {
    const auto xyz = required_numbers(tag, 3);
    return {xyz[0], xyz[1], xyz[2]};
}

std::vector<Record> Record::items(const DcmTagKey& tag) const {
    std::vector<Record> found;
    DcmSequenceOfItems* sequence = nullptr;
    if (item_->findAndGetSequence(tag, sequence).bad() || !sequence) return found;
    const std::string name = where_ + ": " + DcmTag(tag).getTagName() + "[";
    // Walk as a list: getItem(n) starts from the front each time.
    for (DcmObject* at = sequence->nextInContainer(nullptr); at; at = sequence->nextInContainer(at))
        found.emplace_back(*static_cast<DcmItem*>(at), name + std::to_string(found.size() + 1) + "]");
    return found;
}

std::vector<Record> Record::required_items(const DcmTagKey& tag) const {
    auto found = items(tag);
    if (found.empty()) refuse(tag, "no items", "at least one item (type 1)");
    return found;
}

void Record::refuse(const DcmTagKey& tag, const std::string& found, const std::string& expected) const {
    throw InputError(where_ + ": " + attribute_name(tag) + ": found " + found + ", expected " + expected);
}

void Record::must_be(const DcmTagKey& tag, const std::string& expected) const {
    const auto found = required_text(tag);
    if (found != expected) refuse(tag, "\"" + found + "\"", "\"" + expected + "\"");
}

std::string attribute_name(const DcmTagKey& tag) {
    char number[16];
    std::snprintf(number, sizeof number, "(%04x,%04x)", tag.getGroup(), tag.getElement());
    return std::string(DcmTag(tag).getTagName()) + " " + number;
}

std::string class_name(const std::string& uid) {
    const char* name = dcmFindNameOfUID(uid.c_str());
    return name ? name : uid.empty() ? "no SOP class" : uid;
}

std::string decimal(double value) {
    ensure(std::isfinite(value), "a number written to DICOM is finite");
    if (value == 0) return "0";  // also -0
    char text[40];
    for (int digits = 15; digits > 0; --digits) {
        const int length = std::snprintf(text, sizeof text, "%.*g", digits, value);
        if (length <= 16) break;
    }
    return text;
}

std::string decimals(const std::vector<double>& values) {
    std::string all;
    for (const double value : values) all += (all.empty() ? "" : "\\") + decimal(value);
    return all;
}

std::string decimals(const Vec3& v) {
    return decimals(std::vector<double>{v.x, v.y, v.z});
}

}  // namespace coutard::rtdicom
