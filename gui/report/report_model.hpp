#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/eval/goals.hpp"
#include "gui/report/colour.hpp"
#include "gui/report/slice_picture.hpp"

namespace coutard::gui::report {

/// "Patient ID": "HN-001".
struct Fact {
    std::string label, value;
};

/// A line of the DVH plot, from (0, 100) down.
struct DvhCurve {
    std::string name;
    Colour colour;
    bool target = false;
    int dash = 0;  ///< 0 solid, 1 dashed, 2 dotted
    std::vector<double> dose_Gy, percent;
};
struct DoseMark {
    double dose_Gy = 0;
    std::string label;
};
struct DvhPlot {
    std::vector<DvhCurve> curves;
    std::vector<DoseMark> marks;  ///< prescriptions
    std::string note;             ///< which plan is solid and which dashed, what is not drawn; may be empty
};

struct StructureRow {
    std::string name, role;
    Colour colour;
    int dash = 0;  ///< with the colour: no two organs look alike
    StructureDose dose;
};

/// One beam as a table shows it.
struct BeamRow {
    std::string number, name, machine, energy, delivery, gantry, collimator, couch, monitor_units, control_points, jaws;
};

struct GammaSection {
    std::string reference, evaluated;  ///< what was compared, reference first
    std::string criteria;              ///< "3 % of 72.1 Gy (global) / 3 mm, threshold 10 %, ..."
    double pass_percent = 0, mean = 0, maximum = 0;
    std::size_t voxels = 0, beyond = 0;
    std::vector<std::size_t> histogram;  ///< equal bins from 0 to cap
    double cap = 2;
};

/// The day's anatomy: what the running plan would give, what the adapted plan gives.
struct AdaptationSection {
    std::string scheduled = "scheduled", adapted = "adapted";
    std::vector<GoalResult> scheduled_goals, adapted_goals;  ///< same goals, same order
    DvhPlot dvh;                                             ///< solid: adapted, dashed: scheduled
    std::vector<Fact> displacement;                          ///< how far the anatomy moved
    std::string recommendation;
    bool deliver = false;  ///< the running plan may be delivered: any other recommendation asks for a person
    std::vector<std::string> reasons;
};

/// Everything that a report shows, as plain values: the drawing computes no clinical figure.
struct Report {
    std::string title = "Treatment plan report";
    std::string created;  ///< date and time, as text
    std::vector<Fact> patient, prescription;
    std::vector<std::string> warnings;  ///< what a reader must know before trusting the figures
    std::vector<GoalResult> goals;
    DvhPlot dvh;
    std::optional<Scene> scene;  ///< isodoses on three planes
    std::vector<StructureRow> structures;
    std::vector<Fact> indices;  ///< homogeneity, conformity, gradient
    std::vector<Fact> plan;     ///< label, fractions, monitor units, approval
    std::vector<BeamRow> beams;
    std::optional<GammaSection> gamma;
    std::optional<AdaptationSection> adaptation;
    std::vector<std::string> limits;  ///< what is not known, and where the models end
    std::vector<Fact> versions;
};

}  // namespace coutard::gui::report
