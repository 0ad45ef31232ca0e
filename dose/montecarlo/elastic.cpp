#include "dose/montecarlo/elastic.hpp"

#include <algorithm>
#include <cmath>

#include "dose/physics/constants.hd.hpp"
#include "dose/physics/electron_events.hd.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// Screened Rutherford scattering by one kind of atom.
struct Screened {
    Screened(int Z, double kinetic_MeV)
        : beta2(beta_squared(kinetic_MeV)), spin(pi * fine_structure * Z * std::sqrt(beta2)) {
        const double pc = std::sqrt(kinetic_MeV * (kinetic_MeV + 2 * electron_mass_MeV));
        const double chi0 = hbar_c_MeV_cm * std::cbrt(Z) / (pc * 0.885 * bohr_radius_cm);
        const double az = fine_structure * Z / std::sqrt(beta2);
        screening = 0.25 * chi0 * chi0 * (1.13 + 3.76 * az * az);
        per_charge = pi * std::pow(electron_radius_cm * electron_mass_MeV / pc, 2) / beta2;
    }
    double rutherford(double mu) const { return per_charge / ((mu + screening) * (mu + screening)); }
    double mott(double mu) const { return 1 - beta2 * mu + spin * (std::sqrt(mu) - mu); }

    double beta2, spin, screening, per_charge;
};

/// Points even in ln(mu + least), with weights of the midpoint rule.
struct Lattice {
    Lattice(double least, int cells) {
        const double h = std::log((1 + least) / least) / cells;
        for (int i = 0; i < cells; ++i) {
            mu.push_back(least * std::expm1((i + 0.5) * h));
            weight.push_back((mu.back() + least) * h);
        }
    }
    std::vector<double> mu, weight;
};

/// visit(l, P_l(1 - 2 mu)) for l = 0 .. orders.
template <class Visit>
void each_legendre(double mu, int orders, Visit&& visit) {
    const double x = 1 - 2 * mu;
    double before = 1, now = x;
    visit(0, 1.0);
    for (int l = 1; l <= orders; ++l) {
        visit(l, now);
        const double next = ((2 * l + 1) * x * now - l * before) / (l + 1);
        before = now;
        now = next;
    }
}

}  // namespace

std::vector<double> elastic_moments(const Composition& substance, double T, double shell_mu_max, int orders) {
    std::vector<Screened> atoms;
    double least = 1;
    for (const auto& e : substance.elements) least = std::min(least, atoms.emplace_back(e.Z, T).screening);
    std::vector<double> out(static_cast<std::size_t>(orders) + 1);
    const Lattice lattice(least, 500);
    for (std::size_t i = 0; i < lattice.mu.size(); ++i) {
        const double mu = lattice.mu[i];
        double sigma = 0;
        for (std::size_t e = 0; e < atoms.size(); ++e) {
            const auto& part = substance.elements[e];
            const double shell = mu < shell_mu_max ? 1 : 0;
            sigma +=
                part.atoms_per_g * atoms[e].rutherford(mu) * (part.Z * part.Z * atoms[e].mott(mu) + part.Z * shell);
        }
        each_legendre(mu, orders, [&](int l, double p) {
            // 1 - P_l of a tiny angle by its first term: the difference has no digits left
            const double lost = l * (l + 1.0) * mu < 1e-5 ? l * (l + 1.0) * mu : 1 - p;
            out[static_cast<std::size_t>(l)] += sigma * lattice.weight[i] * lost;
        });
    }
    return out;
}

Deflection deflection_of_path(double path, const std::vector<double>& moments) {
    const double mean = -0.5 * std::expm1(-path * moments.at(1));  // <mu>
    expect(mean > 0 && mean < 0.49, "deflection: the path is longer than nothing and shorter than isotropy");
    Deflection out;
    // the a for which u = (1 + a) mu / (mu + a) would be even: a [(1 + a) ln(1 + 1/a) - 1] = <mu>
    double low = 1e-12, high = 1e6;
    for (int i = 0; i < 200; ++i) {
        out.a = std::sqrt(low * high);
        const double there = out.a * ((1 + out.a) * std::log1p(1 / out.a) - 1);
        (there < mean ? low : high) = out.a;
    }
    constexpr int cells = 1024;
    std::vector<double> damped, cumulated{0};
    for (double g : moments) {
        damped.push_back(std::exp(-path * g));
        if (damped.back() < 1e-9) break;  // what follows adds nothing
    }
    ensure(damped.back() < 1e-6, "deflection: enough orders for the series to end");
    const int orders = static_cast<int>(damped.size()) - 1;
    for (int i = 0; i < cells; ++i) {
        const double u = (i + 0.5) / cells, mu = out.a * u / (1 + out.a - u);
        double density = 0;
        each_legendre(mu, orders,
                      [&](int l, double p) { density += (2 * l + 1) * damped[static_cast<std::size_t>(l)] * p; });
        const double slope = out.a * (1 + out.a) / ((1 + out.a - u) * (1 + out.a - u));  // d mu / d u
        cumulated.push_back(cumulated.back() + std::max(density, 0.0) * slope);
    }
    std::size_t at = 0;
    for (int k = 0; k < Deflection::points; ++k) {
        const double above = 1 - k / (Deflection::points - 1.0);  // finer towards large angles
        const double wanted = cumulated.back() * (1 - above * above);
        while (at + 2 < cumulated.size() && cumulated[at + 1] < wanted) ++at;
        const double rise = cumulated[at + 1] - cumulated[at];
        const double part = rise > 0 ? std::clamp((wanted - cumulated[at]) / rise, 0.0, 1.0) : 0;
        out.u[k] = static_cast<float>((static_cast<double>(at) + part) / cells);
    }
    return out;
}

}  // namespace coutard::dose
