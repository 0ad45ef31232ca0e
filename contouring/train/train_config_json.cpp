#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "contouring/train/train_config.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

using Json = nlohmann::json;

/// Reads entries of one JSON object and refuses those that nobody asked for (a misspelt option must
/// not be ignored in silence).
class Entries {
  public:
    Entries(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
        validate(object.is_object(), where_ + ": expected an object");
    }
    template <class T>
    void read(const char* name, T& value) {
        asked_.insert(name);
        if (!object_.contains(name)) return;
        try {
            object_.at(name).get_to(value);
        } catch (const Json::exception& e) {
            throw InputError(where_ + ", entry '" + name + "': " + e.what());
        }
    }
    template <class F>
    void inside(const char* name, const F& reader) {
        asked_.insert(name);
        if (object_.contains(name)) reader(object_.at(name), where_ + "." + name);
    }
    void refuse_others() const {
        for (const auto& [key, value] : object_.items())
            validate(asked_.contains(key), where_ + ": unknown entry '" + key + "'");
    }

  private:
    const Json& object_;
    std::string where_;
    std::set<std::string> asked_;
};

void read_net(const Json& json, const std::string& where, NetConfig& net) {
    Entries e(json, where);
    e.read("channels", net.channels);
    e.read("encoder_convs", net.encoder_convs);
    e.read("decoder_convs", net.decoder_convs);
    e.read("residual", net.residual);
    e.read("deep_supervision", net.deep_supervision);
    e.refuse_others();
}

void read_sampling(const Json& json, const std::string& where, SamplingConfig& sampling) {
    Entries e(json, where);
    std::array<int, 3> patch{sampling.patch.x, sampling.patch.y, sampling.patch.z};
    std::array<double, 3> spacing{sampling.spacing_mm.x, sampling.spacing_mm.y, sampling.spacing_mm.z};
    e.read("patch", patch);
    e.read("spacing_mm", spacing);
    e.read("anywhere_share", sampling.anywhere_share);
    e.read("extra_share", sampling.extra_share);
    e.read("weights", sampling.weights);
    e.refuse_others();
    sampling.patch = {patch[0], patch[1], patch[2]};
    sampling.spacing_mm = {spacing[0], spacing[1], spacing[2]};
}

void read_augment(const Json& json, const std::string& where, AugmentConfig& augment) {
    Entries e(json, where);
    e.read("mirror_share", augment.mirror_share);
    e.read("rotation_deg", augment.rotation_deg);
    e.read("scale", augment.scale);
    e.read("jitter", augment.jitter);
    e.read("hu_shift", augment.hu_shift);
    e.read("hu_scale", augment.hu_scale);
    e.read("noise_hu", augment.noise_hu);
    e.read("noise_share", augment.noise_share);
    e.read("blur_share", augment.blur_share);
    e.read("blank_share", augment.blank_share);
    e.read("tube_share", augment.tube_share);
    e.refuse_others();
}

void read_wobble(const Json& json, const std::string& where, WobbleConfig& wobble) {
    Entries e(json, where);
    e.read("shift_mm", wobble.shift_mm);
    e.read("turn_deg", wobble.turn_deg);
    e.read("scale", wobble.scale);
    e.read("field_mm", wobble.field_mm);
    e.read("node_mm", wobble.node_mm);
    e.read("least_share", wobble.least_share);
    e.refuse_others();
    validate(wobble.node_mm >= 1, where + ": node_mm", wobble.node_mm, "at least 1");
}

void read_guide(const Json& json, const std::string& where, GuideTraining& guide) {
    Entries e(json, where);
    std::string kind = name_of(guide.input.kind);
    e.read("kind", kind);
    guide.input.kind = guide_named(kind);
    e.read("organs", guide.input.organs);
    e.inside("prior", [&](const Json& j, const std::string& at) {
        Entries p(j, at);
        p.read("none_share", guide.prior.none_share);
        p.read("absent_share", guide.prior.absent_share);
        p.read("error_known_to", guide.prior.error_known_to);
        p.inside("wobble", [&](const Json& w, const std::string& to) { read_wobble(w, to, guide.prior.wobble); });
        p.refuse_others();
    });
    e.inside("prompts", [&](const Json& j, const std::string& at) {
        Entries p(j, at);
        p.read("none_share", guide.prompts.none_share);
        p.read("points_share", guide.prompts.points_share);
        p.read("scribble_share", guide.prompts.scribble_share);
        p.read("least_mm", guide.prompts.least_mm);
        p.read("most_mm", guide.prompts.most_mm);
        p.read("points_besides_share", guide.prompts.points_besides_share);
        p.read("organ_absent_share", guide.prompts.organ_absent_share);
        p.inside("rough", [&](const Json& w, const std::string& to) { read_wobble(w, to, guide.prompts.rough); });
        p.refuse_others();
    });
    e.refuse_others();
}

void read_note(const Json& json, const std::string& where, DataNote& note) {
    Entries e(json, where);
    e.read("name", note.name);
    e.read("licence", note.licence);
    e.read("citation", note.citation);
    e.refuse_others();
}

void read_windows(const Json& json, const std::string& where, std::vector<HuWindow>& windows) {
    validate(json.is_array() && !json.empty(), where + ": expected [[low, high], ...] in HU");
    windows.clear();
    for (const Json& w : json) {
        validate(w.is_array() && w.size() == 2 && w[0].is_number() && w[1].is_number(),
                 where + ": expected [[low, high], ...] in HU");
        windows.push_back({w[0].get<float>(), w[1].get<float>()});
    }
}

}  // namespace

TrainConfig read_train_config(const std::filesystem::path& path) {
    std::ifstream file(path);
    validate(file.good(), "training configuration: cannot read " + path.string());
    Json json;
    try {
        json = Json::parse(file);
    } catch (const Json::exception& e) {
        throw InputError(path.string() + ": not JSON: " + e.what());
    }
    TrainConfig c;
    Entries e(json, path.filename().string());
    e.read("name", c.name);
    e.read("structures", c.structures);
    e.inside("windows_HU", [&](const Json& j, const std::string& where) { read_windows(j, where, c.windows); });
    e.inside("net", [&](const Json& j, const std::string& where) { read_net(j, where, c.net); });
    e.inside("sampling", [&](const Json& j, const std::string& where) { read_sampling(j, where, c.sampling); });
    e.inside("augment", [&](const Json& j, const std::string& where) { read_augment(j, where, c.augment); });
    e.read("nested", c.nested);
    e.inside("guide", [&](const Json& j, const std::string& where) { read_guide(j, where, c.guide); });
    e.read("batch", c.batch);
    e.read("learning_rate", c.learning_rate);
    e.read("weight_decay", c.weight_decay);
    e.read("warmup_steps", c.warmup_steps);
    e.read("ema", c.ema);
    e.read("clip_norm", c.clip_norm);
    e.read("seed", c.seed);
    e.read("description", c.description);
    e.inside("data", [&](const Json& j, const std::string& where) { read_note(j, where, c.data); });
    e.inside("extra", [&](const Json& j, const std::string& where) { read_note(j, where, c.extra); });
    e.refuse_others();
    c.net.outputs = static_cast<int>(c.structures.size());
    c.net.inputs = static_cast<int>(c.windows.size()) + c.guide.input.channels(c.net.outputs);
    c.net.starts = c.guide.input.starts(static_cast<int>(c.windows.size()), c.net.outputs);
    c.check();
    return c;
}

}  // namespace coutard::contouring
