#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace coutard::dose {

/// One element of a substance.
struct ElementPart {
    int Z = 0;
    std::string symbol;
    double atoms_per_g = 0;  ///< of the substance [1/g]
};

/// What a substance is made of.
struct Composition {
    std::vector<ElementPart> elements;
    double electrons_per_g() const;
};

/// Compositions by the name of the substance, from materials.json and elements.csv of a physics folder.
/// \throws InputError a file is missing or malformed, or names an element that elements.csv lacks
std::map<std::string, Composition> read_compositions(const std::filesystem::path& physics_dir);

}  // namespace coutard::dose
