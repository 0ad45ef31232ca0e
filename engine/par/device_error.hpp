#pragma once
#include <stdexcept>

namespace coutard::par {

/// The accelerator refused or failed: no memory, a lost device, a fault in a kernel.
class DeviceError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace coutard::par
