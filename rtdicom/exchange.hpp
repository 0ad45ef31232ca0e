#pragma once
#include <memory>
#include <string>

#include "engine/ports/exchange.hpp"

namespace coutard::rtdicom {

/// What reader and writer may be told where there is a choice.
struct ExchangeOptions {
    std::string series_uid{};    ///< CT series to take from a folder that holds several; empty: must be one
    bool relative_dose = false;  ///< accept RTDOSE in relative units (values are then not Gy, and a note says so)
    /// Bits of an RTDOSE sample, 16 or 32. Sixteen round to 0.0008 % of the maximum, every reader takes
    /// them, and dciodvfy, which gives up on any 32-bit image, can check the file.
    int dose_bits = 16;
};

/// Reads and writes CT series, RTSTRUCT, RTPLAN, RTDOSE and REG files. Formats: docs/formats/dicom.md.
std::unique_ptr<Exchange> make_exchange(const ExchangeOptions& options = {});

}  // namespace coutard::rtdicom
