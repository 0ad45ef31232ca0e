#pragma once
#include "engine/image/volume.hpp"

namespace coutard::contouring {

/// The network's lattice over a patient: axes along DICOM LPS whatever the image's own axes, the
/// network's spacing, just around what is not air (above -500 HU) plus a margin of two voxels.
/// \param spacing_mm  of the network, per axis
/// \throws InputError  the image holds nothing above -500 HU, or a value that is not finite
Grid network_grid(const Volume<float>& hu, const Vec3& spacing_mm);

/// Where an image begins and ends along the patient: lowest and highest z of its voxel centres [mm].
struct ScanEnds {
    double low_mm = -1e30, high_mm = 1e30;
};
ScanEnds scan_ends(const Grid& image);

}  // namespace coutard::contouring
