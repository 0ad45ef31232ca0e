#include <nlohmann/json.hpp>

#include "contouring/train/fingerprint.hpp"
#include "engine/base/atomic_file.hpp"

namespace coutard::contouring {

void write_train_plan(const std::filesystem::path& path, const TrainConfig& c) {
    using Json = nlohmann::ordered_json;
    const Size3& patch = c.sampling.patch;
    const Vec3& spacing = c.sampling.spacing_mm;
    const Json json{
        {"name", c.name},
        {"description", c.description},
        {"structures", c.structures},
        {"net",
         {{"channels", c.net.channels},
          {"encoder_convs", c.net.encoder_convs},
          {"decoder_convs", c.net.decoder_convs},
          {"residual", c.net.residual},
          {"deep_supervision", c.net.deep_supervision}}},
        {"sampling", {{"patch", {patch.x, patch.y, patch.z}}, {"spacing_mm", {spacing.x, spacing.y, spacing.z}}}},
        {"augment", {{"mirror_share", c.augment.mirror_share}}},
        {"batch", c.batch}};
    write_text_atomically(path, json.dump(2) + "\n");
}

}  // namespace coutard::contouring
