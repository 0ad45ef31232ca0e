#include "dose/phantom/slab_dose.hpp"

#include <algorithm>
#include <cmath>

#include "dose/machine/delivered_map.hpp"
#include "dose/phantom/slab_beam.hpp"
#include "dose/physics/spectrum.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {

double rectangle_solid_angle(double a, double b, double d) {
    return 4 * std::atan(a * b / (d * std::sqrt(a * a + b * b + d * d)));
}

BeamFrame downward_beam(double source_to_surface_mm, double sad_mm) {
    return {{0, 0, sad_mm - source_to_surface_mm},
            {0, 0, -source_to_surface_mm},
            {{1, 0, 0}, {0, -1, 0}, {0, 0, -1}},
            sad_mm};
}

namespace {

struct Tables {
    explicit Tables(const std::filesystem::path& data_dir)
        : library(data_dir / "physics"),
          points(read_point_kernels(data_dir / "kernels" / "water.txt")),
          dir(data_dir) {}
    BeamKernel kernel(const Spectrum& spectrum, const ConeLayout& layout) const {
        return make_beam_kernel(points, spectrum, library.at("water"), layout);
    }
    MaterialLibrary library;
    PointKernelSet points;
    std::filesystem::path dir;
};

void scale(BeamDose& dose, double factor) {
    for (float& d : dose.dose.values()) d = static_cast<float>(static_cast<double>(d) * factor);
}

BeamDose machine_dose(const SlabSpec& spec, const BeamModel& model, const Tables& tables, const ConeLayout& layout,
                      Device device, const Progress& progress) {
    const auto maps = delivered_maps(slab_beam(spec, model.machine), model);
    BeamDose out =
        superpose(slab_medium(spec, tables.library), slab_beam_frame(spec, model.machine.sad_mm), maps.at(0).fluence,
                  tables.kernel(beam_spectrum(model, tables.dir / "physics"), layout), device, progress);
    scale(out, model.fluence_per_mu);
    return out;
}

}  // namespace

BeamDose slab_dose(const SlabSpec& spec, const std::filesystem::path& data_dir, const ConeLayout& layout, Device device,
                   const Progress& progress) {
    const Tables tables(data_dir);
    if (spec.machine_beam)
        return machine_dose(spec, read_beam_model(data_dir, spec.machine), tables, layout, device, progress);
    const Medium medium = slab_medium(spec, tables.library);
    const double ssd = spec.ssd_cm * 10, a = spec.field_cm[0] * 5, b = spec.field_cm[1] * 5;
    const auto map = rectangle_fluence(-a, a, -b, b, 1.0);
    BeamDose out =
        superpose(medium, downward_beam(ssd, ssd), map,
                  tables.kernel(read_spectrum(data_dir / "physics", spec.spectrum), layout), device, progress);
    // unit fluence at the surface on the axis is ssd^2 photons per steradian: mean planar fluence over the field
    scale(out, 4 * a * b / (ssd * ssd * rectangle_solid_angle(a, b, ssd)));
    return out;
}

double calibrated_fluence(const std::string& machine, const std::filesystem::path& data_dir, Device device,
                          const Progress& progress) {
    return calibrated_fluence(read_beam_model(data_dir, machine), data_dir, device, progress);
}

double calibrated_fluence(BeamModel model, const std::filesystem::path& data_dir, Device device,
                          const Progress& progress) {
    model.fluence_per_mu = 1;
    SlabSpec spec;
    spec.size_cm = {20, 20, 15};
    spec.slabs = {{"water", {}, {-100, 100}, {-100, 100}, {0, 15}}};
    spec.machine_beam = true;
    spec.machine = model.machine.name;
    spec.ssd_cm = 0.1 * model.machine.sad_mm;
    spec.monitor_units = 1;
    const auto pdd =
        depth_dose(machine_dose(spec, model, Tables(data_dir), ConeLayout::standard(), device, progress).dose, 0.5);
    return 0.01 / *std::max_element(pdd.dose.begin(), pdd.dose.end());
}

}  // namespace coutard::dose
