#include "engine/optimise/aperture_influence.hpp"

#include "engine/base/error.hpp"

namespace coutard {

ApertureInfluence::ApertureInfluence(const InfluenceOperator& beamlets, std::vector<ApertureFluence> apertures)
    : inner_(beamlets), apertures_(std::move(apertures)) {
    for (const auto& aperture : apertures_) {
        expect(aperture.beamlets.size() == aperture.per_MU.size(), "aperture: one fluence per beamlet");
        for (const auto b : aperture.beamlets) expect(b < inner_.beamlet_count(), "aperture: beamlet exists");
    }
}

void ApertureInfluence::forward(std::span<const float> weight, std::span<float> dose) const {
    expect(weight.size() == apertures_.size(), "apertures: one weight each");
    std::vector<double> sum(inner_.beamlet_count(), 0.0);
    for (std::size_t a = 0; a < apertures_.size(); ++a)
        for (std::size_t e = 0; e < apertures_[a].beamlets.size(); ++e)
            sum[apertures_[a].beamlets[e]] +=
                static_cast<double>(weight[a]) * static_cast<double>(apertures_[a].per_MU[e]);
    inner_.forward(std::vector<float>(sum.begin(), sum.end()), dose);
}

void ApertureInfluence::transpose(std::span<const float> dose_gradient, std::span<float> weight_gradient) const {
    expect(weight_gradient.size() == apertures_.size(), "apertures: one gradient each");
    std::vector<float> inner(inner_.beamlet_count());
    inner_.transpose(dose_gradient, inner);
    for (std::size_t a = 0; a < apertures_.size(); ++a) {
        double sum = 0;
        for (std::size_t e = 0; e < apertures_[a].beamlets.size(); ++e)
            sum += static_cast<double>(apertures_[a].per_MU[e]) * static_cast<double>(inner[apertures_[a].beamlets[e]]);
        weight_gradient[a] = static_cast<float>(sum);
    }
}

}  // namespace coutard
