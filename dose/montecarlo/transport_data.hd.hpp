#pragma once
#include <cstdint>

#include "dose/physics/octave_grid.hd.hpp"
#include "engine/base/hd.hpp"
#include "engine/par/view.hd.hpp"

namespace coutard::dose {

/// What an electron or positron of one energy meets in one substance, per g/cm2.
struct ChargedRow {
    float loss;          ///< continuous loss [MeV cm2/g]
    float events;        ///< knock-ons, hard bremsstrahlung, annihilation in flight [cm2/g]
    float radiative;     ///< part of the events that is bremsstrahlung
    float annihilation;  ///< part of the events that is annihilation
    float steps;         ///< condensed steps [cm2/g]: one over the length of a step
    float turn;          ///< length of a step over the first transport mean free path
    float range;         ///< csda range [g/cm2]
    float water_ratio;   ///< collision stopping power of water over that of the substance
};

/// What a photon of one energy meets in one substance, per g/cm2, cumulated: Compton below `compton`,
/// photoelectric below `photoelectric`, Rayleigh below `rayleigh`, pair below `total` [cm2/g].
struct PhotonRow {
    float compton, photoelectric, rayleigh, total;
};

/// Lattices of the sampling tables: four energies an octave from 2^-7 MeV.
struct SampleGrid {
    static constexpr int per_octave = 4, lowest_exponent = -7, rows = 12 * per_octave + 1;
    COUTARD_HD static int row(double energy_MeV, float u);
    static double energy(int row);
};

/// Shape of the tables of one substance; all substances lie one after another in the views below.
struct TableShape {
    static constexpr int deflection = 66;  ///< a, then 65 points of u (elastic.hpp)
    static constexpr int brems = 34;       ///< largest of chi at this energy, then chi at k/T = 0, 1/32, ... 1
    static constexpr int binding = 501;    ///< S(x)/Z at x = 0, 0.02, ... 10 [1/Angstrom]
    static constexpr int coherent = 257;   ///< integral of F^2 d(x^2) up to x = 10^(-2 + 4 i/256) [1/Angstrom]
    static constexpr double binding_step = 0.02;
};

/// Energies at which particles stop being followed or become events of their own [MeV].
struct Cutoffs {
    double electron = 0.189;  ///< kinetic energy below which an electron stops where it is
    double photon = 0.01;     ///< a photon below is absorbed; bremsstrahlung above is a photon
    double knock_on = 0.189;  ///< electrons knocked on above are followed
};

/// Tables of all substances of a scene. Index of a row: substance * rows + row.
template <class Space>
struct TransportData {
    par::View<const ChargedRow, Space> electron, positron;  ///< shape (substance, OctaveGrid::count)
    par::View<const PhotonRow, Space> photon;               ///< shape (substance, OctaveGrid::count)
    par::View<const float, Space> deflection;               ///< shape (substance, SampleGrid::rows, deflection)
    par::View<const float, Space> brems;                    ///< shape (substance, SampleGrid::rows, brems) [cm2/g]
    par::View<const float, Space> binding;                  ///< shape (substance, binding)
    par::View<const float, Space> coherent;                 ///< shape (substance, coherent)
    par::View<const float, Space> pair_charge;              ///< shape (substance): Z that screening is taken of
    Cutoffs cut;
};

COUTARD_HD inline int SampleGrid::row(double energy_MeV, float u) {
    const auto at = OctaveGrid::find(energy_MeV);
    // four rows an octave, even in energy inside it; which neighbour is left to chance, by nearness
    constexpr int cells = OctaveGrid::per_octave / per_octave;
    const int shift = (lowest_exponent - OctaveGrid::lowest_exponent) * OctaveGrid::per_octave;
    const float place = (static_cast<float>(at.index - shift) + at.part) / cells + u;
    const int r = place < 0 ? 0 : static_cast<int>(place);
    return r > rows - 1 ? rows - 1 : r;
}
inline double SampleGrid::energy(int row) {
    return OctaveGrid::energy((lowest_exponent - OctaveGrid::lowest_exponent) * OctaveGrid::per_octave +
                              row * (OctaveGrid::per_octave / per_octave));
}

/// A straight line between two rows.
COUTARD_HD inline float between(float a, float b, const OctaveGrid::Cell& at) {
    return a + at.part * (b - a);
}

}  // namespace coutard::dose
