#include "dose/commissioning/tank_dose.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "dose/machine/delivered_map.hpp"
#include "dose/phantom/slab_beam.hpp"
#include "dose/superposition/contaminants.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

constexpr double margin_mm = 45;  // of water around the field and below the deepest point: scatter from beyond is lost

/// A tank that holds the field at the deepest point, and all points.
SlabSpec tank_spec(const TankField& field, const TankGrid& grid, const Machine& machine) {
    double deepest = 0, farthest_x = 0, farthest_y = 0;
    for (const Vec3& p : field.points_mm) {
        validate(std::max(std::abs(p.x), std::abs(p.y)) <= 600 && p.z >= -0.01 && p.z <= 600,
                 "water tank: a point further than 60 cm from the axis or the surface");
        deepest = std::max(deepest, p.z);
        farthest_x = std::max(farthest_x, std::abs(p.x));
        farthest_y = std::max(farthest_y, std::abs(p.y));
    }
    const double zoom = (field.ssd_mm + deepest) / machine.sad_mm;
    const double x = std::max(0.5 * field.x_mm * zoom + margin_mm, farthest_x + 10),
                 y = std::max(0.5 * field.y_mm * zoom + margin_mm, farthest_y + 10), z = deepest + margin_mm;
    SlabSpec spec;
    spec.name = "water tank";
    spec.machine = machine.name;
    spec.machine_beam = true;
    spec.voxel_mm = {grid.x_mm, grid.y_mm, grid.depth_mm};
    // odd counts: a voxel's centre on the axis
    const auto odd = [](double half, double voxel) { return 2 * std::ceil(half / voxel - 0.5 - 1e-9) + 1; };
    spec.size_cm = {0.1 * grid.x_mm * odd(x, grid.x_mm), 0.1 * grid.y_mm * odd(y, grid.y_mm),
                    0.1 * grid.depth_mm * std::ceil(z / grid.depth_mm - 1e-9)};
    const double wide = std::max(spec.size_cm[0], spec.size_cm[1]);
    spec.slabs = {{"water", {}, {-wide, wide}, {-wide, wide}, {0, spec.size_cm[2]}}};
    spec.ssd_cm = 0.1 * field.ssd_mm;
    spec.monitor_units = 1;
    spec.jaws_cm = {-0.05 * field.x_mm, 0.05 * field.x_mm, -0.05 * field.y_mm, 0.05 * field.y_mm};
    return spec;
}

/// Weights of four neighbours: cubic (Catmull and Rom), of values with a part of their second difference taken away.
std::array<double, 6> weights_of(double t, double sharpen) {
    const std::array<double, 4> cubic{0.5 * (-t + 2 * t * t - t * t * t), 0.5 * (2 - 5 * t * t + 3 * t * t * t),
                                      0.5 * (t + 4 * t * t - 3 * t * t * t), 0.5 * (-t * t + t * t * t)};
    std::array<double, 6> out{};
    for (std::size_t k = 0; k < 4; ++k) {
        out[k] -= sharpen * cubic[k];
        out[k + 1] += (1 + 2 * sharpen) * cubic[k];
        out[k + 2] -= sharpen * cubic[k];
    }
    return out;
}

}  // namespace

TankGrid tank_grid(ScanWay way, double side_mm, double fine_mm, const ConeLayout& layout) {
    constexpr double most_deep_mm = 5;
    const double across = fine_mm * (side_mm <= 120 ? 1 : side_mm <= 220 ? 1.25 : 1.5);
    const double deep = std::min(2.5 * fine_mm, most_deep_mm);
    switch (way) {
        case ScanWay::X:
            return {0.5 * across, 2 * across, deep, layout};
        case ScanWay::Y:
            return {2 * across, 0.5 * across, deep, layout};
        case ScanWay::Diagonal:
            return {across, across, deep, layout};
        default:
            return {2 * across, 2 * across, fine_mm, layout};
    }
}

