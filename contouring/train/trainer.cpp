#include "contouring/train/trainer.hpp"

#include <torch/nn.h>
#include <torch/optim/adamw.h>
#include <torch/serialize.h>

#include <cmath>
#include <future>
#include <numbers>

#include "contouring/net/unet_torch.hpp"
#include "contouring/net/weights_torch.hpp"
#include "contouring/train/loss_torch.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

struct Batch {
    torch::Tensor image, inside, known;
};

Batch draw_batch(const TrainConfig& config, const PatchSampler& sampler, std::uint64_t step) {
    const Size3& n = config.sampling.patch;
    const auto count = static_cast<std::int64_t>(n.x) * n.y * n.z;
    Batch batch{torch::empty({config.batch, config.net.inputs, n.z, n.y, n.x}),
                torch::empty({config.batch, config.net.outputs, n.z, n.y, n.x}),
                torch::zeros({config.batch, config.net.outputs})};
    for (int b = 0; b < config.batch; ++b) {
        const auto counter = step * static_cast<std::uint64_t>(config.batch) + static_cast<std::uint64_t>(b);
        const Patch patch = sampler.draw(config.seed, counter);
        const auto channels = windowed(patch.hu, config.windows);
        float* image = batch.image.data_ptr<float>() + b * config.net.inputs * count;
        std::copy(patch.guide.begin(), patch.guide.end(), std::copy(channels.begin(), channels.end(), image));
        float* inside = batch.inside.data_ptr<float>() + b * config.net.outputs * count;
        for (std::int64_t v = 0; v < config.net.outputs * count; ++v)
            inside[v] = static_cast<float>(patch.inside[static_cast<std::size_t>(v)]) / 255.0F;
        for (int s = 0; s < config.net.outputs; ++s)
            if (patch.known >> s & 1) batch.known[b][s] = 1;
    }
    return batch;
}

}  // namespace

struct Trainer::Impl {
    TrainConfig config;
    const PatchSampler& sampler;
    torch::Device device;
    torch::ScalarType compute;
    UNet net;
    torch::optim::AdamW optimizer;
    std::vector<torch::Tensor> average;
    long done = 0;
    double minutes = 0, rate = 0;
    std::future<Batch> next;  // drawn while the step before it runs
    long next_step = -1;

    Impl(const TrainConfig& c, const PatchSampler& s, torch::Device d, torch::ScalarType type)
        : config(c),
          sampler(s),
          device(d),
          compute(type),
          net(seeded_net(c)),
          optimizer(net->parameters(), torch::optim::AdamWOptions(c.learning_rate).weight_decay(c.weight_decay)) {
        net->to(device);
        net->train();
        for (const auto& p : net->parameters()) average.push_back(p.detach().clone());
    }

    static UNet seeded_net(const TrainConfig& c) {
        torch::manual_seed(c.seed);
        return UNet(c.net);
    }

    Batch take_batch() {
        Batch batch = next.valid() && next_step == done ? next.get()
                                                        : draw_batch(config, sampler, static_cast<std::uint64_t>(done));
        if (torch::get_num_threads() > 1) {
            next_step = done + 1;
            next = std::async(std::launch::async, [this, at = static_cast<std::uint64_t>(next_step)] {
                return draw_batch(config, sampler, at);
            });
        }
        return batch;
    }

    void set_rate(double schedule) {
        const double warm = std::min(1.0, static_cast<double>(done + 1) / std::max(1, config.warmup_steps));
        const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, std::max(0.0, schedule))));
        rate = config.learning_rate * warm * std::max(cosine, 0.002);
        for (auto& group : optimizer.param_groups()) static_cast<torch::optim::AdamWOptions&>(group.options()).lr(rate);
    }

    void update_average() {
        const torch::NoGradGuard no_grad;
        const double decay =
            std::min(config.ema, (1.0 + static_cast<double>(done)) / (10.0 + static_cast<double>(done)));
        const auto parameters = net->parameters();
        for (std::size_t p = 0; p < parameters.size(); ++p) average[p].lerp_(parameters[p], 1 - decay);
    }
};

