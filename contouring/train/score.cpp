#include "contouring/train/score.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <sstream>

#include "engine/base/atomic_file.hpp"
#include "engine/eval/contour_agreement.hpp"

namespace coutard::contouring {
namespace {

constexpr double kFailureDice = 0.5;

Volume<float> as_float(const Volume<std::int16_t>& hu) {
    return {hu.grid(), std::vector<float>(hu.values().begin(), hu.values().end())};
}

Mask reference_of(const TrainingCase& c, int structure) {
    Mask mask(c.labels.grid());
    for (const std::uint32_t v : c.voxels[static_cast<std::size_t>(structure)]) mask[v] = 255;
    return mask;
}

double mean(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return n % 2 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

/// \param even, odd  voxels of every other patient: the temperature of one half is tried on the other
DoubtScore doubt_score(const std::string& structure, const Reliability& even, const Reliability& odd,
                       const std::vector<CaseScore>& cases) {
    DoubtScore score;
    score.structure = structure;
    Reliability all = even;
    all.add(odd);
    score.model.temperature = all.best_temperature();
    score.error_before = all.calibration_error(1);
    score.error = (even.calibration_error(odd.best_temperature()) * even.voxels() +
                   odd.calibration_error(even.best_temperature()) * odd.voxels()) /
                  all.voxels();
    std::vector<double> expected, dice;
    for (const CaseScore& c : cases)
        if (c.structure == structure) expected.push_back(c.expected_dice), dice.push_back(c.dice);
    const Line line = fitted_line(expected, dice);
    score.model.offset = line.offset, score.model.slope = line.slope;
    score.correlation = line.correlation, score.patients = static_cast<int>(dice.size());
    return score;
}

double expected_of(const ContourProposal& drawn, const std::string& structure) {
    for (const StructureDoubt& d : drawn.doubts)
        if (d.name == structure) return d.expected_dice;
    return 0;
}

/// \param reliability  of each structure, in this patient's half
void score_case(const TrainingCase& c, const ContourProposal& drawn, const Chances& raw,
                std::vector<Reliability>& reliability, std::vector<CaseScore>& out) {
    for (std::size_t s = 0; s < drawn.masks.size(); ++s) {
        if (!c.knows(static_cast<int>(s))) continue;
        const Mask reference = reference_of(c, static_cast<int>(s));
        const auto agreement = compare_contours(reference, drawn.masks[s].mask, 3);
        const auto near = surface_dice(reference, drawn.masks[s].mask, {3, 5});
        out.push_back({c.name, drawn.masks[s].name, agreement.dice.value_or(0), agreement.hd95_mm,
                       agreement.reference_volume.value(), agreement.test_volume.value(), near[0], near[1],
                       expected_of(drawn, drawn.masks[s].name)});
        reliability[s].add(raw, static_cast<int>(s), reference, drawn.masks[s].mask);
    }
}

}  // namespace

std::vector<OrganScore> organ_scores(const std::vector<CaseScore>& cases, const std::vector<std::string>& structures) {
    std::vector<OrganScore> organs;
    for (const std::string& structure : structures) {
        std::vector<double> dice, hd95, near3, near5;
        OrganScore score;
        score.structure = structure;
        for (const CaseScore& c : cases) {
            if (c.structure != structure) continue;
            dice.push_back(c.dice);
            if (c.hd95_mm) hd95.push_back(*c.hd95_mm);
            near3.push_back(c.surface_dice_3mm), near5.push_back(c.surface_dice_5mm);
            if (c.test_cm3 == 0) ++score.not_found;
            if (c.dice < kFailureDice) ++score.failures;
        }
        if (dice.empty()) continue;
        score.patients = static_cast<int>(dice.size());
        score.dice = mean(dice), score.dice_median = median(dice);
        score.dice_low = *std::min_element(dice.begin(), dice.end());
        if (!hd95.empty()) score.hd95_mm = mean(hd95);
        score.surface_dice_3mm = mean(near3), score.surface_dice_5mm = mean(near5);
        organs.push_back(score);
    }
    return organs;
}

ReviewFind review_find(const std::vector<CaseScore>& cases, const std::vector<DoubtScore>& doubts) {
    struct Entry {
        double predicted, dice;
    };
    std::vector<Entry> list;
    for (const CaseScore& c : cases)
        for (const DoubtScore& d : doubts)
            if (d.structure == c.structure)
                list.push_back({c.expected_dice > 0 ? d.model.offset + d.model.slope * c.expected_dice : 0, c.dice});
    ReviewFind review{static_cast<int>(list.size() / 10), static_cast<int>(list.size() / 5), 0};
    if (review.worst == 0) return review;
    std::vector<double> dice;
    for (const Entry& e : list) dice.push_back(e.dice);
    std::sort(dice.begin(), dice.end());
    const double bound = dice[static_cast<std::size_t>(review.worst) - 1];
    std::stable_sort(list.begin(), list.end(),
                     [](const Entry& a, const Entry& b) { return a.predicted < b.predicted; });
    for (int k = 0; k < review.looked_at; ++k) review.found += list[static_cast<std::size_t>(k)].dice <= bound ? 1 : 0;
    return review;
}

ScoreTable score_contours(const NetworkContourer& model, const std::filesystem::path& data, const LeftOut& left_out,
                          const Progress& progress) {
    const auto folders = find_cases(data);
    ScoreTable table;
    const auto& structures = model.card().structures;
    std::array<std::vector<Reliability>, 2> halves;
    for (auto& half : halves) half.resize(structures.size());
    double seconds = 0;
    for (const auto& folder : folders) {
        progress.at(static_cast<double>(table.patients) / static_cast<double>(folders.size()),
                    folder.filename().string());
        const TrainingCase c = read_case(folder, model.card().structures, left_out);
        const auto start = std::chrono::steady_clock::now();
        Chances raw;
        const auto drawn = model.masks(as_float(c.hu), {}, Progress(), &raw);
        seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        score_case(c, drawn, raw, halves[table.patients % 2], table.cases);
        ++table.patients;
    }
    table.seconds_per_patient = seconds / static_cast<double>(table.patients);
    table.organs = organ_scores(table.cases, model.card().structures);
    for (std::size_t s = 0; s < structures.size(); ++s)
        if (halves[0][s].voxels() + halves[1][s].voxels() > 0)
            table.doubts.push_back(doubt_score(structures[s], halves[0][s], halves[1][s], table.cases));
    for (const OrganScore& o : table.organs) table.mean_dice += o.dice / static_cast<double>(table.organs.size());
    return table;
}

void write_scores_csv(const std::filesystem::path& path, const ScoreTable& table) {
    std::ostringstream out;
    out << "patient,structure,dice,hd95_mm,surface_dice_3mm,surface_dice_5mm,expected_dice,reference_cm3,test_cm3\n";
    for (const CaseScore& c : table.cases) {
        out << c.patient << ',' << c.structure << ',' << c.dice << ',';
        if (c.hd95_mm) out << *c.hd95_mm;
        out << ',' << c.surface_dice_3mm << ',' << c.surface_dice_5mm << ',' << c.expected_dice << ','
            << c.reference_cm3 << ',' << c.test_cm3 << '\n';
    }
    write_text_atomically(path, out.str());
}

std::string as_text(const ScoreTable& table) {
    std::string text =
        "structure        n   DSC mean  median  lowest  HD95 mm  surface Dice 3 mm  5 mm   below 0.5  not found\n";
    char line[200];
    for (const OrganScore& o : table.organs) {
        std::snprintf(line, sizeof line, "%-14s %3d   %8.3f  %6.3f  %6.3f  %7s  %17.3f  %5.3f  %9d  %9d\n",
                      o.structure.c_str(), o.patients, o.dice, o.dice_median, o.dice_low,
                      o.hd95_mm ? std::to_string(*o.hd95_mm).substr(0, 5).c_str() : "-", o.surface_dice_3mm,
                      o.surface_dice_5mm, o.failures, o.not_found);
        text += line;
    }
    for (const DoubtScore& d : table.doubts) {
        std::snprintf(
            line, sizeof line,
            "%-14s calibration error %.3f, tempered %.3f (T = %.2f); predicted and true DSC: r = %.2f (n = %d)\n",
            d.structure.c_str(), d.error_before, d.error, d.model.temperature, d.correlation, d.patients);
        text += line;
    }
    const ReviewFind review = review_find(table.cases, table.doubts);
    std::snprintf(line, sizeof line, "review list: %d of the worst %d structures in its first fifth (%d)\n",
                  review.found, review.worst, review.looked_at);
    text += line;
    std::snprintf(line, sizeof line, "mean over organs %.3f; %zu patients, %.1f s each\n", table.mean_dice,
                  table.patients, table.seconds_per_patient);
    return text + line;
}

}  // namespace coutard::contouring
