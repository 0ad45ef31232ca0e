#include "contouring/net/network_contourer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "contouring/net/sha256.hpp"
#include "contouring/net/unet_torch.hpp"
#include "contouring/net/weights_torch.hpp"
#include "contouring/pipeline/components.hpp"
#include "contouring/pipeline/guide_channels.hpp"
#include "contouring/pipeline/input_check.hpp"
#include "contouring/pipeline/intensity.hpp"
#include "contouring/pipeline/mirror.hpp"
#include "contouring/pipeline/network_frame.hpp"
#include "contouring/pipeline/plausibility.hpp"
#include "contouring/pipeline/prior.hpp"
#include "contouring/pipeline/sliding_window.hpp"
#include "contouring/pipeline/slivers.hpp"
#include "contouring/pipeline/upsample.hpp"
#include "engine/base/error.hpp"
#include "engine/image/resample.hpp"
#include "engine/shape/body.hpp"
#include "engine/shape/contour_from_mask.hpp"

namespace coutard::contouring {
namespace {

namespace fs = std::filesystem;
constexpr double kKeepPart = 0.1;          // of the largest region: tubes are drawn in pieces
constexpr double kOneRegion = 2;           // no other region is that large
constexpr double kLeastPartCm3 = 1;        // of targets
constexpr double kLeastPartOfVoxel = 0.5;  // of the network, in a slice
constexpr const char* kExternal = "External";
constexpr double kFastStep = 0.75, kBestStep = 0.5;  // distance of blocks, part of a block
constexpr double kPriorMarginMm = 30, kLittleOverlap = 0.5;

bool is_tube(const std::string& name) {
    return name == "SpinalCord" || name == "Esophagus";
}

NetWeights checked_weights(const fs::path& file, const ModelCard& card) {
    validate(fs::exists(file), "model " + card.name + ": no weights file " + file.string());
    NetWeights weights = read_weights(file);  // first: its message says what is wrong with the file
    validate(sha256_of_file(file) == card.weights_sha256,
             "model " + card.name + ": " + file.string() + " is not the file the card describes (SHA-256 differs)");
    validate(weights.net.outputs == static_cast<int>(card.structures.size()),
             "model " + card.name + ": network outputs", weights.net.outputs,
             std::to_string(card.structures.size()) + ", the card's structures");
    const int inputs = static_cast<int>(card.windows.size()) + card.guide.channels(weights.net.outputs);
    validate(weights.net.inputs == inputs, "model " + card.name + ": network inputs", weights.net.inputs,
             std::to_string(inputs) + ", the card's HU windows and guide");
    validate(weights.net.starts == card.guide.starts(static_cast<int>(card.windows.size()), weights.net.outputs),
             "model " + card.name + ": what its logits begin from is not what the card's guide gives");
    for (const int n : {card.block.x, card.block.y, card.block.z})
        validate(n % weights.net.multiple() == 0, "model " + card.name + ": block", n,
                 "a multiple of " + std::to_string(weights.net.multiple()) + " for this network");
    return weights;
}

DoubtModel doubt_model(const ModelCard& card, const std::string& structure) {
    const auto at = card.doubts.find(structure);
    return at == card.doubts.end() ? DoubtModel{} : at->second;
}

/// What its volume allows: what the scan may have cut off can be as small as it is.
double bound_by_volume(const ModelCard& card, const std::string& structure, const Found& found) {
    const auto usual = card.usual_cm3.find(structure);
    if (usual == card.usual_cm3.end()) return 1;
    const auto [low, high] = usual->second;
    return dice_bound(found.volume_cm3, {found.at_edge ? 0 : low, high});
}

const Mask* prior_of(const ContourRequest& request, const std::string& name) {
    if (!request.prior) return nullptr;
    for (const MaskedStructure& p : *request.prior)
        if (p.name == name) return &p.mask;
    return nullptr;
}

/// Names among given structures that are not wanted, each after a blank; External is drawn by rule.
std::string not_among(const std::vector<MaskedStructure>& given, const std::vector<std::string>& wanted) {
    std::string names;
    for (const MaskedStructure& g : given)
        if (g.name != kExternal && std::find(wanted.begin(), wanted.end(), g.name) == wanted.end())
            names += (names.empty() ? " " : ", ") + g.name;
    return names;
}

/// What of a request a model cannot use, or lacks, in words. \throws InputError prompts for a model without them
std::vector<std::string> notes_on_guides(const ContourRequest& request, const ModelCard& card) {
    std::vector<std::string> notes;
    if (request.prior)
        if (const auto names = not_among(*request.prior, card.structures); !names.empty())
            notes.push_back("prior: not used, this model does not draw" + names);
    const bool pointed = !request.points_mm.empty() || request.rough;
    if (card.guide.kind != Guide::Prompts) {
        validate(!pointed && request.organs.empty(),
                 "model " + card.name + " takes no points, rough contour or organs: it draws from the CT" +
                     (card.guide.kind == Guide::Prior ? " and another day's contours" : ""));
        return notes;
    }
    if (const auto names = not_among(request.organs, card.guide.organs); !names.empty())
        notes.push_back("organs: not used, this model is not given" + names);
    for (const std::string& organ : card.guide.organs)
        if (std::none_of(request.organs.begin(), request.organs.end(), [&](const auto& o) { return o.name == organ; }))
            notes.push_back(organ + ": not given; this model reads targets beside the organs");
    if (!pointed) notes.push_back(card.structures.front() + ": nothing was pointed at: a guess from anatomy alone");
    return notes;
}

/// The last mask without those before it, which were cut in their turn.
void cut_last_by_others(std::vector<MaskedStructure>& masks) {
    auto last = masks.back().mask.values();
    for (std::size_t m = 0; m + 1 < masks.size(); ++m)
        for (std::size_t v = 0; v < last.size(); ++v)
            if (inside(masks[m].mask, v)) last[v] = 0;
}

std::string rounded(double value, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string with_score(const ModelCard& card, const std::string& structure, const std::vector<StructureDoubt>& doubts) {
    std::string text = (card.guide.kind == Guide::Prompts ? "proposal, automatic, " : "automatic, ") + card.name;
    for (const OrganScore& s : card.scores)
        if (s.structure == structure)
            text += ", validation DSC " + rounded(s.dice, 2) + " (n = " + std::to_string(s.patients) + ")";
    if (card.doubts.contains(structure))
        for (const StructureDoubt& d : doubts)
            if (d.name == structure) text += ", here predicted " + rounded(d.predicted_dice, 2);
    return text;
}

}  // namespace

struct NetworkContourer::Impl {
    ModelCard card;
    NetWeights weights;
    ContourerOptions options;
    torch::Device device;
    torch::ScalarType compute;
    mutable UNet net;

