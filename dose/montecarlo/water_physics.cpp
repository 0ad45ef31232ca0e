#include "dose/montecarlo/water_physics.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "dose/physics/constants.hd.hpp"
#include "dose/physics/electron_events.hd.hpp"
#include "dose/physics/integrate.hpp"
#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

struct Atom {
    int Z;
    double per_gram;  ///< atoms per gram of water
    const char* symbol;
};
constexpr double mol_per_gram = avogadro_per_mol / 18.01528;  // molar mass of water, IUPAC
constexpr std::array<Atom, 2> atoms{{{1, 2 * mol_per_gram, "H"}, {8, mol_per_gram, "O"}}};
constexpr double electrons_per_gram = 10 * mol_per_gram;

/// Transport moments of screened Rutherford scattering per atom [cm2]: {integral of 2 mu, of 6 mu (1 - mu)}.
/// Screening: Moliere, Z Naturforsch A 2 (1947) 133. Spin: McKinley, Feshbach, Phys Rev 74 (1948) 1759.
std::array<double, 2> transport_moments(double T, int Z, double charge_squared, bool spin, double mu_max) {
    const double beta2 = beta_squared(T), beta = std::sqrt(beta2);
    const double pc = std::sqrt(T * (T + 2 * electron_mass_MeV));
    const double radius = 0.885 * bohr_radius_cm / std::cbrt(Z);
    const double chi0 = hbar_c_MeV_cm / (pc * radius);
    const double az = fine_structure * Z / beta;
    const double screen = 0.25 * chi0 * chi0 * (1.13 + 3.76 * az * az);
    const double scale = pi * charge_squared * std::pow(electron_radius_cm * electron_mass_MeV / (pc * beta), 2);
    std::array<double, 2> out{};
    for (int moment = 0; moment < 2; ++moment)
        out[static_cast<std::size_t>(moment)] = integrate_log(screen, mu_max + screen, 400, [&](double u) {
            const double mu = u - screen, root = std::sqrt(std::max(mu, 0.0));
            const double mott = spin ? 1 - beta2 * mu + pi * fine_structure * Z * beta * (root - mu) : 1;
            return scale * mott / (u * u) * (moment == 0 ? 2 * mu : 6 * mu * (1 - mu));
        });
    return out;
}

std::vector<double> on_grid(const LogGrid& grid, const Table& table, const char* column) {
    std::vector<double> out(static_cast<std::size_t>(grid.count));
    for (int k = 0; k < grid.count; ++k)
        out[static_cast<std::size_t>(k)] =
            interpolate_log_log(table.column("E_MeV"), table.column(column), grid.energy(k));
    return out;
}

}  // namespace

WaterPhysics::WaterPhysics(const std::filesystem::path& dir) {
    grid.low_MeV = 0.001;
    grid.step = 0.01;
    grid.count = 1 + static_cast<int>(std::ceil(std::log(20.0 / 0.001) / grid.step));
    read_photons(dir);
    read_bremsstrahlung(dir);
    read_electrons(dir);
    integrate_elastic();
}

void WaterPhysics::read_photons(const std::filesystem::path& dir) {
    const Table photon(dir / "photon_water.csv"), incoherent(dir / "incoherent.csv");
    compton = on_grid(grid, photon, "compton_cm2_g");
    photoelectric = on_grid(grid, photon, "photoelectric_cm2_g");
    pair = on_grid(grid, photon, "pair_cm2_g");
    const auto triplet = on_grid(grid, photon, "triplet_cm2_g");
    energy_absorption = on_grid(grid, photon, "mu_en_cm2_g");
    attenuation.resize(compton.size());
    for (std::size_t k = 0; k < compton.size(); ++k) {
        pair[k] += triplet[k];
        attenuation[k] = compton[k] + photoelectric[k] + pair[k];
    }
    const auto& x = incoherent.column("x_inv_angstrom");
    for (int i = 0; i <= 500; ++i)
        binding.push_back((2 * interpolate_linear(x, incoherent.column("S_H"), i * binding_step) +
                           interpolate_linear(x, incoherent.column("S_O"), i * binding_step)) /
                          10);
}

