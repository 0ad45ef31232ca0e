#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/plan/case.hpp"
#include "engine/plan/machine.hpp"
#include "engine/ports/dose_engine.hpp"
#include "engine/ports/exchange.hpp"
#include "engine/shape/structure.hpp"
#include "gui/cli/command.hpp"

namespace coutard::gui {

/// What commands that plan and calculate share: reading a patient and choosing engines. Each throws
/// InputError naming file, attribute, expected and found.

/// A SRC: DICOM folder or file, or NIfTI (.nii, .nii.gz). \param position "HFS" ... for files that do not
/// say; empty: as the file says
CtImage read_image(const Exchange& exchange, const std::filesystem::path& source, const std::string& position = {});

/// Structures drawn on this CT: an RTSTRUCT whose patient and frame of reference agree, or NIfTI (a label map with a
/// .json beside it, a mask, a folder of masks), whose masks become contours.
StructureSet read_structures_of(const Exchange& exchange, const std::filesystem::path& file, const CtImage& ct);

/// The body on the CT's grid: External where it is drawn, else found in the image.
Mask body_mask(const CtImage& ct, const StructureSet* structures);

/// What radiation meets: CT, body, supports, position; dose wanted on a grid of this spacing around the body.
DoseScene scene_of(const CtImage& ct, const StructureSet* structures, double grid_mm);

/// data/machines/NAME.json.
Machine machine_named(const std::string& name);

/// How far Monte Carlo goes: that many histories, or up to a standard error.
struct Statistics {
    std::uint64_t histories = 0;  ///< 0: up to `uncertainty`
    double uncertainty = 0.01;    ///< mean relative one over voxels above half of the maximum
    DoseTo to = DoseTo::Medium;   ///< superposition: medium only
};

/// \param name superposition or montecarlo \throws InputError another name; NotBuilt a GPU that is not there,
/// dose to water by superposition
std::unique_ptr<DoseEngine> dose_engine(const std::string& name, const Common& common,
                                        const Statistics& statistics = {});

}  // namespace coutard::gui
