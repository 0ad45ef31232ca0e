// Readers of machines and protocols: the bundled files load, and each kind of mistake is refused by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "engine/base/error.hpp"
#include "engine/plan/case.hpp"
#include "engine/plan/config.hpp"
#include "engine/plan/machine_json.hpp"
#include "engine/plan/protocol_json.hpp"
#include "tests/harness/scratch.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

template <class Act>
std::string refusal(const Act& act) {
    try {
        act();
    } catch (const InputError& problem) {
        return problem.what();
    }
    return "";
}

const std::string small_protocol = R"({
  "name": "small", "description": "a test", "fractions": 5,
  "targets": [{"structure": "PTV", "dose_Gy": 25}],
  "goals": [{"structure": "PTV", "metric": "D95%", "at_least": 25, "source": "here"}],
  "objectives": [{"structure": "PTV", "kind": "min_dose", "dose_Gy": 25, "weight": 1}],
  "gantry_deg": [0, 90], "alpha_beta": {"target_Gy": 10, "late_Gy": 3, "nerve_Gy": 2, "source": "here"}})";

std::string changed(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

std::string protocol_refusal(const std::string& from, const std::string& to) {
    const test::Scratch scratch;
    std::ofstream(scratch / "p.json") << changed(small_protocol, from, to);
    return refusal([&] { read_protocol(scratch / "p.json"); });
}

TEST(Metric, TextAndBack) {
    for (const char* text : {"D95%", "D0.1cc", "V20Gy", "V20Gy[cc]", "Dmean", "Dmax", "Dmin", "D2%", "D99.5%"})
        EXPECT_EQ(text_of(metric_from_text(text)), text);
    EXPECT_DOUBLE_EQ(metric_from_text("D0.03cc").at, 0.03);
    EXPECT_FALSE(metric_from_text("V20Gy[cc]").relative_volume);
    for (const char* bad : {"", "D", "D95", "V20%", "D-1%", "D101%", "dmean", "Dnan%", "V20Gy ", "95%"})
        EXPECT_THROW(metric_from_text(bad), InputError) << bad;
}

TEST(Position, FourAndNoOther) {
    for (const char* text : {"HFS", "HFP", "FFS", "FFP"}) EXPECT_EQ(dicom_name(patient_position(text)), text);
    EXPECT_EQ(lying_of(patient_position("HFS")), Lying::HeadFirstSupine);
    EXPECT_EQ(lying_of(patient_position("HFP")), Lying::HeadFirstProne);
    EXPECT_EQ(lying_of(patient_position("FFS")), Lying::FeetFirstSupine);
    EXPECT_EQ(lying_of(patient_position("FFP")), Lying::FeetFirstProne);
    EXPECT_THAT(refusal([] { patient_position("HFDL"); }), AllOf(HasSubstr("HFDL"), HasSubstr("decubitus")));
}

TEST(MachineJson, BundledMachineHasTheLimitsOfTheGenericLinac) {
    const Machine machine = read_machine(test::repository("data/machines/generic_6mv.json"));
    EXPECT_EQ(machine.name, "generic_6mv");
    EXPECT_EQ(machine.leaf_pairs(), 60);
    EXPECT_DOUBLE_EQ(machine.leaf_edges_mm.front(), -200);
    EXPECT_DOUBLE_EQ(machine.leaf_edges_mm.back(), 200);
    for (int pair = 10; pair < 50; ++pair)
        EXPECT_DOUBLE_EQ(machine.leaf_edges_mm[static_cast<std::size_t>(pair) + 1] -
                             machine.leaf_edges_mm[static_cast<std::size_t>(pair)],
                         5);
    EXPECT_DOUBLE_EQ(machine.leaf_max_span_mm, 150);
    EXPECT_DOUBLE_EQ(machine.leaf_min_gap_mm, 0.5);
}

TEST(MachineJson, RefusesByName) {
    std::ifstream in(test::repository("data/machines/generic_6mv.json"));
    const std::string good((std::istreambuf_iterator<char>(in)), {});
    const test::Scratch scratch;
    const auto refused = [&](const std::string& from, const std::string& to) {
        std::ofstream(scratch / "m.json") << changed(good, from, to);
        return refusal([&] { read_machine(scratch / "m.json"); });
    };
    EXPECT_THAT(refused("\"leaf_min_gap_mm\"", "\"leaf_min_gap\""),
                AllOf(HasSubstr("m.json"), HasSubstr("limits.leaf_min_gap"), HasSubstr("unknown key")));
    EXPECT_THAT(refused("-190,", "-200,"),
                AllOf(HasSubstr("limits.leaf_edges_mm[1]"), HasSubstr("more than the edge before")));
    EXPECT_THAT(refused("\"leaf_max_span_mm\": 150", "\"leaf_max_span_mm\": -150"),
                AllOf(HasSubstr("-150"), HasSubstr("expected a number from 10")));
    EXPECT_THAT(refusal([&] { read_machine(scratch / "absent.json"); }), HasSubstr("absent.json"));
}

TEST(ProtocolJson, EveryBundledProtocolLoadsAndIsNamedAsItsFile) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(test::repository("data/protocols"))) {
        if (entry.path().extension() != ".json") continue;
        const Protocol protocol = find_protocol(entry.path().stem().string(), test::repository("data/protocols"));
        EXPECT_EQ(protocol.name, entry.path().stem());
        EXPECT_FALSE(protocol.goals.empty()) << protocol.name;
        EXPECT_EQ(protocol.goals.front().structure, protocol.targets.front().structure) << protocol.name;
        ++count;
    }
    EXPECT_GE(count, 8);
}

