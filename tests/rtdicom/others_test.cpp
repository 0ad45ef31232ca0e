// What programs of others make of our objects: dciodvfy, pydicom, plastimatch, Orthanc. Each test is
// skipped by name where its program is not installed.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <numbers>
#include <sstream>
#include <thread>

#include "engine/shape/rasterise.hpp"
#include "tests/harness/shared_data.hpp"
#include "toy_plan.hpp"

namespace coutard::rtdicom::test {
namespace {
using testing::HasSubstr;
using testing::Not;

struct Said {
    int status = -1;
    std::string text;  ///< standard output and error
};

Said run(const std::string& command) {
    Said said;
    FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (!pipe) return said;
    std::array<char, 4096> part{};
    for (std::size_t n; (n = std::fread(part.data(), 1, part.size(), pipe)) > 0;) said.text.append(part.data(), n);
    const int ended = ::pclose(pipe);
    said.status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128;
    return said;
}

bool installed(const std::string& program) {
    return run("command -v " + program).status == 0;
}

std::string quoted(const fs::path& path) {
    return "'" + path.string() + "'";
}

/// A clinical-size toy: a ball on 64 x 60 x 24 voxels of 2 x 2 x 3 mm, a 60-pair arc, a dose on a finer grid,
/// a rigid and a deformable registration.
struct Study {
    static constexpr double radius_mm = 30;
    static inline const Vec3 centre_mm{3, -7, 5};

    coutard::test::Scratch scratch;
    std::unique_ptr<Exchange> exchange = make_exchange();
    CtImage ct, daily;
    fs::path ct_folder = scratch / "ct", daily_folder = scratch / "daily";
    fs::path structures = scratch / "rs.dcm", plan = scratch / "rp.dcm", dose = scratch / "rd.dcm";
    fs::path rigid = scratch / "rigid.dcm", deformable = scratch / "deformable.dcm";
    Dose written;

    Study() : ct(image()), daily(image()) {
        fs::create_directories(ct_folder);
        fs::create_directories(daily_folder);
        exchange->write_ct(ct_folder, ct);
        daily.study.study_date = "20260102";
        exchange->write_ct(daily_folder, daily);
        Plan arc = plan_of_60_pairs();
        arc.structure_set_uid = exchange->write_structures(structures, ball(), ct);
        written = hill();
        written.plan_uid = exchange->write_plan(plan, arc, ct);
        exchange->write_dose(dose, written, ct);
        RegistrationObject object;
        object.rigid.translation_mm = {1, 2, 3};
        object.comment = "toy";
        exchange->write_registration(rigid, object, ct, daily);
        object.field = DisplacementField(Grid({8, 7, 6}, {-60, -60, -30}, {15, 15, 12}), Vec3f{1, 2, 3});
        exchange->write_registration(deformable, object, ct, daily);
    }
    std::vector<fs::path> files() const {
        return {ct_folder / "CT_0001.dcm", ct_folder / "CT_0024.dcm", structures, plan, dose, rigid, deformable};
    }