void WaterPhysics::read_bremsstrahlung(const std::filesystem::path& dir) {
    const Table table(dir / "brems_seltzer_berger.csv");
    std::vector<std::size_t> columns;
    for (const auto& name : table.names())
        if (name.size() > 1 && name[0] == 'k') brems_k.push_back(std::stod(name.substr(1)));
    for (std::size_t row = 0; row < table.rows(); ++row) {
        for (const auto& atom : atoms) {
            if (table.column("Z")[row] != atom.Z) continue;
            const double T = table.column("T_MeV")[row];
            auto at = std::find(brems_T.begin(), brems_T.end(), T);
            if (at == brems_T.end()) {
                brems_T.push_back(T);
                brems_chi.emplace_back(brems_k.size(), 0.0);
                at = brems_T.end() - 1;
            }
            auto& chi_row = brems_chi[static_cast<std::size_t>(at - brems_T.begin())];
            for (std::size_t c = 0; c < brems_k.size(); ++c)  // mb -> cm2 per gram of water, times Z^2
                chi_row[c] += atom.per_gram * atom.Z * atom.Z * 1e-27 * table.column(table.names()[c + 2])[row];
        }
    }
    validate(std::is_sorted(brems_T.begin(), brems_T.end()), "brems_seltzer_berger.csv: T_MeV must rise for each Z");
}

double WaterPhysics::chi(double T, double k) const {
    const auto row = static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(std::upper_bound(brems_T.begin(), brems_T.end(), T) - brems_T.begin(), 1,
                                   static_cast<std::ptrdiff_t>(brems_T.size()) - 1));
    const auto col = static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(std::upper_bound(brems_k.begin(), brems_k.end(), k) - brems_k.begin(), 1,
                                   static_cast<std::ptrdiff_t>(brems_k.size()) - 1));
    const double f = std::clamp(std::log(T / brems_T[row - 1]) / std::log(brems_T[row] / brems_T[row - 1]), 0.0, 1.0);
    const double g = (k - brems_k[col - 1]) / (brems_k[col] - brems_k[col - 1]);
    const auto along = [&](const std::vector<double>& c) { return c[col - 1] + g * (c[col] - c[col - 1]); };
    return (1 - f) * along(brems_chi[row - 1]) + f * along(brems_chi[row]);
}

void WaterPhysics::read_electrons(const std::filesystem::path& dir) {
    const Table electron(dir / "electron_water.csv");
    loss = on_grid(grid, electron, "S_col_MeV_cm2_g");
    range = on_grid(grid, electron, "csda_range_g_cm2");
    moller_rate.resize(loss.size());
    brems_rate.resize(loss.size());
    radiative.resize(loss.size());
    for (int k = 0; k < grid.count; ++k) {
        const auto i = static_cast<std::size_t>(k);
        const double T = grid.energy(k), cut = delta_cut_MeV / T;
        if (cut < 0.5) {
            moller_rate[i] = electrons_per_gram * integrate_log(cut, 0.5, 200, [&](double e) { return moller(T, e); });
            loss[i] -=
                electrons_per_gram * T * integrate_log(cut, 0.5, 200, [&](double e) { return e * moller(T, e); });
        }
        const double kc = std::min(1.0, photon_cut_MeV / T), per_beta2 = 1 / beta_squared(T);
        const auto photon_rate = [&](double x) { return per_beta2 * chi(T, x) / x; };
        const auto photon_energy = [&](double x) { return per_beta2 * T * chi(T, x); };
        brems_rate[i] = integrate_log(kc, 1.0, 200, photon_rate);
        const double soft = integrate_log(1e-6, kc, 200, photon_energy);
        radiative[i] = soft + integrate_log(kc, 1.0, 200, photon_energy);
        loss[i] += soft;
    }
}

void WaterPhysics::integrate_elastic() {
    inverse_l1.resize(loss.size());
    inverse_l2.resize(loss.size());
    for (int k = 0; k < grid.count; ++k) {
        const auto i = static_cast<std::size_t>(k);
        const double T = grid.energy(k), given = std::min(delta_cut_MeV, 0.5 * T);
        const double soft_mu = 0.5 * (1 - moller_cosine(T, T - given));  // harder knocks are explicit
        for (const auto& atom : atoms) {
            const auto nucleus = transport_moments(T, atom.Z, atom.Z * atom.Z, true, 1);
            const auto shell = transport_moments(T, atom.Z, atom.Z, false, soft_mu);
            inverse_l1[i] += atom.per_gram * (nucleus[0] + shell[0]);
            inverse_l2[i] += atom.per_gram * (nucleus[1] + shell[1]);
        }
    }
}

double WaterPhysics::binding_at(double x) const {
    const double at = x / binding_step;
    const auto cell = static_cast<std::size_t>(at);
    if (cell + 1 >= binding.size()) return 1;
    return binding[cell] + (at - static_cast<double>(cell)) * (binding[cell + 1] - binding[cell]);
}

}  // namespace coutard::dose
