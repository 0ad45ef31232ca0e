#pragma once
// Internal to rtdicom: which files of a folder are the CT series that was asked for.
#include <filesystem>
#include <string>
#include <vector>

#include "rtdicom/codec/ct_slice_dcmtk.hpp"

namespace coutard::rtdicom {

/// The slices of one series, in no order, and remarks on what was left aside.
struct CtSeries {
    std::vector<CtSlice> slices;
    std::vector<std::string> notes;
};

/// \throws InputError as read_ct (ct.hpp)
CtSeries find_ct_series(const std::filesystem::path& source, const std::string& series_uid);

}  // namespace coutard::rtdicom
