#include <algorithm>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "dose/phantom/slab_phantom.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

using Json = nlohmann::json;

void only_keys(const Json& object, const std::set<std::string>& known, const std::string& where) {
    validate(object.is_object(), where + ": expected an object");
    for (const auto& [key, value] : object.items())
        validate(known.contains(key), where + ": unknown entry '" + key + "'");
}

template <std::size_t N>
std::array<double, N> numbers(const Json& object, const char* key, const std::string& where) {
    validate(object.contains(key), where + ": entry '" + key + "' is missing");
    const auto& list = object.at(key);
    validate(list.is_array() && list.size() == N &&
                 std::all_of(list.begin(), list.end(), [](const Json& e) { return e.is_number(); }),
             where + ": '" + key + "'", list.dump(), std::to_string(N) + " numbers");
    return list.get<std::array<double, N>>();
}

SlabRegion region(const Json& entry, const std::string& where, bool insert) {
    if (insert)
        only_keys(entry, {"material", "density_g_cm3", "x_cm", "y_cm", "z_cm"}, where);
    else
        only_keys(entry, {"material", "density_g_cm3", "from_cm", "to_cm"}, where);
    SlabRegion out;
    out.material = entry.at("material").get<std::string>();
    if (entry.contains("density_g_cm3")) {
        out.density_g_cm3 = entry.at("density_g_cm3").get<double>();
        validate(*out.density_g_cm3 > 0 && *out.density_g_cm3 < 25, where + ": density_g_cm3", *out.density_g_cm3,
                 "above 0, below 25");
    }
    constexpr double all = std::numeric_limits<double>::infinity();
    out.x_cm = insert ? numbers<2>(entry, "x_cm", where) : std::array<double, 2>{-all, all};
    out.y_cm = insert ? numbers<2>(entry, "y_cm", where) : std::array<double, 2>{-all, all};
    out.z_cm = insert ? numbers<2>(entry, "z_cm", where)
                      : std::array<double, 2>{entry.at("from_cm").get<double>(), entry.at("to_cm").get<double>()};
    for (const auto& ends : {out.x_cm, out.y_cm, out.z_cm})
        validate(ends[1] > ends[0], where + ": end of a side [cm]", ends[1], "above its start");
    return out;
}

void check_slabs(const SlabSpec& spec, const std::string& where) {
    validate(!spec.slabs.empty(), where + ": 'slabs' holds no slab");
    auto slabs = spec.slabs;
    std::sort(slabs.begin(), slabs.end(), [](const auto& a, const auto& b) { return a.z_cm[0] < b.z_cm[0]; });
    double reached = 0;
    for (const auto& s : slabs) {
        std::ostringstream here;
        here << where << ": slab of " << s.material << " from " << s.z_cm[0] << " to " << s.z_cm[1] << " cm ";
        validate(s.z_cm[0] > reached - 1e-9, here.str() + "overlaps the slab above it or the surface");
        validate(s.z_cm[0] < reached + 1e-9, here.str() + "leaves a gap above it; name what is there (air_dry)");
        reached = s.z_cm[1];
    }
    validate(std::abs(reached - spec.size_cm[2]) < 1e-6, where + ": slabs end at depth [cm]", reached,
             std::to_string(spec.size_cm[2]) + ", the depth of the phantom");
}

/// Jaws, leaves and collimator angle of a machine beam.
void read_aperture(const Json& beam, SlabSpec& spec, const std::string& where) {
    validate(beam.contains("field_at_iso_cm") != beam.contains("jaws_at_iso_cm"),
             where + ": one of 'field_at_iso_cm' and 'jaws_at_iso_cm' is needed");
    if (beam.contains("jaws_at_iso_cm")) {
        const auto& jaws = beam.at("jaws_at_iso_cm");
        only_keys(jaws, {"x", "y"}, where + ".jaws_at_iso_cm");
        const auto x = numbers<2>(jaws, "x", where + ".jaws_at_iso_cm"),
                   y = numbers<2>(jaws, "y", where + ".jaws_at_iso_cm");
        spec.jaws_cm = {x[0], x[1], y[0], y[1]};
        spec.field_cm = {x[1] - x[0], y[1] - y[0]};
    } else {
        spec.field_cm = numbers<2>(beam, "field_at_iso_cm", where);
        spec.jaws_cm = {-spec.field_cm[0] / 2, spec.field_cm[0] / 2, -spec.field_cm[1] / 2, spec.field_cm[1] / 2};
    }
    if (beam.contains("leaves_at_iso_cm")) {
        const auto& leaves = beam.at("leaves_at_iso_cm");
        only_keys(leaves, {"x1", "x2"}, where + ".leaves_at_iso_cm");
        spec.leaves_x1_cm = leaves.at("x1").get<std::vector<double>>();
        spec.leaves_x2_cm = leaves.at("x2").get<std::vector<double>>();
        validate(!spec.leaves_x1_cm.empty() && spec.leaves_x1_cm.size() == spec.leaves_x2_cm.size(),
                 where + ".leaves_at_iso_cm: tips of x2", spec.leaves_x2_cm.size(),
                 "as many as of x1: one per pair of the machine");
    }
    spec.collimator_deg = beam.value("collimator_deg", 0.0);
    validate(spec.collimator_deg >= -360 && spec.collimator_deg <= 360, where + ".collimator_deg", spec.collimator_deg,
             "-360 to 360");
}

