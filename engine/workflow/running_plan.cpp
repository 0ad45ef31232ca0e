#include "engine/workflow/running_plan.hpp"

#include <cmath>

#include "engine/base/error.hpp"
#include "engine/optimise/leaf_fluence.hpp"

namespace coutard {

DeliveryOfPlan delivery_of(const Plan& plan) {
    expect(!plan.beams.empty(), "delivery of a plan: it has beams");
    const Delivery first = plan.beams.front().delivery;
    for (const auto& beam : plan.beams)
        validate(beam.delivery == first, "plan " + plan.label + ": found beams delivered in different ways (" +
                                             plan.beams.front().name + " and " + beam.name + "), expected one way");
    if (first == Delivery::Vmat)
        throw NotBuilt("plan " + plan.label + ": planning arcs of the day is not in this build");
    if (first == Delivery::Static) return {Technique::Conformal, first};
    return {Technique::Imrt, first};
}

void check_running(const Plan& plan, const Protocol& protocol, const Machine& machine, int fractions_done) {
    const std::string name = "plan " + plan.label + ": ";
    validate(plan.fractions >= 1, name + "fractions", plan.fractions, "1 or more");
    validate(!plan.beams.empty(), name + "beams", 0, "1 or more");
    validate(fractions_done >= 0 && fractions_done < plan.fractions, "fractions done", fractions_done,
             "0 or more, fewer than the plan's " + std::to_string(plan.fractions));
    validate(plan.fractions <= protocol.fractions, name + "fractions", plan.fractions,
             "at most " + std::to_string(protocol.fractions) + " of protocol " + protocol.name);
    const double own = plan.prescription_Gy / plan.fractions,
                 asked = protocol.targets.front().dose_Gy / protocol.fractions;
    validate(plan.prescription_Gy <= 0 || std::abs(own - asked) < 0.005 * asked, name + "dose per fraction [Gy]", own,
             std::to_string(asked) + " of protocol " + protocol.name);
    for (const auto& beam : plan.beams) {
        validate(beam.machine == machine.name, name + "machine of beam " + beam.name, beam.machine, machine.name);
        validate(norm(beam.isocentre_mm - plan.beams.front().isocentre_mm) < 0.1,
                 name + "found more than one isocentre (beam " + beam.name + "), expected one");
    }
}

double deliverable_rate(const Beam& beam, const Machine& machine) {
    std::vector<std::string> broken;
    for (const double rate : {600.0, 500.0, 400.0, 300.0, 200.0, 100.0}) {
        broken = broken_limits(beam, machine, rate);
        if (broken.empty()) return rate;
    }
    throw InputError("beam " + beam.name + " cannot be delivered on " + machine.name + ": " + broken.front());
}

}  // namespace coutard