double sharp_dose(const Volume<float>& dose, const Vec3& at_mm) {
    // a mean over a width h takes h^2/24 of the second derivative; across the beam fluence and deposit are both means
    constexpr double across = 1.0 / 12, along = 1.0 / 24;
    const Size3 n = dose.grid().size();
    const Vec3 at = dose.grid().index(at_mm);
    const std::array<double, 3> place{std::clamp(at.x, 0.0, n.x - 1.0), std::clamp(at.y, 0.0, n.y - 1.0),
                                      std::clamp(at.z, -0.5, n.z - 1.0)};
    const std::array<int, 3> size{n.x, n.y, n.z};
    std::array<std::array<double, 6>, 3> weight;
    std::array<int, 3> base;
    for (std::size_t a = 0; a < 3; ++a) {
        const auto floor = std::floor(place[a]);
        base[a] = static_cast<int>(floor) - 2;
        weight[a] = weights_of(place[a] - floor, a < 2 ? across : along);
    }
    // above the first layer and below the last, straight on: v(-1) = 2 v(0) - v(1)
    double sum = 0;
    const auto layer = [&](int k) {
        double s = 0;
        for (int j = 0; j < 6; ++j)
            for (int i = 0; i < 6; ++i)
                s += weight[1][static_cast<std::size_t>(j)] * weight[0][static_cast<std::size_t>(i)] *
                     static_cast<double>(
                         dose.at(std::clamp(base[0] + i, 0, size[0] - 1), std::clamp(base[1] + j, 0, size[1] - 1), k));
        return s;
    };
    std::map<int, double> layers;  // weight per layer
    for (int k = 0; k < 6; ++k) {
        const int z = base[2] + k;
        const double w = weight[2][static_cast<std::size_t>(k)];
        if (z >= 0 && z < size[2]) {
            layers[z] += w;
        } else {
            const int edge = z < 0 ? 0 : size[2] - 1, next = z < 0 ? std::min(1, size[2] - 1) : std::max(0, edge - 1);
            const double steps = std::abs(z - edge);
            layers[edge] += w * (1 + steps);
            layers[next] -= w * steps;
        }
    }
    for (const auto& [z, w] : layers)
        if (w != 0) sum += w * layer(z);
    return std::max(0.0, sum);
}

WaterTank::WaterTank(std::filesystem::path data_dir, double chamber_mm, Device device)
    : data_dir_(std::move(data_dir)),
      chamber_mm_(chamber_mm),
      device_(device),
      points_(read_point_kernels(data_dir_ / "kernels" / "water.txt")),
      water_(MaterialLibrary(data_dir_ / "physics").at("water")) {
    expect(chamber_mm >= 0, "water tank: the chamber's width is not negative");
}

const BeamKernel& WaterTank::kernel(const BeamModel& model, const ConeLayout& layout) const {
    const std::pair key{model.spectrum, std::pair{model.spectrum_power, layout.azimuths.size()}};
    const auto found = kernels_.find(key);
    if (found != kernels_.end()) return found->second;
    return kernels_.emplace(key, make_beam_kernel(points_, beam_spectrum(model, data_dir_ / "physics"), water_, layout))
        .first->second;
}

TankDose WaterTank::dose(const BeamModel& of, const TankField& field, const TankGrid& grid,
                         const Progress& progress) const {
    BeamModel model = of;
    model.backscatter = {};
    model.head.tongue_mm = model.head.gap_mm = 0;  // no leaves in these fields: their tables are not needed
    if (model.electrons) model.electrons->disc.fluence = 1;
    const SlabSpec spec = tank_spec(field, grid, model.machine);
    const Medium medium = slab_medium(spec, MaterialLibrary(data_dir_ / "physics"));
    const BeamFrame frame = slab_beam_frame(spec, model.machine.sad_mm);
    HeadFluence photons = delivered_maps(slab_beam(spec, model.machine), model).at(0).fluence;
    HeadFluence electrons;
    electrons.electrons = std::exchange(photons.electrons, {});
    electrons.electrons_from_mm = photons.electrons_from_mm;
    electrons.electron_depth_g_cm2 = photons.electron_depth_g_cm2;
    electrons.electron_dose_Gy_cm2 = photons.electron_dose_Gy_cm2;
    const BeamDose light = superpose(medium, frame, photons, kernel(model, grid.layout), device_, progress);
    Volume<float> charged(medium.grid);
    if (model.electrons) add_electrons(medium, frame, electrons, charged);
    TankDose out;
    const int parts = chamber_mm_ > 0 ? 5 : 1;
    const auto read = [&](const Volume<float>& dose, const Vec3& p) {
        double sum = 0;
        for (int j = 0; j < parts; ++j)
            for (int i = 0; i < parts; ++i) {
                const auto off = [&](int k) { return chamber_mm_ * ((k + 0.5) / parts - 0.5); };
                sum += sharp_dose(dose, {p.x + off(i), -(p.y + off(j)), p.z});
            }
        return sum / (parts * parts);
    };
    for (const Vec3& p : field.points_mm) {
        out.photons.push_back(read(light.dose, p));
        if (model.electrons) out.electrons.push_back(read(charged, p));
    }
    return out;
}

}  // namespace coutard::dose
