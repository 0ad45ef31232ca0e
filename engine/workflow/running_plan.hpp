#pragma once
#include "engine/plan/machine.hpp"
#include "engine/plan/plan.hpp"
#include "engine/plan/protocol.hpp"
#include "engine/workflow/plan_workflow.hpp"

namespace coutard {

/// How a running plan is delivered, so that the plan of the day is delivered alike.
struct DeliveryOfPlan {
    Technique technique = Technique::Imrt;
    Delivery delivery = Delivery::SlidingWindow;
};

/// \throws NotBuilt arcs \throws InputError beams delivered in different ways
DeliveryOfPlan delivery_of(const Plan& plan);

/// Whether a day can be planned from this plan: fractions, beams on this machine, one isocentre, and the
/// protocol's dose per fraction (the plan may hold fewer fractions than the protocol, not others).
/// \throws InputError naming what differs
void check_running(const Plan& plan, const Protocol& protocol, const Machine& machine, int fractions_done);

/// Limits that hold at any dose rate; and the dose rate that the leaves' speed leaves [MU/min], 600 at most.
/// \throws InputError a beam that the machine could not deliver at 100 MU/min or more, naming the limit
double deliverable_rate(const Beam& beam, const Machine& machine);

}  // namespace coutard
