#pragma once
#include <cstddef>
#include <vector>

namespace coutard::registration {

/// How values are spread; all zero for no values.
struct Spread {
    double mean = 0, median = 0, p95 = 0, max = 0;
    std::size_t count = 0;
};

/// Percentiles are the smallest value that at least so many percent do not exceed.
/// \throws ContractError a value is NaN
Spread spread_of(std::vector<float> values);

}  // namespace coutard::registration
