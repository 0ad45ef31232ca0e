#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contouring/pipeline/doubt.hpp"
#include "contouring/pipeline/guide.hpp"
#include "contouring/pipeline/image_traits.hpp"
#include "contouring/pipeline/intensity.hpp"
#include "engine/geom/grid.hpp"

namespace coutard::contouring {

/// Data a model learnt from, with its licence.
struct TrainingData {
    std::string name, licence, citation;
    int cases = 0;
};

/// How a model's contours agree with the reference contours of patients it never saw.
struct OrganScore {
    std::string structure;
    int patients = 0;     ///< with a reference contour
    double dice = 0;      ///< mean DSC on the voxels of the image grid
    double dice_low = 0;  ///< worst patient
    double dice_median = 0;
    std::optional<double> hd95_mm;                      ///< mean over patients where both contours exist
    int not_found = 0;                                  ///< patients where the model drew nothing (they count with 0)
    int failures = 0;                                   ///< patients with a DSC below 0.5, those not found among them
    double surface_dice_3mm = 0, surface_dice_5mm = 0;  ///< means
};

/// What a person must know of a model before trusting it; JSON beside the weights.
struct ModelCard {
    std::string name, description;
    std::string weights_file;  ///< beside the card
    std::string weights_sha256;
    std::vector<std::string> structures;  ///< TG-263, in bit order of label maps
    Vec3 spacing_mm{4, 4, 3};             ///< that the network sees
    Size3 block{48, 48, 48};
    std::vector<HuWindow> windows;
    GuideInput guide;     ///< input channels beside the CT's
    bool nested = false;  ///< each structure takes in those before it
    std::vector<TrainingData> data;
    std::uint64_t seed = 0;
    long steps = 0;
    double minutes = 0;                                          ///< of training
    std::string machine;                                         ///< that trained it
    std::map<std::string, std::pair<double, double>> usual_cm3;  ///< 5th and 95th percentile of volume in training
    UsualTraits usual_image;                                     ///< of training images; empty: not known
    std::map<std::string, DoubtModel> doubts;                    ///< by structure; none: as the network says
    std::string scored_on;                                       ///< "OpenKBP validation, 33 patients"
    std::vector<OrganScore> scores;                              ///< empty: never evaluated
};

/// \throws InputError missing, not a card, another format version, or a value out of range
ModelCard read_card(const std::filesystem::path& json);
/// \throws OutputError
void write_card(const std::filesystem::path& json, const ModelCard& card);

}  // namespace coutard::contouring
