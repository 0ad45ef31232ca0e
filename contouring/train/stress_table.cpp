#include "contouring/train/stress_table.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "contouring/pipeline/flat_point.hpp"
#include "engine/eval/contour_agreement.hpp"
#include "engine/image/resample.hpp"

namespace coutard::contouring {
namespace {

constexpr double kFell = 0.05;

struct Outcome {
    double dice = 0;  ///< mean over structures with a label
    std::vector<std::string> warnings;
};

/// \param spoil  of the image: labels go where it turned the patient
Outcome outcome_of(const NetworkContourer& model, const Volume<float>& hu, const TrainingCase& c, Spoil spoil) {
    const auto drawn = model.masks(hu, {}, Progress());
    Outcome out;
    out.warnings = drawn.warnings;
    int n = 0;
    const auto& structures = model.card().structures;
    for (std::size_t s = 0; s < structures.size(); ++s) {
        if (!c.knows(static_cast<int>(s))) continue;
        const auto at = std::find_if(drawn.masks.begin(), drawn.masks.end(),
                                     [&](const MaskedStructure& m) { return m.name == structures[s]; });
        const Grid& grid = c.hu.grid();
        const Mask mask = at->mask.grid().same_as(grid) ? at->mask : resample(at->mask, grid);
        out.dice += compare_contours(carried(label_of(c, static_cast<int>(s)), spoil), mask, 3).dice.value_or(0);
        ++n;
    }
    if (n > 0) out.dice /= n;
    return out;
}

/// Where a filling might sit: the middle of the mandible; none without one.
std::optional<Vec3> metal_of(const TrainingCase& c, const std::vector<std::string>& structures) {
    const auto at = std::find(structures.begin(), structures.end(), "Bone_Mandible");
    if (at == structures.end() || !c.knows(static_cast<int>(at - structures.begin()))) return {};
    const auto& voxels = c.voxels[static_cast<std::size_t>(at - structures.begin())];
    return flat_point(c.hu.grid(), voxels[voxels.size() / 2]);
}

/// Words before the first number: what a warning is about.
std::string subject(const std::string& warning) {
    return warning.substr(0, warning.find_first_of("0123456789"));
}

void add(StressRow& row, const Outcome& clean, const Outcome& spoilt) {
    const bool warned = !new_warnings(clean.warnings, spoilt.warnings).empty();
    const double lost = clean.dice - spoilt.dice;
    ++row.patients, row.dice += spoilt.dice, row.lost += lost;
    if (lost > kFell)
        ++row.fallen, row.warned += warned ? 1 : 0;
    else
        row.false_alarms += warned ? 1 : 0;
}

}  // namespace

std::vector<std::string> new_warnings(const std::vector<std::string>& before, const std::vector<std::string>& now) {
    std::vector<std::string> fresh;
    for (const std::string& warning : now)
        if (std::none_of(before.begin(), before.end(),
                         [&](const std::string& old) { return subject(old) == subject(warning); }))
            fresh.push_back(warning);
    return fresh;
}

std::vector<StressRow> stress_table(const NetworkContourer& model, const std::filesystem::path& data,
                                    const LeftOut& left_out, const std::vector<Stress>& stresses, std::size_t most,
                                    std::uint64_t seed, const Progress& progress) {
    auto folders = find_cases(data);
    if (most > 0 && folders.size() > most) folders.resize(most);
    std::vector<StressRow> rows;
    for (const Stress& stress : stresses) rows.emplace_back().stress = stress;
    const double all = static_cast<double>(folders.size() * (stresses.size() + 1));
    double done = 0;
    for (const auto& folder : folders) {
        const TrainingCase c = read_case(folder, model.card().structures, left_out);
        const auto hu = image_of(c);
        progress.at(done++ / all, c.name);
        const Outcome clean = outcome_of(model, hu, c, Spoil::Noise);
        const auto metal = metal_of(c, model.card().structures);
        for (StressRow& row : rows) {
            progress.at(done++ / all, c.name + ", " + row.stress.text());
            if (row.stress.spoil == Spoil::Streaks && !metal) continue;
            add(row, clean,
                outcome_of(model, spoilt(hu, row.stress, metal.value_or(Vec3{}), seed), c, row.stress.spoil));
        }
    }
    for (StressRow& row : rows)
        if (row.patients > 0) row.dice /= row.patients, row.lost /= row.patients;
    return rows;
}

}  // namespace coutard::contouring
