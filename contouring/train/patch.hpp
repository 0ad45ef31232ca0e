#pragma once
#include <cstdint>
#include <random>
#include <vector>

#include "contouring/pipeline/mirror.hpp"
#include "contouring/train/training_case.hpp"
#include "engine/geom/grid.hpp"

namespace coutard::contouring {

/// A block cut from a patient, in the network's own frame: x to the patient's left, y to posterior,
/// z to superior (DICOM LPS axes), x fastest.
struct Patch {
    Size3 size;
    std::vector<float> hu;             ///< [HU], shape (z, y, x)
    std::vector<std::uint8_t> inside;  ///< part inside each structure in 1/255, shape (structure, z, y, x)
    std::uint16_t known = 0;           ///< bit s: structure s was contoured in this patient
    std::vector<float> guide;          ///< what the network is given beside the CT, shape (channel, z, y, x)
};

/// Where a patch lies and how it is turned: point = centre + axes * (index - middle) [mm].
struct Placement {
    Vec3 centre_mm;         ///< patient point of the patch's middle
    Mat3 axes;              ///< columns: patient vector [mm] of one voxel along the patch's x, y, z
    bool mirrored = false;  ///< axes.cx runs to the patient's right: paired labels change sides
};

/// Cut a patch: CT and labels trilinear (labels become the part inside), -1000 HU and no label
/// outside the image.
Patch cut_patch(const TrainingCase& from, const Size3& size, const Placement& where, const MirrorPairs& pairs);

using Random = std::mt19937_64;
/// A stream that depends on nothing but the seed and a counter: step n of a resumed run draws what
/// it would have drawn in an unbroken one.
Random random_stream(std::uint64_t seed, std::uint64_t counter);
double uniform(Random& random, double low, double high);

}  // namespace coutard::contouring
