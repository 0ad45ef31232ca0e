#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/image/volume.hpp"
#include "engine/plan/case.hpp"
#include "engine/shape/structure.hpp"

namespace coutard {

/// One structure as a network sees it.
struct MaskedStructure {
    std::string name;  ///< TG-263
    Mask mask;         ///< on the grid of the CT
};

struct ContourRequest {
    std::vector<std::string> only;                      ///< names wanted; empty: all the model knows
    std::optional<std::vector<MaskedStructure>> prior;  ///< yesterday's contours on this grid
    double prior_error_mm = 3;  ///< standard deviation of its surfaces' place along their normals, 1 to 10, for models
                                ///< with a prior
    std::vector<MaskedStructure> organs{};  ///< today's, for models that are given them (targets)
    std::vector<Vec3> points_mm{};          ///< that a person set inside the first structure of such a model
    std::optional<Mask> rough{};            ///< or a rough contour of it, on this grid
};

/// A place to look at first.
struct SliceDoubt {
    double z_mm = 0;       ///< patient z of the slice
    double wrong_cm3 = 0;  ///< volume expected on the wrong side of the contour there
};
/// How sure a contourer is of one structure.
struct StructureDoubt {
    std::string name;                ///< TG-263
    double expected_dice = 0;        ///< with a person's contour, as the probabilities say; 0: nothing was drawn
    double dice_bound = 1;           ///< the largest that its volume allows, were the person's a usual one
    double predicted_dice = 0;       ///< the same, as patients with known contours have shown that it reads
    std::vector<SliceDoubt> slices;  ///< the few with most to look at, first first
};

struct ContourProposal {
    std::vector<MaskedStructure> masks;
    StructureSet structures;             ///< the same as contours, named, coloured, described
    std::vector<std::string> warnings;   ///< missing organ, two components, left-right doubt, ...
    std::vector<StructureDoubt> doubts;  ///< one per structure that the model drew, least sure first
    std::string model;                   ///< name and weights SHA-256
};

/// Delineates organs on a CT. Implemented by contouring/.
class Contourer {
  public:
    virtual ~Contourer() = default;
    /// \throws InputError the image is not one that the model can read
    virtual ContourProposal contour(const CtImage& ct, const ContourRequest& request,
                                    const Progress& progress) const = 0;
};

}  // namespace coutard
