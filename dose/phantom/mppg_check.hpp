#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "dose/machine/beam_model.hpp"
#include "dose/phantom/field_ray.hpp"
#include "dose/phantom/two_engines.hpp"

namespace coutard::dose {

/// A field after a test of AAPM MPPG 5.b (Geurts et al., J Appl Clin Med Phys 23 (2022) e13641; tests as worded in
/// MPPG 5.a, Smilowitz et al., J Appl Clin Med Phys 16(5) (2015) 14).
struct MppgCase {
    std::string name, test, what;
    SlabSpec spec;
    RegionTolerances tolerances;
    DepthRange depths;
    FieldRay ray;  ///< through the middle of the field
};

/// 5.4 small MLC field, 5.5 large one with extensive blocking, 5.6 off the axis with leaves far across it, 5.7
/// asymmetric at a short SSD, 6.2 behind lung, 7.1 and 7.2 small MLC fields. Not there: 5.8 (slab phantoms do not turn
/// the beam) and wedges (no machine has them). \param voxel_mm divides 16, 20, 30 and 40 cm
std::vector<MppgCase> mppg_cases(const Machine& machine, double voxel_mm);

/// Superposition held against our own Monte Carlo in one of them.
struct MppgCheck {
    std::string name, test, what;
    RegionChecks regions;
    RayCheck shallow, deep;  ///< the field's middle in the upper and the lower half of the depths
    int images = 1;
    double uncertainty = 0;  ///< of what was compared, mean relative above half of the maximum
    double seconds = 0;

    /// The worst of regions and both halves of the ray, whose tolerance is that of the high dose.
    Verdict verdict() const;
};
MppgCheck check_mppg(const MppgCase& one, const std::filesystem::path& data_dir, const TwoEnginesRun& how,
                     const Progress& progress);

}  // namespace coutard::dose
