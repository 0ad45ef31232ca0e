#include "dose/commissioning/fit_parameters.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

constexpr double fwhm_per_sigma = 2.3548200450309493;  // 2 sqrt(2 ln 2)

/// How far from the axis of the isocentre plane profiles show the open field [mm].
double reach_mm(const std::vector<MeasuredCurve>& curves, double sad_mm) {
    double out = 0;
    for (const auto& c : curves) {
        if (c.kind != CurveKind::Profile) continue;
        for (const auto& p : c.points) {
            const double zoom = sad_mm / (c.ssd_mm + p.at_mm.z), x = std::abs(p.at_mm.x) * zoom,
                         y = std::abs(p.at_mm.y) * zoom;
            if (x <= 0.5 * c.field_x_mm - 5 && y <= 0.5 * c.field_y_mm - 5) out = std::max(out, std::hypot(x, y));
        }
    }
    return out;
}

}  // namespace

ParameterSet::ParameterSet(const BeamModel& start, const std::vector<MeasuredCurve>& curves,
                           const std::vector<std::string>& hold, std::filesystem::path physics_dir)
    : start_(start), physics_dir_(std::move(physics_dir)) {
    const auto add = [&](FitTarget target, const char* name, double value, double low, double high, double prior,
                         std::size_t node = 0) {
        FitParameter p{target, node, name, value, value, low, high, prior};
        parameters_.push_back(p);
    };
    add(FitTarget::SpectrumPower, "spectrum_power", start.spectrum_power, -1, 1, 0.5);
    add(FitTarget::SpotX, "focal_spot_fwhm_mm[0]", start.focal.sigma_x_mm * fwhm_per_sigma, 0.3, 4, 1);
    add(FitTarget::SpotY, "focal_spot_fwhm_mm[1]", start.focal.sigma_y_mm * fwhm_per_sigma, 0.3, 4, 1);
    if (start.extra_focal) {
        add(FitTarget::ExtraFluence, "extra_focal.fluence", start.extra_focal->fluence, 0.005, 0.3, 0.05);
        add(FitTarget::ExtraWidth, "extra_focal.fwhm_mm", start.extra_focal->sigma_x_mm * fwhm_per_sigma, 10, 150, 15);
    }
    if (start.electrons)
        add(FitTarget::ElectronFluence, "electrons.fluence", start.electrons->disc.fluence, 0, 0.1, 0.01);
    if (start.backscatter.upper > 0 || start.backscatter.lower > 0)
        add(FitTarget::Backscatter, "monitor_backscatter (both times)", 1, 0, 4, 0.5);
    const double reach = reach_mm(curves, start.machine.sad_mm);
    for (std::size_t k = 1; k < start.off_axis_mm.size() && start.off_axis_mm[k - 1] < reach - 5; ++k) {
        char name[48];
        std::snprintf(name, sizeof name, "off_axis_factor(%g mm)", start.off_axis_mm[k]);
        add(FitTarget::OffAxis, name, start.off_axis_factor[k], 0.1, 2, 0.1, k);
    }
    for (const auto& text : hold)
        validate(std::erase_if(parameters_, [&](const FitParameter& p) { return p.name.starts_with(text); }) > 0,
                 "--hold: no parameter's name begins with '" + text + "'");
    validate(!parameters_.empty(), "--hold: nothing is left to fit");
}

Eigen::VectorXd ParameterSet::start() const {
    Eigen::VectorXd out(static_cast<Eigen::Index>(parameters_.size()));
    for (std::size_t k = 0; k < parameters_.size(); ++k) out(static_cast<Eigen::Index>(k)) = parameters_[k].start;
    return out;
}

BeamModel ParameterSet::model(const Eigen::VectorXd& x) const {
    BeamModel out = start_;
    double outermost = 1;  // factors beyond the last fitted one keep their ratio to it
    std::size_t last = 0;
    for (std::size_t k = 0; k < parameters_.size(); ++k) {
        const FitParameter& p = parameters_[k];
        const double v = x(static_cast<Eigen::Index>(k));
        switch (p.target) {
            case FitTarget::SpectrumPower:
                out.spectrum_power = v;
                break;
            case FitTarget::SpotX:
                out.focal.sigma_x_mm = v / fwhm_per_sigma;
                break;
            case FitTarget::SpotY:
                out.focal.sigma_y_mm = v / fwhm_per_sigma;
                break;
            case FitTarget::ExtraFluence:
                out.extra_focal->fluence = v;
                break;
            case FitTarget::ExtraWidth:
                out.extra_focal->sigma_x_mm = out.extra_focal->sigma_y_mm = v / fwhm_per_sigma;
                break;
            case FitTarget::ElectronFluence:
                out.electrons->disc.fluence = v;
                break;
            case FitTarget::Backscatter:
                out.backscatter.upper = v * start_.backscatter.upper;
                out.backscatter.lower = v * start_.backscatter.lower;
                break;
            case FitTarget::OffAxis:
                out.off_axis_factor[p.node] = v;
                outermost = v / start_.off_axis_factor[p.node];
                last = p.node;
                break;
        }
    }
    if (last > 0)
        for (std::size_t k = last + 1; k < out.off_axis_factor.size(); ++k)
            out.off_axis_factor[k] = std::clamp(outermost * start_.off_axis_factor[k], 0.1, 2.0);
    if (out.spectrum_power != start_.spectrum_power) out.softening = beam_softening(out, physics_dir_);
    return out;
}

double ParameterSet::step(const FitParameter& p, double x) {
    double size = 0.01;
    switch (p.target) {
        case FitTarget::SpectrumPower:
            size = 0.05;
            break;
        case FitTarget::SpotX:
        case FitTarget::SpotY:
            size = 0.2;
            break;
        case FitTarget::ExtraFluence:
            size = 0.02;
            break;
        case FitTarget::ExtraWidth:
            size = 6;
            break;
        case FitTarget::ElectronFluence:
            size = 0.001;
            break;
        case FitTarget::Backscatter:
            size = 0.2;
            break;
        case FitTarget::OffAxis:
            size = 0.02;
            break;
    }
    return x + size > p.high ? -size : size;
}

bool ParameterSet::needs_transport(const FitParameter& p) {
    return p.target != FitTarget::ElectronFluence && p.target != FitTarget::Backscatter;
}

bool ParameterSet::seen_by(const FitParameter& p, const TankField& field, ScanWay way) const {
    constexpr double shaded_mm = 40;  // in narrower fields the spot's own edges lie on the axis
    if (p.target == FitTarget::SpotX && way != ScanWay::X && way != ScanWay::Diagonal) return field.x_mm < shaded_mm;
    if (p.target == FitTarget::SpotY && way != ScanWay::Y && way != ScanWay::Diagonal) return field.y_mm < shaded_mm;
    if (p.target != FitTarget::OffAxis) return true;
    return start_.off_axis_mm[p.node - 1] < std::hypot(0.5 * field.x_mm, 0.5 * field.y_mm) + 10;
}

}  // namespace coutard::dose
