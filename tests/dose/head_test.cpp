#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "tests/dose/head_cases.hpp"

namespace coutard::dose {
namespace {

using namespace test;

struct Agreement {
    double worst = 0, rms = 0, sum = 0;
};

/// Of a map against another, in parts of `of`.
Agreement compare(const FluenceMap& map, const FluenceMap& truth, double of) {
    Agreement out;
    double a = 0, b = 0;
    for (std::size_t i = 0; i < map.values.size(); ++i) {
        const double d = (map.values[i] - truth.values[i]) / of;
        if (std::abs(d) > std::abs(out.worst)) out.worst = d;
        out.rms += d * d;
        a += map.values[i];
        b += truth.values[i];
    }
    out.rms = std::sqrt(out.rms / static_cast<double>(map.values.size()));
    out.sum = a / b - 1;
    return out;
}

TEST(HeadTry, Explore) {
    const BeamModel bare = bare_model();
    std::vector<double> x1(60), x2(60);
    const auto show = [&](const char* name, const BeamModel& m, const Beam& b) {
        const auto maps = delivered_maps(b, m);
        const auto map = planar(maps[0].fluence.focal);
        const auto truth = traced(m, b, HeadDisc::Focal, map, 300);
        const auto found = compare(map, truth, 1);
        std::printf("%s: focal worst %.4f rms %.4f sum %.4f\n", name, found.worst, found.rms, found.sum);
        for (HeadDisc d : {HeadDisc::ExtraFocal, HeadDisc::Electrons}) {
            const auto& wide = d == HeadDisc::ExtraFocal ? maps[0].fluence.extra_focal : maps[0].fluence.electrons;
            if (wide.nx == 0) continue;
            const double from = 125;
            const auto p = planar(wide, from);
            const auto t = traced(m, b, d, p, 300);
            const double of = d == HeadDisc::ExtraFocal ? m.extra_focal->fluence : m.electrons->disc.fluence;
            const auto f = compare(p, t, of);
            std::printf("   %s worst %.4f rms %.4f sum %.4f; middle %.4f / %.4f\n",
                        d == HeadDisc::ExtraFocal ? "extra" : "electrons", f.worst, f.rms, f.sum,
                        p.at(p.nx / 2, p.ny / 2) / of, t.at(p.nx / 2, p.ny / 2) / of);
        }
    };
    show("jaws 10x10", machine_model(), aperture({-50, 50, -50, 50}));
    show("jaws 4x4", machine_model(), aperture({-20, 20, -20, 20}));
    show("off axis", machine_model(), aperture({60, 120, -100, -20}));
    for (int l = 0; l < 60; ++l) {
        x1[l] = l % 2 ? -30 : -0.0;
        x2[l] = l % 2 ? 0 : 30;
    }
    show("tongues", machine_model(), with_leaves(aperture({-40, 40, -40, 40}), x1, x2));
    for (int l = 0; l < 60; ++l) {
        x1[l] = -30 + 10 * std::sin(l * 1.0);
        x2[l] = 20 + 10 * std::cos(l * 1.3);
    }
    show("irregular", machine_model(), with_leaves(aperture({-40, 32, -40, 40}), x1, x2));
    show("closed", machine_model(),
         with_leaves(aperture({-40, 40, -40, 40}), std::vector<double>(60, 0.0), std::vector<double>(60, 0.0)));
    show("closed aside", bare,
         with_leaves(aperture({-40, 40, -40, 40}), std::vector<double>(60, 80.0), std::vector<double>(60, 80.0)));
    Beam moving = with_leaves(aperture({-40, 40, -40, 40}), x1, x2);
    for (int l = 0; l < 60; ++l) {
        moving.control_points[0].leaves_x1[l] = -40;
        moving.control_points[0].leaves_x2[l] = -40 + l % 7;
    }
    show("moving", machine_model(), moving);
    Beam track = aperture({-5, 5, -50, 50});
    for (int k = 0; k < 2; ++k) {
        auto& p = track.control_points[k];
        const double at = k ? 50 : -50;
        p.jaws = {at - 5, at + 5, -50, 50};
        p.leaves_x1.assign(60, at - 5);
        p.leaves_x2.assign(60, at + 5);
    }
    show("tracking", bare, track);
    std::printf("end offset %.3f\n", bare.head.end_offset_mm);
}

}  // namespace
}  // namespace coutard::dose