    Impl(const fs::path& path, const ContourerOptions& o)
        : card(read_card(path)),
          weights(checked_weights(path.parent_path() / card.weights_file, card)),
          options(o),
          device(device_named(o.device)),
          compute(compute_type(o.compute, device)),
          net(weights.net) {
        load_weights(*net, weights);
        weights.tensors.clear();
        net->to(device);
        net->eval();
    }

    std::vector<float> run(std::vector<float> block) const {
        try {
            return infer(block);
        } catch (const c10::Error& e) {  // no memory left on the device, or no such arithmetic
            throw NotBuilt("model " + card.name + ": this device cannot run it: " + e.what_without_backtrace());
        }
    }

    std::vector<float> infer(std::vector<float>& block) const {
        const torch::InferenceMode guard;
        const Size3& n = card.block;
        const auto image = torch::from_blob(block.data(), {1, weights.net.inputs, n.z, n.y, n.x});
        const auto chance =
            torch::sigmoid(net->forward(image.to(device), compute).front()).to(torch::kCPU).contiguous();
        const float* data = chance.data_ptr<float>();
        // NaN is not "at least one half": the organ would read as not found.
        validate(std::all_of(data, data + chance.numel(), [](float p) { return std::isfinite(p); }),
                 "model " + card.name + ": a probability is not finite: wrong weights or HU windows, or arithmetic " +
                     "that this device cannot do");
        return {data, data + chance.numel()};
    }

