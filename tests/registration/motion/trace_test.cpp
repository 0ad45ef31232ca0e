#include "registration/motion/trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "engine/base/error.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::registration {
namespace {
using ::testing::HasSubstr;

const std::string header = "t_s,m1_x_mm,m1_y_mm,m1_z_mm\n";

std::filesystem::path file_with(const test::Scratch& scratch, const std::string& text) {
    const auto path = scratch / "trace.csv";
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

std::string complaint(const std::string& text) {
    const test::Scratch scratch;
    try {
        read_trace(file_with(scratch, text));
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

BreathingTrace at_times(const std::vector<double>& t_s) {
    std::vector<double> position;
    for (const double t : t_s) position.insert(position.end(), {t, 2 * t, 3 * t});
    return {t_s, position, 1};
}

TEST(Trace, ReadsWhatWasWritten) {
    const test::Scratch scratch;
    const auto trace = read_trace(file_with(scratch, header + "0.000,-490.7,4.1,64.7\r\n0.117,1e1,-0,+0.5e-1\r\n\n"));
    ASSERT_EQ(trace.samples(), 2U);
    EXPECT_EQ(trace.markers(), 1);
    EXPECT_DOUBLE_EQ(trace.time_s(1), 0.117);
    EXPECT_DOUBLE_EQ(trace.at(0)[0], -490.7);
    EXPECT_DOUBLE_EQ(trace.at(1)[0], 10);
    EXPECT_DOUBLE_EQ(trace.at(1)[2], 0.05);
}

TEST(Trace, RefusesBadRowsByFileLineAndColumn) {
    EXPECT_THAT(complaint(header + "0,1,2,3\n0.1,1,x,3\n"),
                testing::AllOf(HasSubstr("trace.csv: line 3: column 3 (m1_y_mm)"), HasSubstr("'x'")));
    EXPECT_THAT(complaint(header + "0,1,2,3\n0.1,1,2,nan\n"), HasSubstr("line 3: column 4 (m1_z_mm)"));
    EXPECT_THAT(complaint(header + "0,1,2,inf\n0.1,1,2,3\n"), HasSubstr("line 2: column 4"));
    EXPECT_THAT(complaint(header + "0,1,2,\n0.1,1,2,3\n"), HasSubstr("line 2: column 4"));
    EXPECT_THAT(complaint(header + "0,1,2,3\n0.2,1,2,3\n0.2,1,2,3\n"), HasSubstr("line 4: column 1 (t_s)"));
    EXPECT_THAT(complaint(header + "0,1,2,3\n0.1,1,2\n"), HasSubstr("line 3: found 3 columns, expected 4"));
    EXPECT_THAT(complaint(header + "0,1,2,3\n"), HasSubstr("expected at least two"));
    EXPECT_THAT(complaint("t_s,m1_x_mm,m1_y_mm\n"), HasSubstr("found 3 columns"));
    EXPECT_THAT(complaint("time,m1_x_mm,m1_y_mm,m1_z_mm\n"),
                HasSubstr("line 1: column 1: found header 'time', expected 't_s'"));
    EXPECT_THAT(complaint(""), HasSubstr("empty file"));
    EXPECT_THROW(read_trace("/nonexistent/trace.csv"), InputError);
    EXPECT_THROW(read_trace(std::filesystem::temp_directory_path()), InputError);
}

TEST(Trace, ClockTakesRealSamplesOnlyAndNeverOneFromTheFuture) {
    const auto trace = at_times({0, 0.04, 0.08, 0.12, 0.16, 0.20, 0.24, 0.28, 0.32});  // 25 Hz
    const auto thin = at_rate(trace, 10);
    ASSERT_EQ(thin.samples(), 5U);  // ticks 0, 0.1, 0.2, 0.3 and 0.4 s
    EXPECT_DOUBLE_EQ(thin.time_s(0), 0);
    EXPECT_DOUBLE_EQ(thin.time_s(1), 0.08);
    EXPECT_DOUBLE_EQ(thin.time_s(2), 0.20);
    EXPECT_DOUBLE_EQ(thin.time_s(3), 0.28);
    EXPECT_DOUBLE_EQ(thin.time_s(4), 0.32);
    for (std::size_t i = 0; i < thin.samples(); ++i) EXPECT_DOUBLE_EQ(thin.at(i)[1], 2 * thin.time_s(i));
}

TEST(Trace, ClockLeavesTheCamerasTenHertzAlone) {
    const auto trace = at_times({0, 0.117, 0.217, 0.317, 0.417, 0.533, 0.633});  // 6th and 7th frames of 60 Hz
    EXPECT_EQ(at_rate(trace, 10).samples(), trace.samples());
}

TEST(Trace, TruthIsLinearBetweenSamples) {
    const auto trace = at_times({1, 2, 4});
    EXPECT_DOUBLE_EQ(trace.truth_at(1)[0], 1);
    EXPECT_DOUBLE_EQ(trace.truth_at(3.5)[2], 10.5);
    EXPECT_DOUBLE_EQ(trace.truth_at(4)[1], 8);
    EXPECT_THROW(trace.truth_at(4.01), ContractError);
}

}  // namespace
}  // namespace coutard::registration
