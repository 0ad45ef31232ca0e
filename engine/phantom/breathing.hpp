#pragma once
#include "engine/image/volume.hpp"

namespace coutard::phantom {

/// How the thorax of data/phantoms/thorax.json breathes; lengths [mm] in its coordinates.
struct Breathing {
    double diaphragm_mm = 15;  ///< the diaphragm's way down from end of exhalation to end of inhalation
    double chest_mm = 5;       ///< the sternum's way forward
    double loop_mm = 1.5;      ///< how far way in and way out lie apart, front to back (hysteresis)
    double power = 2;          ///< n of Lujan's cos^2n: the larger, the longer it rests at exhalation
};

/// Depth of breath at a phase: 1 at phase 0 (end of inhalation), 0 at phase 5 (end of exhalation), one
/// cycle in 10 phases: cos^2n(pi phase / 10). Source: Lujan et al., Med Phys 26 (1999) 715, eq. 1.
double breath_depth(double phase, const Breathing& breathing = {});

/// A point at some phase -> the same tissue's point at the end of exhalation, where the recipe stands:
/// paint() takes it as to_planning, so the phases of a 4-D CT have their true deformation by construction.
/// Analytic and smooth: the diaphragm's motion fades upwards to the apices and sideways to the ribs and the
/// spine (no sliding), the sternum's backwards. Its Jacobian determinant is positive for lengths up to
/// twice the defaults.
class BreathingMap {
  public:
    explicit BreathingMap(double phase, const Breathing& breathing = {});
    Vec3 operator()(const Vec3& today_mm) const { return today_mm + displacement(today_mm); }
    /// The inverse, to 1e-6 mm: a point at the end of exhalation -> its place at this phase.
    Vec3 to_today(const Vec3& exhaled_mm) const;

  private:
    Vec3 displacement(const Vec3& today_mm) const;
    double down_, forward_, loop_;  ///< of this phase [mm]
};

/// True displacement from one phase to another on a grid of the first: fixed = `from`, moving = `to`.
DisplacementField breathing_field(const Grid& grid, double from, double to, const Breathing& breathing = {});

}  // namespace coutard::phantom