TEST(ProtocolJson, HeadAndNeckIsPrescribedAsDefined) {
    const Protocol p = read_protocol(test::repository("data/protocols/head_neck_70_63_56.json"));
    EXPECT_EQ(p.fractions, 35);
    ASSERT_EQ(p.targets.size(), 3U);
    EXPECT_DOUBLE_EQ(p.targets[0].dose_Gy, 70);
    EXPECT_DOUBLE_EQ(p.targets[1].dose_Gy, 63);
    EXPECT_DOUBLE_EQ(p.targets[2].dose_Gy, 56);
    EXPECT_DOUBLE_EQ(p.normalise_percent, 95);
    ASSERT_EQ(p.target_rules.size(), 4U);
    EXPECT_EQ(p.target_rules[0].from, (std::vector<std::string>{"GTVp", "GTVn"}));
    EXPECT_DOUBLE_EQ(p.target_rules[0].margin_mm, 5);
    EXPECT_EQ(p.target_rules[3].skin_mm, 5);
    EXPECT_EQ(p.target_rules[3].without, (std::vector<std::string>{"PTV_7000", "PTV_6300"}));
}

TEST(ProtocolJson, RefusesByName) {
    EXPECT_THAT(protocol_refusal("\"small\"", "\"small\", \"colour\": 3"),
                AllOf(HasSubstr("p.json"), HasSubstr("colour"), HasSubstr("unknown key")));
    EXPECT_THAT(protocol_refusal("\"fractions\": 5", "\"fractions\": \"five\""),
                AllOf(HasSubstr("fractions"), HasSubstr("five"), HasSubstr("expected a number")));
    EXPECT_THAT(protocol_refusal("\"fractions\": 5", "\"fractions\": 5.5"), HasSubstr("whole number"));
    EXPECT_THAT(protocol_refusal("\"fractions\": 5,", ""), AllOf(HasSubstr("fractions"), HasSubstr("nothing")));
    EXPECT_THAT(protocol_refusal("\"dose_Gy\": 25}]", "\"dose_Gy\": -25}]"),
                AllOf(HasSubstr("targets[0].dose_Gy"), HasSubstr("-25")));
    EXPECT_THAT(protocol_refusal("D95%", "D95"), AllOf(HasSubstr("goals[0].metric"), HasSubstr("D95")));
    EXPECT_THAT(protocol_refusal("\"at_least\": 25, ", ""), HasSubstr("at_most or at_least"));
    EXPECT_THAT(protocol_refusal("min_dose", "minimum"),
                AllOf(HasSubstr("objectives[0].kind"), HasSubstr("minimum"), HasSubstr("min_dvh")));
    EXPECT_THAT(protocol_refusal("min_dose", "max_dvh"), HasSubstr("volume_percent"));
    EXPECT_THAT(protocol_refusal("[0, 90]", "[]"), HasSubstr("gantry_deg"));
    EXPECT_THAT(protocol_refusal("[0, 90]", "[0, 360]"), HasSubstr("gantry_deg[1]"));
    EXPECT_THAT(protocol_refusal("[{\"structure\": \"PTV\", \"dose_Gy\": 25}]", "[]"),
                HasSubstr("at least one target"));
    const auto rule_refusal = [](const std::string& entries) {
        return protocol_refusal("\"fractions\": 5",
                                "\"fractions\": 5, \"target_rules\": [{\"structure\": \"PTV\"" + entries + "}]");
    };
    EXPECT_THAT(rule_refusal(""), AllOf(HasSubstr("target_rules[0].source"), HasSubstr("nothing")));
    EXPECT_THAT(rule_refusal(", \"source\": \"x\", \"margin_mm\": -3"),
                AllOf(HasSubstr("target_rules[0].margin_mm"), HasSubstr("-3")));
    EXPECT_THAT(rule_refusal(", \"source\": \"x\", \"without\": [\"PTV\"]"),
                AllOf(HasSubstr("target_rules[0].without"), HasSubstr("PTV")));
    EXPECT_THAT(protocol_refusal("{", "{{"), HasSubstr("not JSON"));
    EXPECT_THAT(refusal([] { find_protocol("hed_neck", test::repository("data/protocols")); }),
                AllOf(HasSubstr("hed_neck"), HasSubstr("head_neck_70_63_56")));
}

}  // namespace
}  // namespace coutard
