#include "dose/phantom/reference_profiles.hpp"

#include <cmath>

#include "dose/phantom/reference_check.hpp"
#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// Dose on the axis: the mean of the two cells beside it.
double middle_of(const std::vector<double>& dose) {
    return 0.5 * (dose[(dose.size() - 1) / 2] + dose[dose.size() / 2]);
}

/// Where a profile falls to a part of its middle on the side of positive distances [cm].
double edge_of(const Profile& p, double part) {
    const double level = part * middle_of(p.dose);
    for (std::size_t i = p.dose.size() / 2; i + 1 < p.dose.size(); ++i)
        if (p.dose[i] >= level && p.dose[i + 1] < level)
            return p.offaxis_cm[i] +
                   (p.offaxis_cm[i + 1] - p.offaxis_cm[i]) * (p.dose[i] - level) / (p.dose[i] - p.dose[i + 1]);
    throw InputError("profile at " + std::to_string(p.depth_cm) + " cm: does not fall to " +
                     std::to_string(100 * part) + " % of its middle");
}

double penumbra_of(const Profile& p) {
    return 10 * (edge_of(p, 0.2) - edge_of(p, 0.8));
}

void keep_larger(double& most, double value) {
    if (!(std::abs(value) <= std::abs(most))) most = value;  // NaN is kept
}

}  // namespace

std::vector<Profile> read_reference_profiles(const std::filesystem::path& csv) {
    const Table table(csv);
    const auto &axis = table.text("axis"), &depth = table.text("depth_cm");
    const auto &depth_cm = table.numbers("depth_cm"), &offaxis_cm = table.numbers("offaxis_cm"),
               &dose = table.numbers("dose"), &uncertainty = table.numbers("rel_uncert");
    std::vector<Profile> out;
    for (std::size_t r = 0; r < table.rows(); ++r) {
        if (r == 0 || axis[r] != axis[r - 1] || depth[r] != depth[r - 1]) {
            validate(axis[r] == "x" || axis[r] == "y", csv.string() + ": axis", axis[r], "x or y");
            out.push_back({axis[r].front(), depth_cm[r], {}, {}, {}});
        }
        Profile& p = out.back();
        const double at = offaxis_cm[r];
        validate(p.offaxis_cm.empty() || at > p.offaxis_cm.back(), csv.string() + ": offaxis_cm", at,
                 "distances that rise within a profile");
        p.offaxis_cm.push_back(at);
        p.dose.push_back(dose[r]);
        p.uncertainty.push_back(uncertainty[r]);
    }
    for (const Profile& p : out)
        validate(p.offaxis_cm.size() >= 2, csv.string() + ": cells of a profile", p.offaxis_cm.size(), "two or more");
    return out;
}

Profile on_reference(const Volume<float>& dose, const Profile& reference, double half_width_cm) {
    const Profile fine = lateral_profile(dose, reference.axis, reference.depth_cm, half_width_cm);
    const Vec3 voxel = dose.grid().spacing_mm() * 0.1;
    const double width = reference.axis == 'x' ? voxel.x : voxel.y;
    const auto& at = reference.offaxis_cm;
    return {reference.axis,
            reference.depth_cm,
            at,
            on_cells(fine.dose, {fine.offaxis_cm.front() - 0.5 * width, width}, at[0] - 0.5 * (at[1] - at[0]), at),
            {}};
}

ProfileCheck check_profile(const Profile& reference, const Profile& ours) {
    expect(ours.offaxis_cm == reference.offaxis_cm, "check_profile: doses in the reference's cells");
    constexpr double away_cm = 0.8;
    ProfileCheck out;
    const double half = edge_of(reference, 0.5), axis = middle_of(reference.dose);
    for (std::size_t i = 0; i < reference.dose.size(); ++i) {
        const double off = 100 * (ours.dose[i] - reference.dose[i]) / axis, x = std::abs(reference.offaxis_cm[i]);
        if (x < half - away_cm) keep_larger(out.inside, off);
        if (x > half + away_cm) keep_larger(out.outside, off);
    }
    out.reference_width_mm = 20 * half;
    out.width_mm = 20 * (edge_of(ours, 0.5) - half);
    out.reference_penumbra_mm = penumbra_of(reference);
    out.penumbra_mm = penumbra_of(ours) - out.reference_penumbra_mm;
    return out;
}

}  // namespace coutard::dose
