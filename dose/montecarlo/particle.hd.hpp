#pragma once
#include <type_traits>

#include "dose/montecarlo/scene.hd.hpp"

namespace coutard::dose {

enum class Kind { Photon, Electron, Positron };

struct Particle {
    Kind kind;
    float weight;
    double energy_MeV;  ///< kinetic
    Vec3 direction;
    Place place;
};

/// How far a charged particle is from what comes next, in units that every substance counts by its own tables.
struct Clocks {
    double hinge = 0;      ///< place of the deflection in the condensed step, 0 to 1
    double to_hinge = 0;   ///< condensed steps until the deflection
    double to_event = -1;  ///< mean free paths until the next event; below 0: nothing is drawn yet
};

struct ChargedParticle : Particle {
    Clocks clocks;
};

/// Particles that wait. Depth-first work keeps it shallow; a full one is told, never overwritten.
template <class Space, class T>
class Waiting {
  public:
    COUTARD_HD void push(const T& p) {
        if (depth_ == room)
            overflowed = true;
        else
            stack_[depth_++] = p;
    }
    COUTARD_HD T pop() { return stack_[--depth_]; }
    COUTARD_HD bool empty() const { return depth_ == 0; }
    COUTARD_HD int depth() const { return depth_; }
    bool overflowed = false;

  private:
    // a focus on the CPU scatters heavy photons many times over; a GPU thread has little memory of its own, and no
    // focus
    static constexpr int room = std::is_same_v<Space, par::Host> ? 512 : 48;
    T stack_[room];
    int depth_ = 0;
};

}  // namespace coutard::dose
