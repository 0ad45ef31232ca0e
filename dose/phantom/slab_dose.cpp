#include "dose/phantom/slab_dose.hpp"

#include <cmath>

#include "dose/physics/spectrum.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {

double rectangle_solid_angle(double a, double b, double d) {
    return 4 * std::atan(a * b / (d * std::sqrt(a * a + b * b + d * d)));
}

BeamFrame downward_beam(double source_to_surface_mm, double sad_mm) {
    return {{0, 0, -source_to_surface_mm}, {1, 0, 0}, {0, -1, 0}, {0, 0, -1}, sad_mm};
}

BeamDose slab_dose(const SlabSpec& spec, const std::filesystem::path& data_dir, const ConeLayout& layout, Device device,
                   const Progress& progress) {
    const MaterialLibrary library(data_dir / "physics");
    const Medium medium = slab_medium(spec, library);
    const auto kernels = read_point_kernels(data_dir / "kernels" / "water.txt");
    const auto kernel =
        make_beam_kernel(kernels, read_spectrum(data_dir / "physics", spec.spectrum), library.at("water"), layout);
    const double ssd = spec.ssd_cm * 10, a = spec.field_cm[0] * 5, b = spec.field_cm[1] * 5;
    const auto map = rectangle_fluence(-a, a, -b, b, 1.0);
    BeamDose out = superpose(medium, downward_beam(ssd, ssd), map, kernel, device, progress);
    // unit fluence at the surface on the axis is ssd^2 photons per steradian: mean planar fluence over the field
    const double mean = ssd * ssd * rectangle_solid_angle(a, b, ssd) / (4 * a * b);
    for (float& d : out.dose.values()) d = static_cast<float>(static_cast<double>(d) / mean);
    return out;
}

}  // namespace coutard::dose
