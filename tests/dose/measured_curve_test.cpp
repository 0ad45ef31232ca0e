#include "dose/commissioning/measured_curve.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "engine/base/error.hpp"
#include "tests/dose/tank_measurements.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::dose {
namespace {

using namespace test;

/// A depth dose, profiles along x, y and the diagonal of a 10x6 cm field, and an output factor, with values that tell
/// every point apart.
std::vector<MeasuredCurve> known_curves() {
    auto out = empty_curves({10}, 10, {5}, 5);
    double value = 1;
    for (auto& c : out) {
        c.field_y_mm = 60;
        for (auto& p : c.points) {
            const double edge = c.kind == CurveKind::Profile && std::abs(c.place_mm(p)) > 30 ? 0.1 : 1;
            p.value = edge * (90 + (value += 0.01));
        }
    }
    return out;
}

/// One file in the format of its ending.
void write_as(const std::filesystem::path& file, const std::vector<MeasuredCurve>& curves) {
    const std::string ending = file.extension();
    if (ending == ".csv") write_csv(file, curves, false);
    if (ending == ".asc") write_w2cad(file, curves);
    if (ending == ".txt") write_rfa300(file, curves);
}

/// What reading the folder is refused with; nothing where it is read.
std::string refusal(const std::filesystem::path& folder) {
    try {
        read_measurements(folder);
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

void expect_words(const std::string& said, const std::vector<const char*>& words) {
    for (const char* word : words) EXPECT_NE(said.find(word), std::string::npos) << "'" << word << "' in: " << said;
}

void expect_same(const std::vector<MeasuredCurve>& a, const std::vector<MeasuredCurve>& b, const std::string& what) {
    ASSERT_EQ(a.size(), b.size()) << what;
    for (std::size_t c = 0; c < a.size(); ++c) {
        EXPECT_EQ(a[c].title(), b[c].title()) << what;
        ASSERT_EQ(a[c].points.size(), b[c].points.size()) << what << a[c].title();
        for (std::size_t i = 0; i < a[c].points.size(); ++i) {
            EXPECT_NEAR(norm(a[c].points[i].at_mm - b[c].points[i].at_mm), 0, 2e-3) << what << a[c].title() << i;
            EXPECT_NEAR(a[c].points[i].value, b[c].points[i].value, 1e-3) << what << a[c].title() << i;
        }
    }
}

TEST(MeasuredCurves, ThreeFormatsSayTheSame) {
    const auto curves = known_curves();
    auto scans = curves;
    scans.pop_back();  // scans only: the output factor comes as CSV
    for (const auto& [name, wanted] : {std::pair{std::string("a.csv"), curves}, {"a.asc", scans}, {"a.txt", scans}}) {
        const Scratch scratch;
        write_as(scratch / name, curves);
        std::ofstream(scratch / "notes.pdf") << "x";
        const MeasurementSet set = read_measurements(scratch.path());
        expect_same(set.curves, wanted, name);
        EXPECT_EQ(set.files, std::vector<std::string>{name});
        EXPECT_EQ(set.ignored, std::vector<std::string>{"notes.pdf"});
        EXPECT_EQ(set.curves[0].field(), "10x6");
        EXPECT_EQ(set.curves[3].axis, 'd');
    }
}

TEST(MeasuredCurves, AxesOfEachFormat) {  // a point by hand: 12 mm crossline, 34 mm inline, 50 mm deep
    const Scratch scratch;
    std::ofstream(scratch / "a.asc") << "$NUMS 001\n$STOM\n%VERSION 02\n%BMTY PHO\n%FLSZ 100*060\n%TYPE OPP\n%AXIS X\n"
                                        "%PNTS 3\n%SSD 0900\n%DPTH 050\n<+000.0 +034.0 +050.0 +100.0>\n"
                                        "<+012.0 +034.0 +050.0 +099.0>\n<+020.0 +034.0 +050.0 +098.0>\n$ENOM\n$ENOF\n";
    std::ofstream(scratch / "b.txt")
        << ":MSR \t1\t # No. of measurement in file\n:SYS BDS 0\n%TYP \tSCN\n%SCN \tPRO\n%FSZ \t60\t100\n%BMT \tPHO\t "
           "6.0\n"
           "%SSD \t900\n%PTS \t3\n= \t34.0\t20.0\t50.0\t98.0\n= \t34.0\t12.0\t50.0\t99.0\n= \t34.0\t0.0\t50.0\t100.0\n"
           ":EOM\n:EOF\n";
    const MeasurementSet set = read_measurements(scratch.path());
    ASSERT_EQ(set.curves.size(), 2U);
    for (const auto& c : set.curves) {
        EXPECT_EQ(c.axis, 'x');
        EXPECT_EQ(c.field_x_mm, 100);
        EXPECT_EQ(c.field_y_mm, 60);
        EXPECT_EQ(c.ssd_mm, 900);
        EXPECT_NEAR(norm(c.points[1].at_mm - Vec3{12, 34, 50}), 0, 1e-9);
        EXPECT_EQ(c.points[1].value, 99);
    }
}

struct Bad {
    const char* what;
    std::string name, from, to;  ///< of a good file; `to` empty: cut there
    std::vector<const char*> says;
};

class BadMeasurements : public testing::TestWithParam<Bad> {};

TEST_P(BadMeasurements, AreRefusedByFileLineAndWords) {
    const Bad& bad = GetParam();
    const Scratch scratch;
    const auto file = scratch / bad.name;
    write_as(file, known_curves());
    std::ifstream in(file);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto at = text.find(bad.from);
    ASSERT_NE(at, std::string::npos) << bad.from;
    if (bad.to.empty())
        text.resize(at);
    else
        text.replace(at, bad.from.size(), bad.to);
    std::ofstream(file) << text;
    const std::string said = refusal(scratch.path());
    ASSERT_FALSE(said.empty()) << "accepted: " << bad.what;
    expect_words(said, {", line ", "found", "expected", bad.name.c_str()});
    expect_words(said, bad.says);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadMeasurements,
    testing::Values(
        Bad{"unknown kind", "a.csv", "pdd,", "wedge,", {"kind", "wedge"}},
        Bad{"columns renamed", "a.csv", "ssd_cm", "sad_cm", {"column 4", "sad_cm"}},
        Bad{"a field without size", "a.csv", "pdd,10,6", "pdd,,6", {"field_x_cm", "nothing"}},
        Bad{"a row cut short", "a.csv", ",0.4,91", "", {"columns", "cut short"}},
        Bad{"text for a number", "a.csv", ",,z,0.4,", ",,z,four,", {"position_cm", "four"}},
        Bad{"negative depth", "a.csv", ",,z,0.2,", ",,z,-0.2,", {"depth", "not negative"}},
        Bad{"depths that turn back", "a.csv", ",,z,0.8,", ",,z,0.5,", {"rise or fall", "swapped"}},
        Bad{"a negative dose",
            "a.csv",
            "profile,10,6,90,5,x,-7,",
            "profile,10,6,90,5,x,-7,-",
            {"relative dose", "swapped"}},
        Bad{"fewer rows than promised", "a.csv", "# relative dose", "# rows: 7\n# relative dose", {"rows", "7"}},
        Bad{"electrons", "a.asc", "PHO", "ELE", {"ELE", "photon"}},
        Bad{"a wedge", "a.asc", "OPD", "WDD", {"WDD", "open"}},
        Bad{"no field size", "a.asc", "%FLSZ", "%NOTHING", {"%FLSZ", "nothing"}},
        Bad{"no SSD", "a.asc", "%SSD", "%NOTHING", {"SSD", "none"}},
        Bad{"a scan cut short", "a.asc", "<+000.000 +000.000 +010.000", "", {"$ENOM", "cut short"}},
        Bad{"a file cut after a scan",
            "a.asc",
            "$STOM\n%VERSION 02\n%DATE 27-11-26\n%DETY CHA\n%BMTY PHO\n%FLSZ 100*060\n%TYPE DPR",
            "",
            {"$NUMS", "cut short"}},
        Bad{"a point missing", "a.asc", "%PNTS 26", "%PNTS 27", {"27", "%PNTS"}},
        Bad{"depth and dose swapped",
            "a.asc",
            "-070.000 +000.000 +050.000 +009.",
            "-070.000 +000.000 +009.000 +050.",
            {"%DPTH", "swapped"}},
        Bad{"electrons", "a.txt", "PHO", "ELE", {"ELE", "photon"}},
        Bad{"a matrix", "a.txt", "DPT", "MTX", {"MTX", "DPT"}},
        Bad{"a wedge", "a.txt", "%WEG \t0", "%WEG \t30", {"%WEG", "30"}},
        Bad{"no field size", "a.txt", "%FSZ", "%NOT", {"%FSZ", "nothing"}},
        Bad{"an isodose", "a.txt", "SCN ", "ISO ", {"ISO", "SCN"}},
        Bad{"a scan cut short", "a.txt", ":EOM", "", {":EOM", "cut short"}},
        Bad{"a point missing", "a.txt", "%PTS \t26", "%PTS \t27", {"27", "%PTS"}},
        Bad{"not a measurement", "a.txt", ":MSR", "Dear colleague", {"format", "Dear"}}));

TEST(MeasuredCurves, AnEmptyFolderAndNoFolder) {
    const Scratch scratch;
    EXPECT_THROW(read_measurements(scratch.path()), InputError);
    EXPECT_THROW(read_measurements(scratch / "nowhere"), InputError);
    std::ofstream(scratch / "a.csv") << "# nothing\n";
    EXPECT_THROW(read_measurements(scratch.path()), InputError);
    std::ofstream(scratch / "a.csv") << "";
    EXPECT_THROW(read_measurements(scratch.path()), InputError);
}

TEST(MeasuredCurves, PositionAndDoseSwapped) {  // a profile whose position is its dose goes up and down again
    const Scratch scratch;
    std::ofstream(scratch / "a.csv") << "kind,field_x_cm,field_y_cm,ssd_cm,depth_cm,axis,position_cm,value\n"
                                        "profile,10,10,90,5,x,5,-6\nprofile,10,10,90,5,x,50,-5\n"
                                        "profile,10,10,90,5,x,40,0\nprofile,10,10,90,5,x,50,5\n";
    expect_words(refusal(scratch.path()), {"swapped"});
}

}  // namespace
}  // namespace coutard::dose
