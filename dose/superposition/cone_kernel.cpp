#include "dose/superposition/cone_kernel.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "dose/physics/constants.hd.hpp"
#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// Kernel of one group by kind of radiation: shape (angles of the kernel, radii).
struct GroupKernel {
    std::vector<double> primary, scatter;
    double weight = 0;
};

/// Add the kernel of one energy, between its two neighbours linear in ln E, with a weight.
void add_kernel(GroupKernel& out, const PointKernelSet& set, double energy_MeV, double weight) {
    const auto& all = set.kernels;
    validate(energy_MeV >= 0.5 * all.front().energy_MeV && energy_MeV <= all.back().energy_MeV,
             "energy of the spectrum [MeV]", energy_MeV, "within the energies of the point kernels");
    std::size_t k = 1;
    while (k + 1 < all.size() && all[k].energy_MeV < energy_MeV) ++k;
    const double f = std::clamp(
        std::log(energy_MeV / all[k - 1].energy_MeV) / std::log(all[k].energy_MeV / all[k - 1].energy_MeV), 0.0, 1.0);
    const auto add = [&](std::vector<double>& sum, const auto& low, const auto& high) {
        sum.resize(low.size());
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += weight * ((1 - f) * static_cast<double>(low[i]) + f * static_cast<double>(high[i]));
    };
    add(out.primary, all[k - 1].primary, all[k].primary);
    add(out.scatter, all[k - 1].scatter, all[k].scatter);
    out.weight += weight;
}

/// A group without bins (one bin of the spectrum outweighs a group) releases nothing; it takes the kernel of
/// the nearest group that has one, so that every table is whole.
void fill_empty(std::array<GroupKernel, energy_groups>& groups) {
    const auto filled = groups;
    for (int g = 0; g < energy_groups; ++g)
        for (int away = 1; groups[static_cast<std::size_t>(g)].primary.empty() && away < energy_groups; ++away)
            for (int other : {g - away, g + away})
                if (other >= 0 && other < energy_groups && !filled[static_cast<std::size_t>(other)].primary.empty())
                    groups[static_cast<std::size_t>(g)] = filled[static_cast<std::size_t>(other)];
}

/// Energy per radius inside a ring of polar angles; even per solid angle within a bin of the kernel.
std::vector<double> ring_energy(const PointKernelSet& set, const std::vector<double>& kernel, double from, double to,
                                double& cos_sum) {
    std::vector<double> out(set.radii(), 0.0);
    for (int a = 0; a < set.angles; ++a) {
        const double low = pi * a / set.angles, high = pi * (a + 1) / set.angles;
        const double l = std::max(low, from), h = std::min(high, to);
        if (h <= l) continue;
        const double part = (std::cos(l) - std::cos(h)) / (std::cos(low) - std::cos(high));
        for (std::size_t r = 0; r < out.size(); ++r) {
            const double e = part * kernel[static_cast<std::size_t>(a) * set.radii() + r];
            out[r] += e;
            cos_sum += e * 0.5 * (std::cos(l) + std::cos(h));
        }
    }
    return out;
}

/// Bins in `energy_groups` groups of rising energy that release about the same energy at the surface.
std::vector<int> group_bins(const std::vector<double>& released) {
    const double all = std::accumulate(released.begin(), released.end(), 0.0);
    std::vector<int> group;
    double sum = 0;
    for (double r : released) {
        group.push_back(std::min(energy_groups - 1, static_cast<int>((sum + 0.5 * r) / all * energy_groups)));
        sum += r;
    }
    return group;
}

}  // namespace

ConeLayout ConeLayout::coarse() {
    return {{0, 14, 30, 50, 75, 110, 180}, {8, 8, 8, 8, 8, 8}};
}

ConeLayout ConeLayout::standard() {
    return {{0, 4, 9, 17, 27, 38, 50, 63, 77, 92, 112, 140, 180}, {8, 8, 16, 16, 16, 16, 16, 16, 16, 16, 16, 8}};
}

ConeLayout ConeLayout::fine() {
    const ConeLayout base = standard();
    ConeLayout out;
    for (std::size_t k = 0; k < base.azimuths.size(); ++k) {
        out.polar_edges_deg.push_back(base.polar_edges_deg[k]);
        out.polar_edges_deg.push_back(0.5 * (base.polar_edges_deg[k] + base.polar_edges_deg[k + 1]));
        out.azimuths.insert(out.azimuths.end(), 2, 2 * base.azimuths[k]);
    }
    out.polar_edges_deg.push_back(180);
    return out;
}

double ladder_sum(const std::array<double, ladder_rates>& amplitude, double radius_cm) {
    double sum = 0;
    for (std::size_t n = 0; n < amplitude.size(); ++n)
        sum -= amplitude[n] * std::expm1(-slowest_rate_per_cm * std::pow(2.0, n) * radius_cm);
    return sum;
}

