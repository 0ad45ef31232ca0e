#pragma once
#include "dose/commissioning/curve_reader.hpp"

namespace coutard::dose {

/// What a format that writes one block per scan calls its parts.
struct BlockWords {
    const char *beam, *points, *field;              ///< keys of a block
    const char *scans, *end_of_scan, *end_of_file;  ///< marks of a file
};

/// What a block said of itself.
struct BlockClaims {
    std::string beam;
    int points = -1;  ///< promised; negative: not said
};

/// Checks what every block must hold. \param first, last lines where it begins and ends, from 0
/// \throws InputError naming file, line, expected and found: no photons, no field, points missing or other than
/// promised
void check_block(const CurveText& text, const BlockWords& words, std::size_t first, std::size_t last,
                 const MeasuredCurve& curve, const BlockClaims& claims);

/// How far a file had come where it ended.
struct FileEnd {
    bool inside = false;    ///< a scan had begun
    bool ended = false;     ///< its last mark was there
    int promised = -1;      ///< scans
    std::size_t scans = 0;  ///< found
};
/// \throws InputError as above: a file cut short
void check_end(const CurveText& text, const BlockWords& words, const FileEnd& end);

}  // namespace coutard::dose
