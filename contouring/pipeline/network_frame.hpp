#pragma once
#include "engine/image/volume.hpp"

namespace coutard::contouring {

/// The network's lattice over a patient: axes along DICOM LPS whatever the image's own axes, the
/// network's spacing, just around what is not air (above -500 HU) plus a margin of two voxels.
/// \param spacing_mm  of the network, per axis
/// \throws InputError  the image holds nothing above -500 HU, or a value that is not finite
Grid network_grid(const Volume<float>& hu, const Vec3& spacing_mm);

/// Where a scan begins and ends along the patient: lowest and highest z of the voxel centres that are not air [mm],
/// and how much of the image lies empty below and above.
struct ScanEnds {
    double low_mm = -1e30, high_mm = 1e30;
    double empty_below_mm = 0, empty_above_mm = 0;
};
/// \throws InputError  as network_grid
ScanEnds scan_ends(const Volume<float>& hu);

}  // namespace coutard::contouring
