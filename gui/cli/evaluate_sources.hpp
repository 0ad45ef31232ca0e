#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/ports/exchange.hpp"
#include "engine/shape/structure.hpp"

namespace coutard::gui {

/// A structure to evaluate, on a grid of its own.
struct NamedRegion {
    std::string name;
    Role role = Role::None;
    Mask mask;
};

/// Whose an object is and in what frame of reference; empty where its file does not say.
struct Origin {
    std::string source, patient_id, frame_uid;
};
Origin origin_of(const Dose& dose, const std::filesystem::path& source);
Origin origin_of(const CtImage& ct, const std::filesystem::path& source);

/// Refuses to compare objects of two patients or two frames of reference, where both say.
/// \throws InputError naming the second file, the attribute and both values
void check_same_origin(const Origin& first, const Origin& second);

/// Structures of one file or folder, with what its reader accepted and a person should know.
struct Regions {
    std::vector<NamedRegion> list;
    Origin origin;
    std::vector<std::string> notes;
};

/// RTDOSE, or NIfTI in Gy. \throws InputError naming the file
Dose read_dose_source(const Exchange& exchange, const std::filesystem::path& source);

/// Structures of a SRC: an RTSTRUCT; a label map (NIfTI whole numbers, one bit per structure, named by the
/// .json beside it, see docs/formats); a NIfTI of parts 0 to 1, one structure named after the file; or a
/// folder of such NIfTI files.
/// \param grid  where contours become masks; absent: a fine grid around each structure (DVH needs no CT)
/// \param only  names wanted, synonyms understood; empty: all. \throws InputError one that is not there
Regions read_region_source(const Exchange& exchange, const std::filesystem::path& source,
                           const std::optional<Grid>& grid, const std::vector<std::string>& only);

/// The NIfTI that gives a SRC its grid: itself, or the first by name of a folder; none where it is DICOM.
std::optional<std::filesystem::path> first_nifti(const std::filesystem::path& source);

/// The grid of an image SRC, a CT or a NIfTI, and where it comes from.
struct ImageGrid {
    Grid grid;
    Origin origin;
    std::vector<std::string> notes;
};
ImageGrid read_image_grid(const Exchange& exchange, const std::filesystem::path& source);

/// A grid around axial contours: planes as drawn, pixels of 0.5 to 1.5 mm by the size of the structure.
/// \throws InputError contours that are not axial
Grid grid_around(const Structure& structure);

}  // namespace coutard::gui
