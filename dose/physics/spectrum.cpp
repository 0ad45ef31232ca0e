#include "dose/physics/spectrum.hpp"

#include <cmath>

#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {

double Spectrum::mean_MeV() const {
    double sum = 0;
    for (std::size_t i = 0; i < photons.size(); ++i) sum += photons[i] * energy_MeV[i];
    return sum;
}

Spectrum read_spectrum(const std::filesystem::path& dir, const std::string& name) {
    const auto file = dir / "spectra" / (name + ".csv");
    validate(name.find('/') == std::string::npos && std::filesystem::exists(file),
             "spectrum '" + name + "' is unknown: no file " + file.string());
    const Table table(file);
    const auto &low = table.column("E_low_MeV"), &high = table.column("E_high_MeV");
    const auto& part = table.column("fraction_per_bin");
    Spectrum out;
    out.name = name;
    double sum = 0;
    for (std::size_t i = 0; i < part.size(); ++i) {
        validate(high[i] > low[i] && part[i] >= 0, file.string() + ": bins must rise and hold no negative photons");
        if (part[i] == 0) continue;
        out.energy_MeV.push_back(0.5 * (low[i] + high[i]));
        out.width_MeV.push_back(high[i] - low[i]);
        out.photons.push_back(part[i]);
        sum += part[i];
    }
    validate(sum > 0, file.string() + ": holds no photons");
    for (double& p : out.photons) p /= sum;
    return out;
}

Spectrum hardened(Spectrum spectrum, double power) {
    double sum = 0;
    for (std::size_t b = 0; b < spectrum.photons.size(); ++b)
        sum += spectrum.photons[b] *= std::pow(spectrum.energy_MeV[b], power);
    for (double& p : spectrum.photons) p /= sum;
    return spectrum;
}

}  // namespace coutard::dose
