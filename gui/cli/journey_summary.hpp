#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace coutard::gui {

/// One command of the demonstration.
struct JourneyStep {
    std::string what;
    std::vector<std::string> words;  ///< as typed behind `coutard`
    double seconds = 0;
};
/// --json of `coutard demo`: each step with its command and time [s], and where the results lie.
std::string demo_json(const std::vector<JourneyStep>& steps, const std::filesystem::path& out);

/// What `coutard patient` wrote.
struct PhantomWritten {
    std::string recipe, kind;      ///< kind: patient, day, population, phases
    std::filesystem::path folder;  ///< of all
    std::uint64_t individual = 0, seed = 0;
    int count = 1;                          ///< patients or phases
    std::size_t slices = 0;                 ///< of each
    std::vector<std::string> structures{};  ///< of each
};
/// --json of `coutard patient`.
std::string patient_json(const PhantomWritten& written);

/// labels.json beside a label map: what its bits mean, by bit (docs/formats/net_weights.md).
std::string label_names_json(const std::vector<std::string>& names);

}  // namespace coutard::gui
