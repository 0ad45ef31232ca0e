#include "dose/physics/hlut.hpp"

#include <algorithm>
#include <cmath>

#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {

Hlut::Hlut(const std::filesystem::path& data_dir, const std::string& curve) {
    const auto file = data_dir / "hlut" / (curve + ".csv");
    validate(!curve.empty() && curve.find('/') == std::string::npos && std::filesystem::exists(file),
             "CT number curve '" + curve + "' is unknown: no file " + file.string());
    const Table table(file);
    const auto& hu = table.column("HU");
    const auto& density =
        table.column(table.has("density_monotone_g_cm3") ? "density_monotone_g_cm3" : "density_g_cm3");
    const auto& material = table.text("material");
    validate(hu.size() >= 2, file.string() + ": rows", hu.size(), "at least 2");
    std::vector<int> index;
    for (std::size_t r = 0; r < hu.size(); ++r) {
        validate((r == 0 || hu[r] > hu[r - 1]) && density[r] >= 0,
                 file.string() + ": HU must rise and density not be negative, row " + std::to_string(r + 2));
        auto known = std::find(materials_.begin(), materials_.end(), material[r]);
        if (known == materials_.end()) known = materials_.insert(known, material[r]);
        index.push_back(static_cast<int>(known - materials_.begin()));
    }
    low_ = static_cast<int>(hu.front());
    for (int h = low_; h <= static_cast<int>(hu.back()); ++h) {
        const auto row = static_cast<std::size_t>(std::upper_bound(hu.begin(), hu.end(), h) - hu.begin()) - 1;
        tissue_.push_back({static_cast<float>(interpolate_linear(hu, density, h)), index[row]});
    }
}

}  // namespace coutard::dose
