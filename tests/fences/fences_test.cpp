// The arrows of the house: who may include whom, and where heavy libraries are confined.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/harness/shared_data.hpp"

namespace coutard {
namespace {
namespace fs = std::filesystem;

struct Include {
    std::string from, what;  // path inside the repository; text between the quotes or brackets
};

bool is_source(const fs::path& path) {
    static const std::set<std::string> endings{".hpp", ".cpp", ".cu", ".cuh"};
    return endings.contains(path.extension().string());
}

std::vector<Include> includes_of(const std::string& room) {
    static const std::regex line(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
    std::vector<Include> found;
    const auto top = test::repository("");
    for (const auto& entry : fs::recursive_directory_iterator(test::repository(room))) {
        if (!is_source(entry.path())) continue;
        std::ifstream in(entry.path());
        std::smatch match;
        for (std::string text; std::getline(in, text);)
            if (std::regex_search(text, match, line))
                found.push_back({fs::relative(entry.path(), top).string(), match[1]});
    }
    return found;
}

bool starts(const std::string& text, const std::string& with) {
    return text.rfind(with, 0) == 0;
}

const std::vector<std::string> rooms{"engine", "dose", "contouring", "registration", "rtdicom", "gui", "tests"};

TEST(Fences, ArrowsPointDown) {
    for (const std::string room : {"engine", "dose", "contouring", "registration", "rtdicom"}) {
        const auto all = includes_of(room);
        for (const auto& [from, what] : all)
            for (const auto& other : rooms)
                if (other != room && other != "engine") {
                    EXPECT_FALSE(starts(what, other + "/")) << from << " includes " << what;
                }
    }
    for (const auto& [from, what] : includes_of("engine"))
        for (const auto& other : rooms)
            if (other != "engine") {
                EXPECT_FALSE(starts(what, other + "/")) << from << " includes " << what;
            }
    for (const auto& [from, what] : includes_of("gui")) EXPECT_FALSE(starts(what, "tests/")) << from;
}

/// A library's headers, and the files in which they may stand.
struct Fence {
    std::string library;
    std::regex header;
    std::regex allowed;
};

TEST(Fences, HeavyLibrariesStayInTheirRooms) {
    const std::vector<Fence> fences{
        {"Qt", std::regex("^Q[A-Z]\\w*$"), std::regex("^gui/(scene|widgets|app)/.*")},
        {"VTK", std::regex("^vtk.*"), std::regex("^gui/(scene|widgets|app)/.*(\\.cpp|_vtk\\.hpp)$")},
        {"CLI11", std::regex("^CLI/.*"), std::regex("^gui/cli/.*")},
        {"DCMTK", std::regex("^dcmtk/.*"), std::regex("^rtdicom/.*")},
        {"ITK", std::regex("^itk.*"), std::regex("^registration/rigid/.*\\.cpp$")},
        {"LibTorch", std::regex("^(torch|ATen|c10)/.*"),
         std::regex("^(contouring/(net|train)/.*|registration/(deformable|motion)/.*)")},
        {"JSON", std::regex("^nlohmann/.*"), std::regex(".*_json\\.cpp$")},
        {"SQLite", std::regex("^sqlite3.*"), std::regex("^engine/store/.*\\.cpp$")},
        {"NIfTI", std::regex("^nifti.*"), std::regex("^engine/store/.*\\.cpp$")},
        {"spdlog", std::regex("^spdlog/.*"), std::regex("^engine/base/log\\.cpp$")},
        {"oneTBB", std::regex("^(oneapi/)?tbb/.*"), std::regex("^engine/par/.*")},
        {"CUDA", std::regex("^cuda.*"), std::regex("^(engine/par|dose)/.*\\.(cu|cuh)$")},
    };
    for (const std::string room : {"engine", "dose", "contouring", "registration", "rtdicom", "gui"})
        for (const auto& [from, what] : includes_of(room))
            for (const auto& fence : fences)
                if (std::regex_match(what, fence.header)) {
                    EXPECT_TRUE(std::regex_match(from, fence.allowed))
                        << from << " includes " << what << ": " << fence.library << " is confined";
                }
}

TEST(Fences, PublicHeadersNameNoHeavyLibrary) {
    const std::regex heavy("^(vtk.*|dcmtk/.*|itk.*|torch/.*|nlohmann/.*|sqlite3.*|nifti.*)");
    const std::regex internal(".*_(torch|dcmtk|vtk)\\.hpp$");  // headers that only their own folder includes
    for (const auto& room : rooms)
        for (const auto& [from, what] : includes_of(room))
            if (fs::path(from).extension() == ".hpp" && !std::regex_match(from, internal)) {
                EXPECT_FALSE(std::regex_match(what, heavy)) << from << " includes " << what;
            }
}

TEST(Fences, NoFolderIsCalledUtils) {
    for (const auto& room : rooms)
        for (const auto& entry : fs::recursive_directory_iterator(test::repository(room)))
            for (const std::string vague : {"utils", "util", "misc", "common", "helpers"}) {
                EXPECT_FALSE(entry.is_directory() && entry.path().filename() == vague) << entry.path();
            }
}

}  // namespace
}  // namespace coutard
