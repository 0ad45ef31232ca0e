#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "engine/image/volume.hpp"

namespace coutard::contouring {

/// A way in which a CT differs from those that a network learnt from.
enum class Spoil : std::uint8_t {
    Noise,     ///< white, standard deviation [HU]
    Blur,      ///< of the kernel: Gaussian in plane, full width at half maximum [mm]
    Slices,    ///< thickness [mm]: means over as much, on slices as far apart
    Offset,    ///< added everywhere in the patient [HU]
    Streaks,   ///< of a metal filling, their height beside it [HU]
    Field,     ///< nothing beyond a circle, diameter [mm]
    Cut,       ///< slices missing below the middle of the scan, part of its length [%]
    Mirrored,  ///< left is right
    FaceDown,  ///< turned half about the long axis while the header says supine
    FeetFirst  ///< head and feet exchanged while the header says head first
};
const char* name_of(Spoil spoil);
/// "HU", "mm", "%"; empty for those that have no severity.
const char* unit_of(Spoil spoil);

/// One line of the stress table.
struct Stress {
    Spoil spoil = Spoil::Noise;
    double severity = 0;
    std::string text() const;  ///< "noise 40 HU"
};
/// The lines of the table, mildest first within each kind.
std::vector<Stress> usual_stresses();

/// The image spoilt; on its own grid but for Slices.
/// \param hu     [HU], axes along the patient's
/// \param metal_mm  where the filling of Streaks sits \param seed of noise and streaks
Volume<float> spoilt(const Volume<float>& hu, const Stress& stress, const Vec3& metal_mm, std::uint64_t seed);

/// Where a label's tissue lies in the spoilt image: turned with a patient who is turned, else as it was.
Mask carried(const Mask& label, Spoil spoil);

}  // namespace coutard::contouring
