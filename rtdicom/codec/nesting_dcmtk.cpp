#include "rtdicom/codec/nesting_dcmtk.hpp"

#include <dcmtk/dcmdata/dcistrmf.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "engine/base/error.hpp"
#include "rtdicom/codec/record_dcmtk.hpp"

namespace coutard::rtdicom {
namespace {

constexpr std::size_t most_levels = 64;
constexpr std::uint32_t undefined_length = 0xFFFFFFFF;
constexpr std::uint64_t until_delimited = std::numeric_limits<std::uint64_t>::max();

/// How elements are coded (PS3.5 7.1). Guess: a sequence stored as UN of known length, coded either way.
enum class Coding { Implicit, Explicit, Guess };

bool is_vr(const unsigned char* at) {
    return DcmVR(std::string{static_cast<char>(at[0]), static_cast<char>(at[1])}.c_str()).isStandard();
}

/// VRs whose length has 32 bits in explicit coding.
bool is_long(std::string_view vr) {
    static constexpr std::array<std::string_view, 13> all{"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                                          "SV", "UC", "UN", "UR", "UT", "UV"};
    return std::find(all.begin(), all.end(), vr) != all.end();
}

/// The bytes of the data set in order, inflated where they are deflated.
class Source {
  public:
    Source(const std::filesystem::path& file, long offset) : stream_(OFFilename(file.c_str()), offset) {}

    DcmInputFileStream& stream() { return stream_; }
    std::uint64_t at() const { return at_; }
    bool get(unsigned char* to, std::size_t count) {
        for (std::size_t done = 0; done < count;) {
            const auto got = stream_.read(to + done, static_cast<offile_off_t>(count - done));
            if (got <= 0) return false;
            done += static_cast<std::size_t>(got);
        }
        at_ += count;
        return true;
    }
    bool skip(std::uint64_t count) {
        std::array<unsigned char, 1024> scrap;
        if (count <= scrap.size()) return get(scrap.data(), static_cast<std::size_t>(count));  // a seek costs more
        for (std::uint64_t done = 0; done < count;) {
            const auto got = stream_.skip(static_cast<offile_off_t>(count - done));
            if (got <= 0) return false;
            done += static_cast<std::uint64_t>(got);
        }
        at_ += count;
        return true;
    }

  private:
    DcmInputFileStream stream_;
    std::uint64_t at_ = 0;
};

/// A sequence or an item that the walk is inside of; the data set itself is the outermost item.
struct Level {
    bool sequence = false, fragments = false;  ///< fragments: of compressed pixels, not to be looked into
    std::uint64_t end = until_delimited;
    Coding coding = Coding::Explicit;
    bool big_endian = false;
};

class Walk {
  public:
    Walk(Source& source, Level outermost, bool header_only)
        : source_(source), levels_{outermost}, header_only_(header_only) {}

    /// One tag further. \returns false at the end of what can be understood
    bool step() {
        while (levels_.size() > 1 && source_.at() >= levels_.back().end) levels_.pop_back();
        std::array<unsigned char, 8> head{};
        if (!source_.get(head.data(), head.size())) return false;
        const DcmTagKey tag(static_cast<Uint16>(number(&head[0], 2)), static_cast<Uint16>(number(&head[2], 2)));
        if (tag.getGroup() == 0xFFFE) return mark(tag, static_cast<std::uint32_t>(number(&head[4], 4)));
        if (levels_.back().sequence || (header_only_ && levels_.size() == 1 && tag == DCM_PixelData)) return false;
        return element(tag, head);
    }

    std::size_t depth() const {
        return static_cast<std::size_t>(
            std::count_if(levels_.begin(), levels_.end(), [](const Level& l) { return l.sequence; }));
    }

  private:
    std::uint64_t number(const unsigned char* at, int bytes) const {
        std::uint64_t value = 0;
        for (int b = 0; b < bytes; ++b) value = value << 8 | at[levels_.back().big_endian ? b : bytes - 1 - b];
        return value;
    }
    std::uint64_t end_of(std::uint32_t length) const {
        return length == undefined_length ? until_delimited : source_.at() + length;
    }

    /// An item begins, or an item or a sequence ends.
    bool mark(const DcmTagKey& tag, std::uint32_t length) {
        if (tag != DCM_Item) {
            if (levels_.size() == 1) return false;
            levels_.pop_back();
            return true;
        }
        if (!levels_.back().sequence) return false;
        if (levels_.back().fragments) return source_.skip(length);
        Level item = levels_.back();
        item.sequence = false;
        item.end = end_of(length);
        levels_.push_back(item);
        return true;
    }

    bool element(const DcmTagKey& tag, const std::array<unsigned char, 8>& head) {
        Level& here = levels_.back();
        if (here.coding == Coding::Guess) here.coding = is_vr(&head[4]) ? Coding::Explicit : Coding::Implicit;
        std::string vr;
        auto length = static_cast<std::uint32_t>(number(&head[4], 4));
        if (here.coding == Coding::Explicit) {
            if (!is_vr(&head[4])) return false;
            vr = {static_cast<char>(head[4]), static_cast<char>(head[5])};
            length = static_cast<std::uint32_t>(number(&head[6], 2));
            std::array<unsigned char, 4> more{};
            if (is_long(vr) && !source_.get(more.data(), more.size())) return false;
            if (is_long(vr)) length = static_cast<std::uint32_t>(number(more.data(), 4));
        }
        return value(tag, vr, length);
    }

    /// Into a sequence, or past a value.
    bool value(const DcmTagKey& tag, const std::string& vr, std::uint32_t length) {
        const bool pixels = tag == DCM_PixelData, open = length == undefined_length;
        const bool unknown = vr.empty() || vr == "UN";  // the dictionary then says what it is, as for DCMTK
        if (!open && vr != "SQ" && !(unknown && DcmTag(tag).getEVR() == EVR_SQ)) return source_.skip(length);
        Level inside = levels_.back();
        inside.sequence = true;
        inside.fragments = pixels;
        inside.end = end_of(length);
        if (vr == "UN") {  // implicit little endian inside, if its length is open (PS3.5 6.2.2)
            inside.coding = open ? Coding::Implicit : Coding::Guess;
            inside.big_endian = inside.big_endian && !open;
        }
        levels_.push_back(inside);
        return true;
    }

    Source& source_;
    std::vector<Level> levels_;
    bool header_only_;
};

/// Where the data set begins: behind the preamble, if there is one.
long start_of(const std::filesystem::path& file) {
    Source source(file, 0);
    std::array<unsigned char, 132> head{};
    return source.get(head.data(), head.size()) && std::equal(head.begin() + 128, head.end(), "DICM") ? 132 : 0;
}

/// The next eight bytes, left in the stream.
std::array<unsigned char, 8> peek(Source& source) {
    std::array<unsigned char, 8> head{};
    source.stream().mark();
    source.stream().read(head.data(), 8);
    source.stream().putback();
    return head;
}

/// Reads over the meta header (explicit, little endian). \returns its TransferSyntaxUID; empty: it has none
std::string read_meta_header(Source& source) {
    std::string syntax;
    for (auto head = peek(source); head[0] == 2 && head[1] == 0 && is_vr(&head[4]); head = peek(source)) {
        source.get(head.data(), head.size());
        std::uint64_t length = head[6] | head[7] << 8;
        std::array<unsigned char, 4> more{};
        if (is_long({reinterpret_cast<const char*>(&head[4]), 2})) {
            if (!source.get(more.data(), more.size())) break;
            length = more[0] | more[1] << 8 | more[2] << 16 | static_cast<std::uint64_t>(more[3]) << 24;
        }
        if (head[2] != 0x10 || head[3] != 0 || length > 64) {
            if (!source.skip(length)) break;
            continue;
        }
        syntax.resize(length);
        if (!source.get(reinterpret_cast<unsigned char*>(syntax.data()), length)) break;
        while (!syntax.empty() && (syntax.back() == '\0' || syntax.back() == ' ')) syntax.pop_back();
    }
    return syntax;
}

Level outermost_of(Source& source, const std::string& syntax) {
    Level level;
    if (syntax.empty()) {
        const auto head = peek(source);
        level.coding = is_vr(&head[4]) ? Coding::Explicit : Coding::Implicit;
        level.big_endian = head[0] == 0 && head[1] != 0;
        return level;
    }
    const DcmXfer known(syntax.c_str());
    level.coding = known.isImplicitVR() ? Coding::Implicit : Coding::Explicit;
    level.big_endian = known.isBigEndian();
    if (known.getStreamCompression() != ESC_none)
        source.stream().installCompressionFilter(known.getStreamCompression());
    return level;
}

}  // namespace

void check_nesting(const std::filesystem::path& file, bool header_only) {
    Source source(file, start_of(file));
    const auto syntax = read_meta_header(source);
    Walk walk(source, outermost_of(source, syntax), header_only);
    while (walk.step())
        if (walk.depth() > most_levels)
            throw InputError(file.string() + ": found more than " + std::to_string(most_levels) +
                             " sequences inside each other, expected fewer (a damaged file?)");
}

}  // namespace coutard::rtdicom