Trainer::Trainer(const TrainConfig& config, const PatchSampler& sampler, const std::string& device, Compute compute) {
    config.check();
    const torch::Device d = device_named(device);
    impl_ = std::make_unique<Impl>(config, sampler, d, compute_type(compute, d));
}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;

double Trainer::step(double schedule) {
    Impl& t = *impl_;
    const Batch batch = t.take_batch();
    t.set_rate(schedule);
    t.optimizer.zero_grad();
    const auto logits = t.net->forward(batch.image.to(t.device), t.compute);
    const auto loss = masked_loss(logits, batch.inside.to(t.device), batch.known.to(t.device));
    const double value = loss.item<double>();
    const auto where = " at step " + std::to_string(t.done + 1);
    if (!std::isfinite(value)) throw TrainingDiverged("training stopped: the loss is not finite" + where);
    loss.backward();
    const double norm = torch::nn::utils::clip_grad_norm_(t.net->parameters(), t.config.clip_norm);
    if (!std::isfinite(norm)) throw TrainingDiverged("training stopped: the gradient is not finite" + where);
    t.optimizer.step();
    ++t.done;
    t.update_average();
    return value;
}

long Trainer::steps_done() const {
    return impl_->done;
}
double Trainer::learning_rate() const {
    return impl_->rate;
}
double Trainer::minutes() const {
    return impl_->minutes;
}
void Trainer::add_minutes(double minutes) {
    impl_->minutes += minutes;
}

std::string Trainer::machine() const {
    const int threads = torch::get_num_threads();
    const std::string place = impl_->device.is_cuda()
                                  ? "CUDA device"
                                  : "CPU, " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
    return place + ", " + std::string(c10::toString(impl_->compute));
}

NetWeights Trainer::weights() const {
    return weights_of(impl_->config.net, *impl_->net, impl_->net->parameters());
}
NetWeights Trainer::averaged_weights() const {
    return weights_of(impl_->config.net, *impl_->net, impl_->average);
}

void Trainer::start_from(const NetWeights& weights) {
    Impl& t = *impl_;
    expect(t.done == 0, "start_from: before the first step");
    load_weights_of_other(*t.net, t.config.net, weights);
    const torch::NoGradGuard no_grad;
    const auto parameters = t.net->parameters();
    for (std::size_t p = 0; p < parameters.size(); ++p) t.average[p].copy_(parameters[p]);
}

void Trainer::save(const std::filesystem::path& checkpoint) const {
    const Impl& t = *impl_;
    torch::serialize::OutputArchive archive, net, average, optimizer;
    t.net->save(net);
    for (std::size_t p = 0; p < t.average.size(); ++p) average.write(std::to_string(p), t.average[p]);
    t.optimizer.save(optimizer);
    archive.write("net", net);
    archive.write("average", average);
    archive.write("optimizer", optimizer);
    archive.write("state", torch::tensor({static_cast<double>(t.done), t.minutes}, torch::kDouble));
    write_atomically(checkpoint, [&](const std::filesystem::path& file) { archive.save_to(file.string()); });
}

void Trainer::load(const std::filesystem::path& checkpoint) {
    Impl& t = *impl_;
    validate(std::filesystem::exists(checkpoint), "checkpoint: no file " + checkpoint.string());
    try {
        torch::serialize::InputArchive archive, net, average, optimizer;
        archive.load_from(checkpoint.string(), t.device);
        archive.read("net", net);
        archive.read("average", average);
        archive.read("optimizer", optimizer);
        torch::Tensor state;
        archive.read("state", state);
        t.net->load(net);
        for (std::size_t p = 0; p < t.average.size(); ++p) average.read(std::to_string(p), t.average[p]);
        t.optimizer.load(optimizer);
        t.done = static_cast<long>(state[0].item<double>());
        t.minutes = state[1].item<double>();
    } catch (const c10::Error& e) {
        throw InputError("checkpoint " + checkpoint.string() +
                         ": truncated, or of another network: " + e.what_without_backtrace());
    }
}

}  // namespace coutard::contouring
