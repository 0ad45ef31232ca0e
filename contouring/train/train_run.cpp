#include "contouring/train/train_run.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>

#include "contouring/net/model_card.hpp"
#include "contouring/net/sha256.hpp"
#include "contouring/pipeline/intensity.hpp"
#include "contouring/pipeline/network_frame.hpp"
#include "engine/base/error.hpp"
#include "engine/image/resample.hpp"

namespace coutard::contouring {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
constexpr int kLogEvery = 50;  // [steps]

std::vector<TrainingCase> read_all(const std::vector<fs::path>& folders, const TrainConfig& config,
                                   const LeftOut& left_out, const Progress& progress) {
    const auto structures = config.read_structures();
    std::vector<TrainingCase> cases;
    for (const fs::path& folder : folders) {
        progress.at(static_cast<double>(cases.size()) / static_cast<double>(folders.size()),
                    "read " + folder.filename().string());
        cases.push_back(read_case(folder, structures, left_out));
        if (config.nested) nest(cases.back(), static_cast<int>(config.structures.size()));
    }
    return cases;
}

double minutes_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count() / 60;
}

/// The loop of one sitting: schedule, log, checkpoints.
class Sitting {
  public:
    Sitting(Trainer& trainer, const TrainOptions& options, ModelCard card)
        : trainer_(trainer), options_(options), card_(std::move(card)) {
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
        write_weights(options_.out / card_.weights_file, trainer_.averaged_weights(), Precision::Float16);
        card_.weights_sha256 = sha256_of_file(options_.out / card_.weights_file);
        card_.steps = trainer_.steps_done();
        card_.minutes = trainer_.minutes();
        write_card(options_.out / (card_.name + ".json"), card_);
        return trainer_.minutes();
    }

    Trainer& trainer_;
    const TrainOptions& options_;
    ModelCard card_;
    std::ofstream log_;
};

/// 5th and 95th percentile of a structure's volume [cm3] over the patients who have it.
std::pair<double, double> usual_cm3(const std::vector<TrainingCase>& pool, int structure) {
    std::vector<double> volumes;
    for (const TrainingCase& c : pool)
        if (c.knows(structure))
            volumes.push_back(static_cast<double>(c.voxels[static_cast<std::size_t>(structure)].size()) *
                              c.hu.grid().voxel_cm3());
    std::sort(volumes.begin(), volumes.end());
    const auto at = [&](double part) {
        return volumes[static_cast<std::size_t>(std::lround(part * static_cast<double>(volumes.size() - 1)))];
    };
    return volumes.empty() ? std::pair{0.0, 1e9} : std::pair{at(0.05), at(0.95)};
}

ModelCard card_of(const TrainConfig& config, const std::vector<TrainingCase>& pool,
                  const std::vector<TrainingCase>& extra) {
    ModelCard card;
    card.name = config.name, card.description = config.description, card.weights_file = config.name + ".cnet";
    card.structures = config.structures, card.windows = config.windows;
    card.spacing_mm = config.sampling.spacing_mm, card.block = config.sampling.patch, card.seed = config.seed;
    card.guide = config.guide.input, card.nested = config.nested;
    card.data.push_back({config.data.name, config.data.licence, config.data.citation, static_cast<int>(pool.size())});
    if (!extra.empty())
        card.data.push_back(
            {config.extra.name, config.extra.licence, config.extra.citation, static_cast<int>(extra.size())});
    std::vector<ImageTraits> images;
    for (const TrainingCase& c : pool) {
        const auto hu = image_of(c);
        images.push_back(traits_of(resample(hu, network_grid(hu, card.spacing_mm), kBlankHu)));
    }
    card.usual_image = usual_traits(images);
    for (std::size_t s = 0; s < config.structures.size(); ++s)
        card.usual_cm3[config.structures[s]] = usual_cm3(pool, static_cast<int>(s));
    return card;
}

/// A checkpoint holds numbers alone; what they mean stands in the card beside it.
/// \throws InputError the settings name, order or place things otherwise
ModelCard card_to_resume(const TrainConfig& config, const fs::path& card_file) {
    const ModelCard card = read_card(card_file);
    const auto same = [&](bool yes, const char* what) {
        validate(yes, "training: " + std::string(what) + " of the settings and of the run to resume (" +
                          card_file.string() + ") differ");
    };
    same(card.structures == config.structures, "structures");
    same(card.guide == config.guide.input && card.nested == config.nested, "guide or nesting");
    same(card.windows == config.windows, "HU windows");
    same(card.block == config.sampling.patch && card.spacing_mm == config.sampling.spacing_mm, "patch or spacing");
    same(card.seed == config.seed, "seed");
    return card;
}

}  // namespace

TrainSummary train_contour(const TrainConfig& config, const TrainOptions& options, const Progress& progress) {
    config.check();
    validate(options.steps > 0 || options.minutes > 0, "training: give a limit of steps or minutes");
    validate(options.threads >= 1, "training: threads", options.threads, "at least 1");
    const fs::path checkpoint = options.out / "checkpoint.pt";
    validate(!options.resume || fs::exists(checkpoint), "training: nothing to resume, no " + checkpoint.string());
    validate(options.resume || !fs::exists(checkpoint),
             "training: " + checkpoint.string() + " exists; resume it or choose another folder");
    validate(!options.resume || options.start.empty(),
             "training: a resumed run began already; --start is for new ones");
    const ModelCard before =
        options.resume ? card_to_resume(config, options.out / (config.name + ".json")) : ModelCard{};
    const LeftOut left_out = options.left_out.empty() ? LeftOut{} : read_left_out(options.left_out);
    const auto pool = read_all(find_cases(options.data), config, left_out, progress.part(0, 0.01));
    std::vector<fs::path> extra_folders;
    for (const fs::path& dir : options.extra)
        for (const fs::path& folder : find_cases(dir)) extra_folders.push_back(folder);
    const auto extra = read_all(extra_folders, config, left_out, progress.part(0.01, 0.02));
    at::set_num_threads(options.threads);
    const PatchSampler sampler(pool, extra, config.structures, config.sampling, config.augment, config.guide);
    Trainer trainer(config, sampler, options.device, options.compute);
    if (options.resume)
        trainer.load(checkpoint);
    else if (!options.start.empty())
        trainer.start_from(read_weights(options.start));
    std::error_code error;
    fs::create_directories(options.out, error);
    if (error) throw OutputError("cannot make folder " + options.out.string() + ": " + error.message());
    ModelCard card = card_of(config, pool, extra);
    card.machine = trainer.machine() + (options.start.empty() ? "" : ", from " + options.start.filename().string());
    if (options.resume) card.machine = before.machine;  // says what it began with
    Sitting sitting(trainer, options, std::move(card));
    const double loss = sitting.run(progress.part(0.02, 1));
    return {trainer.steps_done(), trainer.minutes(), loss, pool.size(), extra.size()};
}

}  // namespace coutard::contouring
