#include "dose/phantom/reference_gamma.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// Neighbouring cells of one width along an axis.
struct EvenRun {
    std::size_t first = 0, count = 0;
    double low_mm = 0, width_mm = 0;
};

std::vector<EvenRun> even_runs(const std::vector<double>& faces_cm) {
    std::vector<EvenRun> out;
    for (std::size_t c = 0; c + 1 < faces_cm.size(); ++c) {
        const double width = 10 * (faces_cm[c + 1] - faces_cm[c]);
        if (out.empty() || std::abs(out.back().width_mm - width) > 1e-4) out.push_back({c, 0, 10 * faces_cm[c], width});
        ++out.back().count;
    }
    return out;
}

/// Voxels of the dose per cell. \throws InputError not a whole number
int voxels_per_cell(const EvenRun& run, double low_mm, double voxel_mm) {
    const double count = run.width_mm / voxel_mm, start = (run.low_mm - low_mm) / voxel_mm;
    validate(std::abs(count - std::round(count)) < 1e-3 && count > 0.5 && std::abs(start - std::round(start)) < 1e-3,
             "reference: gamma: a cell's width [mm]", run.width_mm,
             "whole voxels of the phantom, " + std::to_string(voxel_mm) + " mm");
    return static_cast<int>(std::lround(count));
}

/// Means over `width` voxels along one axis, at every step of a voxel.
Volume<float> moving_mean(const Volume<float>& from, int axis, int width) {
    if (width == 1) return from;
    const Grid& g = from.grid();
    int n[3] = {g.size().x, g.size().y, g.size().z};
    Vec3 origin = g.point(0, 0, 0);
    validate(n[axis] >= width, "reference: gamma: voxels of the phantom", n[axis], "one cell of the reference or more");
    n[axis] -= width - 1;
    origin[axis] += 0.5 * (width - 1) * g.spacing_mm()[axis];
    Volume<float> out(Grid({n[0], n[1], n[2]}, origin, g.spacing_mm()));
    for (int k = 0; k < n[2]; ++k)
        for (int j = 0; j < n[1]; ++j)
            for (int i = 0; i < n[0]; ++i) {
                double sum = 0;
                for (int w = 0; w < width; ++w)
                    sum += static_cast<double>(
                        from.at(i + (axis == 0 ? w : 0), j + (axis == 1 ? w : 0), k + (axis == 2 ? w : 0)));
                out.at(i, j, k) = static_cast<float>(sum / width);
            }
    return out;
}

}  // namespace

ReferenceGamma reference_gamma(const ReferenceVoxels& reference, const Volume<float>& dose,
                               const GammaCriteria& criteria, const Progress& progress) {
    const Grid& grid = dose.grid();
    const double peak = static_cast<double>(*std::max_element(reference.dose.begin(), reference.dose.end()));
    validate(peak > 0, "reference: no voxel with dose");
    const auto faces = faces_of(reference);
    const std::vector<EvenRun> runs[3] = {even_runs(faces.x_cm), even_runs(faces.y_cm), even_runs(faces.z_cm)};
    Vec3 low;
    for (int a = 0; a < 3; ++a) low[a] = grid.point(0, 0, 0)[a] - 0.5 * grid.spacing_mm()[a];
    Volume<float> percent = dose;  // of the reference's maximum: doses per photon are too small for Gy
    for (float& d : percent.values()) d = static_cast<float>(100 * static_cast<double>(d) / peak);
    ReferenceGamma out;
    out.criteria = criteria;
    out.criteria.normalisation = Gy{100};
    const std::size_t nx = reference.x_cm.size(), ny = reference.y_cm.size();
    const double blocks = static_cast<double>(runs[0].size() * runs[1].size() * runs[2].size());
    double done = 0;
    for (const EvenRun& rz : runs[2]) {
        const Volume<float> deep = moving_mean(percent, 2, voxels_per_cell(rz, low.z, grid.spacing_mm().z));
        for (const EvenRun& ry : runs[1]) {
            const Volume<float> wide = moving_mean(deep, 1, voxels_per_cell(ry, low.y, grid.spacing_mm().y));
            for (const EvenRun& rx : runs[0]) {
                const Size3 n{static_cast<int>(rx.count), static_cast<int>(ry.count), static_cast<int>(rz.count)};
                Volume<float> truth(Grid(
                    n, {rx.low_mm + 0.5 * rx.width_mm, ry.low_mm + 0.5 * ry.width_mm, rz.low_mm + 0.5 * rz.width_mm},
                    {rx.width_mm, ry.width_mm, rz.width_mm}));
                float most = 0;
                for (int k = 0; k < n.z; ++k)
                    for (int j = 0; j < n.y; ++j)
                        for (int i = 0; i < n.x; ++i) {
                            const std::size_t cell = rx.first + static_cast<std::size_t>(i) +
                                                     nx * (ry.first + static_cast<std::size_t>(j) +
                                                           ny * (rz.first + static_cast<std::size_t>(k)));
                            const double one = 100 * static_cast<double>(reference.dose[cell]) / peak;
                            truth.at(i, j, k) = static_cast<float>(one);
                            most = std::max(most, truth.at(i, j, k));
                        }
                done += 1;
                if (static_cast<double>(most) < criteria.threshold_percent) continue;
                const GammaResult block =
                    gamma_index(truth, moving_mean(wide, 0, voxels_per_cell(rx, low.x, grid.spacing_mm().x)),
                                out.criteria, nullptr, progress.part((done - 1) / blocks, done / blocks));
                out.judged += block.evaluated;
                out.passed += block.passed;
                out.mean += block.mean * static_cast<double>(block.evaluated);
                out.maximum = std::max(out.maximum, block.maximum);
            }
        }
    }
    validate(out.judged > 0, "reference: no voxel above the threshold of gamma");
    out.mean /= static_cast<double>(out.judged);
    return out;
}

}  // namespace coutard::dose
