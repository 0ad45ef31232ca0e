#pragma once
#include <string>
#include <vector>

#include "contouring/train/train_config.hpp"
#include "contouring/train/training_case.hpp"

namespace coutard::contouring {

/// What a set of patients is like, as far as it decides a network.
struct Fingerprint {
    struct Organ {
        std::string name;
        int patients = 0;       ///< contoured in so many
        double median_cm3 = 0;  ///< over them
    };
    int patients = 0;
    Vec3 median_spacing_mm, fine_spacing_mm;  ///< along LPS axes; fine: 10th percentile of each
    Vec3 median_extent_mm;                    ///< of the network's lattice: what is not air, two voxels around it
    std::vector<Organ> organs;
};

/// \throws ContractError no case
Fingerprint fingerprint_of(const std::vector<TrainingCase>& cases, const std::vector<std::string>& structures);

/// What the arrays of one training step take [GB]: three per convolution kept for the gradient, in float32, and each
/// weight with gradient, two moments and average.
double step_memory_GB(const TrainConfig& config);

/// Settings for such patients by rule (docs/theory/contouring.md): spacing, patch, levels, channels and batch.
/// \param memory_GB  for the arrays of a step
/// \throws InputError a structure that nobody has, or memory for less than the smallest patch
TrainConfig plan_training(const Fingerprint& fingerprint, double memory_GB);

/// The settings that a plan decides, as `read_train_config` takes them. \throws OutputError
void write_train_plan(const std::filesystem::path& json, const TrainConfig& config);

}  // namespace coutard::contouring