    static CtImage image() {
        CtImage ct = toy_ct();
        ct.hu = Volume<float>(Grid({64, 60, 24}, {-60, -66, -31}, {2, 2, 3}));
        for (std::size_t v = 0; v < ct.hu.count(); ++v) ct.hu[v] = static_cast<float>(v % 100);
        return ct;
    }
    static StructureSet ball() {
        StructureSet set;
        set.label = "Ball";
        Structure ptv = toy_structures().structures[0];
        ptv.contours.clear();
        for (double z = -31; z < centre_mm.z + radius_mm; z += 3) {
            const double squared = radius_mm * radius_mm - (z - centre_mm.z) * (z - centre_mm.z);
            if (squared <= 0) continue;
            Contour circle;
            for (int p = 0; p < 180; ++p) {
                const double angle = 2 * std::numbers::pi * p / 180;
                circle.points_mm.push_back({centre_mm.x + std::sqrt(squared) * std::cos(angle),
                                            centre_mm.y + std::sqrt(squared) * std::sin(angle), z});
            }
            ptv.contours.push_back(circle);
        }
        set.structures = {ptv, toy_structures().structures[1], toy_structures().structures[2]};
        return set;
    }
    static Plan plan_of_60_pairs() {
        Plan plan = toy_plan();
        for (auto& beam : plan.beams) {
            if (beam.leaf_edges_mm.empty()) continue;
            beam.leaf_edges_mm.clear();
            for (int edge = 0; edge <= 60; ++edge)
                beam.leaf_edges_mm.push_back(edge <= 10   ? -200 + 10 * edge
                                             : edge <= 50 ? -100 + 5 * (edge - 10)
                                                          : 100 + 10 * (edge - 50));
            for (auto& point : beam.control_points) {
                point.leaves_x1.assign(60, -11.2345 - point.cumulative);
                point.leaves_x2.assign(60, 12.5 + point.cumulative);
            }
        }
        return plan;
    }
    static Dose hill() {
        Dose dose = toy_dose();
        dose.gy = Volume<float>(Grid({40, 36, 20}, {-50, -60, -25}, {2.5, 2.5, 2.5}));
        for (int k = 0; k < 20; ++k)
            for (int j = 0; j < 36; ++j)
                for (int i = 0; i < 40; ++i) {
                    const double r = norm(dose.gy.grid().point(i, j, k) - centre_mm);
                    dose.gy.at(i, j, k) = static_cast<float>(73.21 * std::exp(-r * r / 1800));
                }
        return dose;
    }
};

TEST(Others, DciodvfyFindsNoError) {
    if (!installed("dciodvfy")) GTEST_SKIP() << "dciodvfy (dicom3tools) is not installed";
    const Study study;
    for (const auto& file : study.files()) {
        const auto said = run("dciodvfy " + quoted(file));
        EXPECT_THAT(said.text, Not(HasSubstr("Error"))) << file.filename();
        EXPECT_THAT(said.text, Not(HasSubstr("Abort"))) << file.filename();
    }
    ToyStudy odd;  // few leaves, a beam without MLC; doses of a day and of part of the course
    const auto session = odd.scratch / "session.dcm", part = odd.scratch / "part.dcm";
    odd.dose.fractions = 16;
    odd.dose.course_fractions = 35;
    odd.exchange->write_dose(part, odd.dose, odd.ct);
    odd.dose.course_fractions = 0;
    odd.dose.summation = DoseSummation::Fraction;
    odd.exchange->write_dose(session, odd.dose, odd.ct);
    for (const auto& file : {odd.structures_file, odd.plan_file, odd.dose_file, session, part})
        EXPECT_THAT(run("dciodvfy " + quoted(file)).text, Not(HasSubstr("Error"))) << file.filename();
}

TEST(Others, DciodvfyFindsNoErrorInAReexportedRealSet) {
    const auto shared = coutard::test::shared_data();
    if (!shared) GTEST_SKIP() << "no shared data: dicom/lung_gtv_1";
    if (!installed("dciodvfy")) GTEST_SKIP() << "dciodvfy (dicom3tools) is not installed";
    const auto exchange = make_exchange();
    const auto ct = exchange->read_ct(*shared / "dicom/lung_gtv_1", {});
    const coutard::test::Scratch scratch;
    exchange->write_structures(scratch / "rs.dcm",
                               exchange->read_structures(*shared / "dicom/lung_gtv_1/DCM_RS_00060.dcm"), ct);
    EXPECT_THAT(run("dciodvfy " + quoted(scratch / "rs.dcm")).text, Not(HasSubstr("Error")));
}

TEST(Others, PydicomReadsEveryObject) {
    const std::string python = "/usr/bin/python3";
    if (run(python + " -c 'import pydicom, numpy'").status != 0) GTEST_SKIP() << "python3-pydicom is not installed";
    const Study study;
    const auto said = run(python + " " + quoted(coutard::test::repository("tests/rtdicom/read_with_pydicom.py")) + " " +
                          quoted(study.scratch.path()));
    EXPECT_EQ(said.status, 0) << said.text;
    EXPECT_THAT(said.text, HasSubstr("CT 24 slices of 60 x 64, name M\xC3\xBCller^\xC3\x89lo\xC3\xAFse, sum 4560720"));
    EXPECT_THAT(said.text,
                HasSubstr("RTSTRUCT PTV_7000 PTV 19 contours 3420 points; Iso \xC2\xB5 ISOCENTER 1 contours 1 points; "
                          "Parotid_L ORGAN 0 contours 0 points; references 24 images of the CT"));
    EXPECT_THAT(
        said.text,
        HasSubstr("RTPLAN UNAPPROVED, 5 beams, 15 control points, 530.5 MU, 35 fractions, structures referenced"));
    EXPECT_THAT(said.text, HasSubstr("RTDOSE GY 20 x 36 x 40, maximum 73.1"));
    EXPECT_THAT(said.text, HasSubstr("plan referenced"));
    EXPECT_THAT(said.text, HasSubstr("REG rigid 2 items, moving to fixed -1 -2 -3"));
    EXPECT_THAT(said.text, HasSubstr("REG deformable grid 8 7 6, mean 1.0 2.0 3.0"));
}

/// Values of an uncompressed MetaImage with its header.
struct MetaImage {
    Size3 size;
    Vec3 origin, spacing;
    std::vector<float> values;
};

template <class T>
std::vector<float> as_floats(const std::string& raw) {
    std::vector<float> values(raw.size() / sizeof(T));
    for (std::size_t v = 0; v < values.size(); ++v) {
        T value;
        std::memcpy(&value, raw.data() + v * sizeof(T), sizeof(T));
        values[v] = static_cast<float>(value);
    }
    return values;
}

MetaImage read_meta_image(const fs::path& path) {
    const auto bytes = bytes_of(path);
    const std::string last = "ElementDataFile = LOCAL\n";
    const auto end = bytes.find(last);
    if (end == std::string::npos) throw std::runtime_error(path.string() + ": no MetaImage header");
    MetaImage image;
    std::string type;
    std::istringstream header(bytes.substr(0, end));
    for (std::string line; std::getline(header, line);) {
        std::istringstream value(line.substr(std::min(line.size(), line.find('=') + 1)));
        if (line.rfind("DimSize", 0) == 0) value >> image.size.x >> image.size.y >> image.size.z;
        if (line.rfind("Offset", 0) == 0) value >> image.origin.x >> image.origin.y >> image.origin.z;
        if (line.rfind("ElementSpacing", 0) == 0) value >> image.spacing.x >> image.spacing.y >> image.spacing.z;
        if (line.rfind("ElementType", 0) == 0) value >> type;
    }
    const auto raw = bytes.substr(end + last.size());
    image.values = type == "MET_FLOAT"   ? as_floats<float>(raw)
                   : type == "MET_UCHAR" ? as_floats<unsigned char>(raw)
                                         : as_floats<short>(raw);
    return image;
}

TEST(Others, PlastimatchDrawsTheSameStructure) {
    if (!installed("plastimatch")) GTEST_SKIP() << "plastimatch is not installed";
    const Study study;
    const auto said =
        run("plastimatch convert --input " + quoted(study.structures) + " --referenced-ct " + quoted(study.ct_folder) +
            " --output-prefix " + quoted(study.scratch / "masks") + " --prefix-format mha");
    ASSERT_EQ(said.status, 0) << said.text;
    const auto mask = read_meta_image(study.scratch / "masks/PTV_7000.mha");
    ASSERT_EQ(mask.size, study.ct.hu.grid().size());
    const Mask own = rasterise(study.exchange->read_structures(study.structures).structures[0], study.ct.hu.grid());
    double both = 0, theirs = 0, ours = 0, ball = 0, in_ball = 0;
    for (int k = 0; k < mask.size.z; ++k)
        for (int j = 0; j < mask.size.y; ++j)
            for (int i = 0; i < mask.size.x; ++i) {
                const std::size_t v = study.ct.hu.grid().flat(i, j, k);
                const bool truth = norm(study.ct.hu.grid().point(i, j, k) - Study::centre_mm) <= Study::radius_mm;
                const bool here = inside(own, v), there = mask.values[v] > 0;
                both += here && there;
                theirs += there;
                ours += here;
                ball += truth;
                in_ball += truth && there;
            }
    const double dsc = 2 * both / (theirs + ours);
    RecordProperty("dsc", std::to_string(dsc));
    EXPECT_GE(dsc, 0.99);
    EXPECT_GE(2 * in_ball / (theirs + ball), 0.99);  // and both are the ball
}

TEST(Others, PlastimatchDrawsTheSameRealTumour) {
    const auto shared = coutard::test::shared_data();
    if (!shared) GTEST_SKIP() << "no shared data: dicom/lung_gtv_1";
    if (!installed("plastimatch")) GTEST_SKIP() << "plastimatch is not installed";
    const auto exchange = make_exchange();
    const auto ct = exchange->read_ct(*shared / "dicom/lung_gtv_1", {});
    const auto set = exchange->read_structures(*shared / "dicom/lung_gtv_1/DCM_RS_00060.dcm");
    const coutard::test::Scratch scratch;
    exchange->write_structures(scratch / "rs.dcm", set, ct);
    const auto said = run("plastimatch convert --input " + quoted(scratch / "rs.dcm") + " --referenced-ct " +
                          quoted(*shared / "dicom/lung_gtv_1") + " --output-prefix " + quoted(scratch / "masks") +
                          " --prefix-format mha");
    ASSERT_EQ(said.status, 0) << said.text;
    const auto mask = read_meta_image(scratch / "masks/GTV-1.mha");
    ASSERT_EQ(mask.size, ct.hu.grid().size());
    const Mask own = rasterise(set.structures[0], ct.hu.grid());
    double both = 0, either = 0;
    for (std::size_t v = 0; v < own.count(); ++v) {
        both += inside(own, v) && mask.values[v] > 0;
        either += inside(own, v) + (mask.values[v] > 0);
    }
    RecordProperty("dsc", std::to_string(2 * both / either));
    EXPECT_GE(2 * both / either, 0.99);
}

TEST(Others, PlastimatchReadsTheSameDose) {
    if (!installed("plastimatch")) GTEST_SKIP() << "plastimatch is not installed";
    const Study study;
    const auto said = run("plastimatch convert --input " + quoted(study.dose) + " --output-dose-img " +
                          quoted(study.scratch / "dose.mha"));
    ASSERT_EQ(said.status, 0) << said.text;
    const auto dose = read_meta_image(study.scratch / "dose.mha");
    const Grid& grid = study.written.gy.grid();
    ASSERT_EQ(dose.size, grid.size());
    EXPECT_LT(norm(dose.origin - grid.origin_mm()), 1e-3);
    EXPECT_LT(norm(dose.spacing - grid.spacing_mm()), 1e-3);
    double worst = 0;
    for (std::size_t v = 0; v < study.written.gy.count(); ++v)
        worst = std::max(worst, std::abs(static_cast<double>(dose.values[v]) - study.written.gy[v]) / 73.21);
    RecordProperty("worst_percent", std::to_string(100 * worst));
    EXPECT_LT(worst, 1e-3);
}

int free_port() {
    const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ::bind(handle, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::getsockname(handle, reinterpret_cast<sockaddr*>(&address), &length);
    ::close(handle);
    return ntohs(address.sin_port);
}

/// An Orthanc of its own on the loopback device; stopped at the end of the test.
class OrthancServer {
  public:
    explicit OrthancServer(const fs::path& folder) : url_("http://127.0.0.1:" + std::to_string(free_port())) {
        const auto config = folder / "orthanc.json";
        const auto port = url_.substr(url_.rfind(':') + 1);
        write_bytes(
            config,
            R"({"Name": "toy", "StorageDirectory": ")" + (folder / "store").string() + R"(", "HttpPort": )" + port +
                R"(, "DicomServerEnabled": false, "RemoteAccessAllowed": false, "AuthenticationEnabled": false})");
        child_ = ::fork();
        if (child_ == 0) {
            const auto log = (folder / "orthanc.log").string();
            std::freopen(log.c_str(), "w", stdout);
            std::freopen(log.c_str(), "w", stderr);
            ::execlp("Orthanc", "Orthanc", config.c_str(), nullptr);
            ::_exit(127);
        }
    }
    ~OrthancServer() {
        ::kill(child_, SIGTERM);
        ::waitpid(child_, nullptr, 0);
    }
    OrthancServer(const OrthancServer&) = delete;
    OrthancServer& operator=(const OrthancServer&) = delete;

    bool answers() const {
        for (int attempt = 0; attempt < 100; ++attempt) {
            if (run("curl -sf " + url_ + "/system").status == 0) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        return false;
    }
    const std::string& url() const { return url_; }

  private:
    std::string url_;
    pid_t child_ = -1;
};

/// The text of a key in a flat JSON object.
std::string json_text(const std::string& json, const std::string& key) {
    auto at = json.find('"' + key + '"');
    for (int quotes = 0; quotes < 3 && at != std::string::npos; ++quotes) at = json.find('"', at + (quotes > 0));
    return at == std::string::npos ? "" : json.substr(at + 1, json.find('"', at + 1) - at - 1);
}

TEST(Others, OrthancKeepsEveryObjectUnchanged) {
    if (!installed("Orthanc")) GTEST_SKIP() << "Orthanc is not installed";
    if (!installed("curl")) GTEST_SKIP() << "curl is not installed";
    const Study study;
    const OrthancServer server(study.scratch.path());
    ASSERT_TRUE(server.answers()) << bytes_of(study.scratch / "orthanc.log");
    for (const auto& file : study.files()) {
        const auto stored = run("curl -sf -X POST --data-binary @" + quoted(file) + " " + server.url() + "/instances");
        ASSERT_EQ(stored.status, 0) << file.filename() << stored.text;
        const auto id = json_text(stored.text, "ID");
        ASSERT_FALSE(id.empty()) << stored.text;
        EXPECT_THAT(stored.text, HasSubstr("Success"));
        const auto back = study.scratch / "back.dcm";
        ASSERT_EQ(run("curl -sf -o " + quoted(back) + " " + server.url() + "/instances/" + id + "/file").status, 0);
        EXPECT_EQ(bytes_of(back), bytes_of(file)) << file.filename();
    }
    // One patient; the daily image is referred to but not sent, so there is one study.
    const auto count = run("curl -sf " + server.url() + "/statistics");
    EXPECT_THAT(count.text, testing::ContainsRegex("\"CountPatients\" : 1"));
    EXPECT_THAT(count.text, testing::ContainsRegex("\"CountStudies\" : 1"));
}

}  // namespace
}  // namespace coutard::rtdicom::test
