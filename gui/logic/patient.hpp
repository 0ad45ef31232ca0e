#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/eval/structure_dose.hpp"
#include "engine/plan/case.hpp"
#include "engine/plan/plan.hpp"
#include "engine/shape/structure.hpp"

namespace coutard::gui {

/// A structure with what is drawn and listed of it.
struct ShownStructure {
    Structure drawn;
    Mask mask;                          ///< part of each voxel inside, cropped to the structure; empty: no contours
    Cm3 volume;                         ///< of the mask
    std::optional<StructureDose> dose;  ///< when there is a dose and a volume
    bool empty() const { return !(volume > Cm3{0}); }
};

/// An upright box in the patient [mm].
struct PatientBox {
    Vec3 low, high;
};

/// All that the window shows of one patient; immutable once made, so a worker may make it while the
/// window shows another.
struct Patient {
    CtImage ct;
    PatientBox body;  ///< what a fresh view shows: the body with a margin
    Grid display;     ///< lattice of the slices shown, along the patient's axes
    std::vector<ShownStructure> structures;
    std::optional<Plan> plan;
    std::optional<Dose> dose;
    std::string structures_label;    ///< of the structure set; empty when none was found
    std::vector<std::string> notes;  ///< what was accepted or chosen and a person should know
    float most_Gy = 0;               ///< maximum of the dose
    std::size_t doses_found = 0;     ///< on this CT; one of them is `dose`

    /// What 100 % means: the plan's prescription, else the maximum of the dose.
    double reference_Gy() const;
    bool has_prescription() const { return plan && plan->prescription_Gy > 0; }
};

/// The parts of a patient as they come from files, or from a test.
struct PatientParts {
    CtImage ct;
    StructureSet structures;
    std::vector<Mask> masks;  ///< one per structure, on any grids; empty where a structure has no contours
    std::optional<Plan> plan;
    std::optional<Dose> dose;
    std::vector<std::string> notes;
    std::size_t doses_found = 1;  ///< `dose` and those that were not taken
};

/// Volumes, DVHs and the display lattice.
/// \throws ContractError masks and structures differ in number, or the CT is empty
/// \throws InputError dose negative or NaN
std::shared_ptr<const Patient> make_patient(PatientParts parts, const Progress& progress = {});

/// Where the body is: the structure External, else what is denser than -350 HU (couch included), 10 mm
/// around it and within the image; the whole image when nothing is denser.
PatientBox body_box(const CtImage& ct, const std::vector<ShownStructure>& structures);

/// The part of a mask that holds anything, with one empty voxel around; empty when nothing is inside.
Mask cropped_mask(const Mask& mask);
Cm3 volume_of(const Mask& mask);

}  // namespace coutard::gui
