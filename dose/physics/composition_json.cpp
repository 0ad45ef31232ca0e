#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "dose/physics/composition.hpp"
#include "dose/physics/constants.hd.hpp"
#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {

double Composition::electrons_per_g() const {
    double sum = 0;
    for (const auto& e : elements) sum += e.Z * e.atoms_per_g;
    return sum;
}

std::map<std::string, Composition> read_compositions(const std::filesystem::path& dir) {
    const auto file = dir / "materials.json";
    const Table table(dir / "elements.csv");
    const auto& symbols = table.text("symbol");
    std::ifstream in(file);
    validate(in.good(), file.string() + ": cannot be read");
    std::map<std::string, Composition> out;
    try {
        const auto all = nlohmann::json::parse(in).at("materials");
        for (const auto& [name, entry] : all.items())
            for (const auto& [symbol, fraction] : entry.at("mass_fractions").items()) {
                const auto row = std::find(symbols.begin(), symbols.end(), symbol) - symbols.begin();
                validate(row < static_cast<std::ptrdiff_t>(symbols.size()),
                         file.string() + ": " + name + " holds " + symbol + ", which elements.csv lacks");
                const auto r = static_cast<std::size_t>(row);
                out[name].elements.push_back(
                    {static_cast<int>(table.column("Z")[r]), symbol,
                     fraction.get<double>() * avogadro_per_mol / table.column("atomic_weight")[r]});
            }
    } catch (const nlohmann::json::exception& problem) {
        throw InputError(file.string() + ": " + problem.what());
    }
    return out;
}

}  // namespace coutard::dose
