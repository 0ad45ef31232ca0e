#pragma once
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>

#include "gui/report/plan_report.hpp"

namespace coutard::test {

/// A head-like patient made of balls and cylinders, with a dose that falls from two targets: enough of
/// a plan to fill every part of a report.
struct ReportPhantom {
    CtImage ct;
    Plan plan;
    Dose dose;
    Protocol protocol;
    std::vector<gui::report::ReportStructure> structures;

    gui::report::PlanCase plan_case() const { return {ct, plan, dose, &protocol, structures}; }
};

using Solid = std::function<double(const Vec3&)>;  ///< distance to the surface [mm], negative inside

inline Solid ball(Vec3 c, Vec3 radii) {
    return [=](const Vec3& p) {
        const Vec3 d{(p.x - c.x) / radii.x, (p.y - c.y) / radii.y, (p.z - c.z) / radii.z};
        return (norm(d) - 1) * std::min({radii.x, radii.y, radii.z});
    };
}
inline Solid tube(double x, double y, double radius) {
    return [=](const Vec3& p) { return std::hypot(p.x - x, p.y - y) - radius; };
}

inline Mask mask_of(const Grid& grid, const Solid& solid) {
    Mask mask(grid);
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i)
                mask.at(i, j, k) = static_cast<std::uint8_t>(
                    std::lround(255 * std::clamp(0.5 - solid(grid.point(i, j, k)) / grid.spacing_mm().x, 0.0, 1.0)));
    return mask;
}

inline ClinicalGoal goal(const char* structure, const char* metric, Relation relation, double limit, int priority) {
    return {structure, metric_from_text(metric), relation, limit, priority, "phantom"};
}