    std::vector<float> predict(const std::vector<float>& block) const {
        auto chance = run(block);
        if (options.quality == Quality::Fast) return chance;
        auto reversed = block;
        reverse_x(reversed, card.block);
        const auto voxels = chance.size() / card.structures.size();
        std::vector<float> given(reversed.begin() + static_cast<std::ptrdiff_t>(card.windows.size() * voxels),
                                 reversed.end());
        exchange_pairs(given, guide_pairs(card.guide, card.structures), voxels);
        std::copy(given.begin(), given.end(), reversed.end() - static_cast<std::ptrdiff_t>(given.size()));
        average_mirrored(chance, run(std::move(reversed)), card.block, card.structures);
        return chance;
    }

    bool wants(const ContourRequest& request, const std::string& name) const {
        return request.only.empty() || std::find(request.only.begin(), request.only.end(), name) != request.only.end();
    }
};

NetworkContourer::NetworkContourer(const fs::path& card, const ContourerOptions& options) {
    try {
        impl_ = std::make_unique<Impl>(card, options);
    } catch (const c10::Error& e) {
        throw InputError("model card " + card.string() + ": " + e.what_without_backtrace());
    }
}
NetworkContourer::~NetworkContourer() = default;

const ModelCard& NetworkContourer::card() const {
    return impl_->card;
}

Chances NetworkContourer::chances(const Volume<float>& hu, const ContourRequest& request,
                                  const Progress& progress) const {
    const ModelCard& card = impl_->card;
    torch::set_num_threads(std::max(1, impl_->options.threads));
    const auto coarse = resample(hu, network_grid(hu, card.spacing_mm), kBlankHu);
    const double step = impl_->options.quality == Quality::Fast ? kFastStep : kBestStep;
    const SlidingWindow how{card.block, step, card.windows, static_cast<int>(card.structures.size())};
    const auto guides = guide_channels(card.guide, card.structures, request, coarse.grid());
    return slide(
        coarse, guides, how, [this](const std::vector<float>& block) { return impl_->predict(block); }, progress);
}

Volume<float> NetworkContourer::uncertainty(const Chances& raw, const ContourRequest& request, const Grid& grid) const {
    std::vector<int> wanted;
    for (int s = 0; s < raw.structures; ++s)
        if (impl_->wants(request, impl_->card.structures[static_cast<std::size_t>(s)])) wanted.push_back(s);
    return entropy_of(raw, wanted, grid);
}

ContourProposal NetworkContourer::masks(const Volume<float>& hu, const ContourRequest& request,
                                        const Progress& progress, Chances* raw) const {
    const ModelCard& card = impl_->card;
    for (const std::string& name : request.only)
        validate(std::find(card.structures.begin(), card.structures.end(), name) != card.structures.end(),
                 "model " + card.name + " does not draw " + name);
    std::vector<std::string> odd = odd_about(hu);
    const auto traits = traits_of(resample(hu, network_grid(hu, card.spacing_mm), kBlankHu));
    for (auto& words : unlike_in_words(traits, card.usual_image)) odd.push_back(std::move(words));
    for (auto& note : notes_on_guides(request, card)) odd.push_back(std::move(note));
    const Chances before = chances(hu, request, progress.part(0, 0.9));
    Chances field = before;
    const ScanEnds scan = scan_ends(hu);
    ContourProposal out;
    out.warnings = std::move(odd);
    std::vector<Found> found;
    std::vector<std::string> names;
    for (int s = 0; s < field.structures; ++s) {
        const std::string& name = card.structures[static_cast<std::size_t>(s)];
        if (!impl_->wants(request, name)) continue;
        progress.at(0.9 + 0.1 * s / field.structures, "draw " + name);
        const Mask* prior = prior_of(request, name);
        if (const double cm3 = prior ? keep_near(field, s, *prior, kPriorMarginMm) : 0; cm3 > 0)
            out.warnings.push_back(name + ": " + rounded(cm3, 1) + " cm3 far from the prior contour were left out");
        found.push_back(card.nested ? keep_parts(field, s, kLeastPartCm3, scan)
                                    : keep_largest(field, s, is_tube(name) ? kKeepPart : kOneRegion, scan));
        names.push_back(name);
        if (!card.nested || s == 0)  // of later ones more is known than is drawn
            out.doubts.push_back(
                doubt_of(name, before, field, s, doubt_model(card, name), bound_by_volume(card, name, found.back())));
        out.masks.push_back({name, mask_of(field, s, hu.grid())});
        if (card.nested) cut_last_by_others(out.masks);
        drop_slivers(out.masks.back().mask, kLeastPartOfVoxel * card.spacing_mm.x * card.spacing_mm.y);
        if (prior && overlap(*prior, out.masks.back().mask) < kLittleOverlap)
            out.warnings.push_back(name + ": overlaps little with the prior contour");
    }
    for (auto& doubt : doubts(names, found, card.usual_cm3)) out.warnings.push_back(std::move(doubt));
    if (auto mirrored = mirror_doubt(out.masks)) out.warnings.push_back(std::move(*mirrored));
    std::stable_sort(out.doubts.begin(), out.doubts.end(), [](const StructureDoubt& a, const StructureDoubt& b) {
        return a.predicted_dice < b.predicted_dice;
    });
    if (raw) *raw = before;
    return out;
}

ContourProposal NetworkContourer::contour(const CtImage& ct, const ContourRequest& request,
                                          const Progress& progress) const {
    return contour(ct, request, progress, nullptr);
}

ContourProposal NetworkContourer::contour(const CtImage& ct, const ContourRequest& request, const Progress& progress,
                                          Chances* raw) const {
    ContourRequest organs = request;
    std::erase(organs.only, kExternal);
    ContourProposal out;
    if (request.only.empty() || !organs.only.empty()) out = masks(ct.hu, organs, progress.part(0, 0.9), raw);
    progress.at(0.9, "draw External");
    if (request.only.size() == organs.only.size() && !request.only.empty()) return with_contours(std::move(out), ct);
    try {
        out.masks.push_back({kExternal, find_body(ct.hu)});
    } catch (const InputError& e) {
        if (out.masks.empty()) throw;  // nothing else was asked for
        out.warnings.push_back(std::string("External: not drawn: ") + e.what());
    }
    return with_contours(std::move(out), ct);
}

ContourProposal NetworkContourer::with_contours(ContourProposal out, const CtImage& ct) const {
    out.model = impl_->card.name + " sha256:" + impl_->card.weights_sha256;
    out.structures.frame_uid = ct.study.frame_uid;
    out.structures.series_uid = ct.series_uid;
    for (const MaskedStructure& drawn : out.masks) {
        Structure structure = structure_from_mask(drawn.name, drawn.mask);
        structure.number = static_cast<int>(out.structures.structures.size()) + 1;
        structure.algorithm = "AUTOMATIC";
        structure.description = drawn.name == kExternal
                                    ? "automatic, largest region above -350 HU, couch and mask removed"
                                    : with_score(impl_->card, drawn.name, out.doubts);
        out.structures.structures.push_back(std::move(structure));
    }
    return out;
}

Quality quality_named(const std::string& name) {
    validate(name == "fast" || name == "best", "quality", name, "fast or best");
    return name == "fast" ? Quality::Fast : Quality::Best;
}

std::unique_ptr<Contourer> open_contourer(const fs::path& card, const ContourerOptions& options) {
    return std::make_unique<NetworkContourer>(card, options);
}

fs::path find_card(const fs::path& nets, const std::string& name) {
    if (fs::is_regular_file(name)) return name;
    const fs::path card = nets / (name + ".json");
    if (fs::is_regular_file(card)) return card;
    std::string there;
    if (fs::is_directory(nets))
        for (const auto& entry : fs::directory_iterator(nets))
            if (entry.path().extension() == ".json" && fs::exists(fs::path(entry.path()).replace_extension(".cnet")))
                there += " " + entry.path().stem().string();
    throw InputError("model '" + name + "': no such card; " + nets.string() +
                     " has:" + (there.empty() ? " none" : there));
}

}  // namespace coutard::contouring