void read_beam(const Json& beam, SlabSpec& spec, const std::string& where) {
    const auto kind = beam.at("kind").get<std::string>();
    validate(kind == "ideal" || kind == "machine", where + ".kind", kind, "ideal or machine");
    spec.machine_beam = kind == "machine";
    if (spec.machine_beam) {
        only_keys(beam,
                  {"kind", "machine", "ssd_cm", "field_at_iso_cm", "jaws_at_iso_cm", "leaves_at_iso_cm",
                   "collimator_deg", "mu"},
                  where);
        spec.machine = beam.at("machine").get<std::string>();
        read_aperture(beam, spec, where);
        spec.monitor_units = beam.value("mu", 100.0);
        validate(spec.monitor_units > 0, where + ".mu", spec.monitor_units, "above 0");
    } else {
        only_keys(beam, {"kind", "spectrum", "ssd_cm", "field_at_surface_cm"}, where);
        spec.spectrum = beam.at("spectrum").get<std::string>();
        spec.field_cm = numbers<2>(beam, "field_at_surface_cm", where);
    }
    spec.ssd_cm = beam.at("ssd_cm").get<double>();
    validate(spec.ssd_cm >= 1 && spec.ssd_cm <= 1000, where + ".ssd_cm", spec.ssd_cm, "1 to 1000");
    for (double side : spec.field_cm)
        validate(side > 0 && side <= 100, where + ": side of the field [cm]", side, "above 0, at most 100");
}

}  // namespace

SlabSpec parse_slab_spec(const std::string& text, const std::string& where) {
    try {
        const Json all = Json::parse(text);
        only_keys(all,
                  {"name", "size_cm", "voxel_mm", "slabs", "inserts", "beam", "scoring", "histories", "uncertainty"},
                  where);
        SlabSpec spec;
        spec.name = all.value("name", "");
        spec.size_cm = numbers<3>(all, "size_cm", where);
        spec.voxel_mm = numbers<3>(all, "voxel_mm", where);
        for (std::size_t k = 0; k < 3; ++k) {
            validate(spec.size_cm[k] > 0 && spec.size_cm[k] <= 500, where + ": size_cm", spec.size_cm[k],
                     "above 0, at most 500");
            validate(spec.voxel_mm[k] > 0, where + ": voxel_mm", spec.voxel_mm[k], "above 0");
        }
        for (const auto& s : all.at("slabs")) spec.slabs.push_back(region(s, where + ": slabs", false));
        if (all.contains("inserts"))
            for (const auto& s : all.at("inserts")) spec.inserts.push_back(region(s, where + ": inserts", true));
        check_slabs(spec, where);
        read_beam(all.at("beam"), spec, where + ": beam");
        if (all.contains("scoring")) {
            const auto& scoring = all.at("scoring");
            only_keys(scoring, {"pdd_half_width_cm", "profile_depths_cm"}, where + ": scoring");
            spec.pdd_half_width_cm = scoring.value("pdd_half_width_cm", 0.5);
            spec.profile_depths_cm = scoring.value("profile_depths_cm", std::vector<double>{});
            validate(spec.pdd_half_width_cm > 0, where + ": pdd_half_width_cm", spec.pdd_half_width_cm, "above 0");
            for (double d : spec.profile_depths_cm)
                validate(d >= 0 && d <= spec.size_cm[2], where + ": profile_depths_cm", d, "inside the phantom");
        }
        if (all.contains("histories")) {
            const double histories = all.at("histories").get<double>();
            validate(histories >= 1 && histories <= 1e13, where + ": histories", histories, "1 to 1e13");
            spec.histories = static_cast<std::uint64_t>(histories);
        }
        if (all.contains("uncertainty")) {
            spec.uncertainty = all.at("uncertainty").get<double>();
            validate(spec.uncertainty > 0 && spec.uncertainty < 1, where + ": uncertainty", spec.uncertainty,
                     "above 0, below 1");
        }
        return spec;
    } catch (const Json::exception& problem) {
        throw InputError(where + ": " + problem.what());
    }
}

SlabSpec read_slab_spec(const std::filesystem::path& file) {
    std::ifstream in(file);
    validate(in.good(), file.string() + ": cannot be read");
    std::stringstream text;
    text << in.rdbuf();
    return parse_slab_spec(text.str(), file.string());
}

}  // namespace coutard::dose
