#include "dose/machine/beam_model.hpp"

#include <algorithm>
#include <cmath>

#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"
#include "engine/geom/iec61217.hpp"
#include "engine/plan/config.hpp"
#include "engine/plan/machine_json.hpp"

namespace coutard::dose {
namespace {

constexpr double fwhm_per_sigma = 2.3548200450309493;  // 2 sqrt(2 ln 2)

/// Rising from 0, with as many values of the other key.
std::vector<double> table_key(const Config& at, const char* key, const char* other, std::size_t values, Range range) {
    const auto out = at.numbers(key, range);
    if (out.empty() || out.size() != values)
        at.refuse(other, std::to_string(values) + " values", std::string("one per ") + key);
    for (std::size_t i = 0; i < out.size(); ++i)
        if (i == 0 ? out[0] != 0 : out[i] <= out[i - 1])
            at.refuse(key, "value " + std::to_string(i + 1) + " out of order", "numbers that rise from 0");
    return out;
}

CollimatorFaces read_faces(const Config& at, const char* key) {
    const auto z = at.numbers(key, {50, 950});
    if (z.size() != 2 || z[0] >= z[1])
        at.refuse(key, std::to_string(z.size()) + " values", "distances of the near and the far face from the target");
    return {z[0], z[1]};
}

DiscSource read_disc(const Config& at) {
    DiscSource disc;
    disc.fluence = at.number("fluence", {0, 0.5});
    disc.from_target_mm = at.number("from_target_mm", {0, 900});
    disc.sigma_x_mm = disc.sigma_y_mm = at.number("fwhm_mm", {0.1, 400}) / fwhm_per_sigma;
    return disc;
}

ContaminantElectrons read_electrons(const Config& at) {
    at.only({"fluence", "from_target_mm", "fwhm_mm", "scale_MeV", "low_MeV", "high_MeV", "depth_g_cm2", "dose_Gy_cm2",
             "command"});
    ContaminantElectrons out;
    out.disc = read_disc(at);
    out.low_MeV = at.number("low_MeV", {0.19, 50});
    out.high_MeV = at.number("high_MeV", {0.19, 50});
    if (out.high_MeV <= out.low_MeV) at.refuse("high_MeV", std::to_string(out.high_MeV), "more than low_MeV");
    out.scale_MeV = at.number("scale_MeV", {0.05, 50});
    out.dose_Gy_cm2 = at.numbers("dose_Gy_cm2", {0, 1e-6});
    out.depth_g_cm2 = table_key(at, "depth_g_cm2", "dose_Gy_cm2", out.dose_Gy_cm2.size(), {0, 30});
    return out;
}

/// Attenuation that lets `transmission` through on the way across `faces` [1/mm].
double per_mm(double transmission, const CollimatorFaces& faces) {
    constexpr double least = 1e-12;
    return -std::log(std::max(transmission, least)) / (faces.far_mm - faces.near_mm);
}

HeadGeometry read_head(const Config& beam, const Machine& machine) {
    HeadGeometry head;
    head.sad_mm = machine.sad_mm;
    const Config jaws = beam.object("jaws");
    jaws.only({"x_faces_mm", "y_faces_mm"});
    head.jaw_x = read_faces(jaws, "x_faces_mm");
    head.jaw_y = read_faces(jaws, "y_faces_mm");
    const Config mlc = beam.object("mlc");
    mlc.only({"faces_mm", "end_radius_mm", "leaf_transmission", "tongue_mm", "gap_mm"});
    head.leaf = read_faces(mlc, "faces_mm");
    head.end_radius_mm = mlc.number("end_radius_mm", {0.5 * (head.leaf.far_mm - head.leaf.near_mm), 1000});
    head.tongue_mm = mlc.number("tongue_mm", {0, 3});
    head.gap_mm = mlc.number("gap_mm", {0, 0.5});
    if (head.gap_mm > head.tongue_mm)
        mlc.refuse("gap_mm", std::to_string(head.gap_mm), "at most tongue_mm: a tongue covers the gap");
    head.leaf_per_mm = per_mm(mlc.number("leaf_transmission", {0, 0.2}), head.leaf);
    head.jaw_x_per_mm = per_mm(machine.jaw_transmission, head.jaw_x);
    head.jaw_y_per_mm = per_mm(machine.jaw_transmission, head.jaw_y);
    head.end_offset_mm = leaf_end_offset_mm(head, machine.dosimetric_leaf_gap_mm);
    return head;
}

MonitorBackscatter read_backscatter(const Config& at) {
    at.only({"upper_jaws", "lower_jaws"});
    MonitorBackscatter out;
    out.upper = at.number("upper_jaws", {0, 0.2});
    out.lower = at.number("lower_jaws", {0, 0.2});
    return out;
}

void read_softening(const Config& at, BeamModel& into) {
    at.only({"angle_deg", "attenuation"});
    const auto ratio = at.numbers("attenuation", {0.8, 1.5});
    into.softening_angle_deg = table_key(at, "angle_deg", "attenuation", ratio.size(), {0, 30});
    into.softening_attenuation = ratio;
    if (ratio.front() != 1) at.refuse("attenuation[0]", std::to_string(ratio.front()), "1, on the axis");
}

}  // namespace

double leaf_end_offset_mm(const HeadGeometry& head, double dosimetric_leaf_gap_mm) {
    HeadGeometry touching = head;
    touching.end_offset_mm = 0;
    constexpr double reach_mm = 30, step_mm = 0.002;
    const double closed = std::exp(-head.leaf_per_mm * (head.leaf.far_mm - head.leaf.near_mm));
    double let_through = 0;  // behind the light field's edge, as a width
    for (double q = 0.5 * step_mm; q < reach_mm; q += step_mm) {
        const double way = leaf_end_length(touching, 0, q / head.sad_mm, 0, head.leaf.near_mm, head.leaf.far_mm);
        let_through += step_mm * (std::exp(-head.leaf_per_mm * way) - closed) / (1 - closed);
    }
    return 0.5 * dosimetric_leaf_gap_mm - let_through;
}

double BeamModel::planar(double r) const {
    return interpolate_linear(off_axis_mm, off_axis_factor, r);
}

double BeamModel::open(double x, double y) const {
    const double r = std::hypot(x, y), t = r / machine.sad_mm;
    return planar(r) * std::pow(1 + t * t, 1.5);  // planar -> solid angle
}

std::pair<double, double> BeamModel::spot_mm(double collimator_deg) const {
    const iec::Turn t = iec::turn(collimator_deg);
    return {std::hypot(focal.sigma_x_mm * t.cos, focal.sigma_y_mm * t.sin),
            std::hypot(focal.sigma_x_mm * t.sin, focal.sigma_y_mm * t.cos)};
}

double BeamModel::leaf_blur_mm() const {
    const double z = head.leaf.middle_mm();
    return 0.5 * (focal.sigma_x_mm + focal.sigma_y_mm) * (head.sad_mm - z) / z;
}

double BeamModel::blur_reach_mm() const {
    const double upper = std::min(head.jaw_x.near_mm, head.jaw_y.near_mm);  // the jaws' shadow is the widest
    return 4 * std::max(focal.sigma_x_mm, focal.sigma_y_mm) * (head.sad_mm - upper) / upper;
}

BeamModel read_beam_model(const std::filesystem::path& data_dir, const std::string& name) {
    const auto file = data_dir / "machines" / (name + ".json");
    validate(!name.empty() && name.find('/') == std::string::npos && std::filesystem::exists(file),
             "machine '" + name + "' is unknown: no file " + file.string());
    return read_beam_model_file(file, data_dir);
}

Spectrum beam_spectrum(const BeamModel& model, const std::filesystem::path& physics_dir) {
    return hardened(read_spectrum(physics_dir, model.spectrum), model.spectrum_power);
}

SpectrumRows beam_softening(const BeamModel& model, const std::filesystem::path& physics_dir) {
    if (model.softening_angle_deg.empty()) return {};
    return softened(beam_spectrum(model, physics_dir), model.softening_angle_deg, model.softening_attenuation,
                    model.machine.sad_mm, physics_dir);
}

BeamModel read_beam_model_file(const std::filesystem::path& file, const std::filesystem::path& data_dir) {
    BeamModel model;
    model.machine = read_machine(file);
    const Config beam = Config::read(file).object("beam_model");
    beam.only({"spectrum", "spectrum_power", "focal_spot_fwhm_mm", "off_axis_mm", "off_axis_factor", "softening",
               "extra_focal", "electrons", "jaws", "mlc", "monitor_backscatter", "calibration"});
    model.spectrum = beam.text("spectrum");
    model.spectrum_power = beam.number_or("spectrum_power", 0, {-2, 2});
    const auto spot = beam.numbers("focal_spot_fwhm_mm", {0.01, 10});
    if (spot.size() != 2)
        beam.refuse("focal_spot_fwhm_mm", std::to_string(spot.size()) + " values", "two: along gantry x and y");
    model.focal = {0, spot[0] / fwhm_per_sigma, spot[1] / fwhm_per_sigma, 1};
    model.off_axis_factor = beam.numbers("off_axis_factor", {0.1, 2});
    model.off_axis_mm = table_key(beam, "off_axis_mm", "off_axis_factor", model.off_axis_factor.size(), {0, 400});
    if (beam.has("softening")) read_softening(beam.object("softening"), model);
    model.softening = beam_softening(model, data_dir / "physics");
    if (beam.has("extra_focal")) {
        beam.object("extra_focal").only({"fluence", "from_target_mm", "fwhm_mm"});
        model.extra_focal = read_disc(beam.object("extra_focal"));
    }
    if (beam.has("electrons")) model.electrons = read_electrons(beam.object("electrons"));
    model.head = read_head(beam, model.machine);
    for (const DiscSource* disc :
         {model.extra_focal ? &*model.extra_focal : nullptr, model.electrons ? &model.electrons->disc : nullptr})
        if (disc != nullptr && disc->from_target_mm >= std::min(model.head.jaw_y.near_mm, model.head.jaw_x.near_mm))
            beam.refuse("from_target_mm", std::to_string(disc->from_target_mm), "a source above the jaws");
    if (beam.has("monitor_backscatter")) model.backscatter = read_backscatter(beam.object("monitor_backscatter"));
    const Config calibration = beam.object("calibration");
    calibration.only({"conditions", "command", "fluence_per_mu_cm2"});
    model.fluence_per_mu = calibration.number("fluence_per_mu_cm2", {1e3, 1e15});
    return model;
}

}  // namespace coutard::dose
