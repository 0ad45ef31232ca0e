#include "contouring/train/fingerprint.hpp"

#include <algorithm>
#include <cmath>

#include "contouring/pipeline/network_frame.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr double kAnisotropic = 3;      // one axis so much coarser than the others
constexpr double kLeastAxisVoxels = 3;  // of the coarsest level
constexpr int kMostLevels = 6, kMostBatch = 8;
constexpr int kFewChannels = 16, kManyChannels = 32;
constexpr double kManyChannelsGB = 4;  // from here on memory buys width too
constexpr int kWidest = 12;            // times the first level's channels
constexpr double kLongestPatch = 512;  // [voxels], as TrainConfig::check()
constexpr double kBytes = 4, kKeptPerConv = 3, kPerWeight = 5;

/// \param part  0 to 1
double quantile(std::vector<double> values, double part) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(std::lround(part * static_cast<double>(values.size() - 1)))];
}

/// Spacing along LPS axes, whichever the image's own are.
Vec3 spacing_along_patient(const Grid& grid) {
    Vec3 out;
    const Mat3 axes = grid.direction();
    const Vec3 own[3] = {axes.cx, axes.cy, axes.cz};
    for (int a = 0; a < 3; ++a)
        for (int k = 0; k < 3; ++k) out[k] += std::abs(own[a][k]) * grid.spacing_mm()[a];
    return out;
}

int multiple_of(double voxels, int of) {
    return std::max(of, static_cast<int>(std::ceil(voxels / of)) * of);
}

NetConfig shape_of(int levels, int channels) {
    NetConfig net;
    net.channels.clear(), net.encoder_convs.clear(), net.decoder_convs.clear();
    constexpr int convs[kMostLevels] = {2, 4, 6, 6, 6, 6};
    for (int l = 0; l < levels; ++l) {
        net.channels.push_back(std::min(channels << l, kWidest * channels));
        net.encoder_convs.push_back(convs[l]);
        if (l > 0) net.decoder_convs.push_back(1);
    }
    net.residual = true;
    net.deep_supervision = std::min(2, levels - 2);
    return net;
}

/// The largest patch that fits: the whole patient, made shorter along the axis that is longest in proportion to him.
/// \param whole  the median patient [voxels] \return false where not even the smallest fits
bool fit_patch(TrainConfig& c, const Vec3& whole, double memory_GB) {
    const int step = c.net.multiple(), least = multiple_of(kLeastAxisVoxels * step, step);
    int patch[3];
    for (int k = 0; k < 3; ++k) patch[k] = multiple_of(std::min(whole[k], kLongestPatch - step), step);
    for (;;) {
        c.sampling.patch = {patch[0], patch[1], patch[2]};
        if (step_memory_GB(c) <= memory_GB) return true;
        int longest = -1;
        for (int k = 0; k < 3; ++k)
            if (patch[k] > least && (longest < 0 || patch[k] / whole[k] > patch[longest] / whole[longest])) longest = k;
        if (longest < 0) return false;
        patch[longest] -= step;
    }
}

}  // namespace

Fingerprint fingerprint_of(const std::vector<TrainingCase>& cases, const std::vector<std::string>& structures) {
    expect(!cases.empty(), "fingerprint: at least one case");
    Fingerprint out;
    out.patients = static_cast<int>(cases.size());
    std::vector<double> spacing[3], extent[3];
    for (const TrainingCase& c : cases) {
        const Vec3 s = spacing_along_patient(c.hu.grid());
        const Grid around = network_grid(image_of(c), s);
        const int voxels[3] = {around.size().x, around.size().y, around.size().z};
        for (int k = 0; k < 3; ++k) spacing[k].push_back(s[k]), extent[k].push_back(voxels[k] * s[k]);
    }
    for (int k = 0; k < 3; ++k) {
        out.median_spacing_mm[k] = quantile(spacing[k], 0.5), out.fine_spacing_mm[k] = quantile(spacing[k], 0.1);
        out.median_extent_mm[k] = quantile(extent[k], 0.5);
    }
    for (std::size_t s = 0; s < structures.size(); ++s) {
        std::vector<double> cm3;
        for (const TrainingCase& c : cases)
            if (c.knows(static_cast<int>(s)))
                cm3.push_back(static_cast<double>(c.voxels[s].size()) * c.hu.grid().voxel_cm3());
        out.organs.push_back({structures[s], static_cast<int>(cm3.size()), cm3.empty() ? 0 : quantile(cm3, 0.5)});
    }
    return out;
}

double step_memory_GB(const TrainConfig& config) {
    const NetConfig& net = config.net;
    const Size3& patch = config.sampling.patch;
    double voxels = static_cast<double>(patch.x) * patch.y * patch.z, kept = voxels * (net.inputs + 3.0 * net.outputs);
    for (std::size_t l = 0; l < net.channels.size(); ++l, voxels /= 8) {
        const double convs = net.encoder_convs[l] + (l < net.decoder_convs.size() ? net.decoder_convs[l] + 1 : 0);
        kept += kKeptPerConv * convs * net.channels[l] * voxels;
    }
    return kBytes * (config.batch * kept + kPerWeight * static_cast<double>(net.parameters())) / 1e9;
}

TrainConfig plan_training(const Fingerprint& fingerprint, double memory_GB) {
    TrainConfig c;
    c.structures.clear();
    for (const Fingerprint::Organ& organ : fingerprint.organs) {
        validate(organ.patients > 0, "training plan: no patient has " + organ.name);
        c.structures.push_back(organ.name);
    }
    if (!without_partner(c.structures).empty()) c.augment.mirror_share = 0;
    Vec3 spacing = fingerprint.median_spacing_mm;
    for (int k = 0; k < 3; ++k)
        if (spacing[k] > kAnisotropic * std::max(spacing[(k + 1) % 3], spacing[(k + 2) % 3]))
            spacing[k] = fingerprint.fine_spacing_mm[k];
    c.sampling.spacing_mm = spacing;
    const Vec3 whole{fingerprint.median_extent_mm.x / spacing.x, fingerprint.median_extent_mm.y / spacing.y,
                     fingerprint.median_extent_mm.z / spacing.z};
    const int channels = memory_GB < kManyChannelsGB ? kFewChannels : kManyChannels;
    const double least = std::min({whole.x, whole.y, whole.z});
    const int most = std::clamp(1 + static_cast<int>(std::log2(least / kLeastAxisVoxels)), 2, kMostLevels);
    for (int levels = most; levels >= 2; --levels) {  // shallower where a deeper one's smallest patch has no room
        c.net = shape_of(levels, channels);
        c.net.inputs = static_cast<int>(c.windows.size()), c.net.outputs = static_cast<int>(c.structures.size());
        if (!fit_patch(c, whole, memory_GB)) continue;
        for (; c.batch <= kMostBatch && step_memory_GB(c) <= memory_GB; ++c.batch) {
        }
        --c.batch;  // the last that fitted
        return c;
    }
    validate(false, "training plan: memory [GB]", memory_GB, "more: the smallest patch does not fit");
    return c;
}

}  // namespace coutard::contouring
