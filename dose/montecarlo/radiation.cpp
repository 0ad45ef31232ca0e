#include "dose/montecarlo/radiation.hpp"

#include <algorithm>
#include <cmath>

#include "dose/physics/electron_events.hd.hpp"
#include "dose/physics/integrate.hpp"
#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// Index of the upper one of two neighbours around x.
std::size_t above(const std::vector<double>& rising, double x) {
    const auto at = std::upper_bound(rising.begin(), rising.end(), x) - rising.begin();
    return static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at, 1, static_cast<std::ptrdiff_t>(rising.size()) - 1));
}

}  // namespace

Radiation::Radiation(const std::filesystem::path& dir, const Composition& substance) {
    const auto file = dir / "brems_seltzer_berger.csv";
    const Table table(file);
    std::vector<const std::vector<double>*> columns;
    for (const auto& name : table.names())
        if (name.size() > 1 && name[0] == 'k') {
            k_.push_back(std::stod(name.substr(1)));
            columns.push_back(&table.column(name));
        }
    const auto &Z = table.column("Z"), &T = table.column("T_MeV");
    for (std::size_t row = 0; row < table.rows(); ++row)
        for (const auto& e : substance.elements) {
            if (Z[row] != e.Z) continue;
            auto at = std::find(T_.begin(), T_.end(), T[row]);
            if (at == T_.end()) {
                T_.push_back(T[row]);
                chi_.emplace_back(k_.size(), 0.0);
                at = T_.end() - 1;
            }
            auto& into = chi_[static_cast<std::size_t>(at - T_.begin())];
            constexpr double millibarn = 1e-27;
            for (std::size_t c = 0; c < k_.size(); ++c)
                into[c] += e.atoms_per_g * e.Z * e.Z * millibarn * (*columns[c])[row];
        }
    validate(T_.size() > 1 && std::is_sorted(T_.begin(), T_.end()),
             file.string() + ": T_MeV must rise for each Z, alike for all");
}

double Radiation::chi(double T, double k) const {
    const std::size_t r = above(T_, T), c = above(k_, k);
    const double f = std::clamp(std::log(T / T_[r - 1]) / std::log(T_[r] / T_[r - 1]), 0.0, 1.0);
    const double g = (k - k_[c - 1]) / (k_[c] - k_[c - 1]);
    const auto along = [&](const std::vector<double>& row) { return row[c - 1] + g * (row[c] - row[c - 1]); };
    return (1 - f) * along(chi_[r - 1]) + f * along(chi_[r]);
}

double Radiation::rate(double T, double cut_MeV) const {
    return integrate_log(cut_MeV / T, 1.0, 200, [&](double x) { return chi(T, x) / x; }) / beta_squared(T);
}

double Radiation::loss(double T, double cut_MeV) const {
    const double to = std::min(1.0, cut_MeV / T);
    return T * integrate_log(1e-6, to, 200, [&](double x) { return chi(T, x); }) / beta_squared(T);
}

}  // namespace coutard::dose
