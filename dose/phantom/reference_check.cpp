#include "dose/phantom/reference_check.hpp"

#include <algorithm>
#include <cmath>

#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// Parts of even cells from `origin` on that [low, high] covers, as (index, share of the whole).
std::vector<std::pair<int, double>> overlaps(double low, double high, double origin, double width, int count) {
    std::vector<std::pair<int, double>> out;
    const int first = std::max(0, static_cast<int>(std::floor((low - origin) / width + 1e-6)));
    for (int i = first; i < count && origin + i * width < high - 1e-9; ++i) {
        const double part = std::min(high, origin + (i + 1) * width) - std::max(low, origin + i * width);
        if (part > 1e-9) out.emplace_back(i, part / (high - low));
    }
    return out;
}

std::vector<double> sorted_once(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end(), [](double a, double b) { return b - a < 1e-6; }),
                 values.end());
    return values;
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

}  // namespace

std::vector<double> cell_faces(const std::vector<double>& centres, double low) {
    std::vector<double> out{low};
    for (double c : centres) out.push_back(2 * c - out.back());
    return out;
}

ReferenceAxis read_reference_axis(const std::filesystem::path& csv) {
    const Table table(csv);
    ReferenceAxis out{table.numbers("depth_cm"), table.numbers("dose"), table.numbers("rel_uncert")};
    validate(std::is_sorted(out.depth_cm.begin(), out.depth_cm.end()) && !out.depth_cm.empty(),
             csv.string() + ": depth_cm must rise");
    return out;
}

std::vector<double> on_cells(const std::vector<double>& values, const EvenCells& cells, double low,
                             const std::vector<double>& centres) {
    const auto faces = cell_faces(centres, low);
    std::vector<double> out;
    for (std::size_t c = 0; c < centres.size(); ++c) {
        double sum = 0, weight = 0;
        for (const auto& [i, part] :
             overlaps(faces[c], faces[c + 1], cells.origin, cells.width, static_cast<int>(values.size()))) {
            sum += part * values[static_cast<std::size_t>(i)];
            weight += part;
        }
        validate(std::abs(weight - 1) < 1e-6, "reference: the cell at [cm]", centres[c], "inside the phantom");
        out.push_back(sum);
    }
    return out;
}

AxisCheck check_axis(const ReferenceAxis& reference, const DepthDose& ours) {
    expect(ours.dose.size() == reference.dose.size() && ours.uncertainty.size() == ours.dose.size(),
           "check_axis: doses with uncertainties in the reference's cells");
    const auto faces = cell_faces(reference.depth_cm, 0);
    const double peak = *std::max_element(reference.dose.begin(), reference.dose.end());
    AxisCheck check;
    double a = 0, b = 0, most = -1;
    std::vector<double> own;
    for (std::size_t i = 0; i < ours.dose.size(); ++i) {
        const double z = reference.depth_cm[i], mine = ours.dose[i] * ours.uncertainty[i];
        AxisPoint p{z, 100 * (ours.dose[i] - reference.dose[i]) / peak,
                    100 * std::hypot(mine, reference.dose[i] * reference.uncertainty[i]) / peak};
        check.points.push_back(p);
        check.chi2 += std::pow(p.difference / p.sigma, 2) / static_cast<double>(ours.dose.size());
        if (z >= 1.5) own.push_back(100 * ours.uncertainty[i]);
        if (z >= 1.5 && z <= 25) {
            a += ours.dose[i] * (faces[i + 1] - faces[i]);
            b += reference.dose[i] * (faces[i + 1] - faces[i]);
        }
        if (z < 0.3) continue;
        const double beyond = std::abs(p.difference) - 2 * p.sigma;
        if (beyond > 1) ++check.outside;
        if (beyond > most) {
            most = beyond;
            check.worst = p;
        }
    }
    check.mean_percent = b > 0 ? 100 * (a / b - 1) : 0;
    check.own_percent = median(own);
    return check;
}

