#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "contouring/net/network_contourer.hpp"
#include "contouring/train/calibration.hpp"
#include "contouring/train/simulated_guide.hpp"

namespace coutard::contouring {

/// Agreement of one structure in one patient.
struct CaseScore {
    std::string patient, structure;
    double dice = 0;  ///< 0 where the model drew nothing
    std::optional<double> hd95_mm;
    double reference_cm3 = 0, test_cm3 = 0;
    double surface_dice_3mm = 0, surface_dice_5mm = 0;
    double expected_dice = 0;  ///< what the model's probabilities promised, before its card's line
    double dice_bound = 1;     ///< the largest that its volume allows
};

/// What the model's probabilities are worth, per structure.
struct DoubtScore {
    std::string structure;
    DoubtModel model;                    ///< fitted on all patients
    double error_before = 0, error = 0;  ///< expected calibration error within 8 mm of either surface, as the network
                                         ///< says and calibrated; each patient by the others
    double correlation = 0;              ///< of predicted (model and bounds) and true DSC, where something was drawn
    int patients = 0;                    ///< of that
};

struct ScoreTable {
    std::size_t patients = 0;
    double seconds_per_patient = 0;
    std::vector<CaseScore> cases;
    std::vector<OrganScore> organs;  ///< means over patients with the label
    double mean_dice = 0;            ///< over organs
    std::vector<DoubtScore> doubts;
};

/// How guided models are scored.
struct ScoreOptions {
    PromptKind prompt = PromptKind::None;  ///< for models that take prompts: set inside the first structure, 5 mm deep
    bool other_day = false;     ///< score on the patient deformed (other_day_of()), labels deformed alike; models
                                ///< that take a prior get the contours of before
    std::uint64_t seed = 1922;  ///< of prompts and deformations
    std::size_t patients = 0;   ///< only the first so many, 0: all
};

/// How far off contours of before are then, along an axis: the standard deviation of a vector of 4 mm in the mean.
constexpr double kOtherDayErrorMm = 2.5;

/// The patient on another day: image and labels read at x + u(x), u a smooth field of 4 mm in the mean and 12 mm at its
/// largest in the body (engine/phantom/smooth_field.hpp). \throws ContractError the body is too small for that
TrainingCase other_day_of(const TrainingCase& c, std::uint64_t seed);

/// Agreement of a mask with a reference; what the model expected is not known here.
CaseScore case_score(const std::string& patient, const std::string& structure, const Mask& reference, const Mask& test);

/// Contour every patient of a folder and compare with its labels, on the image's own grid
/// (definitions: DSC and HD95 of engine/eval). Missing and left-out labels do not count.
/// \throws InputError bad data
ScoreTable score_contours(const NetworkContourer& model, const std::filesystem::path& data, const LeftOut& left_out,
                          const Progress& progress, const ScoreOptions& options = {});

/// What needs no network: the rough contour of PromptKind::Rough grown by the depth that it lies at, held against the
/// first structure. \throws InputError bad data
ScoreTable score_margin(const std::string& structure, const std::filesystem::path& data, const LeftOut& left_out,
                        const Progress& progress, const ScoreOptions& options);

/// Means over patients, per structure in the given order. Structures without a case are left out.
std::vector<OrganScore> organ_scores(const std::vector<CaseScore>& cases, const std::vector<std::string>& structures);

/// Of the structures with the worst tenth of DSC, those that stand in the first fifth of a list by predicted DSC. Each
/// is predicted by the line of all other patients and its bound.
struct ReviewFind {
    int worst = 0, looked_at = 0, found = 0;
};
ReviewFind review_find(const std::vector<CaseScore>& cases);

/// patient,structure,dice,hd95_mm,surface_dice_3mm,surface_dice_5mm,expected_dice,dice_bound,reference_cm3,test_cm3
void write_scores_csv(const std::filesystem::path& path, const ScoreTable& table);
/// The means as JSON: organs with patients, DSC (mean, median, lowest), not_found, failures, hd95_mm
/// (null: none), surface Dice, and what its probabilities are worth.
std::string scores_json(const ScoreTable& table);
/// The table as text for a terminal.
std::string as_text(const ScoreTable& table);

}  // namespace coutard::contouring
