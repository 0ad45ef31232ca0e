#pragma once
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "contouring/net/compute.hpp"
#include "contouring/net/weights.hpp"
#include "contouring/train/train_config.hpp"

namespace coutard::contouring {

/// A network, its optimizer and its place in the schedule. Step n draws its patches from
/// (seed, n) alone, so a resumed run repeats an unbroken one bit for bit (same machine and threads).
class Trainer {
  public:
    /// \param device  "auto", "cpu" or "cuda" \throws NotBuilt cuda asked for and absent
    Trainer(const TrainConfig& config, const PatchSampler& sampler, const std::string& device,
            Compute compute = Compute::Auto);
    ~Trainer();
    Trainer(Trainer&&) noexcept;

    /// One optimizer step. \param schedule  part of the run that is over, 0 to 1: sets the learning rate
    /// \returns the loss \throws TrainingDiverged the loss or gradient is not finite; nothing changed
    double step(double schedule);
    long steps_done() const;
    double learning_rate() const;  ///< of the last step
    double minutes() const;        ///< time spent in steps, resumed runs together
    void add_minutes(double minutes);

    std::string machine() const;  ///< "CPU, 1 thread, bfloat16": where it trains, for the model card

    NetWeights weights() const;           ///< as trained
    NetWeights averaged_weights() const;  ///< exponential moving average: the ones to use

    /// Begin with these instead of random ones, before the first step. Further inputs weigh nothing at first, other
    /// outputs begin anew. \throws InputError of another network
    void start_from(const NetWeights& weights);

    /// Weights, average, optimizer, step and time in one file, whole or not at all.
    void save(const std::filesystem::path& checkpoint) const;
    /// \throws InputError unreadable, or of another network
    void load(const std::filesystem::path& checkpoint);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The loss stopped being a number; the last checkpoint is good.
class TrainingDiverged : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace coutard::contouring
