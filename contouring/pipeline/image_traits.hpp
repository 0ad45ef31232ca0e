#pragma once
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/image/volume.hpp"

namespace coutard::contouring {

/// Figures of an image by which scanners, kernels and calibrations differ. Taken on the network's lattice, so that the
/// pixels of the scan do not count.
struct ImageTraits {
    double soft_tissue_HU = 0;  ///< the commonest value from 0 to 120 HU
    double noise_HU = 0;        ///< of neighbours within soft tissue
    double worst_noise = 0;     ///< of one slice, times noise_HU: streaks
    double skin_step_HU = 0;    ///< median step from air to tissue: a soft kernel spreads it
};
/// Name, value and unit of each, in a fixed order; names are those of model cards.
struct NamedTrait {
    const char* name;
    double value;
    const char* what;  ///< in words
};
std::array<NamedTrait, 4> named(const ImageTraits& traits);

/// \param hu  [HU], on the network's spacing. Without soft tissue every trait is 0.
ImageTraits traits_of(const Volume<float>& hu);

/// By trait: 1st and 99th percentile in training. May lack some.
using UsualTraits = std::map<std::string, std::pair<double, double>>;

/// Ranges over images. \throws ContractError no image
UsualTraits usual_traits(const std::vector<ImageTraits>& images);

/// Traits further outside their range than a quarter of its width, in words.
std::vector<std::string> unlike_in_words(const ImageTraits& traits, const UsualTraits& usual);

}  // namespace coutard::contouring
