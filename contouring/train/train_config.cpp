#include "contouring/train/train_config.hpp"

#include "engine/base/error.hpp"

namespace coutard::contouring {

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
    validate(batch >= 1 && batch <= 64, "batch", batch, "1 to 64");
    validate(learning_rate > 0 && learning_rate < 1, "learning_rate", learning_rate, "0 to 1");
    validate(ema >= 0 && ema < 1, "ema", ema, "0 to below 1");
}

}  // namespace coutard::contouring
