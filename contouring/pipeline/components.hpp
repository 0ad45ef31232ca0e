#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "contouring/pipeline/chances.hpp"
#include "contouring/pipeline/network_frame.hpp"

namespace coutard::contouring {

/// Regions of touching voxels (faces, edges and corners), largest first.
/// \param inside  one flag per voxel of the grid
/// \returns flat indices of each region, rising
std::vector<std::vector<std::size_t>> components(std::span<const std::uint8_t> inside, const Size3& size);

/// The regions of a structure at probability 1/2 and more, largest first.
std::vector<std::vector<std::size_t>> regions_of(const Chances& chances, int structure);

/// What was found of one structure at probability 1/2 and more.
struct Found {
    double volume_cm3 = 0;     ///< of what was kept
    double second_part = 0;    ///< second largest region that was kept over the largest, 0 to 1
    double left_out_part = 0;  ///< largest region that was dropped over the largest, 0 to 1
    double left_out_cm3 = 0;   ///< its volume
    bool at_edge = false;      ///< what was kept reaches the first or last slice of the scan, within a voxel
    Vec3 centre_mm;            ///< of what was kept; meaningless when volume_cm3 is 0
};

/// Keep the largest region of a structure and those at least `keep_part` of it whose centre lies above or
/// below it (within 30 mm of its box across the patient): elsewhere the probability is set below one half.
/// \param scan  where the image ends: the network's own lattice goes on two voxels beyond it
Found keep_largest(Chances& chances, int structure, double keep_part, const ScanEnds& scan);

/// Keep every region of at least this volume, wherever: targets come in parts. Parts are not told of in Found.
Found keep_parts(Chances& chances, int structure, double least_cm3, const ScanEnds& scan);

}  // namespace coutard::contouring
