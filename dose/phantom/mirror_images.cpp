#include "dose/phantom/mirror_images.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

constexpr double same_cm = 1e-6;

bool opposite(double a, double b) {
    return std::abs(a + b) < same_cm;
}

/// Calls visit(voxel, its distinct images) for all voxels.
template <class Visit>
void for_each_orbit(const Grid& grid, const Mirrors& mirrors, Visit&& visit) {
    const Size3 n = grid.size();
    expect(!mirrors.diagonal || (n.x == n.y && std::abs(grid.spacing_mm().x - grid.spacing_mm().y) < 1e-9),
           "images across the diagonal: a grid that is square in x and y");
    std::vector<std::size_t> images;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                images.clear();
                for (int swapped = 0; swapped <= (mirrors.diagonal ? 1 : 0); ++swapped)
                    for (int fx = 0; fx <= (mirrors.x ? 1 : 0); ++fx)
                        for (int fy = 0; fy <= (mirrors.y ? 1 : 0); ++fy) {
                            const int a = swapped ? j : i, b = swapped ? i : j;
                            images.push_back(grid.flat(fx ? n.x - 1 - a : a, fy ? n.y - 1 - b : b, k));
                        }
                std::sort(images.begin(), images.end());
                images.erase(std::unique(images.begin(), images.end()), images.end());
                visit(grid.flat(i, j, k), images);
            }
}

double mean_of_images(const Volume<float>& dose, const std::vector<std::size_t>& images) {
    double sum = 0;
    for (std::size_t m : images) sum += static_cast<double>(dose[m]);
    return sum / static_cast<double>(images.size());
}

}  // namespace

Mirrors slab_mirrors(const SlabSpec& spec) {
    const bool plain = spec.inserts.empty();
    const bool square = spec.field_cm[0] == spec.field_cm[1] && spec.size_cm[0] == spec.size_cm[1] &&
                        spec.voxel_mm[0] == spec.voxel_mm[1];
    return {plain, plain, plain && square};
}

Mirrors beam_mirrors(const SlabSpec& spec) {
    // a turned device has other axes than the phantom
    if (!spec.inserts.empty() || spec.collimator_deg != 0) return {};
    const auto &a = spec.leaves_x1_cm, &b = spec.leaves_x2_cm;
    const bool pairs = std::equal(a.begin(), a.end(), b.begin(), opposite);
    return {pairs && opposite(spec.jaws_cm[0], spec.jaws_cm[1]),
            a.empty() && opposite(spec.jaws_cm[2], spec.jaws_cm[3]), false};
}

UncertainDose over_images(const Volume<float>& dose, const Volume<float>& uncertainty, const Mirrors& mirrors) {
    UncertainDose out{Volume<float>(dose.grid()), Volume<float>(dose.grid())};
    for_each_orbit(dose.grid(), mirrors, [&](std::size_t voxel, const std::vector<std::size_t>& images) {
        double variance = 0;
        for (std::size_t m : images)
            variance += std::pow(static_cast<double>(dose[m]) * static_cast<double>(uncertainty[m]), 2);
        const double mean = mean_of_images(dose, images), count = static_cast<double>(images.size());
        out.dose.values()[voxel] = static_cast<float>(mean);
        out.uncertainty.values()[voxel] = mean > 0 ? static_cast<float>(std::sqrt(variance) / (count * mean)) : 1;
    });
    return out;
}

Volume<float> over_images(const Volume<float>& dose, const Mirrors& mirrors) {
    Volume<float> out(dose.grid());
    for_each_orbit(dose.grid(), mirrors, [&](std::size_t voxel, const std::vector<std::size_t>& images) {
        out.values()[voxel] = static_cast<float>(mean_of_images(dose, images));
    });
    return out;
}

double asymmetry_percent(const Volume<float>& dose, const Mirrors& mirrors) {
    double most = 0, peak = 0;
    for_each_orbit(dose.grid(), mirrors, [&](std::size_t voxel, const std::vector<std::size_t>& images) {
        const double own = static_cast<double>(dose[voxel]);
        peak = std::max(peak, own);
        most = std::max(most, std::abs(own - mean_of_images(dose, images)));
    });
    return peak > 0 ? 100 * most / peak : 0;
}

double mean_uncertainty(const UncertainDose& found) {
    const auto& doses = found.dose.values();
    const float half = 0.5F * *std::max_element(doses.begin(), doses.end());
    double sum = 0, count = 0;
    for (std::size_t v = 0; v < doses.size(); ++v) {
        if (doses[v] < half || doses[v] <= 0) continue;
        sum += static_cast<double>(found.uncertainty[v]);
        count += 1;
    }
    return count > 0 ? sum / count : 1;
}

}  // namespace coutard::dose
