// The Markdown of `coutard validate dose`.
#include "gui/cli/validation_report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "dose/physics/table.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/version.hpp"
#include "gui/cli/output_folder.hpp"

namespace coutard::gui {
namespace {
namespace fs = std::filesystem;
using namespace dose;

template <class... T>
std::string line_of(const char* format, T... values) {
    char text[600];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

std::string head_of(const ValidationCase& c, const ValidationRow& r) {
    return "| " + c.spec.name + " | " + r.engine() + " | ";
}

std::string aims_table(const std::vector<ValidationCase>& cases) {
    std::string out = "| case | engine | aims | |\n|---|---|---|---|\n";
    for (const auto& c : cases)
        for (const auto& r : c.rows) {
            out += head_of(c, r);
            for (std::size_t a = 0; a < r.aims.size(); ++a)
                out += (a > 0 ? "; " : "") + (r.aims[a].met ? r.aims[a].what : "**" + r.aims[a].what + "**");
            out += r.meets_aims() ? " | met |\n" : " | **missed** |\n";
        }
    return out;
}

std::string axis_table(const std::vector<ValidationCase>& cases) {
    std::string out =
        "| case | engine | axis | worst beyond 3 mm, % of the maximum | depths off by more than 1 % and two sigma | "
        "mean "
        "difference, 1.5 to 25 cm | own standard error | chi2 per depth | dose at 10 cm, over the reference's | "
        "D20/D10, "
        "the reference's | time |\n|---|---|---|---|---|---|---|---|---|---|---|\n";
    for (const auto& c : cases)
        for (const auto& r : c.rows) {
            const auto& a = r.axis;
            const auto at = [&](const std::vector<double>& dose, double z) {
                return interpolate_linear(c.axis.depth_cm, dose, z);
            };
            out += head_of(c, r) +
                   line_of("%gx%g cm | %+.2f +- %.2f at %.2f cm | %zu of %zu | %+.2f %% | ",
                           2 * c.spec.pdd_half_width_cm, 2 * c.spec.pdd_half_width_cm, a.worst.difference,
                           a.worst.sigma, a.worst.depth_cm, a.outside, a.points.size(), a.mean_percent) +
                   (r.superposition ? " " : line_of("%.2f %%", a.own_percent)) +
                   line_of(" | %.2f | %.4f | %.4f, %.4f | %.0f s |\n", a.chi2,
                           at(r.cells.dose, 10) / at(c.axis.dose, 10), at(r.cells.dose, 20) / at(r.cells.dose, 10),
                           at(c.axis.dose, 20) / at(c.axis.dose, 10), r.seconds);
        }
    return out;
}

std::string voxel_table(const std::vector<ValidationCase>& cases) {
    std::string out =
        "| case | engine | gamma 2 %/2 mm at most 1 | mean index, largest | voxels within hypot | by noise alone | "
        "chi2 "
        "per voxel |\n|---|---|---|---|---|---|---|\n";
    bool any = false;
    for (const auto& c : cases)
        for (const auto& r : c.rows) {
            if (!r.voxels || !r.gamma) continue;
            any = true;
            out += head_of(c, r) + line_of("%.2f %% of %zu | %.2f, %.2f | %.2f %% (%g %%, %g mm) | %.2f %% | %.2f |\n",
                                           r.gamma->pass_percent(), r.gamma->judged, r.gamma->mean, r.gamma->maximum,
                                           r.voxels->percent(), r.voxels->criterion.percent,
                                           r.voxels->criterion.distance_mm, r.voxels->expected, r.voxels->chi2);
        }
    return any ? out : "The reference has no dose grids (CASE_dose3d.csv or .csv.gz): the axis and profiles alone.\n";
}

/// The profile with the largest difference within the field, and the largest of the rest.
std::string profile_table(const std::vector<ValidationCase>& cases) {
    std::string out =
        "| case | engine | inside, % of the axis at that depth | outside | width at half height | 80-20 % penumbra of "
        "the reference | ours less the reference's |\n|---|---|---|---|---|---|---|\n";
    bool any = false;
    for (const auto& c : cases)
        for (const auto& r : c.rows) {
            if (r.profiles.empty()) continue;
            any = true;
            double inside = 0, outside = 0, width = 0, at_cm = 0;
            double low = 1e9, high = -1e9, sharp = 1e9, blunt = -1e9;
            for (std::size_t p = 0; p < r.profiles.size(); ++p) {
                const ProfileCheck k = check_profile(c.profiles[p], r.profiles[p]);
                if (std::abs(k.inside) > std::abs(inside)) {
                    inside = k.inside;
                    at_cm = c.profiles[p].depth_cm;
                }
                if (std::abs(k.outside) > std::abs(outside)) outside = k.outside;
                if (std::abs(k.width_mm) > std::abs(width)) width = k.width_mm;
                low = std::min(low, k.reference_penumbra_mm);
                high = std::max(high, k.reference_penumbra_mm);
                sharp = std::min(sharp, k.penumbra_mm);
                blunt = std::max(blunt, k.penumbra_mm);
            }
            out +=
                head_of(c, r) + line_of("%+.2f at %.1f cm | %+.2f | %+.2f mm | %.1f to %.1f mm | %+.2f to %+.2f mm |\n",
                                        inside, at_cm, outside, width, low, high, sharp, blunt);
        }
    return any ? out : "";
}

const char* const how =
    "Doses are absolute (Gy cm2 per photon), nothing is fitted, and calculated doses are averaged over the reference's "
    "own voxels before they are compared. sigma is the standard error of both.\n\n"
    "Aims of superposition: on the axis beyond the dose maximum within 2 % of the maximum in water and within 3 % in "
    "and "
    "behind other materials; gamma 2 %/2 mm (global, 10 % threshold) of at most 1 in 99 % of voxels in water and 97 % "
    "in "
    "slabs. Aims of Monte Carlo: no depth off by more than 1 % of the maximum and two sigma, 0.4 % in the mean of the "
    "axis, 99 % of voxels within hypot(1 % of the maximum, 1 mm times the gradient, two sigma). Bold: missed.\n\n";

}  // namespace

bool ValidationRow::meets_aims() const {
    return std::all_of(aims.begin(), aims.end(), [](const AimResult& a) { return a.met; });
}

std::string validation_tables(const std::vector<ValidationCase>& cases) {
    std::string out = aims_table(cases) + "\nOn the axis:\n\n" + axis_table(cases) +
                      "\nAll voxels above 10 % of the maximum:\n\n" + voxel_table(cases);
    const std::string profiles = profile_table(cases);
    if (!profiles.empty())
        out +=
            "\nProfiles, worst of all depths and both axes; inside and outside: more than 8 mm from the 50 % "
            "edge:\n\n" +
            profiles;
    return out;
}

void write_validation_report(const fs::path& file, const ValidationSource& source,
                             const std::vector<ValidationCase>& cases) {
    std::string out =
        "# Validation: dose\n\nWritten by\n\n    " + source.command + "\n\n(version " + std::string(version) +
        "; not for editing: superposition.md and montecarlo.md say what lies behind the figures). Reference: the "
        "doses of another code in folder `" +
        source.reference + "`, which its README describes. " + how + validation_tables(cases);
    OutputFolder figures(file.parent_path() / file.stem());
    std::string pictures;
    for (const auto& c : cases)
        for (const auto& f : write_validation_figures(figures.staging(), c))
            pictures += "\n![" + f.title + "](" + (file.stem() / f.file).generic_string() + ")\n";
    if (!pictures.empty()) {
        figures.commit();
        out +=
            "\n## Figures\n\nDots: the reference with two of its standard deviations. Below: calculated less reference "
            "in % of the maximum on the axis, one standard deviation of the reference shaded, aims of superposition "
            "dashed.\n" +
            pictures;
    }
    write_text_atomically(file, out);
}

}  // namespace coutard::gui
