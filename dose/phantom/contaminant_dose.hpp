#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

#include "dose/machine/beam_model.hpp"

namespace coutard::dose {

/// Depth dose of a broad beam of contaminant electrons in water, by Monte Carlo.
struct ContaminantDepths {
    std::vector<double> depth_g_cm2;  ///< 0, then centres of layers of 1 mm, the last one out of reach
    std::vector<double> dose_Gy_cm2;  ///< per electron/cm2
    std::vector<double> uncertainty;  ///< relative, one sigma
};

/// \param electrons their spectrum; its own table is not read
ContaminantDepths contaminant_depth_dose(const ContaminantElectrons& electrons, const std::filesystem::path& data_dir,
                                         std::uint64_t histories, std::uint64_t seed);

}  // namespace coutard::dose
