#include "contouring/train/training_case.hpp"

#include <algorithm>
#include <cmath>

#include "contouring/pipeline/intensity.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr int kBodySampleStep = 37;  // a prime: no lattice pattern

}  // namespace

Volume<float> image_of(const TrainingCase& c) {
    return {c.hu.grid(), std::vector<float>(c.hu.values().begin(), c.hu.values().end())};
}

Mask label_of(const TrainingCase& c, int structure) {
    Mask mask(c.labels.grid());
    for (const std::uint32_t v : c.voxels[static_cast<std::size_t>(structure)]) mask[v] = 255;
    return mask;
}

void index_voxels(TrainingCase& c) {
    for (auto& list : c.voxels) list.clear();
    c.body.clear();
    for (std::size_t v = 0; v < c.labels.count(); ++v) {
        for (std::size_t s = 0; s < c.voxels.size(); ++s)
            if (c.labels[v] >> s & 1) c.voxels[s].push_back(static_cast<std::uint32_t>(v));
        if (v % kBodySampleStep == 0 && c.hu[v] > kAirBelowHu) c.body.push_back(static_cast<std::uint32_t>(v));
    }
}

void nest(TrainingCase& c, int count) {
    expect(count >= 1 && static_cast<std::size_t>(count) <= c.voxels.size(), "nest: structures of the case");
    for (std::uint16_t& labels : c.labels.values())
        for (int s = 1; s < count; ++s) labels = static_cast<std::uint16_t>(labels | (labels >> (s - 1) & 1) << s);
    index_voxels(c);
}

const std::vector<std::string>& openkbp_structures() {
    static const std::vector<std::string> names{"Brainstem", "SpinalCord", "Parotid_R",    "Parotid_L",
                                                "Esophagus", "Larynx",     "Bone_Mandible"};
    return names;
}

TrainingCase make_case(std::string name, const Volume<float>& ct, const Volume<std::uint16_t>& label_bits,
                       const std::vector<std::string>& structures, const LeftOut& left_out) {
    expect(!structures.empty() && structures.size() <= 16, "one to sixteen structures per case");
    validate(ct.grid().same_as(label_bits.grid(), 0.01), name + ": ct and labels have different grids");
    TrainingCase c{std::move(name), Volume<std::int16_t>(ct.grid()), Volume<std::uint16_t>(ct.grid()), 0, {}, {}};
    const auto bad = left_out.find(c.name);
    unsigned wanted = 0;
    for (std::size_t s = 0; s < structures.size(); ++s)
        if (bad == left_out.end() || !bad->second.contains(structures[s])) wanted |= 1U << s;
    for (std::size_t v = 0; v < ct.count(); ++v) {
        validate(std::isfinite(ct[v]), c.name + ": ct [HU]", ct[v], "a finite number");
        c.hu[v] = static_cast<std::int16_t>(std::lround(std::clamp(ct[v], -1024.0F, 30000.0F)));
        c.labels[v] = static_cast<std::uint16_t>(label_bits[v] & wanted);
    }
    c.voxels.resize(structures.size());
    index_voxels(c);
    for (std::size_t s = 0; s < structures.size(); ++s)
        if (!c.voxels[s].empty()) c.known = static_cast<std::uint16_t>(c.known | 1U << s);
    return c;
}

}  // namespace coutard::contouring