ReferenceVoxels read_reference_voxels(const std::filesystem::path& csv) {
    const Table table(csv);
    ReferenceVoxels out;
    const auto &x = table.numbers("x_cm"), &z = table.numbers("z_cm"), &dose = table.numbers("dose"),
               &uncertainty = table.numbers("rel_uncert");
    out.x_cm = sorted_once(x);
    out.y_cm = sorted_once(table.numbers("y_cm"));
    out.z_cm = sorted_once(z);
    validate(table.rows() == out.x_cm.size() * out.y_cm.size() * out.z_cm.size(), csv.string() + ": rows", table.rows(),
             "a full grid of x, y and z, x fastest");
    for (std::size_t r = 0; r < table.rows(); ++r) {
        const bool ordered = std::abs(x[r] - out.x_cm[r % out.x_cm.size()]) < 1e-6 &&
                             std::abs(z[r] - out.z_cm[r / (out.x_cm.size() * out.y_cm.size())]) < 1e-6;
        validate(ordered, csv.string() + ": row", r, "x fastest, z slowest");
        out.dose.push_back(static_cast<float>(dose[r]));
        out.uncertainty.push_back(static_cast<float>(uncertainty[r]));
    }
    return out;
}

VoxelFaces faces_of(const ReferenceVoxels& voxels) {
    // twice the first centre's distance from its inner face
    const auto lateral = [](const std::vector<double>& c) { return cell_faces(c, c[0] - 0.5 * (c[1] - c[0])); };
    return {lateral(voxels.x_cm), lateral(voxels.y_cm), cell_faces(voxels.z_cm, 0)};
}

VoxelCheck check_voxels(const ReferenceVoxels& reference, const Volume<float>& dose, const Volume<float>& uncertainty,
                        const VoxelCriterion& criterion) {
    const Grid& grid = dose.grid();
    const Size3 n = grid.size();
    const Vec3 s = grid.spacing_mm() * 0.1, origin{-0.5 * s.x * n.x, -0.5 * s.y * n.y, 0};
    const auto [fx, fy, fz] = faces_of(reference);
    const std::size_t nx = reference.x_cm.size(), ny = reference.y_cm.size(), nz = reference.z_cm.size();
    const auto at = [&](std::size_t i, std::size_t j, std::size_t k) { return i + nx * (j + ny * k); };
    const double peak = *std::max_element(reference.dose.begin(), reference.dose.end());
    const auto slope = [&](const std::vector<double>& c, std::size_t i, auto value) {
        const std::size_t low = i > 0 ? i - 1 : i, high = i + 1 < c.size() ? i + 1 : i;
        return (value(high) - value(low)) / (c[high] - c[low]);
    };
    VoxelCheck check;
    check.criterion = criterion;
    for (std::size_t k = 0; k < nz; ++k)
        for (std::size_t j = 0; j < ny; ++j)
            for (std::size_t i = 0; i < nx; ++i) {
                const double d = reference.dose[at(i, j, k)];
                if (d < 0.1 * peak) continue;
                double mean = 0, variance = 0;
                for (const auto& [c, pz] : overlaps(fz[k], fz[k + 1], 0, s.z, n.z))
                    for (const auto& [b, py] : overlaps(fy[j], fy[j + 1], origin.y, s.y, n.y))
                        for (const auto& [a, px] : overlaps(fx[i], fx[i + 1], origin.x, s.x, n.x)) {
                            const double one = dose.at(a, b, c), part = px * py * pz;
                            mean += part * one;
                            variance += std::pow(part * one * uncertainty.at(a, b, c), 2);
                        }
                const double gx = slope(reference.x_cm, i, [&](std::size_t o) { return reference.dose[at(o, j, k)]; }),
                             gy = slope(reference.y_cm, j, [&](std::size_t o) { return reference.dose[at(i, o, k)]; }),
                             gz = slope(reference.z_cm, k, [&](std::size_t o) { return reference.dose[at(i, j, o)]; });
                const double sigma = std::sqrt(variance + std::pow(d * reference.uncertainty[at(i, j, k)], 2));
                const double allowed = std::hypot(std::hypot(0.01 * criterion.percent * peak, 2 * sigma),
                                                  0.1 * criterion.distance_mm * std::sqrt(gx * gx + gy * gy + gz * gz));
                ++check.judged;
                if (std::abs(mean - d) <= allowed) ++check.within;
                check.expected += sigma > 0 ? 100 * std::erf(allowed / sigma / std::sqrt(2.0)) : 100;
                check.chi2 += std::pow((mean - d) / sigma, 2);
            }
    validate(check.judged > 0, "reference: no voxel above 10 % of the maximum");
    check.chi2 /= static_cast<double>(check.judged);
    check.expected /= static_cast<double>(check.judged);
    return check;
}

}  // namespace coutard::dose