/// \param pixel_mm of the CT: 2 for pictures, 5 for quick tests
inline ReportPhantom report_phantom(double pixel_mm) {
    ReportPhantom p;
    const auto voxels = [&](double mm, double spacing) { return static_cast<int>(mm / spacing); };
    const Size3 size{voxels(220, pixel_mm), voxels(250, pixel_mm), voxels(200, 3)};
    const Grid grid(size, {-109, -124, -98}, {pixel_mm, pixel_mm, 3});
    const auto body = ball({0, 0, 0}, {85, 100, 130}), target = ball({18, -30, -15}, {22, 20, 26}),
               boost = ball({20, -32, -12}, {11, 11, 14});
    const auto cord = tube(0, 45, 6), vertebra = tube(0, 45, 16), skull = ball({0, 5, 60}, {78, 90, 60});
    const auto parotid_l = ball({58, -5, 5}, {12, 16, 20}), parotid_r = ball({-58, -5, 5}, {12, 16, 20});
    const auto airway = tube(0, -20, 8), jaw = ball({0, -60, -20}, {46, 26, 18}),
               jaw_in = ball({0, -48, -20}, {40, 26, 22});
    p.ct.hu = Volume<float>(grid, -1000);
    for (int k = 0; k < size.z; ++k)
        for (int j = 0; j < size.y; ++j)
            for (int i = 0; i < size.x; ++i) {
                const Vec3 at = grid.point(i, j, k);
                float& hu = p.ct.hu.at(i, j, k);
                if (body(at) > 0) continue;
                hu = static_cast<float>(30 + 12 * std::sin(at.x / 9) * std::cos(at.y / 11 + at.z / 13));
                if (body(at) > -5) hu = -90;  // skin fat
                if (std::abs(skull(at)) < 4 && at.z > 20) hu = 900;
                if (vertebra(at) < 0 && cord(at) > 0) hu = 450;
                if (jaw(at) < 0 && jaw_in(at) > 0) hu = 800;
                if (airway(at) < 0 && at.z < 30) hu = -950;
                if (parotid_l(at) < 0 || parotid_r(at) < 0) hu = -10;
            }
    p.ct.study.patient_name = "PHANTOM^HEAD";
    p.ct.study.patient_id = "PH-0001";
    p.ct.study.study_date = "20260105";
    p.ct.study.study_id = "1";

    p.structures = {
        {"External", Role::External, mask_of(grid, body)},
        {"SpinalCord", Role::Organ, mask_of(grid, cord)},
        {"Parotid_L", Role::Organ, mask_of(grid, parotid_l)},
        {"Parotid_R", Role::Organ, mask_of(grid, parotid_r)},
        {"PTV_6300", Role::Ptv, mask_of(grid, target)},
        {"PTV_7000", Role::Ptv, mask_of(grid, boost)},
        {"Bone_Mandible", Role::Organ, mask_of(grid, [=](const Vec3& q) { return std::max(jaw(q), -jaw_in(q)); })}};

    const Grid dose_grid({72, 82, 66}, {-107, -122, -97}, {3, 3, 3});
    p.dose.gy = Volume<float>(dose_grid);
    p.dose.comment = "analytic phantom dose";
    p.dose.fractions = 35;
    for (int k = 0; k < 66; ++k)
        for (int j = 0; j < 82; ++j)
            for (int i = 0; i < 72; ++i) {
                const Vec3 at = dose_grid.point(i, j, k);
                const auto fall = [](double mm, double reach) { return 1 / (1 + std::exp((mm - 3) / reach)); };
                const double high = 70 * fall(boost(at), 2), wide = 64 * fall(target(at), 2.5),
                             bath = 26 * fall(target(at) - 25, 12);
                const double ripple = 1 + 0.015 * std::sin(at.x / 4) * std::cos(at.z / 5);
                p.dose.gy.at(i, j, k) =
                    static_cast<float>((body(at) < 0 ? 1 : 0) * std::max({high * 1.03, wide * 1.02, bath}) * ripple);
            }

    p.protocol.name = "phantom_70_63";
    p.protocol.description = "two levels in a head of balls";
    p.protocol.fractions = 35;
    p.protocol.targets = {{"PTV_7000", 70, false}, {"PTV_6300", 63, false}};
    p.protocol.goals = {
        goal("PTV_7000", "D95%", Relation::AtLeast, 70, 1),      goal("PTV_7000", "D2%", Relation::AtMost, 77, 2),
        goal("PTV_6300", "D99%", Relation::AtLeast, 59.85, 1),   goal("SpinalCord", "D0.1cc", Relation::AtMost, 45, 1),
        goal("Parotid_R", "Dmean", Relation::AtMost, 26, 2),     goal("Parotid_L", "Dmean", Relation::AtMost, 20, 2),
        goal("Bone_Mandible", "V60Gy", Relation::AtMost, 15, 3), goal("Brainstem", "D0.1cc", Relation::AtMost, 54, 1)};
    p.plan.label = "Phantom VMAT";
    p.plan.fractions = 35;
    p.plan.prescription_Gy = 70;
    p.plan.target = "PTV_7000";
    for (int b = 0; b < 2; ++b) {
        Beam beam;
        beam.number = b + 1;
        beam.name = b == 0 ? "Arc clockwise" : "Arc counter-clockwise";
        beam.isocentre_mm = {18, -30, -15};
        beam.monitor_units = b == 0 ? 312.4 : 287.9;
        beam.delivery = Delivery::Vmat;
        for (int c = 0; c <= 90; ++c) {
            ControlPoint point;
            point.gantry_deg =
                b == 0 ? std::fmod(181 + c * 358 / 90.0, 360) : std::fmod(179 + 360 - c * 358 / 90.0, 360);
            point.collimator_deg = b == 0 ? 30 : 330;
            point.jaws = {-42, 45, -60.0 - c % 3, 55};
            point.cumulative = c / 90.0;
            beam.control_points.push_back(point);
        }
        p.plan.beams.push_back(beam);
    }
    return p;
}

}  // namespace coutard::test
