// Files of thousands of sequences inside each other: refused by name instead of a stack that overflows.
#include <gmock/gmock.h>

#include <cstring>

#include "toy_plan.hpp"

namespace coutard::rtdicom::test {
namespace {
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint32_t undefined_length = 0xFFFFFFFF;

std::string bytes(std::uint64_t value, int count, bool big) {
    std::string text;
    for (int b = 0; b < count; ++b) text += static_cast<char>(value >> 8 * (big ? count - 1 - b : b));
    return text;
}

/// One way of coding a data set.
struct Coding {
    const char* syntax;
    bool is_explicit, big;

    std::string tag(unsigned group, unsigned element) const { return bytes(group, 2, big) + bytes(element, 2, big); }
    std::string head(unsigned group, unsigned element, const std::string& vr, std::uint32_t length) const {
        if (!is_explicit) return tag(group, element) + bytes(length, 4, big);
        const bool is_long = vr == "SQ" || vr == "UN" || vr == "OW";
        return tag(group, element) + vr + (is_long ? bytes(0, 2, big) + bytes(length, 4, big) : bytes(length, 2, big));
    }
    std::string item(std::uint32_t length) const { return tag(0xFFFE, 0xE000) + bytes(length, 4, big); }
    /// Sequences (300a,00b0) inside each other.
    std::string nested(int levels, bool open, const std::string& vr = "SQ") const {
        std::string inside;
        if (open) {
            for (int level = 0; level < levels; ++level)
                inside += head(0x300A, 0x00B0, vr, undefined_length) + item(undefined_length);
            for (int level = 0; level < levels; ++level)
                inside += tag(0xFFFE, 0xE00D) + bytes(0, 4, big) + tag(0xFFFE, 0xE0DD) + bytes(0, 4, big);
            return inside;
        }
        for (int level = 0; level < levels; ++level) {
            std::string one = item(static_cast<std::uint32_t>(inside.size()));
            inside = head(0x300A, 0x00B0, vr, static_cast<std::uint32_t>(inside.size() + 8)) + one + inside;
        }
        return inside;
    }
    std::string text(unsigned group, unsigned element, const std::string& vr, std::string value) const {
        if (value.size() % 2) value += '\0';
        return head(group, element, vr, static_cast<std::uint32_t>(value.size())) + value;
    }
    std::string file(const std::string& more, bool preamble = true) const {
        const Coding meta{"", true, false};
        const std::string plan = UID_RTPlanStorage, uid = "1.2.3";
        std::string start;
        if (preamble) {
            start.assign(128, '\0');
            start.append("DICM");
            start.append(meta.text(2, 0x10, "UI", syntax));
        }
        return start + text(8, 0x16, "UI", plan) + text(8, 0x18, "UI", uid) + more;
    }
};

const Coding implicit{UID_LittleEndianImplicitTransferSyntax, false, false};
const Coding explicit_little{UID_LittleEndianExplicitTransferSyntax, true, false};
const Coding explicit_big{UID_BigEndianExplicitTransferSyntax, true, true};

std::string said_of(const std::string& content) {
    const coutard::test::Scratch scratch;
    write_bytes(scratch / "rp.dcm", content);
    const auto exchange = make_exchange();
    return refusal([&] { exchange->read_plan(scratch / "rp.dcm"); });
}

TEST(Nesting, TwentyThousandLevelsAreRefusedByName) {
    for (const auto& coding : {implicit, explicit_little, explicit_big})
        for (const bool preamble : {true, false})
            EXPECT_THAT(said_of(coding.file(coding.nested(20000, true), preamble)),
                        AllOf(HasSubstr("rp.dcm"), HasSubstr("more than 64 sequences inside each other")));
    for (const auto& coding : {implicit, explicit_little, explicit_big})
        EXPECT_THAT(said_of(coding.file(coding.nested(2000, false))), HasSubstr("more than 64 sequences"))
            << coding.syntax;
    // Inside UN of open length everything is implicit and little endian.
    const auto hidden = explicit_little.head(0x300A, 0x00B0, "UN", undefined_length) + implicit.item(undefined_length) +
                        implicit.nested(20000, true);
    EXPECT_THAT(said_of(explicit_little.file(hidden)), HasSubstr("more than 64 sequences"));
    EXPECT_THAT(said_of(explicit_little.file(explicit_little.nested(2000, false, "UN"))),
                HasSubstr("more than 64 sequences"));
}

TEST(Nesting, DeflatedFilesAreLookedInto) {
    const coutard::test::Scratch scratch;
    const auto path = scratch / "rp.dcm";
    write_bytes(path, explicit_little.file(explicit_little.nested(100, true)));
    edit(
        path, [](DcmDataset&) {}, EXS_DeflatedLittleEndianExplicit);
    EXPECT_THAT(refusal([&] { make_exchange()->read_plan(path); }), HasSubstr("more than 64 sequences"));
}

TEST(Nesting, SixtyLevelsAreNoReasonToRefuse) {
    for (const auto& coding : {implicit, explicit_little, explicit_big})
        for (const bool open : {true, false})
            EXPECT_THAT(said_of(coding.file(coding.nested(60, open))), Not(HasSubstr("inside each other")));
}

TEST(Nesting, PixelsThatLookLikeSequencesAreNotLookedInto) {
    for (const E_TransferSyntax syntax : {EXS_LittleEndianImplicit, EXS_LittleEndianExplicit}) {
        const ToyFolder toy(toy_ct());
        const auto trap = implicit.nested(200, true);
        edit(
            toy.slice(2),
            [&](DcmDataset& d) {
                std::vector<Uint16> pixels(13 * 11);
                std::memcpy(pixels.data(), trap.data(), std::min(trap.size(), pixels.size() * 2));
                d.putAndInsertUint16Array(DCM_PixelData, pixels.data(), static_cast<unsigned long>(pixels.size()));
            },
            syntax);
        EXPECT_EQ(toy.read().hu.grid().size().z, 5);
    }
}

}  // namespace
}  // namespace coutard::rtdicom::test