double ladder_error(const std::vector<double>& radius, const std::vector<double>& energy,
                    const std::array<double, ladder_rates>& amplitude) {
    double sum = 0, worst = 0;
    for (std::size_t i = 0; i < energy.size(); ++i) {
        sum += energy[i];
        worst = std::max(worst, std::abs(ladder_sum(amplitude, radius[i + 1]) - sum));
    }
    return sum > 0 ? worst / sum : 0;
}

std::array<double, ladder_rates> fit_ladder(const std::vector<double>& radius, const std::vector<double>& energy,
                                            LadderPart part) {
    const auto rows = static_cast<Eigen::Index>(energy.size());
    const int first = first_rate(part), rates = rate_count(part);
    const double all = std::accumulate(energy.begin(), energy.end(), 0.0);
    std::array<double, ladder_rates> out{};
    if (all <= 0) return out;
    // rows: energy in each shell, energy up to each radius, ridge
    Eigen::MatrixXd m = Eigen::MatrixXd::Zero(2 * rows + rates, rates);
    Eigen::VectorXd y = Eigen::VectorXd::Zero(2 * rows + rates);
    double sum_so_far = 0;
    for (Eigen::Index k = 0; k < rows; ++k) {
        const auto i = static_cast<std::size_t>(k);
        const double shell = energy[i] / all, spread = 0.03 * shell + 0.0005;  // noise and what dose can notice
        sum_so_far += shell;
        for (int n = 0; n < rates; ++n) {
            const double a = slowest_rate_per_cm * std::pow(2.0, first + n);
            m(k, n) = (std::exp(-a * radius[i]) - std::exp(-a * radius[i + 1])) / spread;
            m(rows + k, n) = -std::expm1(-a * radius[i + 1]) / 0.001;
        }
        y(k) = shell / spread;
        y(rows + k) = sum_so_far / 0.001;
    }
    for (int n = 0; n < rates; ++n) m(2 * rows + n, n) = 0.1;  // ridge: no large terms that cancel
    const Eigen::VectorXd x = m.colPivHouseholderQr().solve(y);
    for (int n = 0; n < rates; ++n) out[static_cast<std::size_t>(first + n)] = x(n);
    const double scale = all / ladder_sum(out, radius.back());
    for (double& a : out) a *= scale;
    return out;
}

namespace {

/// Kernel energy per solid angle at samples even in sin(angle / 2), linear between the middles of the bins.
std::vector<float> angular_density(const PointKernelSet& set, const GroupKernel& kernel) {
    std::vector<double> middle, density;
    for (int a = 0; a < set.angles; ++a) {
        const double low = pi * a / set.angles, high = pi * (a + 1) / set.angles;
        double sum = 0;
        for (std::size_t r = 0; r < set.radii(); ++r) {
            const std::size_t i = static_cast<std::size_t>(a) * set.radii() + r;
            sum += kernel.primary[i] + kernel.scatter[i];
        }
        middle.push_back(std::sin(0.25 * (low + high)));
        density.push_back(sum / (2 * pi * (std::cos(low) - std::cos(high))));
    }
    std::vector<float> out;
    for (int i = 0; i < tilt_samples; ++i)
        out.push_back(static_cast<float>(interpolate_linear(middle, density, i / (tilt_samples - 1.0))));
    return out;
}

double cone_energy(const Cone& cone, int group) {
    double sum = 0;
    for (int n = 0; n < ladder_rates; ++n)
        sum += static_cast<double>(cone.amplitude[static_cast<std::size_t>(group * ladder_rates + n)]);
    return sum;
}

/// Fill what KernelTilt needs; norms are means over the azimuth of the inclination.
void add_tilt(BeamKernel& out, const PointKernelSet& set, const std::array<GroupKernel, energy_groups>& groups) {
    out.tilt_density.resize(static_cast<std::size_t>(tilt_samples) * energy_groups);
    for (std::size_t g = 0; g < energy_groups; ++g) {
        const auto density = angular_density(set, groups[g]);
        for (std::size_t i = 0; i < density.size(); ++i) out.tilt_density[i * energy_groups + g] = density[i];
    }
    out.tilt_norm.assign(static_cast<std::size_t>(energy_groups) * tilt_norm_samples, 1.0F);
    float factor[energy_groups];
    for (auto& cone : out.cones) {
        cone.own.fill(1.0F);
        tilt_of(out).factors(static_cast<float>(cone.direction.z), 1, cone.own.data(), factor);
        for (std::size_t g = 0; g < energy_groups; ++g) cone.own[g] = 1 / factor[g];
    }
    std::vector<float> norm = out.tilt_norm;
    for (int i = 0; i < tilt_norm_samples; ++i) {
        const double s = static_cast<double>(tilt_norm_reach) * i / (tilt_norm_samples - 1), incline = 2 * std::asin(s);
        double sum[energy_groups] = {}, all[energy_groups] = {};
        for (int j = 0; j < 24; ++j) {
            const double phi = 2 * pi * (j + 0.3) / 24;
            const Vec3 ray{std::sin(incline) * std::cos(phi), std::sin(incline) * std::sin(phi), std::cos(incline)};
            for (const auto& cone : out.cones) {
                tilt_of(out).factors(static_cast<float>(dot(cone.direction, ray)), 1, cone.own.data(), factor);
                for (int g = 0; g < energy_groups; ++g) {
                    sum[g] += cone_energy(cone, g) * static_cast<double>(factor[g]);
                    all[g] += cone_energy(cone, g);
                }
            }
        }
        for (int g = 0; g < energy_groups; ++g)
            norm[static_cast<std::size_t>(i * energy_groups + g)] = static_cast<float>(all[g] / sum[g]);
    }
    out.tilt_norm = norm;
}

/// Mean energy of released photons, weighted by what their charged particles carry.
double primary_energy(const PointKernelSet& set, const BeamKernel& kernel, const std::vector<double>& released) {
    std::vector<double> energy, carried;
    for (const auto& k : set.kernels) {
        energy.push_back(k.energy_MeV);
        carried.push_back(k.primary_total);
    }
    double sum = 0, weight = 0;
    for (std::size_t b = 0; b < released.size(); ++b) {
        const double w = released[b] * interpolate_linear(energy, carried, kernel.energy_MeV[b]);
        sum += w * kernel.energy_MeV[b];
        weight += w;
    }
    validate(weight > 0, "photons of the spectrum that set charged particles in motion", weight, "more than none");
    return sum / weight;
}

}  // namespace

