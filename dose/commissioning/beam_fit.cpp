#include "dose/commissioning/beam_fit.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <chrono>
#include <cmath>

#include "dose/commissioning/fit_parameters.hpp"
#include "dose/commissioning/fit_residuals.hpp"
#include "dose/phantom/slab_dose.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// Curves of one field and SSD that share a grid, calculated together.
struct Group {
    TankField field;
    ScanWay way = ScanWay::Depth;
    std::vector<std::size_t> curves;
};

std::vector<Group> groups_of(const std::vector<MeasuredCurve>& curves) {
    std::vector<Group> out;
    for (std::size_t c = 0; c < curves.size(); ++c) {
        const auto& m = curves[c];
        const ScanWay way = m.kind != CurveKind::Profile ? ScanWay::Depth
                            : m.axis == 'x'              ? ScanWay::X
                            : m.axis == 'y'              ? ScanWay::Y
                                                         : ScanWay::Diagonal;
        auto at = std::find_if(out.begin(), out.end(), [&](const Group& g) {
            return g.way == way && g.field.x_mm == m.field_x_mm && g.field.y_mm == m.field_y_mm &&
                   g.field.ssd_mm == m.ssd_mm;
        });
        if (at == out.end()) {
            out.push_back({{m.field_x_mm, m.field_y_mm, m.ssd_mm, {}}, way, {}});
            at = out.end() - 1;
        }
        at->curves.push_back(c);
        for (const auto& p : m.points) at->field.points_mm.push_back(p.at_mm);
    }
    return out;
}

/// Photons and electrons apart, monitor in: what each parameter needs.
std::vector<double> joined(const TankDose& dose, const BeamModel& model, const TankField& field) {
    const double monitor = model.backscatter.output(field.x_mm, field.y_mm);
    std::vector<double> out;
    for (std::size_t i = 0; i < dose.photons.size(); ++i)
        out.push_back(monitor * (dose.photons[i] +
                                 (dose.electrons.empty() ? 0 : model.electrons->disc.fluence * dose.electrons[i])));
    return out;
}

/// The forward model at one fineness, for all groups.
class Forward {
  public:
    Forward(const WaterTank& tank, const std::vector<MeasuredCurve>& curves, double fine_mm, ConeLayout layout)
        : tank_(tank), curves_(curves), groups_(groups_of(curves)), fine_mm_(fine_mm), layout_(std::move(layout)) {}

    const std::vector<Group>& groups() const { return groups_; }

    std::vector<TankDose> transport(const BeamModel& model, const Progress& progress) const {
        std::vector<TankDose> out;
        for (const Group& group : groups_) out.push_back(transport(model, group, progress));
        return out;
    }
    TankDose transport(const BeamModel& model, const Group& group, const Progress& progress) const {
        progress.check();
        const double side = std::max(group.field.x_mm, group.field.y_mm);
        return tank_.dose(model, group.field, tank_grid(group.way, side, fine_mm_, layout_), Progress{});
    }
    /// Per curve, from the doses per group.
    std::vector<std::vector<double>> readings(const BeamModel& model, const std::vector<TankDose>& doses) const {
        std::vector<std::vector<double>> out(curves_.size());
        for (std::size_t g = 0; g < groups_.size(); ++g) {
            const auto all = joined(doses[g], model, groups_[g].field);
            auto at = all.begin();
            for (std::size_t c : groups_[g].curves) {
                const auto n = static_cast<std::ptrdiff_t>(curves_[c].points.size());
                out[c].assign(at, at + n);
                at += n;
            }
        }
        return out;
    }

  private:
    const WaterTank& tank_;
    const std::vector<MeasuredCurve>& curves_;
    std::vector<Group> groups_;
    double fine_mm_;
    ConeLayout layout_;
};

/// The least-squares problem: measured residuals and priors, each over its standard deviation.
class Problem {
  public:
    Problem(const ParameterSet& parameters, const ResidualSet& residuals)
        : parameters_(parameters), residuals_(residuals) {}

    Eigen::VectorXd all(const Eigen::VectorXd& x, const std::vector<std::vector<double>>& readings) const {
        const auto data = residuals_.of(readings);
        Eigen::VectorXd out(static_cast<Eigen::Index>(data.size()) + x.size());
        for (std::size_t i = 0; i < data.size(); ++i) out(static_cast<Eigen::Index>(i)) = data[i];
        for (Eigen::Index k = 0; k < x.size(); ++k) {
            const auto& p = parameters_.all()[static_cast<std::size_t>(k)];
            out(static_cast<Eigen::Index>(data.size()) + k) = (x(k) - p.start) / p.prior;
        }
        return out;
    }

