#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/base/error.hpp"
#include "engine/phantom/recipe.hpp"

namespace coutard::phantom {
namespace {
using nlohmann::json;

/// One JSON object with its place in the file, so that every refusal can name it.
class Entry {
  public:
    Entry(const json& value, std::string place) : value_(value), place_(std::move(place)) {
        validate(value.is_object(), place_, value.type_name(), "an object");
    }
    void only(const std::set<std::string>& known) const {
        for (const auto& item : value_.items())
            if (!known.contains(item.key())) throw InputError(place_ + ": unknown key " + item.key());
    }
    bool has(const char* key) const { return value_.contains(key); }
    double number(const char* key, double otherwise) const {
        return has(key) ? number_of(value_[key], at(key)) : otherwise;
    }
    bool flag(const char* key) const {
        if (!has(key)) return false;
        validate(value_[key].is_boolean(), at(key), value_[key].type_name(), "true or false");
        return value_[key];
    }
    std::string text(const char* key, bool needed = false) const {
        if (!has(key) && !needed) return {};
        validate(has(key) && value_[key].is_string(), at(key), has(key) ? value_[key].type_name() : "nothing",
                 "a text");
        return value_[key];
    }
    Vec3 point(const char* key) const {
        validate(has(key), at(key), "nothing", "three numbers");
        return point_of(value_[key], at(key));
    }
    std::vector<json> list(const char* key) const {
        if (!has(key)) return {};
        validate(value_[key].is_array(), at(key), value_[key].type_name(), "a list");
        return {value_[key].begin(), value_[key].end()};
    }
    Entry inner(const char* key) const { return {value_[key], at(key)}; }
    std::string at(const std::string& key) const { return place_ + ": " + key; }

    static double number_of(const json& value, const std::string& place) {
        validate(value.is_number(), place, value.type_name(), "a number");
        return value;
    }
    static Vec3 point_of(const json& value, const std::string& place) {
        validate(value.is_array() && value.size() == 3, place, value.dump(), "three numbers");
        return {number_of(value[0], place), number_of(value[1], place), number_of(value[2], place)};
    }

  private:
    const json& value_;
    std::string place_;
};

ShapeSpec tube_from(const Entry& e) {
    e.only({"points", "radius", "scale"});
    ShapeSpec s;
    s.kind = ShapeSpec::Kind::Tube;
    for (const auto& p : e.list("points")) s.points.push_back(Entry::point_of(p, e.at("points")));
    validate(s.points.size() >= 2, e.at("points"), s.points.size(), "two points or more");
    s.radius = e.number("radius", 0);
    validate(s.radius > 0, e.at("radius"), s.radius, "a positive number");
    if (e.has("scale")) s.scale = e.point("scale");
    return s;
}

ShapeSpec profile_from(const Entry& e) {
    e.only({"sections", "exponent"});
    ShapeSpec s;
    s.kind = ShapeSpec::Kind::Profile;
    s.exponent = e.number("exponent", 2);
    for (const auto& row : e.list("sections")) {
        validate(row.is_array() && row.size() == 4, e.at("sections"), row.dump(), "rows of z, a, b, cy");
        const auto n = [&](std::size_t i) { return Entry::number_of(row[i], e.at("sections")); };
        s.sections.push_back({n(0), n(1), n(2), n(3)});
        validate(s.sections.back().a > 0 && s.sections.back().b > 0, e.at("sections"), row.dump(), "positive a and b");
    }
    validate(s.sections.size() >= 2, e.at("sections"), s.sections.size(), "two rows or more");
    return s;
}

ShapeSpec shape_from(const Entry& e) {
    e.only({"ellipsoid", "box", "tube", "profile"});
    if (e.has("tube")) return tube_from(e.inner("tube"));
    if (e.has("profile")) return profile_from(e.inner("profile"));
    const bool is_box = e.has("box");
    validate(is_box || e.has("ellipsoid"), e.at("shape"), "nothing", "ellipsoid, box, tube or profile");
    const Entry inner = e.inner(is_box ? "box" : "ellipsoid");
    inner.only({"centre", is_box ? "half" : "radii"});
    ShapeSpec s;
    s.kind = is_box ? ShapeSpec::Kind::Box : ShapeSpec::Kind::Ellipsoid;
    s.centre = inner.point("centre");
    s.radii = inner.point(is_box ? "half" : "radii");
    validate(s.radii.x > 0 && s.radii.y > 0 && s.radii.z > 0, inner.at("size"), s.radii.x, "positive lengths");
    return s;
}

std::vector<Reference> references_from(const Entry& e, const char* key) {
    std::vector<Reference> found;
    for (const auto& item : e.list(key)) {
        const Entry r(item, e.at(key));
        r.only({"of", "by"});
        found.push_back({r.text("of", true), r.number("by", 0)});
    }
    return found;
}

LayerSpec layer_from(const json& value, const std::string& file) {
    const Entry unnamed(value, file + ": layer");
    const Entry e(value, file + ": layer " + unnamed.text("name", true));
    e.only({"name", "structure", "hu", "texture", "region", "mirror", "lesion", "machine", "vary_mm", "vary_size",
            "grow", "shell", "repeat", "parts", "inside", "outside"});
    LayerSpec layer;
    layer.name = e.text("name", true);
    layer.structure = e.text("structure");
    layer.paint = !e.flag("region");
    validate(!layer.paint || e.has("hu"), e.at("hu"), "nothing", "a CT number");
    layer.hu = e.number("hu", 0);
    layer.texture_hu = e.number("texture", 0);
    layer.mirror = e.flag("mirror");
    layer.lesion = e.flag("lesion");
    layer.machine = e.flag("machine");
    layer.vary_mm = e.number("vary_mm", 0);
    layer.vary_size = e.number("vary_size", 0);
    layer.grow_mm = e.number("grow", 0);
    if (e.has("shell")) layer.shell_mm = e.number("shell", 0);
    if (e.has("repeat")) {
        const Vec3 r = e.point("repeat");
        layer.repeat_mm = {r.x, r.y, r.z};
    }
    for (const auto& part : e.list("parts")) layer.parts.push_back(shape_from(Entry(part, e.at("parts"))));
    layer.inside = references_from(e, "inside");
    layer.outside = references_from(e, "outside");
    return layer;
}

}  // namespace

Recipe read_recipe(const std::filesystem::path& file) {
    std::ifstream in(file);
    validate(in.good(), file.string() + ": cannot be read, expected a phantom recipe");
    json value;
    try {
        value = json::parse(in);
    } catch (const json::exception& problem) {
        throw InputError(file.string() + ": " + problem.what());
    }
    const Entry e(value, file.string());
    e.only({"name", "description", "low_mm", "high_mm", "spacing_mm", "noise_hu", "motion_centre_mm", "outline",
            "tumour", "layers"});
    Recipe recipe;
    recipe.name = e.text("name", true);
    recipe.description = e.text("description");
    recipe.low_mm = e.point("low_mm");
    recipe.high_mm = e.point("high_mm");
    if (e.has("spacing_mm")) recipe.spacing_mm = e.point("spacing_mm");
    recipe.noise_hu = e.number("noise_hu", 10);
    if (e.has("motion_centre_mm")) recipe.motion_centre_mm = e.point("motion_centre_mm");
    recipe.outline = e.text("outline", true);
    recipe.tumour = e.text("tumour");
    for (const auto& layer : e.list("layers")) recipe.layers.push_back(layer_from(layer, file.string()));
    validate(!recipe.layers.empty(), e.at("layers"), 0, "one layer or more");
    return recipe;
}

}  // namespace coutard::phantom
