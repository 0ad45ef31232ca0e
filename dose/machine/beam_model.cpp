#include "dose/machine/beam_model.hpp"

#include <cmath>

#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"
#include "engine/plan/config.hpp"
#include "engine/plan/machine_json.hpp"

namespace coutard::dose {
namespace {

/// Integrals of a unit Gaussian over pixels 0, 1, 2, ... from its centre.
std::vector<double> gaussian_pixels(double sigma_pixels) {
    std::vector<double> out;
    for (int k = 0; k == 0 || k - 0.5 < 4 * sigma_pixels; ++k)
        out.push_back(0.5 * (std::erf((k + 0.5) / (std::sqrt(2.0) * sigma_pixels)) -
                             std::erf((k - 0.5) / (std::sqrt(2.0) * sigma_pixels))));
    return out;
}

void blur_lines(const std::vector<double>& in, std::vector<double>& out, int n, int lines, std::size_t step,
                std::size_t line_step, const std::vector<double>& weight) {
    const int reach = static_cast<int>(weight.size()) - 1;
    for (int l = 0; l < lines; ++l)
        for (int i = 0; i < n; ++i) {
            double sum = 0;
            for (int k = -reach; k <= reach; ++k)
                if (i + k >= 0 && i + k < n)
                    sum += weight[static_cast<std::size_t>(std::abs(k))] *
                           in[static_cast<std::size_t>(l) * line_step + static_cast<std::size_t>(i + k) * step];
            out[static_cast<std::size_t>(l) * line_step + static_cast<std::size_t>(i) * step] = sum;
        }
}

}  // namespace

double BeamModel::blur_mm() const {
    const double magnify = (machine.sad_mm - source_to_mlc_mm) / source_to_mlc_mm;
    return focal_spot_fwhm_mm / (2 * std::sqrt(2 * std::log(2.0))) * magnify;
}

double BeamModel::open(double x, double y) const {
    const double r = std::hypot(x, y), t = r / machine.sad_mm;
    return interpolate_linear(off_axis_mm, off_axis_factor, r) * std::pow(1 + t * t, 1.5);  // planar -> solid angle
}

BeamModel read_beam_model(const std::filesystem::path& data_dir, const std::string& name) {
    const auto file = data_dir / "machines" / (name + ".json");
    validate(!name.empty() && name.find('/') == std::string::npos && std::filesystem::exists(file),
             "machine '" + name + "' is unknown: no file " + file.string());
    BeamModel model;
    model.machine = read_machine(file);
    const Config beam = Config::read(file).object("beam_model");
    beam.only({"spectrum", "focal_spot_fwhm_mm", "source_to_mlc_mm", "off_axis_mm", "off_axis_factor", "calibration"});
    model.spectrum = beam.text("spectrum");
    model.focal_spot_fwhm_mm = beam.number("focal_spot_fwhm_mm", {0.01, 10});
    model.source_to_mlc_mm = beam.number("source_to_mlc_mm", {100, 900});
    model.off_axis_mm = beam.numbers("off_axis_mm", {0, 400});
    model.off_axis_factor = beam.numbers("off_axis_factor", {0.1, 2});
    if (model.off_axis_mm.empty() || model.off_axis_mm.size() != model.off_axis_factor.size())
        beam.refuse("off_axis_factor", std::to_string(model.off_axis_factor.size()) + " values", "one per off_axis_mm");
    for (std::size_t i = 0; i < model.off_axis_mm.size(); ++i)
        if (i == 0 ? model.off_axis_mm[0] != 0 : model.off_axis_mm[i] <= model.off_axis_mm[i - 1])
            beam.refuse("off_axis_mm", "value " + std::to_string(i + 1) + " out of order", "numbers that rise from 0");
    const Config calibration = beam.object("calibration");
    calibration.only({"conditions", "command", "fluence_per_mu_cm2"});
    model.fluence_per_mu = calibration.number("fluence_per_mu_cm2", {1e3, 1e15});
    return model;
}

FluenceMap shaped(const FluenceMap& map, const BeamModel& model, int grow) {
    FluenceMap out = map;
    out.nx += 2 * grow;
    out.ny += 2 * grow;
    out.x0_mm -= grow * map.pixel_mm;
    out.y0_mm -= grow * map.pixel_mm;
    out.values.assign(static_cast<std::size_t>(out.nx) * static_cast<std::size_t>(out.ny), 0.0);
    for (int j = 0; j < map.ny; ++j)
        for (int i = 0; i < map.nx; ++i) out.at(i + grow, j + grow) = map.at(i, j);
    const auto weight = gaussian_pixels(model.blur_mm() / out.pixel_mm);
    std::vector<double> half(out.values.size());
    const auto row = static_cast<std::size_t>(out.nx);
    blur_lines(out.values, half, out.nx, out.ny, 1, row, weight);
    blur_lines(half, out.values, out.ny, out.nx, row, 1, weight);
    for (int j = 0; j < out.ny; ++j)
        for (int i = 0; i < out.nx; ++i)
            out.at(i, j) *= model.open(out.x0_mm + (i + 0.5) * out.pixel_mm, out.y0_mm + (j + 0.5) * out.pixel_mm);
    return out;
}

}  // namespace coutard::dose