    /// Derivatives by forward differences on the forward model's grid. \param base transport at x
    Eigen::MatrixXd jacobian(const Eigen::VectorXd& x, const Forward& forward, const std::vector<TankDose>& base,
                             const Progress& progress) const {
        const Eigen::VectorXd here = all(x, forward.readings(parameters_.model(x), base));
        Eigen::MatrixXd out(here.size(), x.size());
        for (Eigen::Index k = 0; k < x.size(); ++k) {
            progress.at(static_cast<double>(k) / static_cast<double>(x.size()), "derivatives");
            const auto& p = parameters_.all()[static_cast<std::size_t>(k)];
            Eigen::VectorXd moved = x;
            const double step = ParameterSet::step(p, x(k));
            moved(k) += step;
            const BeamModel model = parameters_.model(moved);
            std::vector<TankDose> doses = base;
            if (ParameterSet::needs_transport(p))
                for (std::size_t g = 0; g < doses.size(); ++g)
                    if (parameters_.seen_by(p, forward.groups()[g].field, forward.groups()[g].way))
                        doses[g] = forward.transport(model, forward.groups()[g], progress);
            out.col(k) = (all(moved, forward.readings(model, doses)) - here) / step;
        }
        return out;
    }

    /// A damped Gauss-Newton step that keeps to the bounds.
    Eigen::VectorXd stepped(const Eigen::VectorXd& x, const Eigen::VectorXd& residual, const Eigen::MatrixXd& j,
                            double damping) const {
        Eigen::MatrixXd normal = j.transpose() * j;
        normal.diagonal() *= 1 + damping;
        Eigen::VectorXd gradient = j.transpose() * residual, out = x;
        // a parameter at a bound that wants beyond it is held there, and the rest is solved again
        std::vector<bool> held(static_cast<std::size_t>(x.size()), false);
        for (Eigen::Index round = 0; round <= x.size(); ++round) {
            Eigen::MatrixXd m = normal;
            Eigen::VectorXd g = gradient;
            for (Eigen::Index k = 0; k < x.size(); ++k)
                if (held[static_cast<std::size_t>(k)]) {
                    const double fixed = out(k) - x(k);
                    g += normal.col(k) * fixed;
                    m.row(k).setZero();
                    m.col(k).setZero();
                    m(k, k) = 1;
                }
            for (Eigen::Index k = 0; k < x.size(); ++k)
                if (held[static_cast<std::size_t>(k)]) g(k) = -(out(k) - x(k));
            const Eigen::VectorXd way = -m.ldlt().solve(g);
            bool beyond = false;
            for (Eigen::Index k = 0; k < x.size(); ++k) {
                if (held[static_cast<std::size_t>(k)]) continue;
                const auto& p = parameters_.all()[static_cast<std::size_t>(k)];
                out(k) = std::clamp(x(k) + way(k), p.low, p.high);
                if (out(k) != x(k) + way(k)) held[static_cast<std::size_t>(k)] = beyond = true;
            }
            if (!beyond) break;
        }
        return out;
    }

    /// Largest move of a parameter over its standard deviation.
    double moved(const Eigen::VectorXd& a, const Eigen::VectorXd& b, const Eigen::MatrixXd& j) const {
        const Eigen::VectorXd error = (j.transpose() * j).inverse().diagonal().cwiseSqrt();
        return ((a - b).cwiseAbs().cwiseQuotient(error)).maxCoeff();
    }

  private:
    const ParameterSet& parameters_;
    const ResidualSet& residuals_;
};

std::vector<MeasuredCurve> chosen(const std::vector<MeasuredCurve>& all, const std::vector<std::string>& hold_out,
                                  bool held) {
    std::vector<MeasuredCurve> out;
    for (const auto& c : all)
        if ((std::find(hold_out.begin(), hold_out.end(), c.field()) != hold_out.end()) == held) out.push_back(c);
    return out;
}

void put_errors(ParameterSet& parameters, const Eigen::VectorXd& x, const Eigen::MatrixXd& j,
                double chi2_per_residual) {
    const Eigen::VectorXd error = (j.transpose() * j).inverse().diagonal().cwiseSqrt();
    for (Eigen::Index k = 0; k < x.size(); ++k) {
        FitParameter& p = parameters.at(static_cast<std::size_t>(k));
        p.value = x(k);
        p.uncertainty = error(k) * std::sqrt(std::max(1.0, chi2_per_residual));
        p.at_bound = x(k) <= p.low || x(k) >= p.high;
    }
}

}  // namespace

std::vector<std::vector<double>> tank_readings(const BeamModel& model, const std::vector<MeasuredCurve>& curves,
                                               const WaterTank& tank, double fine_mm, const ConeLayout& layout,
                                               const Progress& progress) {
    const Forward forward(tank, curves, fine_mm, layout);
    return forward.readings(model, forward.transport(model, progress));
}

