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
}

}  // namespace coutard::contouring
