#include "dose/montecarlo/flock.hd.hpp"

namespace coutard::dose {

COUTARD_WIDE bool move_inside(Flock<flock_room<par::Host>>& flock, const double (&voxel_cm)[3], double path) {
    return move_inside<flock_room<par::Host>>(flock, voxel_cm, path);
}

COUTARD_WIDE void turn(Flock<flock_room<par::Host>>& flock, double cos_polar, const Azimuth& about) {
    turn<flock_room<par::Host>>(flock, cos_polar, about);
}

}  // namespace coutard::dose
