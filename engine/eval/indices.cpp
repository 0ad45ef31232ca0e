#include "engine/eval/indices.hpp"

#include "engine/base/error.hpp"

namespace coutard {

double homogeneity_index(const StructureDose& target) {
    expect(!target.empty(), "homogeneity_index: the target is not empty");
    const Gy median = target.dose_at_percent(50);
    expect(median > Gy{0}, "homogeneity_index: the target has dose");
    return (target.dose_at_percent(2) - target.dose_at_percent(98)) / median;
}

Conformity conformity(const StructureDose& target, const StructureDose& body, Gy prescription) {
    expect(!target.empty() && !body.empty(), "conformity: target and body are not empty");
    expect(prescription > Gy{0}, "conformity: the prescription is positive");
    Conformity result{target.volume(), body.dvh.volume_at(prescription), target.dvh.volume_at(prescription)};
    result.rtog = result.prescription / result.target;
    if (result.prescription > Cm3{0}) {
        result.paddick = (result.overlap / result.target) * (result.overlap / result.prescription);
        result.gradient = body.dvh.volume_at(prescription * 0.5) / result.prescription;
    }
    return result;
}

}  // namespace coutard
