#include <nlohmann/json.hpp>

#include "registration/motion/evaluation.hpp"

namespace coutard::registration {

std::string motion_json(const std::string& trace_name, const BreathingTrace& trace, const MotionProtocol& protocol,
                        const std::vector<MotionScore>& scores) {
    nlohmann::json out{{"trace", trace_name},
                       {"markers", trace.markers()},
                       {"samples", at_rate(trace, protocol.rate_hz).samples()},
                       {"samples_read", trace.samples()},
                       {"rate_hz", protocol.rate_hz},
                       {"train_samples", protocol.train},
                       {"tune_samples", protocol.tune},
                       {"scores", nlohmann::json::array()}};
    for (const auto& s : scores)
        out["scores"].push_back({{"method", s.method},
                                 {"settings", s.settings},
                                 {"horizon_s", s.horizon_s},
                                 {"rmse_mm", s.rmse_mm},
                                 {"nrmse", s.nrmse},
                                 {"max_mm", s.max_mm},
                                 {"predictions", s.predictions}});
    return out.dump(2) + "\n";
}

std::string announced_json(const std::string& trace_name, double horizon_s, const Announced& announced) {
    const auto& said = announced.predictions;
    const nlohmann::json out{{"trace", trace_name},
                             {"horizon_s", horizon_s},
                             {"method", "online-ridge"},
                             {"settings", announced.settings.text()},
                             {"settings_chosen_on_the_trace", announced.tuned},
                             {"predictions", said.size()},
                             {"first_made_s", said.empty() ? nlohmann::json(nullptr) : nlohmann::json(said[0].made_s)}};
    return out.dump(2) + "\n";
}

}  // namespace coutard::registration
