#include "dose/machine/softening.hpp"

#include <cmath>

#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// What narrow-beam kerma needs, per bin of a spectrum [cm2/g].
struct Attenuations {
    std::vector<double> energy_MeV, water, absorption, iron;

    Attenuations(const Spectrum& spectrum, const std::filesystem::path& physics_dir) : energy_MeV(spectrum.energy_MeV) {
        const Table w(physics_dir / "photon_water.csv"), e(physics_dir / "elements_photon.csv");
        std::vector<double> at, mu;
        for (std::size_t r = 0; r < e.rows(); ++r) {
            if (e.column("Z")[r] != 26) continue;
            at.push_back(e.column("E_MeV")[r]);
            mu.push_back(0);
            for (const char* part :
                 {"rayleigh_cm2_g", "photoelectric_cm2_g", "compton_cm2_g", "pair_cm2_g", "triplet_cm2_g"})
                mu.back() += e.column(part)[r];
        }
        validate(!at.empty(), (physics_dir / "elements_photon.csv").string() + ": no rows for iron (Z = 26)");
        for (double energy : energy_MeV) {
            water.push_back(interpolate_log_log(w.column("E_MeV"), w.column("total_cm2_g"), energy));
            absorption.push_back(interpolate_log_log(w.column("E_MeV"), w.column("mu_en_cm2_g"), energy));
            iron.push_back(interpolate_log_log(at, mu, energy));
        }
    }

    std::vector<double> without_iron(const std::vector<double>& photons, double t) const {
        std::vector<double> out;
        double sum = 0;
        for (std::size_t b = 0; b < photons.size(); ++b) {
            out.push_back(photons[b] * std::exp(t * iron[b]));
            sum += out.back();
        }
        for (double& p : out) p /= sum;
        return out;
    }

    double kerma_behind(const std::vector<double>& photons, double depth) const {
        double sum = 0;
        for (std::size_t b = 0; b < photons.size(); ++b)
            sum += photons[b] * energy_MeV[b] * absorption[b] * std::exp(-water[b] * depth);
        return sum;
    }

    double half_value(const std::vector<double>& photons) const {
        const double half = 0.5 * kerma_behind(photons, 0);
        double low = 0, high = 100;
        for (int i = 0; i < 60; ++i) {
            const double middle = 0.5 * (low + high);
            (kerma_behind(photons, middle) > half ? low : high) = middle;
        }
        return std::log(2.0) / low;
    }
};

}  // namespace

double half_value_attenuation(const Spectrum& spectrum, const std::filesystem::path& physics_dir) {
    return Attenuations(spectrum, physics_dir).half_value(spectrum.photons);
}

SpectrumRows softened(const Spectrum& axis, const std::vector<double>& angle_deg,
                      const std::vector<double>& attenuation, double sad_mm, const std::filesystem::path& physics_dir) {
    constexpr double farthest_mm = 300, degrees = 57.29577951308232;
    const Attenuations of(axis, physics_dir);
    const double on_axis = of.half_value(axis.photons);
    SpectrumRows out;
    out.bins = axis.photons.size();
    for (double r = 0; r < farthest_mm + 0.5 * out.step_mm; r += out.step_mm) {
        const double wanted = on_axis * interpolate_linear(angle_deg, attenuation, std::atan(r / sad_mm) * degrees);
        double low = -50, high = 50;  // [g/cm2] of iron
        for (int i = 0; i < 60; ++i) {
            const double middle = 0.5 * (low + high);
            (of.half_value(of.without_iron(axis.photons, middle)) < wanted ? low : high) = middle;
        }
        const auto row = r == 0 ? axis.photons : of.without_iron(axis.photons, low);
        out.photons.insert(out.photons.end(), row.begin(), row.end());
    }
    return out;
}

}  // namespace coutard::dose
