#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "dose/physics/material.hpp"
#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {

double Material::attenuation(double energy) const {
    return interpolate_log_log(energy_MeV, attenuation_cm2_g, energy);
}

double Material::primary_scale(double photon_MeV) const {
    if (advance_energy_MeV.empty()) return electrons_relative_to_water;
    std::vector<double> ln;
    for (double e : advance_energy_MeV) ln.push_back(std::log(e));
    return interpolate_linear(ln, primary_relative_to_water, std::log(photon_MeV));
}

double Material::detour(double photon_MeV) const {
    return advance_energy_MeV.empty() ? 1 : primary_scale(photon_MeV) / stopping_relative_to_water;
}

namespace {

/// Mass collision stopping power of 1 MeV [MeV cm2/g].
double stopping_of(const std::filesystem::path& dir, const std::string& name) {
    const Table table(dir / ("electron_" + name + ".csv"));
    return interpolate_log_log(table.column("E_MeV"), table.column("S_col_MeV_cm2_g"), 1.0);
}

/// Of charged particles [g/cm2], by substance, at rising energies of the photon.
struct Advances {
    std::vector<double> photon_MeV;
    std::map<std::string, std::vector<double>> of;
};

Advances read_advances(const std::filesystem::path& file) {
    std::ifstream in(file);
    validate(in.good(), file.string() + ": cannot be read");
    Advances out;
    try {
        const auto all = nlohmann::json::parse(in);
        all.at("photon_MeV").get_to(out.photon_MeV);
        all.at("advance_g_cm2").get_to(out.of);
    } catch (const nlohmann::json::exception& problem) {
        throw InputError(file.string() + ": " + problem.what());
    }
    validate(out.of.contains("water"), file.string() + ": water is missing");
    validate(!out.photon_MeV.empty(), file.string() + ": photon_MeV is empty");
    for (std::size_t i = 0; i < out.photon_MeV.size(); ++i)
        validate(out.photon_MeV[i] > (i == 0 ? 0 : out.photon_MeV[i - 1]), file.string() + ": photon_MeV",
                 out.photon_MeV[i], "rising from above 0");
    for (const auto& [name, advance] : out.of) {
        validate(advance.size() == out.photon_MeV.size(), file.string() + ": advances of " + name, advance.size(),
                 "one per energy");
        for (double a : advance) validate(a > 0, file.string() + ": advance of " + name, a, "above 0");
    }
    return out;
}

}  // namespace

MaterialLibrary::MaterialLibrary(const std::filesystem::path& dir) {
    const Advances advance = read_advances(dir / "primary_advance.json");
    const auto file = dir / "materials.json";
    std::ifstream in(file);
    validate(in.good(), file.string() + ": cannot be read");
    try {
        const auto all = nlohmann::json::parse(in).at("materials");
        for (const auto& [name, values] : advance.of)
            validate(all.contains(name), (dir / "primary_advance.json").string() + ": '" + name + "' is no material");
        const double water = all.at("water").at("electron_density_per_g").get<double>();
        const double water_stopping = stopping_of(dir, "water");
        for (const auto& [name, entry] : all.items()) {
            Material m;
            m.name = name;
            m.density_g_cm3 = entry.at("density_g_cm3").get<double>();
            m.electrons_relative_to_water = entry.at("electron_density_per_g").get<double>() / water;
            if (advance.of.contains(name)) {
                m.advance_energy_MeV = advance.photon_MeV;
                for (std::size_t i = 0; i < advance.photon_MeV.size(); ++i)
                    m.primary_relative_to_water.push_back(advance.of.at("water")[i] / advance.of.at(name)[i]);
            }
            m.stopping_relative_to_water = stopping_of(dir, name) / water_stopping;
            const Table table(dir / ("photon_" + name + ".csv"));
            m.energy_MeV = table.column("E_MeV");
            const auto &total = table.column("total_cm2_g"), &coherent = table.column("rayleigh_cm2_g");
            for (std::size_t i = 0; i < total.size(); ++i) m.attenuation_cm2_g.push_back(total[i] - coherent[i]);
            materials_.emplace(name, std::move(m));
        }
    } catch (const nlohmann::json::exception& problem) {
        throw InputError(file.string() + ": " + problem.what());
    }
}

const Material& MaterialLibrary::at(const std::string& name) const {
    const auto found = materials_.find(name);
    if (found != materials_.end()) return found->second;
    std::string known;
    for (const auto& [key, value] : materials_) known += (known.empty() ? "" : ", ") + key;
    throw InputError("material '" + name + "' is unknown; known: " + known);
}

}  // namespace coutard::dose
