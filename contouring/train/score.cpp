#include "contouring/train/score.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <sstream>

#include "contouring/pipeline/intensity.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/eval/contour_agreement.hpp"
#include "engine/image/resample.hpp"
#include "engine/phantom/smooth_field.hpp"
#include "engine/shape/distance.hpp"

namespace coutard::contouring {
namespace {

constexpr double kFailureDice = 0.5;
constexpr double kPromptDepthMm = 5;
constexpr double kDayMeanMm = 4, kDayPeakMm = 12, kDayLeastStretch = 0.25;

double mean(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return n % 2 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

/// Least squares line of true over expected DSC that never falls: a promise that reads the wrong way round tells
/// nothing.
DoubtModel promise_of(const std::vector<double>& expected, const std::vector<double>& dice) {
    DoubtModel model;
    model.slope = std::max(0.0, fitted_line(expected, dice).slope);
    model.offset = mean(dice) - model.slope * mean(expected);
    return model;
}

/// What the promise of all other patients and its volume say of a case; 0 where nothing was drawn.
double predicted_by_others(const std::vector<CaseScore>& cases, std::size_t of) {
    std::vector<double> expected, dice;
    for (std::size_t c = 0; c < cases.size(); ++c)
        if (c != of && cases[c].structure == cases[of].structure && cases[c].expected_dice > 0)
            expected.push_back(cases[c].expected_dice), dice.push_back(cases[c].dice);
    const CaseScore& one = cases[of];
    const double read =
        dice.empty() ? one.expected_dice : predicted_dice(one.expected_dice, promise_of(expected, dice));
    return std::min(read, one.dice_bound);
}

/// \param patients  voxels of each
DoubtScore doubt_score(const std::string& structure, const std::vector<Reliability>& patients,
                       const std::vector<CaseScore>& cases) {
    DoubtScore score;
    score.structure = structure;
    Reliability all;
    for (const Reliability& one : patients) all.add(one);
    score.model.calibration = all.best_calibration();
    const CrossedError error = crossed_error(patients);
    score.error_before = error.before, score.error = error.after;
    std::vector<double> expected, bound, dice;
    for (const CaseScore& c : cases)
        if (c.structure == structure && c.expected_dice > 0)  // where nothing was drawn nothing is promised
            expected.push_back(c.expected_dice), bound.push_back(c.dice_bound), dice.push_back(c.dice);
    score.patients = static_cast<int>(dice.size());
    if (dice.empty()) return score;
    const DoubtModel promise = promise_of(expected, dice);
    score.model.offset = promise.offset, score.model.slope = promise.slope;
    std::vector<double> predicted;
    for (std::size_t k = 0; k < dice.size(); ++k)
        predicted.push_back(std::min(bound[k], predicted_dice(expected[k], promise)));
    score.correlation = fitted_line(predicted, dice).correlation;
    return score;
}

void take_doubt(const ContourProposal& drawn, CaseScore& score) {
    for (const StructureDoubt& d : drawn.doubts)
        if (d.name == score.structure) score.expected_dice = d.expected_dice, score.dice_bound = d.dice_bound;
}

const MaskedStructure* drawn_as(const ContourProposal& drawn, const std::string& name) {
    for (const MaskedStructure& m : drawn.masks)
        if (m.name == name) return &m;
    return nullptr;
}

/// \param reliability  of each structure, by patient; not kept of nested ones, whose probabilities are of more than is
///                     drawn
void score_case(const TrainingCase& c, const ContourProposal& drawn, const Chances& raw, const ModelCard& card,
                std::vector<std::vector<Reliability>>& reliability, std::vector<CaseScore>& out) {
    for (std::size_t s = 0; s < card.structures.size(); ++s) {
        const MaskedStructure* found = drawn_as(drawn, card.structures[s]);
        if (!found || !c.knows(static_cast<int>(s))) continue;
        const Mask reference = label_of(c, static_cast<int>(s));
        out.push_back(case_score(c.name, found->name, reference, found->mask));
        take_doubt(drawn, out.back());
        if (!card.nested) reliability[s].emplace_back().add(raw, static_cast<int>(s), reference, found->mask);
    }
}

std::vector<std::filesystem::path> cases_to_score(const std::filesystem::path& data, const ScoreOptions& options) {
    auto folders = find_cases(data);
    if (options.patients > 0 && folders.size() > options.patients) folders.resize(options.patients);
    return folders;
}

std::vector<MaskedStructure> masks_of(const TrainingCase& c, const std::vector<std::string>& names, std::size_t first) {
    std::vector<MaskedStructure> masks;
    for (std::size_t s = 0; s < names.size(); ++s)
        if (c.knows(static_cast<int>(first + s))) masks.push_back({names[s], label_of(c, static_cast<int>(first + s))});
    return masks;
}

/// What a guided model is given of a patient. \param before  another day, for a prior; without other_day the same
ContourRequest request_of(const TrainingCase& before, const TrainingCase& today, const ModelCard& card,
                          const ScoreOptions& options, std::uint64_t number) {
    ContourRequest request;
    if (card.guide.kind == Guide::Prior && options.other_day) request.prior = masks_of(before, card.structures, 0);
    request.prior_error_mm = kOtherDayErrorMm;
    if (card.guide.kind == Guide::Prompts) {
        request.organs = masks_of(today, card.guide.organs, card.structures.size());
        Random random = random_stream(options.seed, number);
        auto prompts = prompts_for(today, options.prompt, kPromptDepthMm, random);
        request.points_mm = std::move(prompts.points_mm), request.rough = std::move(prompts.rough);
    }
    if (card.nested)  // the levels that were prescribed
        for (std::size_t s = 0; s < card.structures.size(); ++s)
            if (today.knows(static_cast<int>(s))) request.only.push_back(card.structures[s]);
    return request;
}

}  // namespace

CaseScore case_score(const std::string& patient, const std::string& structure, const Mask& reference,
                     const Mask& test) {
    const auto agreement = compare_contours(reference, test, 3);
    const auto near = surface_dice(reference, test, {3, 5});
    return {patient,
            structure,
            agreement.dice.value_or(0),
            agreement.hd95_mm,
            agreement.reference_volume.value(),
            agreement.test_volume.value(),
            near[0],
            near[1],
            0,
            1};
}

TrainingCase other_day_of(const TrainingCase& c, std::uint64_t seed) {
    const Grid& grid = c.hu.grid();
    Mask body(grid);
    for (std::size_t v = 0; v < c.hu.count(); ++v) body[v] = c.hu[v] > kAirBelowHu ? 255 : 0;
    const phantom::SmoothField field(body, {kDayMeanMm, kDayPeakMm, kDayLeastStretch, seed});
    const auto image = image_of(c);
    TrainingCase day = c;
    std::size_t v = 0;
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i, ++v) {
                const Vec3 from = field(grid.point(i, j, k)), at = grid.index(from);
                const int a = static_cast<int>(std::lround(at.x)), b = static_cast<int>(std::lround(at.y)),
                          d = static_cast<int>(std::lround(at.z));
                day.hu[v] = static_cast<std::int16_t>(std::lround(sample_linear(image, from, kBlankHu)));
                day.labels[v] = grid.holds(a, b, d) ? c.labels.at(a, b, d) : std::uint16_t{0};
            }
    index_voxels(day);
    for (std::size_t s = 0; s < day.voxels.size(); ++s)
        if (day.voxels[s].empty()) day.known = static_cast<std::uint16_t>(day.known & ~(1U << s));
    return day;
}

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

ReviewFind review_find(const std::vector<CaseScore>& cases) {
    struct Entry {
        double predicted, dice;
    };
    std::vector<Entry> list;
    for (std::size_t c = 0; c < cases.size(); ++c) list.push_back({predicted_by_others(cases, c), cases[c].dice});
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
                          const Progress& progress, const ScoreOptions& options) {
    const ModelCard& card = model.card();
    validate(options.prompt == PromptKind::None || card.guide.kind == Guide::Prompts,
             "score: model " + card.name + " takes no prompts");
    const auto folders = cases_to_score(data, options);
    ScoreTable table;
    const auto& structures = card.structures;
    auto read = structures;
    read.insert(read.end(), card.guide.organs.begin(), card.guide.organs.end());
    std::vector<std::vector<Reliability>> reliability(structures.size());
    double seconds = 0;
    for (const auto& folder : folders) {
        progress.at(static_cast<double>(table.patients) / static_cast<double>(folders.size()),
                    folder.filename().string());
        const TrainingCase before = read_case(folder, read, left_out);
        const std::uint64_t number = table.patients;
        const TrainingCase c = options.other_day ? other_day_of(before, options.seed + number) : before;
        const ContourRequest request = request_of(before, c, card, options, number);
        const auto start = std::chrono::steady_clock::now();
        Chances raw;
        const auto drawn = model.masks(image_of(c), request, Progress(), &raw);
        seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        score_case(c, drawn, raw, card, reliability, table.cases);
        ++table.patients;
    }
    table.seconds_per_patient = seconds / static_cast<double>(table.patients);
    table.organs = organ_scores(table.cases, structures);
    for (std::size_t s = 0; s < structures.size(); ++s)
        if (!reliability[s].empty()) table.doubts.push_back(doubt_score(structures[s], reliability[s], table.cases));
    for (const OrganScore& o : table.organs) table.mean_dice += o.dice / static_cast<double>(table.organs.size());
    return table;
}

ScoreTable score_margin(const std::string& structure, const std::filesystem::path& data, const LeftOut& left_out,
                        const Progress& progress, const ScoreOptions& options) {
    const auto folders = cases_to_score(data, options);
    ScoreTable table;
    for (const auto& folder : folders) {
        progress.at(static_cast<double>(table.patients) / static_cast<double>(folders.size()),
                    folder.filename().string());
        const TrainingCase c = read_case(folder, {structure}, left_out);
        Random random = random_stream(options.seed, table.patients++);
        auto rough = prompts_for(c, PromptKind::Rough, kPromptDepthMm, random).rough;
        if (!rough) continue;
        const auto distance = signed_distance(*rough, 2 * kPromptDepthMm);
        for (std::size_t v = 0; v < rough->count(); ++v) (*rough)[v] = distance[v] <= kPromptDepthMm ? 255 : 0;
        table.cases.push_back(case_score(c.name, structure, label_of(c, 0), *rough));
    }
    table.organs = organ_scores(table.cases, {structure});
    return table;
}

void write_scores_csv(const std::filesystem::path& path, const ScoreTable& table) {
    std::ostringstream out;
    out << "patient,structure,dice,hd95_mm,surface_dice_3mm,surface_dice_5mm,expected_dice,dice_bound,reference_cm3,"
           "test_cm3\n";
    for (const CaseScore& c : table.cases) {
        out << c.patient << ',' << c.structure << ',' << c.dice << ',';
        if (c.hd95_mm) out << *c.hd95_mm;
        out << ',' << c.surface_dice_3mm << ',' << c.surface_dice_5mm << ',' << c.expected_dice << ',' << c.dice_bound
            << ',' << c.reference_cm3 << ',' << c.test_cm3 << '\n';
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
        std::snprintf(line, sizeof line,
                      "%-14s calibration error %.3f, calibrated %.3f (T = %.2f, shift %.2f); predicted and true DSC: r "
                      "= %.2f (n = %d)\n",
                      d.structure.c_str(), d.error_before, d.error, d.model.calibration.temperature,
                      d.model.calibration.shift, d.correlation, d.patients);
        text += line;
    }
    const ReviewFind review = review_find(table.cases);
    std::snprintf(line, sizeof line, "review list: %d of the worst %d structures in its first fifth (%d)\n",
                  review.found, review.worst, review.looked_at);
    text += line;
    std::snprintf(line, sizeof line, "mean over organs %.3f; %zu patients, %.1f s each\n", table.mean_dice,
                  table.patients, table.seconds_per_patient);
    return text + line;
}

}  // namespace coutard::contouring
