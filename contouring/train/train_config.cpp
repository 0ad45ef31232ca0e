#include "contouring/train/train_config.hpp"

#include "engine/base/error.hpp"

namespace coutard::contouring {

namespace {

struct Entry {
    const char* name;
    double value;
};

void check_shares(const TrainConfig& c) {
    const AugmentConfig& a = c.augment;
    const PromptConfig& p = c.guide.prompts;
    for (const auto& [name, share] : std::initializer_list<Entry>{
             {"sampling: anywhere_share", c.sampling.anywhere_share},
             {"sampling: extra_share", c.sampling.extra_share},
             {"augment: mirror_share", a.mirror_share},
             {"augment: noise_share", a.noise_share},
             {"augment: blur_share", a.blur_share},
             {"augment: blank_share and tube_share", a.blank_share + a.tube_share},
             {"augment: blank_share", a.blank_share},
             {"augment: tube_share", a.tube_share},
             {"prior: none_share", c.guide.prior.none_share},
             {"prior: absent_share", c.guide.prior.absent_share},
             {"prompts: none_share", p.none_share},
             {"prompts: points_share", p.points_share},
             {"prompts: scribble_share", p.scribble_share},
             {"prompts: none_share, points_share and scribble_share", p.none_share + p.points_share + p.scribble_share},
             {"prompts: points_besides_share", p.points_besides_share},
             {"prompts: organ_absent_share", p.organ_absent_share}})
        validate(share >= 0 && share <= 1, name, share, "0 to 1");
}

void check_sizes(const TrainConfig& c) {
    const AugmentConfig& a = c.augment;
    validate(a.scale >= 0 && a.scale <= 0.6, "augment: scale", a.scale, "0 to 0.6");  // 4/3 of it turns a patch round
    for (const auto& [name, size] :
         std::initializer_list<Entry>{{"augment: rotation_deg", a.rotation_deg},
                                      {"augment: jitter", a.jitter},
                                      {"augment: hu_shift", a.hu_shift},
                                      {"augment: noise_hu", a.noise_hu},
                                      {"prior: error_known_to", c.guide.prior.error_known_to},
                                      {"prompts: least_mm", c.guide.prompts.least_mm}})
        validate(size >= 0, name, size, "at least 0");
    validate(a.hu_scale >= 0 && a.hu_scale < 1, "augment: hu_scale", a.hu_scale, "0 to below 1");
    validate(c.guide.prompts.most_mm >= c.guide.prompts.least_mm, "prompts: most_mm", c.guide.prompts.most_mm,
             "at least least_mm");
}

}  // namespace

std::vector<std::string> TrainConfig::read_structures() const {
    std::vector<std::string> all = structures;
    all.insert(all.end(), guide.input.organs.begin(), guide.input.organs.end());
    return all;
}

void TrainConfig::check() const {
    net.check();
    validate(!structures.empty() && structures.size() <= 8, "structures: how many", structures.size(), "1 to 8");
    guide.input.check(structures);
    validate(read_structures().size() <= 16, "structures and organs: how many", read_structures().size(), "at most 16");
    const int inputs = static_cast<int>(windows.size()) + guide.input.channels(static_cast<int>(structures.size()));
    validate(net.inputs == inputs, "net: inputs", net.inputs, std::to_string(inputs) + ", HU windows and guide");
    validate(net.starts == guide.input.starts(static_cast<int>(windows.size()), net.outputs), "net: starts",
             net.starts.size(), "those of the guide");
    validate(net.outputs == static_cast<int>(structures.size()), "net: outputs", net.outputs, "one per structure");
    for (const HuWindow& w : windows) validate(w.low < w.high, "windows_HU: low", w.low, "below high");
    for (const int n : {sampling.patch.x, sampling.patch.y, sampling.patch.z})
        validate(n >= net.multiple() && n <= 512 && n % net.multiple() == 0, "sampling: patch", n,
                 "a multiple of 2^(levels - 1), at most 512");
    for (int k = 0; k < 3; ++k)
        validate(sampling.spacing_mm[k] > 0.1 && sampling.spacing_mm[k] < 50, "sampling: spacing_mm",
                 sampling.spacing_mm[k], "0.1 to 50");
    const auto all = read_structures();
    for (const int alone : without_partner(all))
        validate(augment.mirror_share <= 0, "augment: mirror_share", augment.mirror_share,
                 "0: " + all[static_cast<std::size_t>(alone)] +
                     " has no partner on the other side and would be learnt on the wrong one");
    validate(!nested || guide.input.kind != Guide::Prior,
             "guide: a prior of nested structures: contours of another day may be shells or not");
    validate(batch >= 1 && batch <= 64, "batch", batch, "1 to 64");
    validate(learning_rate > 0 && learning_rate < 1, "learning_rate", learning_rate, "0 to 1");
    validate(weight_decay >= 0 && weight_decay < 1, "weight_decay", weight_decay, "0 to 1");
    validate(clip_norm > 0, "clip_norm", clip_norm, "above 0");
    validate(warmup_steps >= 0, "warmup_steps", warmup_steps, "at least 0");
    validate(ema >= 0 && ema < 1, "ema", ema, "0 to below 1");
    check_shares(*this);
    check_sizes(*this);
}

}  // namespace coutard::contouring
