#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/phantom/solid.hpp"

namespace coutard::phantom {

/// One primitive of a layer, as the recipe writes it [mm].
struct ShapeSpec {
    enum class Kind { Ellipsoid, Box, Tube, Profile } kind = Kind::Ellipsoid;
    Vec3 centre, radii;             ///< ellipsoid; box: half lengths
    std::vector<Vec3> points;       ///< tube
    double radius = 1;              ///< tube
    Vec3 scale{1, 1, 1};            ///< tube
    std::vector<Section> sections;  ///< profile
    double exponent = 2;            ///< profile
};

/// Restriction by an earlier layer: inside it, or outside of it, grown by some millimetres.
struct Reference {
    std::string layer;
    double grow_mm = 0;
};

/// One tissue or region; later layers paint over earlier ones.
struct LayerSpec {
    std::string name;
    std::string structure;              ///< name of its label; empty: none. Mirrored pairs get _L and _R
    double hu = 0, texture_hu = 0;      ///< mean CT number; standard deviation of its smooth texture
    bool paint = true;                  ///< false: a region only, such as a target
    bool mirror = false;                ///< a second one at -x
    bool lesion = false;                ///< changes side from patient to patient
    bool machine = false;               ///< couch: stays where it is when the patient moves or changes
    double vary_mm = 0, vary_size = 0;  ///< standard deviation of place [mm] and size [1] in a population
    double grow_mm = 0;
    std::optional<double> shell_mm;
    std::optional<std::array<double, 3>> repeat_mm;  ///< first, period, thickness along z
    std::vector<ShapeSpec> parts;
    std::vector<Reference> inside, outside;
};

/// How a phantom patient is put together; kept as JSON in data/phantoms (docs/guide/phantoms.md).
struct Recipe {
    std::string name, description;
    Vec3 low_mm, high_mm;          ///< box of the CT
    Vec3 spacing_mm{2, 2, 3};      ///< of the CT when nothing else is asked for
    double noise_hu = 10;          ///< standard deviation of CT noise
    Vec3 motion_centre_mm;         ///< about which the body turns and scales
    std::string outline = "Skin";  ///< layer that bounds the body
    std::string tumour;            ///< layer that shrinks under treatment; may be empty
    std::vector<LayerSpec> layers;
};

/// \throws InputError naming file, layer, key, expected and found
Recipe read_recipe(const std::filesystem::path& file);

/// Another patient of the same kind: body scaled by some percent and turned by some degrees, organs moved
/// and resized, lesion on either side, CT numbers and noise varied; same seed, same patient.
struct Individual {
    Vec3 scale{1, 1, 1};
    Mat3 rotation;
    bool lesion_left = true;
    std::uint64_t seed = 0;  ///< of the layers' variations; 0: as the recipe says
    double hu_offset = 0;
    double noise_factor = 1;
};
Individual individual(std::uint64_t seed);

/// A layer ready to paint.
struct Layer {
    std::string name, structure;
    double hu = 0, texture_hu = 0;
    bool paint = true, machine = false;
    SolidPtr solid;
};
/// \throws InputError a reference names no earlier layer
std::vector<Layer> build(const Recipe& recipe, const Individual& who);

}  // namespace coutard::phantom
