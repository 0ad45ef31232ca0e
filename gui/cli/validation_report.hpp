#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dose/phantom/reference_aims.hpp"
#include "dose/phantom/reference_profiles.hpp"

namespace coutard::gui {

/// One engine in one phantom of `coutard validate dose`.
struct ValidationRow {
    bool superposition = false;  ///< else Monte Carlo
    dose::DepthDose cells;       ///< the axis in the reference's cells
    dose::AxisCheck axis;
    std::optional<dose::VoxelCheck> voxels;
    std::optional<dose::ReferenceGamma> gamma;
    std::vector<dose::Profile> profiles;  ///< in the order of the reference's; empty: not scored
    std::vector<dose::AimResult> aims;
    double seconds = 0;

    std::string engine() const { return superposition ? "superposition" : "Monte Carlo"; }
    bool meets_aims() const;
};

/// One phantom: the reference and what was held against it.
struct ValidationCase {
    std::string name;
    dose::SlabSpec spec;  ///< pdd_half_width_cm: of the axis
    dose::ReferenceAxis axis;
    std::vector<dose::Profile> profiles;
    dose::SuperpositionAims aims;
    std::vector<ValidationRow> rows;
};

/// Where and with what a report was made.
struct ValidationSource {
    std::string reference;  ///< folder's name
    std::string command;    ///< to make it again
};

/// Tables of aims, axis, voxels and profiles (Markdown).
std::string validation_tables(const std::vector<ValidationCase>& cases);
std::string validation_json(const std::vector<ValidationCase>& cases);

/// A picture of a report.
struct ValidationFigure {
    std::string title;
    std::filesystem::path file;  ///< name in the folder of figures
};
/// Draws depth doses and profiles along x of a case into a folder (SVG). \returns none in a build without reports
std::vector<ValidationFigure> write_validation_figures(const std::filesystem::path& folder, const ValidationCase& one);

/// Writes a whole report: Markdown, and the figures in a folder of its name beside it. Each is written beside its place
/// and renamed. \throws OutputError
void write_validation_report(const std::filesystem::path& file, const ValidationSource& source,
                             const std::vector<ValidationCase>& cases);

}  // namespace coutard::gui