BeamKernel make_beam_kernel(const PointKernelSet& set, const Spectrum& spectrum, const Material& water,
                            const ConeLayout& layout) {
    BeamKernel out;
    out.energy_MeV = spectrum.energy_MeV;
    std::vector<double> released;
    for (std::size_t b = 0; b < spectrum.photons.size(); ++b) {
        out.energy_fluence.push_back(spectrum.photons[b] * spectrum.energy_MeV[b]);
        released.push_back(out.energy_fluence.back() * water.attenuation(spectrum.energy_MeV[b]));
    }
    out.group = group_bins(released);
    out.primary_MeV = primary_energy(set, out, released);
    std::array<GroupKernel, energy_groups> groups;
    for (std::size_t b = 0; b < released.size(); ++b)
        add_kernel(groups[static_cast<std::size_t>(out.group[b])], set, spectrum.energy_MeV[b], released[b]);
    for (auto& g : groups) {
        for (double& e : g.primary) e /= g.weight;
        for (double& e : g.scatter) e /= g.weight;
    }
    fill_empty(groups);
    for (std::size_t ring = 0; ring < layout.azimuths.size(); ++ring) {
        const double from = layout.polar_edges_deg[ring] * pi / 180, to = layout.polar_edges_deg[ring + 1] * pi / 180;
        const int n = layout.azimuths[ring];
        Cone cone{};
        double cos_sum = 0, sum = 0;
        for (int g = 0; g < energy_groups; ++g) {
            const auto& group = groups[static_cast<std::size_t>(g)];
            auto energy = ring_energy(set, group.primary, from, to, cos_sum);
            const auto scatter = ring_energy(set, group.scatter, from, to, cos_sum);
            auto fit = fit_ladder(set.radius_cm, energy, LadderPart::Primary);
            const auto slow = fit_ladder(set.radius_cm, scatter, LadderPart::Scatter);
            for (std::size_t k = 0; k < fit.size(); ++k) fit[k] += slow[k];
            for (std::size_t r = 0; r < energy.size(); ++r) energy[r] += scatter[r];
            sum += std::accumulate(energy.begin(), energy.end(), 0.0);
            out.worst_fit = std::max(out.worst_fit, ladder_error(set.radius_cm, energy, fit));
            for (std::size_t k = 0; k < fit.size(); ++k)
                cone.amplitude[static_cast<std::size_t>(g * ladder_rates) + k] = static_cast<float>(fit[k] / n);
        }
        const double c = sum > 0 ? cos_sum / sum : std::cos(0.5 * (from + to)), s = std::sqrt(1 - c * c);
        for (int j = 0; j < n; ++j) {
            const double phi = 2 * pi * (j + 0.5) / n;
            cone.direction = {s * std::cos(phi), s * std::sin(phi), c};
            out.cones.push_back(cone);
        }
    }
    add_tilt(out, set, groups);
    return out;
}

}  // namespace coutard::dose
