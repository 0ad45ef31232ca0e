#pragma once
// A small plan and dose on the toy CT.
#include "toy_dcmtk.hpp"

namespace coutard::rtdicom::test {

inline ControlPoint toy_point(double gantry_deg, double cumulative, double shift_mm) {
    ControlPoint point;
    point.gantry_deg = gantry_deg;
    point.collimator_deg = 10;
    point.couch_deg = 350;
    point.jaws = {-20, 25, -10, 12.5};
    point.leaves_x1 = {-4 + shift_mm, -3 + shift_mm, -2 + shift_mm, -1 + shift_mm};
    point.leaves_x2 = {4.125 + shift_mm, 3 + shift_mm, 2 + shift_mm, 1 + shift_mm};
    point.cumulative = cumulative;
    return point;
}

inline Beam toy_beam(int number, Delivery delivery, std::vector<ControlPoint> points) {
    Beam beam;
    beam.number = number;
    beam.name = "Toy " + std::to_string(number);
    beam.isocentre_mm = {-1.5, 9.1234, -24};
    beam.monitor_units = 101.5 + number;
    beam.delivery = delivery;
    beam.control_points = std::move(points);
    beam.leaf_edges_mm = {-10, -5, 0, 5, 10};
    beam.dose_Gy = 0.5;
    return beam;
}

/// One beam of each kind of delivery, one without MLC, one without flattening filter.
inline Plan toy_plan() {
    Plan plan;
    plan.label = "Toy plan of many deliveries";
    plan.protocol = "toy_70";
    plan.fractions = 35;
    plan.prescription_Gy = 70;
    plan.target = "PTV_7000";
    plan.beams.push_back(toy_beam(1, Delivery::Static, {toy_point(0, 0, 0), toy_point(0, 1, 0)}));
    plan.beams.push_back(
        toy_beam(2, Delivery::StepAndShoot,
                 {toy_point(51, 0, 0), toy_point(51, 0.25, 0), toy_point(51, 0.25, 2), toy_point(51, 1, 2)}));
    plan.beams.push_back(
        toy_beam(4, Delivery::SlidingWindow, {toy_point(102, 0, -3), toy_point(102, 0.4, 1), toy_point(102, 1, 3)}));
    plan.beams.push_back(toy_beam(
        7, Delivery::Vmat, {toy_point(350, 0, 0), toy_point(358, 0.3, 1), toy_point(6, 0.7, 2), toy_point(2, 1, 3)}));
    plan.beams.back().flattening_filter = false;
    plan.beams.back().machine = "generic_6mv_fff";
    Beam open = toy_beam(9, Delivery::Static, {toy_point(0, 0, 0), toy_point(0, 1, 0)});
    open.leaf_edges_mm.clear();
    for (auto& point : open.control_points) point.leaves_x1.clear(), point.leaves_x2.clear();
    plan.beams.push_back(open);
    return plan;
}

/// 7 x 6 x 4 voxels of 2.5 x 2 x 3 mm; every voxel its own dose, 0 to 70 Gy.
inline Dose toy_dose(Mat3 direction = {}) {
    Dose dose;
    dose.gy = Volume<float>(Grid({7, 6, 4}, {-8, 5, -29.5}, {2.5, 2, 3}, direction));
    for (std::size_t v = 0; v < dose.gy.count(); ++v) dose.gy[v] = 70.0F * static_cast<float>(v) / 167.0F;
    dose.fractions = 35;
    dose.comment = "toy engine 1.0";
    return dose;
}

/// CT, structures, plan and dose of one toy study, written.
struct ToyStudy : ToyFolder {
    fs::path structures_file = scratch / "rs.dcm", plan_file = scratch / "rp.dcm", dose_file = scratch / "rd.dcm";
    Plan plan = toy_plan();
    Dose dose = toy_dose();

    explicit ToyStudy(CtImage image = toy_ct()) : ToyFolder(std::move(image)) {
        plan.structure_set_uid = exchange->write_structures(structures_file, toy_structures(), ct);
        plan.sop_uid = exchange->write_plan(plan_file, plan, ct);
        dose.plan_uid = plan.sop_uid;
        exchange->write_dose(dose_file, dose, ct);
    }
};

/// Walks to the first item of each sequence and changes it there.
inline void change(const fs::path& file, const std::vector<DcmTagKey>& path,
                   const std::function<void(DcmItem&)>& what) {
    edit(
        file,
        [&](DcmDataset& d) {
            DcmItem* at = &d;
            for (const auto& tag : path) ASSERT_TRUE(at->findAndGetSequenceItem(tag, at, 0).good()) << tag;
            what(*at);
        },
        EXS_LittleEndianImplicit);
}

}  // namespace coutard::rtdicom::test
