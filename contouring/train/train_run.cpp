#include "contouring/train/train_run.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "engine/base/error.hpp"
#include "engine/base/log.hpp"

namespace coutard::contouring {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
constexpr int kLogEvery = 50;  // [steps]

std::vector<TrainingCase> read_all(const std::vector<fs::path>& folders, const std::vector<std::string>& structures,
                                   const LeftOut& left_out, const Progress& progress) {
    std::vector<TrainingCase> cases;
    for (const fs::path& folder : folders) {
        progress.at(static_cast<double>(cases.size()) / static_cast<double>(folders.size()),
                    "read " + folder.filename().string());
        cases.push_back(read_case(folder, structures, left_out));
    }
    return cases;
}

double minutes_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count() / 60;
}

/// The loop of one sitting: schedule, log, checkpoints.
class Sitting {
  public:
    Sitting(Trainer& trainer, const TrainOptions& options) : trainer_(trainer), options_(options) {
        const fs::path log = options.out / "log.csv";
        const bool fresh = !options.resume || !fs::exists(log);
        log_.open(log, fresh ? std::ios::trunc : std::ios::app);
        if (!log_) throw OutputError("cannot write " + log.string());
        if (fresh) log_ << "step,minutes,learning_rate,loss,seconds_per_step\n";
    }

    double run(const Progress& progress) {
        double sum = 0, loss = 0, saved = trainer_.minutes(), logged = trainer_.minutes();
        int n = 0;
        try {
            while (done() < 1) {
                const auto start = Clock::now();
                sum += trainer_.step(done());
                trainer_.add_minutes(minutes_since(start));
                if (++n == kLogEvery || done() >= 1) {
                    loss = sum / n;
                    write_log(loss, 60 * (trainer_.minutes() - logged) / n);
                    logged = trainer_.minutes();
                    sum = n = 0;
                }
                if (trainer_.minutes() - saved >= options_.save_minutes) saved = save();
                progress.at(std::min(done(), 1.0), "step " + std::to_string(trainer_.steps_done()));
            }
        } catch (const Interrupted&) {
            save();
            throw;
        }
        save();
        return loss;
    }

  private:
    double done() const {
        const double by_steps =
            options_.steps > 0 ? static_cast<double>(trainer_.steps_done()) / static_cast<double>(options_.steps) : 0;
        return std::max(by_steps, options_.minutes > 0 ? trainer_.minutes() / options_.minutes : 0);
    }
    void write_log(double loss, double seconds) {
        log_ << trainer_.steps_done() << ',' << trainer_.minutes() << ',' << trainer_.learning_rate() << ',' << loss
             << ',' << seconds << std::endl;
    }
    double save() {
        trainer_.save(options_.out / "checkpoint.pt");
        write_weights(options_.out / "weights.cnet", trainer_.averaged_weights(), Precision::Float16);
        return trainer_.minutes();
    }

    Trainer& trainer_;
    const TrainOptions& options_;
    std::ofstream log_;
};

}  // namespace

TrainSummary train_contour(const TrainConfig& config, const TrainOptions& options, const Progress& progress) {
    config.check();
    validate(options.steps > 0 || options.minutes > 0, "training: give a limit of steps or minutes");
    validate(options.threads >= 1, "training: threads", options.threads, "at least 1");
    const fs::path checkpoint = options.out / "checkpoint.pt";
    validate(!options.resume || fs::exists(checkpoint), "training: nothing to resume, no " + checkpoint.string());
    validate(options.resume || !fs::exists(checkpoint),
             "training: " + checkpoint.string() + " exists; resume it or choose another folder");
    const LeftOut left_out = options.left_out.empty() ? LeftOut{} : read_left_out(options.left_out);
    const auto pool = read_all(find_cases(options.data), config.structures, left_out, progress.part(0, 0.01));
    std::vector<fs::path> extra_folders;
    for (const fs::path& dir : options.extra)
        for (const fs::path& folder : find_cases(dir)) extra_folders.push_back(folder);
    const auto extra = read_all(extra_folders, config.structures, left_out, progress.part(0.01, 0.02));
    at::set_num_threads(options.threads);
    const PatchSampler sampler(pool, extra, config.structures, config.sampling, config.augment);
    Trainer trainer(config, sampler, options.device, options.compute);
    if (options.resume) trainer.load(checkpoint);
    std::error_code error;
    fs::create_directories(options.out, error);
    if (error) throw OutputError("cannot make folder " + options.out.string() + ": " + error.message());
    Sitting sitting(trainer, options);
    const double loss = sitting.run(progress.part(0.02, 1));
    return {trainer.steps_done(), trainer.minutes(), loss, pool.size(), extra.size()};
}

}  // namespace coutard::contouring
