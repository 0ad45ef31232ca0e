#pragma once
#include <filesystem>
#include <string>

#include "engine/plan/case.hpp"
#include "engine/plan/plan.hpp"

namespace coutard::rtdicom {

/// Reads an RTDOSE of 16 or 32 bits, frame offsets relative or absolute, rising or falling.
/// \param relative_dose  accept DoseUnits RELATIVE: the values are then not Gy, and a note says so
/// \throws InputError not an RTDOSE, relative units, other than physical dose, uneven frames, oblique grid,
///                    summation that is neither plan, fraction group, beam nor session, missing type 1 attribute: by
///                    name
Dose read_dose(const std::filesystem::path& file, bool relative_dose);

/// Writes an RTDOSE that refers to dose.plan_uid. One of fewer fractions than the course says so first in its
/// comment and series description: DoseSummationType has no term for it. \param bits 16 (rounding 0.0008 % of the
/// maximum) or 32 \returns its SOP Instance UID \throws OutputError a CT without identity, no plan to refer to,
/// negative dose or NaN, no space
std::string write_dose(const std::filesystem::path& file, const Dose& dose, const CtImage& ct, int bits);

}  // namespace coutard::rtdicom
