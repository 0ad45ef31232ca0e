#include "contouring/net/net_config.hpp"

#include "engine/base/error.hpp"

namespace coutard::contouring {

void NetConfig::check() const {
    validate(inputs >= 1 && inputs <= 32, "net: inputs", inputs, "1 to 32");
    validate(outputs >= 1 && outputs <= 256, "net: outputs", outputs, "1 to 256");
    validate(levels() >= 2 && levels() <= 7, "net: number of channels entries", levels(), "2 to 7");
    validate(encoder_convs.size() == channels.size(), "net: number of encoder_convs entries", encoder_convs.size(),
             "one per level");
    validate(decoder_convs.size() + 1 == channels.size(), "net: number of decoder_convs entries", decoder_convs.size(),
             "one fewer than levels");
    for (const int c : channels) validate(c >= 1 && c <= 1024, "net: channels", c, "1 to 1024");
    for (const int n : encoder_convs) {
        validate(n >= 1 && n <= 16, "net: encoder_convs", n, "1 to 16");
        validate(!residual || n % 2 == 0, "net: encoder_convs of a residual encoder", n, "an even number");
    }
    for (const int n : decoder_convs) validate(n >= 1 && n <= 8, "net: decoder_convs", n, "1 to 8");
    validate(deep_supervision >= 0 && deep_supervision < levels() - 1, "net: deep_supervision", deep_supervision,
             "0 to levels - 2");
    validate(starts.empty() || static_cast<int>(starts.size()) == outputs, "net: number of starts", starts.size(),
             "none, or one per output");
    for (const int channel : starts)
        validate(channel >= -1 && channel < inputs, "net: starts", channel, "-1 or an input channel");
}

std::int64_t NetConfig::parameters() const {
    const auto block = [](std::int64_t in, std::int64_t out, int convs) {
        return 27 * out * (in + (convs - 1) * out) + 2 * convs * out;  // kernels; scale and shift of the norms
    };
    std::int64_t sum = static_cast<std::int64_t>(starts.empty() ? 0 : outputs);
    for (std::size_t l = 0; l < channels.size(); ++l) {
        const std::int64_t here = channels[l], in = l == 0 ? inputs : here;
        sum += block(in, here, encoder_convs[l]) + (residual && in != here ? in * here : 0);
        if (l > 0) sum += 8 * here * channels[l - 1];
        if (l + 1 == channels.size()) break;
        sum += 8 * here * channels[l + 1] + block(2 * here, here, decoder_convs[l]);
        if (static_cast<int>(l) <= deep_supervision) sum += outputs * (here + 1);
    }
    return sum;
}

}  // namespace coutard::contouring
