#pragma once
#include <cmath>

#include "engine/workflow/plan_workflow.hpp"
#include "tests/engine/optimise/sequencing_cases.hpp"

namespace coutard::test {

inline Structure tube(int number, const char* name, Role role, Vec3 centre, double radius_mm, double low_mm,
                      double high_mm) {
    Structure s;
    s.number = number;
    s.name = name;
    s.role = role;
    for (double z = low_mm; z <= high_mm + 1e-9; z += 5) {
        Contour contour;
        for (int a = 0; a < 60; ++a)
            contour.points_mm.push_back({centre.x + radius_mm * std::cos(a * 0.10471975512),
                                         centre.y + radius_mm * std::sin(a * 0.10471975512), z});
        s.contours.push_back(std::move(contour));
    }
    return s;
}

/// A water cylinder of 160 mm with a target in front of a cord, and a second level around the target.
struct CylinderPatient {
    CtImage ct;
    StructureSet structures;
    Protocol protocol;
    Machine machine = leaf_machine();

    CylinderPatient() {
        ct.hu = Volume<float>(Grid({46, 46, 25}, {-90, -90, -60}, {4, 4, 5}), -1000.0F);
        structures.label = "cylinder";
        structures.structures = {tube(1, "External", Role::External, {}, 80, -60, 60),
                                 tube(2, "PTV_7000", Role::Ptv, {0, -15, 0}, 20, -20, 20),
                                 tube(3, "PTV_5600", Role::Ptv, {0, -15, 0}, 30, -30, 30),
                                 tube(4, "SpinalCord", Role::Organ, {0, 40, 0}, 7, -60, 60)};
        protocol.name = "small";
        protocol.fractions = 35;
        protocol.targets = {{"PTV_7000", 70, false}, {"PTV_5600", 56, true}};
        protocol.goals = {
            goal("PTV_7000", "D95%", Relation::AtLeast, 70), goal("PTV_7000", "D2%", Relation::AtMost, 77),
            goal("PTV_5600", "D99%", Relation::AtLeast, 50), goal("SpinalCord", "D0.1cc", Relation::AtMost, 30),
            goal("Parotid_L", "Dmean", Relation::AtMost, 26)};
        protocol.objectives = {objective("PTV_7000", ObjectiveKind::MinDose, 71, 200),
                               objective("PTV_7000", ObjectiveKind::MaxDose, 73, 150),
                               objective("PTV_5600", ObjectiveKind::MinDose, 57, 150),
                               objective("PTV_5600", ObjectiveKind::MaxDose, 60, 30),
                               objective("SpinalCord", ObjectiveKind::MaxDose, 22, 100),
                               objective("Parotid_L", ObjectiveKind::MeanDose, 20, 10)};
        protocol.gantry_deg = {0, 72, 144, 216, 288};
    }
    static ClinicalGoal goal(const char* name, const char* metric, Relation relation, double limit) {
        return {name, metric_from_text(metric), relation, limit, 1, "test"};
    }
    static Objective objective(const char* name, ObjectiveKind kind, double dose, double weight) {
        Objective o;
        o.structure = name;
        o.kind = kind;
        o.dose_Gy = dose;
        o.weight = weight;
        return o;
    }
    PlanningRequest request() const {
        PlanningRequest r{.ct = ct, .structures = structures, .protocol = protocol, .machine = machine};
        r.grid_mm = 4;
        r.influence_grid_mm = 5;
        r.iterations = 60;
        r.correction_rounds = 2;
        return r;
    }
};

}  // namespace coutard::test
