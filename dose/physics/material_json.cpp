#include <fstream>
#include <nlohmann/json.hpp>

#include "dose/physics/material.hpp"
#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {

double Material::attenuation(double energy) const {
    return interpolate_log_log(energy_MeV, attenuation_cm2_g, energy);
}

MaterialLibrary::MaterialLibrary(const std::filesystem::path& dir) {
    const auto file = dir / "materials.json";
    std::ifstream in(file);
    validate(in.good(), file.string() + ": cannot be read");
    try {
        const auto all = nlohmann::json::parse(in).at("materials");
        std::ifstream reach_in(dir / "primary_reach.json");
        validate(reach_in.good(), (dir / "primary_reach.json").string() + ": cannot be read");
        const auto reach = nlohmann::json::parse(reach_in).at("reach_g_cm2");
        const double water = all.at("water").at("electron_density_per_g").get<double>();
        for (const auto& [name, entry] : all.items()) {
            Material m;
            m.name = name;
            m.density_g_cm3 = entry.at("density_g_cm3").get<double>();
            m.electrons_relative_to_water = entry.at("electron_density_per_g").get<double>() / water;
            m.primary_relative_to_water = reach.contains(name)
                                              ? reach.at("water").get<double>() / reach.at(name).get<double>()
                                              : m.electrons_relative_to_water;
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