BeamFit fit_beam(const BeamModel& start, const MeasurementSet& measured, const FitOptions& options,
                 const std::filesystem::path& data_dir, Device device, const Progress& progress) {
    const auto began = std::chrono::steady_clock::now();
    for (const auto& field : options.hold_out)
        validate(std::any_of(measured.curves.begin(), measured.curves.end(),
                             [&](const auto& c) { return c.field() == field; }),
                 "--hold-out: no field '" + field + "' cm among the measurements");
    auto fitted = with_references(chosen(measured.curves, options.hold_out, false), measured.curves);
    validate(!fitted.empty(), "commission: no curve is left to fit");
    const ResidualSet residuals(fitted);
    ParameterSet parameters(start, fitted, options.hold, data_dir / "physics");
    const Problem problem(parameters, residuals);
    const WaterTank tank(data_dir, options.chamber_mm, device);
    const ConeLayout cones = options.fine_cones ? ConeLayout::standard() : ConeLayout::coarse();
    const Forward coarse(tank, fitted, options.coarse_mm, ConeLayout::coarse()),
        fine(tank, fitted, options.fine_mm, cones);
    BeamFit out;
    Eigen::VectorXd x = parameters.start();

    std::vector<TankDose> base = coarse.transport(parameters.model(x), progress.part(0, 0.05));
    auto readings = coarse.readings(parameters.model(x), base);
    const auto start_readings = readings;
    Eigen::VectorXd residual = problem.all(x, readings);
    out.start_chi2 = residual.squaredNorm();
    Eigen::MatrixXd j;
    double damping = 1e-3;
    bool fresh = false;
    for (int round = 0; round < options.coarse_rounds; ++round, ++out.rounds) {
        const double from = 0.05 + 0.4 * round / options.coarse_rounds, to = from + 0.4 / options.coarse_rounds;
        if (!fresh) j = problem.jacobian(x, coarse, base, progress.part(from, to));
        fresh = true;
        const Eigen::VectorXd next = problem.stepped(x, residual, j, damping);
        auto next_base = coarse.transport(parameters.model(next), progress);
        const Eigen::VectorXd next_residual = problem.all(next, coarse.readings(parameters.model(next), next_base));
        const double gain = 1 - next_residual.squaredNorm() / residual.squaredNorm();
        const double way = problem.moved(next, x, j);
        if (gain < 0) {
            damping = std::max(damping, 0.01) * 10;
            continue;
        }
        x = next;
        residual = next_residual;
        base = std::move(next_base);
        damping *= 0.1;
        // derivatives change little once steps are small: they are kept
        fresh = way < 5;
        if (gain < 1e-3 || way < 0.1) break;
    }
    if (!fresh || j.size() == 0) j = problem.jacobian(x, coarse, base, progress.part(0.45, 0.55));

    Eigen::VectorXd best = x;
    std::vector<std::vector<double>> best_readings;
    double least = -1;
    for (int round = 0; round <= options.fine_rounds; ++round, ++out.rounds) {
        progress.at(0.55 + 0.35 * round / (options.fine_rounds + 1), "fine grid");
        const auto model = parameters.model(x);
        readings = fine.readings(model, fine.transport(model, progress));
        residual = problem.all(x, readings);
        if (least >= 0 && residual.squaredNorm() > least) break;
        const double gain = least < 0 ? 1 : 1 - residual.squaredNorm() / least;
        best = x;
        best_readings = readings;
        least = residual.squaredNorm();
        if (gain < 1e-3 || round == options.fine_rounds) break;
        const Eigen::VectorXd next = problem.stepped(x, residual, j, 0);
        if (problem.moved(next, x, j) < 0.05) break;
        x = next;
    }
    out.chi2 = least;
    out.residuals = residuals.size();
    const double freedom = std::max(1.0, static_cast<double>(residuals.size()) - static_cast<double>(best.size()));
    put_errors(parameters, best, j, least / freedom);
    out.model = parameters.model(best);
    out.parameters = parameters.all();
    out.curves = residuals.compared(best_readings, start_readings);

    const auto held = with_references(chosen(measured.curves, options.hold_out, true), measured.curves);
    if (!options.hold_out.empty()) {
        const Forward apart(tank, held, options.fine_mm, cones),
            before(tank, held, options.coarse_mm, ConeLayout::coarse());
        const ResidualSet theirs(held);
        progress.at(0.9, "fields held out");
        for (auto& curve : theirs.compared(apart.readings(out.model, apart.transport(out.model, progress)),
                                           before.readings(start, before.transport(start, progress)))) {
            if (std::find(options.hold_out.begin(), options.hold_out.end(), curve.measured.field()) ==
                options.hold_out.end())
                continue;  // a reference of output factors, fitted above
            curve.held_out = true;
            out.curves.push_back(std::move(curve));
        }
    }
    progress.at(0.95, "calibration");
    if (options.calibrate) out.model.fluence_per_mu = calibrated_fluence(out.model, data_dir, device, Progress{});
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return out;
}

}  // namespace coutard::dose
