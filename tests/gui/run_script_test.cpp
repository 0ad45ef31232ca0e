// The script ./run in a folder of its own, with programs that only note how they were called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/program.hpp"

namespace coutard::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class RunScript : public ::testing::Test {
  protected:
    void SetUp() override {
        const fs::path source = COUTARD_SOURCE_DIR;
        fs::create_directories(repo / "here");
        for (const char* file : {"run", "packages.apt", "packages-test.apt"}) fs::copy_file(source / file, repo / file);
        fs::create_directories(tools());
        for (const char* tool :
             {"bash", "sed", "grep", "dirname", "readlink", "realpath", "nproc", "mkdir", "cat", "chmod"})
            fs::create_symlink(
                fs::exists(fs::path("/usr/bin") / tool) ? fs::path("/usr/bin") / tool : fs::path("/bin") / tool,
                tools() / tool);
        put("id", "echo 1000");
        put("dpkg-query", "echo \"${@: -1}\" >> LOG.packages; echo installed");
        // A build makes the program, which notes its arguments.
        put("cmake",
            "echo cmake \"$@\" >> LOG\n"
            "if [ \"$1\" = --build ]; then mkdir -p build/$3/bin; echo '#!/bin/bash' > build/$3/bin/coutard; "
            "echo 'echo coutard \"$@\" >> LOG' >> build/$3/bin/coutard; chmod +x build/$3/bin/coutard; fi");
    }
    fs::path tools() const { return repo / "tools"; }
    void put(const std::string& tool, std::string body) const {
        for (auto at = body.find("LOG"); at != std::string::npos; at = body.find("LOG", at + log().size()))
            body.replace(at, 3, log());
        std::ofstream(tools() / tool) << "#!" << (tools() / "bash").string() << "\n" << body << "\n";
        fs::permissions(tools() / tool, fs::perms::owner_all);
    }
    std::string log() const { return repo / "log"; }
    /// \param words typed in the folder `here` of the repository
    Ended run(const std::string& words) const {
        fs::remove(log());
        return run_program({"/usr/bin/env", "-i", "PATH=" + tools().string(), (tools() / "bash").string(), "-c",
                            "cd " + (repo / "here").string() + " && " + (repo / "run").string() + " " + words});
    }
    Scratch repo;
};

TEST_F(RunScript, DemoNeedsNoTestsAndWritesWhereTheCallerIs) {
    EXPECT_EQ(run("demo my_demo").status, 0);
    const std::string said = text_of_file(log());
    EXPECT_THAT(said, HasSubstr("cmake --preset release\n"));
    EXPECT_THAT(said, HasSubstr("coutard demo --out " + (repo / "here" / "my_demo").string() + "\n"));
    EXPECT_THAT(said, Not(HasSubstr("dev")));
    const std::string packages = text_of_file(log() + ".packages");
    EXPECT_THAT(packages, HasSubstr("libvtk9-dev\n"));
    for (const char* name : {"libgtest-dev", "libbenchmark-dev", "xvfb", "orthanc", "poppler-utils"})
        EXPECT_THAT(packages, Not(HasSubstr(name)));
    EXPECT_EQ(run("demo").status, 0);
    EXPECT_THAT(text_of_file(log()), HasSubstr("coutard demo --out out/demo\n"));
    EXPECT_EQ(run("demo /tmp/absolute --quick").status, 0);
    EXPECT_THAT(text_of_file(log()), HasSubstr("coutard demo --out /tmp/absolute --quick\n"));
}

TEST_F(RunScript, DemoTakesTheBuildWithTestsWhereThereIsOneAndConfiguresEveryTime) {
    for (int time = 0; time < 2; ++time) {
        EXPECT_EQ(run("build").status, 0);
        EXPECT_THAT(text_of_file(log()), HasSubstr("cmake --preset dev\n"));
    }
    EXPECT_THAT(text_of_file(log() + ".packages"), HasSubstr("libgtest-dev"));
    EXPECT_EQ(run("demo").status, 0);
    EXPECT_THAT(text_of_file(log()), Not(HasSubstr("release")));
}

TEST_F(RunScript, SaysWhatToInstallWhereItCannot) {
    put("dpkg-query", "echo not-installed");  // as a package that was removed says
    const Ended ended = run("demo");
    EXPECT_EQ(ended.status, 4);
    EXPECT_THAT(ended.error, HasSubstr("apt-get install build-essential"));
    EXPECT_THAT(text_of_file(log()), Not(HasSubstr("cmake")));
}

}  // namespace
}  // namespace coutard::test
