#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "engine/geom/vec3.hpp"

namespace coutard::dose {

enum class CurveKind { DepthDose, Profile, Output };

/// One measured point in a water tank. \see MeasuredCurve for the axes
struct MeasuredPoint {
    Vec3 at_mm;        ///< x, y across the beam (IEC 61217, gantry and collimator at 0), z depth below the surface
    double value = 0;  ///< relative dose, any unit
    double uncertainty = 0;  ///< one standard deviation in the unit of value; 0: not said
    int line = 0;            ///< of the file
};

/// A scan or an output factor, in a field of the jaws around the axis. Lengths [mm]; x runs along the lower jaws'
/// motion (crossline), y towards the gantry (inline).
struct MeasuredCurve {
    CurveKind kind = CurveKind::DepthDose;
    double field_x_mm = 0, field_y_mm = 0;  ///< sides at the isocentre plane
    double ssd_mm = 0;                      ///< to the water's surface
    char axis = 'z';                        ///< along which the points lie: x, y, z, d (x = y) or e (x = -y)
    std::vector<MeasuredPoint> points;      ///< rising along the axis; one for an output factor
    std::string file;
    int line = 0;  ///< where it begins

    double depth_mm() const { return points.front().at_mm.z; }
    /// Where a point lies along the axis [mm].
    double place_mm(const MeasuredPoint& point) const;
    /// "depth dose 10 x 10 cm, SSD 100 cm", for people.
    std::string title() const;
    std::string field() const;  ///< "10x10" [cm]
};

/// All measurements of a folder.
struct MeasurementSet {
    std::vector<MeasuredCurve> curves;
    std::vector<std::string> files;    ///< that were read
    std::vector<std::string> ignored;  ///< that are no measurements
};

/// Reads every .csv, .asc, .cdp, .dat and .txt file of a folder: our CSV, W2CAD or RFA300 by their first lines
/// (docs/formats/measurements.md).
/// \throws InputError naming file and line, expected and found: no measurements, an unknown format, kind or beam,
/// positions that do not rise or fall, fewer points than promised, a missing field size, SSD or depth
MeasurementSet read_measurements(const std::filesystem::path& folder);

}  // namespace coutard::dose
