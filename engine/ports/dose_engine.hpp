#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/geom/iec61217.hpp"
#include "engine/image/volume.hpp"
#include "engine/plan/plan.hpp"
#include "engine/ports/influence.hpp"

namespace coutard {

enum class Device { Auto, Cpu, Cuda };

/// A region whose material is known better than its HU says (couch, bolus, implant).
struct MaterialOverride {
    Mask region;           ///< on the grid of the CT
    std::string material;  ///< key of data/physics/materials.json
    std::optional<double> density_g_cm3;
};

/// What radiation meets: the CT, where it counts, and where dose is wanted.
struct DoseScene {
    Volume<float> hu;            ///< calibrated CT [HU]
    std::optional<Mask> counts;  ///< External and Support on the grid of hu; outside is air. Absent: all of hu
    std::vector<MaterialOverride> overrides;
    std::string hu_curve = "schneider2000";  ///< key of data/hlut
    Grid dose_grid;
    Lying lying = Lying::HeadFirstSupine;  ///< how the patient lies: beam directions depend on it
};

/// Dose of plans. Implemented by dose/.
class DoseEngine {
  public:
    virtual ~DoseEngine() = default;
    virtual std::string name() const = 0;
    /// Whole-course dose of the control points (fractions x monitor units).
    /// \throws InputError unknown machine, leaves that cross, falling metersets, isocentre outside the CT
    virtual Dose dose(const DoseScene& scene, const Plan& plan, const Progress& progress) const = 0;
    /// One dose per beam, in the plan's order, each whole course.
    virtual std::vector<Dose> dose_per_beam(const DoseScene& scene, const Plan& plan,
                                            const Progress& progress) const = 0;
    /// Beamlet doses on scene.dose_grid. \param wanted voxels that matter (others are dropped); absent: all
    virtual std::unique_ptr<InfluenceOperator> influence(const DoseScene& scene, const std::vector<BeamletBeam>& beams,
                                                         const std::optional<Mask>& wanted,
                                                         const Progress& progress) const = 0;
};

}  // namespace coutard
