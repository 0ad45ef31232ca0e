#pragma once
#include "dose/superposition/cone_kernel.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::test {

/// Tables of the repository, read once for all tests of the room.
struct DoseTables {
    std::filesystem::path data = repository("data");
    dose::MaterialLibrary library{data / "physics"};
    dose::PointKernelSet points = dose::read_point_kernels(data / "kernels" / "water.txt");
    dose::Spectrum spectrum = dose::read_spectrum(data / "physics", "mohan6");
    dose::BeamKernel kernel(const dose::ConeLayout& layout) const {
        return dose::make_beam_kernel(points, spectrum, library.at("water"), layout);
    }
    static const DoseTables& get() {
        static const DoseTables tables;
        return tables;
    }
};

/// A box of one material and density on a grid centred on x = y = 0, from z = 0 on [mm].
inline dose::Medium uniform_box(int n, int nz, double voxel_mm, double density, const std::string& material = "water") {
    dose::Medium m;
    m.grid = Grid({n, n, nz}, {-voxel_mm * (n - 1) / 2, -voxel_mm * (n - 1) / 2, voxel_mm / 2},
                  {voxel_mm, voxel_mm, voxel_mm});
    m.materials = {DoseTables::get().library.at(material)};
    m.density.assign(m.grid.count(), static_cast<float>(density));
    m.material.assign(m.grid.count(), 0);
    return m;
}

}  // namespace coutard::test
