#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "contouring/train/trainer.hpp"
#include "engine/base/progress.hpp"

namespace coutard::contouring {

/// One sitting of a training run.
struct TrainOptions {
    std::filesystem::path data;                ///< folder of cases in the OpenKBP layout
    std::vector<std::filesystem::path> extra;  ///< further folders: the second pool of the sampler
    std::filesystem::path out;                 ///< receives checkpoint.pt, log.csv, NAME.cnet and its card NAME.json
    std::filesystem::path left_out;            ///< list of wrong labels; empty: none
    std::filesystem::path start;               ///< weights file to begin with; empty: random weights
    bool resume = false;                       ///< go on from out/checkpoint.pt
    long steps = 0;                            ///< end after so many in all, 0: no such limit
    double minutes = 0;                        ///< end after so much time in all, 0: no such limit
    std::string device = "auto";
    Compute compute = Compute::Auto;
    int threads = 1;
    double save_minutes = 5;  ///< between checkpoints
};

struct TrainSummary {
    long steps = 0;
    double minutes = 0;    ///< in steps, all sittings
    double last_loss = 0;  ///< mean of the last log interval
    std::size_t cases = 0, extra_cases = 0;
};

/// Train, logging loss to out/log.csv (step,minutes,learning_rate,loss,seconds_per_step) and writing the
/// averaged weights and their model card beside each checkpoint. The cosine schedule ends where the nearer limit ends.
/// \throws InputError bad data, no limit given, resume without a checkpoint, or start weights of a network that differs
/// in more than inputs and outputs \throws TrainingDiverged the last checkpoint stays as it was \throws Interrupted
/// after a checkpoint of the present state was written
TrainSummary train_contour(const TrainConfig& config, const TrainOptions& options, const Progress& progress);

}  // namespace coutard::contouring
