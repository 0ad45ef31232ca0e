#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "contouring/net/net_config.hpp"
#include "contouring/pipeline/intensity.hpp"
#include "contouring/train/sampler.hpp"

namespace coutard::contouring {

/// What the model card says of a pool of patients.
struct DataNote {
    std::string name = "unnamed", licence = "not stated", citation;
};

/// Everything that decides what a training run learns; read from JSON (docs/formats/net_weights.md).
struct TrainConfig {
    std::string name = "contour";                                ///< of the model
    std::vector<std::string> structures = openkbp_structures();  ///< TG-263, that are learnt, at most 8
    bool nested = false;                                         ///< each structure takes in those before it (nest())
    GuideTraining guide;                                         ///< what is given beside the CT
    std::vector<HuWindow> windows{{-160, 240}, {-1000, 1500}};   ///< one input channel each
    NetConfig net;  ///< inputs and outputs follow windows, guide and structures
    SamplingConfig sampling;
    AugmentConfig augment;
    int batch = 1;                ///< patches per step
    double learning_rate = 2e-3;  ///< peak of the cosine, AdamW
    double weight_decay = 1e-4;
    int warmup_steps = 200;  ///< linear rise to the peak
    double ema = 0.999;      ///< decay of the averaged weights, per step
    double clip_norm = 5;    ///< of the gradient
    std::uint64_t seed = 1922;
    std::string description;  ///< for the model card
    DataNote data, extra;     ///< the first and the second pool, for the model card

    /// Structures that patients are read with: what is learnt, then what is given.
    std::vector<std::string> read_structures() const;

    /// \throws InputError naming the entry
    void check() const;
};

/// \throws InputError unreadable file, unknown entry, wrong type or value out of range
TrainConfig read_train_config(const std::filesystem::path& json);

}  // namespace coutard::contouring
