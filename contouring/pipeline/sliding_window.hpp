#pragma once
#include <functional>
#include <vector>

#include "contouring/pipeline/chances.hpp"
#include "contouring/pipeline/intensity.hpp"
#include "engine/base/progress.hpp"
#include "engine/image/volume.hpp"

namespace coutard::contouring {

/// A network seen from outside: block of shape (windows and guides, z, y, x) in, probabilities of shape
/// (structures, z, y, x) out, both x fastest.
using BlockPredictor = std::function<std::vector<float>(const std::vector<float>& block)>;

struct SlidingWindow {
    Size3 block{48, 48, 48};        ///< voxels that the network sees at once
    double step = 0.5;              ///< distance of blocks, part of the block
    std::vector<HuWindow> windows;  ///< input channels
    int structures = 0;
};

/// First voxels of blocks along one axis: equally spread, the first at 0, the last ending at `extent`
/// (one at 0 where the block is longer).
std::vector<int> block_starts(int extent, int block, double step);

/// Probabilities of a whole image by overlapping blocks, blended with a Gaussian weight whose standard
/// deviation is an eighth of the block (equation (1) of docs/theory/contouring.md). Outside the image
/// is -1000 HU; a block without a voxel above -500 HU is air and is not shown to the network.
/// \param hu      [HU], on the network's spacing and axes
/// \param guides  further channels on its grid, 0 outside it (pipeline/guide.hpp)
/// \throws ContractError a predictor's result of another size
Chances slide(const Volume<float>& hu, const std::vector<Volume<float>>& guides, const SlidingWindow& how,
              const BlockPredictor& predict, const Progress& progress);

}  // namespace coutard::contouring
