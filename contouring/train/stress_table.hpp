#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "contouring/net/network_contourer.hpp"
#include "contouring/train/stress.hpp"
#include "contouring/train/training_case.hpp"

namespace coutard::contouring {

/// What one kind of spoiling did to a model's contours. A patient fell where the mean DSC of his structures lost more
/// than 0.05 against his own unspoilt image.
struct StressRow {
    Stress stress;
    int patients = 0;
    double dice = 0, lost = 0;   ///< mean over patients of the mean over structures, and its loss
    int fallen = 0, warned = 0;  ///< patients; those among them with a warning that the unspoilt image did not give
    int false_alarms = 0;        ///< patients that did not fall and have such a warning
};

/// Warnings of a spoilt image that an unspoilt one did not give, whatever their numbers.
std::vector<std::string> new_warnings(const std::vector<std::string>& before, const std::vector<std::string>& now);

/// Contour the first patients of a folder as they are and spoilt in each way. Contours are compared with the labels on
/// the image's own grid, also where the spoilt image has another; labels turn with a patient who is turned. Streaks
/// start in the mandible; a patient without one has none. \param most  patients, 0: all \throws InputError bad data
std::vector<StressRow> stress_table(const NetworkContourer& model, const std::filesystem::path& data,
                                    const LeftOut& left_out, const std::vector<Stress>& stresses, std::size_t most,
                                    std::uint64_t seed, const Progress& progress);

}  // namespace coutard::contouring
