// A Monte Carlo run shared among processes.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/harness/program.hpp"

namespace coutard {
namespace {
namespace fs = std::filesystem;

TEST(Ranks, ThreeProcessesGiveTheBitsOfOne) {
    const auto found = test::run_program({"mpirun", "--version"});
    if (found.status != 0) GTEST_SKIP() << "no mpirun here";
    const test::Scratch scratch;
    std::ofstream(scratch / "spec.json") << R"({"size_cm": [6, 6, 6], "voxel_mm": [5, 5, 5],
        "slabs": [{"material": "water", "from_cm": 0, "to_cm": 3}, {"material": "lung_icru", "from_cm": 3, "to_cm": 6}],
        "beam": {"kind": "ideal", "spectrum": "mohan6", "ssd_cm": 100, "field_at_surface_cm": [4, 4]},
        "scoring": {"profile_depths_cm": [2]}})";
    const auto run = [&](const std::string& name, std::vector<std::string> before) {
        for (const char* word : {COUTARD_PROGRAM, "phantom"}) before.emplace_back(word);
        for (const std::string& word :
             {(scratch / "spec.json").string(), std::string("--engine"), std::string("montecarlo"),
              std::string("--histories"), std::string("20000"), std::string("--out"), (scratch / name).string()})
            before.push_back(word);
        const auto ended = test::run_program(before);
        EXPECT_EQ(ended.status, 0) << ended.error;
    };
    run("alone", {});
    run("three", {"mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "3"});
    for (const char* file : {"pdd.csv", "profiles.csv", "dose.nii.gz", "uncertainty.nii.gz"}) {
        const auto one = test::text_of_file(scratch / "alone" / file);
        EXPECT_GT(one.size(), 100U) << file;
        EXPECT_EQ(one, test::text_of_file(scratch / "three" / file)) << file;
    }
}

}  // namespace
}  // namespace coutard
