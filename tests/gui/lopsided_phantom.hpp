#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "gui/logic/patient.hpp"

namespace coutard::test {

/// An ellipsoid in the patient [mm], or an elliptic cylinder along z when rz is large.
struct Blob {
    std::string name;
    Role role = Role::Organ;
    std::array<std::uint8_t, 3> colour{};
    Vec3 centre, radii;
    float hu = 40;

    double radius2(const Vec3& p) const {
        const Vec3 d = p - centre;
        return d.x * d.x / (radii.x * radii.x) + d.y * d.y / (radii.y * radii.y) + d.z * d.z / (radii.z * radii.z);
    }
};

/// A patient whose left and right, front and back, top and bottom cannot be confused: a bright marker on the
/// patient's LEFT and front, an airway in front, a spine behind, a gland on the right only, a target
/// above the middle on the left, dose falling off around it.
struct LopsidedPhantom {
    Grid ct_grid{{128, 104, 48}, {-127, -103, -70.5}, {2, 2, 3}};
    Grid dose_grid{{96, 80, 52}, {-118.75, -98.75, -76.5}, {2.5, 2.5, 3}};
    Blob body{"External", Role::External, {90, 200, 120}, {0, 0, 0}, {105, 85, 1e4}, 20};
    Blob airway{"Airway", Role::Organ, {110, 200, 255}, {0, -38, 0}, {11, 9, 1e4}, -1000};
    Blob spine{"Vertebra", Role::Organ, {240, 230, 190}, {0, 38, 0}, {20, 17, 1e4}, 500};
    Blob cord{"SpinalCord", Role::Organ, {255, 230, 60}, {0, 38, 0}, {7, 7, 1e4}, 30};
    Blob gland{"Parotid_R", Role::Organ, {190, 110, 255}, {-62, 5, 8}, {14, 20, 26}, 70};
    Blob marker{"Marker", Role::Organ, {60, 220, 255}, {72, -30, -12}, {9, 9, 15}, 1200};
    Blob target{"PTV_7000", Role::Ptv, {255, 60, 60}, {34, -4, 14}, {26, 22, 30}, 55};
    double prescription_Gy = 70;

    std::vector<Blob> structures() const { return {body, target, gland, cord, marker, airway}; }
    /// Dose [Gy]: 73.5 in the middle of the target, the prescription at its surface.
    double dose_at(const Vec3& p) const { return 73.5 * std::pow(prescription_Gy / 73.5, target.radius2(p)); }

    Volume<float> hu() const {
        Volume<float> hu(ct_grid, -1000.0F);
        for (int k = 0; k < ct_grid.size().z; ++k)
            for (int j = 0; j < ct_grid.size().y; ++j)
                for (int i = 0; i < ct_grid.size().x; ++i) {
                    const Vec3 p = ct_grid.point(i, j, k);
                    for (const Blob& b : {body, target, gland, spine, cord, marker, airway})
                        if (b.radius2(p) <= 1) hu.at(i, j, k) = b.hu;
                    auto grain = static_cast<std::uint32_t>(ct_grid.flat(i, j, k)) * 2654435761U;
                    grain = (grain ^ (grain >> 15)) * 2246822519U;
                    hu.at(i, j, k) += static_cast<float>((grain ^ (grain >> 13)) >> 27) - 15.5F;
                }
        return hu;
    }

    Structure drawn(const Blob& b, int number) const {
        Structure s;
        s.number = number;
        s.name = b.name;
        s.role = b.role;
        s.colour = b.colour;
        s.algorithm = "MANUAL";
        for (int k = 0; k < ct_grid.size().z; ++k) {
            const double z = ct_grid.point(0, 0, k).z, dz = (z - b.centre.z) / b.radii.z;
            if (dz * dz >= 0.999) continue;
            const double part = std::sqrt(1 - dz * dz);
            Contour contour;
            for (int a = 0; a < 96; ++a) {
                const double t = 2 * std::numbers::pi * a / 96;
                contour.points_mm.push_back(
                    {b.centre.x + part * b.radii.x * std::cos(t), b.centre.y + part * b.radii.y * std::sin(t), z});
            }
            s.contours.push_back(contour);
        }
        return s;
    }

    /// Part of each voxel inside, from 3 x 3 x 3 points.
    Mask mask(const Blob& b) const {
        Mask mask(ct_grid);
        for (int k = 0; k < ct_grid.size().z; ++k)
            for (int j = 0; j < ct_grid.size().y; ++j)
                for (int i = 0; i < ct_grid.size().x; ++i) {
                    const double r = std::sqrt(b.radius2(ct_grid.point(i, j, k)));
                    const double far = 3 / std::min({b.radii.x, b.radii.y, b.radii.z});
                    if (r > 1 + far) continue;
                    int hits = 0;
                    for (int s = 0; s < 27; ++s)
                        hits += b.radius2(ct_grid.point(i + (s % 3 - 1) / 3.0, j + (s / 3 % 3 - 1) / 3.0,
                                                        k + (s / 9 - 1) / 3.0)) <= 1;
                    mask.at(i, j, k) = static_cast<std::uint8_t>(std::lround(hits * 255 / 27.0));
                }
        return mask;
    }

    CtImage ct() const {
        CtImage ct;
        ct.hu = hu();
        ct.study.patient_name = "PHANTOM^Lopsided";
        ct.study.patient_id = "LOP-1";
        ct.study.patient_birth_date = "19220101";
        ct.study.patient_sex = "O";
        ct.study.study_date = "20240229";
        ct.study.frame_uid = "1.2.3";
        return ct;
    }
    StructureSet structure_set() const {
        StructureSet set;
        for (const Blob& b : structures())
            set.structures.push_back(drawn(b, static_cast<int>(set.structures.size()) + 1));
        return set;
    }
    Plan plan() const {
        Plan plan;
        plan.label = "Lopsided";
        plan.fractions = 35;
        plan.prescription_Gy = prescription_Gy;
        plan.target = target.name;
        plan.sop_uid = "1.2.3.4";
        plan.beams.resize(7);
        for (auto& beam : plan.beams) {
            beam.isocentre_mm = target.centre;
            beam.monitor_units = 88.5;
        }
        return plan;
    }
    Dose dose() const {
        Dose dose;
        dose.gy = Volume<float>(dose_grid);
        dose.plan_uid = "1.2.3.4";
        for (int k = 0; k < dose_grid.size().z; ++k)
            for (int j = 0; j < dose_grid.size().y; ++j)
                for (int i = 0; i < dose_grid.size().x; ++i)
                    dose.gy.at(i, j, k) = static_cast<float>(dose_at(dose_grid.point(i, j, k)));
        return dose;
    }
    gui::PatientParts parts() const {
        gui::PatientParts parts{ct(), structure_set(), {}, plan(), dose(), {"One thing was accepted"}};
        for (const Blob& b : structures()) parts.masks.push_back(mask(b));
        return parts;
    }
};

}  // namespace coutard::test
