#pragma once
#include <map>
#include <vector>

#include "contouring/train/augment.hpp"
#include "contouring/train/simulated_guide.hpp"

namespace coutard::contouring {

/// What share of the patches shows what.
struct SamplingConfig {
    Size3 patch{48, 48, 48};  ///< voxels
    Vec3 spacing_mm{4, 4, 3};
    double anywhere_share = 0.2;  ///< middles anywhere in the body; the rest on a structure
    double extra_share = 0.12;    ///< patches of the second pool, when there is one
    std::vector<double> weights;  ///< of the structures; empty: equal, so that rare ones are not rare
};

/// Draws training patches: structure first, then a patient who has it, then a voxel of it, so that a
/// structure contoured in few patients is seen as often as any other.
class PatchSampler {
  public:
    /// \param pool   patients; \param extra  a second pool (phantoms), may be empty
    /// \param structures  that are learnt; with prompts the patients also have guide.input.organs, after them
    /// \throws InputError no patient knows any structure
    PatchSampler(const std::vector<TrainingCase>& pool, const std::vector<TrainingCase>& extra,
                 std::vector<std::string> structures, SamplingConfig sampling, AugmentConfig augment,
                 GuideTraining guide = {});

    /// The patch of one step; depends on nothing but (seed, step). Safe from any thread.
    Patch draw(std::uint64_t seed, std::uint64_t step) const;

  private:
    using Having = std::vector<std::vector<const TrainingCase*>>;  // by structure
    Vec3 draw_middle(const TrainingCase& from, int structure, Random& random) const;
    std::vector<float> guide(const TrainingCase& from, const Patch& patch, const Placement& where,
                             Random& random) const;

    Having pool_, extra_;
    std::vector<double> cumulative_;
    SamplingConfig sampling_;
    AugmentConfig augment_;
    GuideTraining guide_;
    int drawn_;  ///< structures that are learnt
    MirrorPairs pairs_;
    std::map<const TrainingCase*, Volume<std::uint8_t>> depths_;  ///< of prompts
};

}  // namespace coutard::contouring
