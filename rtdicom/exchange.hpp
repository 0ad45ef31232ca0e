#pragma once
#include <memory>
#include <string>

#include "engine/ports/exchange.hpp"

namespace coutard::rtdicom {

/// What a reader may be told when a folder or file leaves a choice.
struct ExchangeOptions {
    std::string series_uid;      ///< CT series to take from a folder that holds several; empty: must be one
    bool relative_dose = false;  ///< accept RTDOSE in relative units (values are then not Gy, and a note says so)
};

/// Reads and writes CT series, RTSTRUCT, RTPLAN, RTDOSE and REG files. Formats: docs/formats/dicom.md.
std::unique_ptr<Exchange> make_exchange(const ExchangeOptions& options = {});

}  // namespace coutard::rtdicom
