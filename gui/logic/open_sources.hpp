#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/ports/exchange.hpp"
#include "gui/logic/patient.hpp"

namespace coutard::gui {

/// What opening a patient asks of the other rooms.
struct Readers {
    std::shared_ptr<const Exchange> exchange;
    std::function<CtImage(const std::filesystem::path&)> read_ct;  ///< folder or file, DICOM or NIfTI
    std::function<Mask(const Structure&, const Grid&)> mask_of;
    /// Whether an object belongs to the CT; each throws InputError when not.
    std::function<void(const StructureSet&, const CtImage&)> check_structures;
    std::function<void(const Plan&, const CtImage&)> check_plan;
    std::function<void(const Dose&, const CtImage&)> check_dose;
};

/// Files of some folders by what they hold.
struct FoundFiles {
    std::filesystem::path ct;  ///< folder of the CT slices, or the file itself; empty: none was found
    std::vector<std::filesystem::path> structures, plans, doses;
};

/// Look into sources (folders with their sub-folders, or files) at the Media Storage SOP Class UID of each
/// file (DICOM PS3.10, section 7.1). A NIfTI file that is named itself is taken as the CT; when nothing is
/// known, the first source is left to the CT reader, which says what is wrong with it.
/// \throws InputError a source does not exist, holds no file, or CT lies in more than one folder
FoundFiles find_files(const std::vector<std::filesystem::path>& sources);

/// The UID that the file's meta header states; empty when it is no DICOM file of part 10.
std::string media_storage_class(const std::filesystem::path& file);

/// A patient as read, and what could not be shown with it.
struct Opened {
    std::shared_ptr<const Patient> patient;
    std::vector<std::string> problems;  ///< objects left out, each with its whole error
};

/// Read and prepare all of a patient. Of several objects the first is shown (files that are sources themselves, then
/// folders as given, in each by path), but a dose of a whole plan before others, the plan that the dose names and no
/// other, and the structure set that the plan names. What was left out stands in the notes. A plan that the dose does
/// not name, a damaged or foreign object, and a structure that cannot be filled are problems, not an end.
/// \throws InputError no CT, or one that cannot be read
/// \throws Interrupted progress was stopped
Opened open_sources(const Readers& readers, const std::vector<std::filesystem::path>& sources,
                    const Progress& progress = {});

}  // namespace coutard::gui
