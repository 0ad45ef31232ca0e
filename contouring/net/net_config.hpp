#pragma once
#include <cstdint>
#include <vector>

namespace coutard::contouring {

/// Shape of a 3-D U-Net: what the weights file must agree with.
/// Source: Cicek et al., MICCAI 2016 (3-D U-Net); Isensee et al., Nat Methods 18 (2021) 203 for
/// instance norm, leaky ReLU, strided convolutions and deep supervision; Isensee et al., MICCAI 2024,
/// arXiv:2404.09556, for the residual encoder with a plain decoder.
struct NetConfig {
    int inputs = 2;                              ///< channels in: one per HU window
    int outputs = 7;                             ///< structures: one sigmoid each
    std::vector<int> channels{16, 32, 64, 128};  ///< features per level, finest first; at least two
    std::vector<int> encoder_convs{2, 2, 2, 2};  ///< 3x3x3 convolutions per level going down
    std::vector<int> decoder_convs{2, 2, 2};     ///< going up, finest first: one level fewer
    bool residual = false;                       ///< encoder in pairs of convolutions, each pair's input added
    int deep_supervision = 2;                    ///< coarser heads that the loss also sees in training
    /// Per output: the input channel that its logits begin from, -1 for none; empty: none of them. Such a channel
    /// runs from -1 outside to 1 inside and is 0 where nothing is given; how much it counts is learnt.
    std::vector<int> starts = {};
    bool operator==(const NetConfig&) const = default;

    /// Numbers that a network of this shape learns.
    std::int64_t parameters() const;
    int levels() const { return static_cast<int>(channels.size()); }
    /// Every axis of an input block is a multiple of this.
    int multiple() const { return 1 << (levels() - 1); }
    /// \throws InputError naming the entry that cannot be built
    void check() const;
};

}  // namespace coutard::contouring
