#include <algorithm>

#include "contouring/train/training_case.hpp"
#include "engine/base/error.hpp"
#include "engine/store/nifti.hpp"

namespace coutard::contouring {
namespace fs = std::filesystem;
namespace {

int digits_of(const std::string& name) {
    const auto at = name.find_last_not_of("0123456789");
    const auto tail = name.substr(at == std::string::npos ? 0 : at + 1);
    return tail.empty() || tail.size() > 9 ? 0 : std::stoi(tail);
}

/// Bit s of the result is bit from[s] of the map.
Volume<std::uint16_t> in_order(Volume<std::uint16_t> map, const std::vector<int>& from) {
    for (std::uint16_t& labels : map.values()) {
        unsigned moved = 0;
        for (std::size_t s = 0; s < from.size(); ++s)
            if (from[s] >= 0) moved |= (static_cast<unsigned>(labels) >> from[s] & 1U) << s;
        labels = static_cast<std::uint16_t>(moved);
    }
    return map;
}

}  // namespace

std::vector<fs::path> find_cases(const fs::path& dir) {
    validate(fs::is_directory(dir), "training data: no folder " + dir.string());
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(dir))
        if (entry.path().filename() == "ct.nii.gz" && fs::exists(entry.path().parent_path() / "labels.nii.gz"))
            found.push_back(entry.path().parent_path());
    validate(!found.empty(), "training data: no ct.nii.gz with labels.nii.gz below " + dir.string());
    std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) {
        const int na = digits_of(a.filename().string()), nb = digits_of(b.filename().string());
        return na != nb ? na < nb : a < b;
    });
    return found;
}

TrainingCase read_case(const fs::path& folder, const std::vector<std::string>& structures, const LeftOut& left_out) {
    const auto bits = in_order(read_nifti_bits(folder / "labels.nii.gz"), label_bits(folder, structures));
    return make_case(folder.filename().string(), read_nifti(folder / "ct.nii.gz"), bits, structures, left_out);
}

}  // namespace coutard::contouring
