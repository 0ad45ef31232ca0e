#include <cstdio>
#include <nlohmann/json.hpp>

#include "registration/quality/propagate.hpp"

namespace coutard::registration {
namespace {

nlohmann::json json_of(const Spread& s) {
    return {{"mean", s.mean}, {"median", s.median}, {"p95", s.p95}, {"max", s.max}, {"voxels", s.count}};
}

nlohmann::json or_null(const std::optional<double>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

std::string hu_text(const std::optional<double>& value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.1f", value.value_or(0));
    return value ? text : "no overlap";
}

std::string line(const char* what, const Spread& s) {
    char text[160];
    std::snprintf(text, sizeof text, "%-26s mean %6.2f  median %6.2f  p95 %6.2f  max %6.2f mm\n", what, s.mean,
                  s.median, s.p95, s.max);
    return text;
}

nlohmann::json object_of(const RegistrationFigures& f) {
    nlohmann::json out{{"displacement_mm", json_of(f.displacement_mm)},
                       {"jacobian",
                        {{"min", f.jacobian.min},
                         {"mean", f.jacobian.mean},
                         {"max", f.jacobian.max},
                         {"folded_voxels", f.jacobian.folded},
                         {"voxels", f.jacobian.count}}},
                       {"rms_hu_before", or_null(f.hu_before)},
                       {"rms_hu_after", or_null(f.hu_after)},
                       {"rms_hu_voxels", f.hu_voxels}};
    if (f.inverse_mm) out["inverse_consistency_mm"] = json_of(*f.inverse_mm);
    if (f.error_mm) out["error_mm"] = json_of(*f.error_mm);
    return out;
}

}  // namespace

std::string figures_text(const RegistrationFigures& f) {
    char text[200];
    std::string all = line("displacement", f.displacement_mm);
    if (f.inverse_mm) all += line("inverse consistency", *f.inverse_mm);
    if (f.error_mm) all += line("error against the truth", *f.error_mm);
    std::snprintf(text, sizeof text, "%-26s min %.3f  mean %.3f  max %.3f, %zu of %zu voxels folded\n", "Jacobian",
                  f.jacobian.min, f.jacobian.mean, f.jacobian.max, f.jacobian.folded, f.jacobian.count);
    all += text;
    std::snprintf(text, sizeof text, "%-26s before %s  after %s HU (root mean square of %zu voxels)\n",
                  "image difference", hu_text(f.hu_before).c_str(), hu_text(f.hu_after).c_str(), f.hu_voxels);
    return all + text;
}

std::string figures_json(const RegistrationFigures& f) {
    return object_of(f).dump(2);
}

std::string registration_json(const RegistrationFigures& figures, const RigidTransform& rigid,
                              const PropagatedSet& structures) {
    auto out = object_of(figures);
    const auto& r = rigid.rotation;
    const auto& t = rigid.translation_mm;
    out["rigid"] = {{"rotation_rows", {{r.cx.x, r.cy.x, r.cz.x}, {r.cx.y, r.cy.y, r.cz.y}, {r.cx.z, r.cy.z, r.cz.z}}},
                    {"translation_mm", {t.x, t.y, t.z}}};
    out["structures"] = nlohmann::json::array();
    for (const auto& s : structures.moved)
        out["structures"].push_back({{"name", s.structure.name},
                                     {"moving_cm3", s.moving_cm3},
                                     {"fixed_cm3", s.fixed_cm3},
                                     {"shift_mm", s.shift_mm}});
    out["left_behind"] = nlohmann::json::array();
    for (const auto& s : structures.left) out["left_behind"].push_back({{"name", s.name}, {"reason", s.reason}});
    return out.dump(2) + "\n";
}

}  // namespace coutard::registration
