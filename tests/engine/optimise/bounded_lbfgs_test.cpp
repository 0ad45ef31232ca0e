#include "engine/optimise/bounded_lbfgs.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

const SolverOptions tight{500, 12, 1e-9, 0, 0};

TEST(Solver, SeparableQuadraticMeetsItsClosedForm) {
    // sum s_i (x_i - c_i)^2 over x >= 0: the optimum is max(0, c_i); scales differ by 10^4.
    const std::size_t n = 40;
    std::vector<double> c(n), s(n);
    for (std::size_t i = 0; i < n; ++i) {
        c[i] = std::sin(3.0 * static_cast<double>(i)) * 5;
        s[i] = std::pow(10.0, 4.0 * static_cast<double>(i) / static_cast<double>(n));
    }
    const auto f = [&](std::span<const double> x, std::span<double> g) {
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) {
            sum += s[i] * (x[i] - c[i]) * (x[i] - c[i]);
            g[i] = 2 * s[i] * (x[i] - c[i]);
        }
        return sum;
    };
    const auto found = minimise_bounded(f, std::vector<double>(n, 3.0), tight, {});
    EXPECT_EQ(found.end, SolverEnd::Converged) << text_of(found.end);
    for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(found.x[i], std::max(0.0, c[i]), 1e-4) << i;
    for (std::size_t k = 1; k < found.values.size(); ++k) EXPECT_LE(found.values[k], found.values[k - 1]);
}

TEST(Solver, CoupledProblemSatisfiesTheKktConditions) {
    // |A x - b|^2 with correlated columns: at the optimum gradient >= 0, and zero where x > 0.
    const std::size_t n = 30, m = 60;
    const auto a = [](std::size_t r, std::size_t k) {
        const double d = (static_cast<double>(r) / 2 - static_cast<double>(k)) / 2.5;
        return std::exp(-d * d);
    };
    const auto b = [](std::size_t r) { return r > 20 && r < 40 ? 10.0 : 0.0; };
    std::vector<double> gradient(n);
    const auto f = [&](std::span<const double> x, std::span<double> g) {
        std::fill(g.begin(), g.end(), 0.0);
        double sum = 0;
        for (std::size_t r = 0; r < m; ++r) {
            double off = -b(r);
            for (std::size_t k = 0; k < n; ++k) off += a(r, k) * x[k];
            sum += off * off;
            for (std::size_t k = 0; k < n; ++k) g[k] += 2 * off * a(r, k);
        }
        return sum;
    };
    SolverOptions options = tight;
    options.tolerance = 1e-7;
    options.max_iterations = 3000;
    const auto found = minimise_bounded(f, std::vector<double>(n, 1.0), options, {});
    f(found.x, gradient);
    std::vector<double> start_gradient(n);
    f(std::vector<double>(n, 1.0), start_gradient);
    double scale = 0;
    for (const double g : start_gradient) scale = std::max(scale, std::abs(g));
    int at_bound = 0;
    for (std::size_t i = 0; i < n; ++i) {
        EXPECT_GE(found.x[i], 0);
        EXPECT_GT(gradient[i], -1e-4 * scale) << i;
        if (found.x[i] > 1e-6) {
            EXPECT_LT(std::abs(gradient[i]), 1e-4 * scale) << i;
        }
        at_bound += found.x[i] == 0;
    }
    EXPECT_GT(at_bound, 0);  // the bounds matter here
    EXPECT_LT(found.kkt, 1e-4);
}

TEST(Solver, StopsWhenAskedAndReportsWhy) {
    const auto f = [](std::span<const double> x, std::span<double> g) {
        double sum = 0;
        for (std::size_t i = 0; i + 1 < x.size(); ++i) {  // Rosenbrock, slow on purpose
            const double t = x[i + 1] - x[i] * x[i];
            sum += 100 * t * t + (1 - x[i]) * (1 - x[i]);
        }
        std::fill(g.begin(), g.end(), 0.0);
        for (std::size_t i = 0; i + 1 < x.size(); ++i) {
            const double t = x[i + 1] - x[i] * x[i];
            g[i] += -400 * t * x[i] - 2 * (1 - x[i]);
            g[i + 1] += 200 * t;
        }
        return sum;
    };
    SolverOptions few = tight;
    few.max_iterations = 3;
    EXPECT_EQ(minimise_bounded(f, {0.2, 2, 0.1}, few, {}).end, SolverEnd::Iterations);
    const auto full = minimise_bounded(f, {0.2, 2, 0.1}, tight, {});
    for (const double x : full.x) EXPECT_NEAR(x, 1, 1e-5);
    std::stop_source stop;
    int reports = 0;
    const Progress progress(
        [&](double, std::string_view) {
            if (++reports == 4) stop.request_stop();
        },
        stop.get_token());
    EXPECT_THROW(minimise_bounded(f, {0.2, 2, 0.1}, tight, progress), Interrupted);
}

TEST(Solver, StartAtTheOptimumAndAtTheBoundIsConverged) {
    const auto f = [](std::span<const double> x, std::span<double> g) {
        g[0] = 1;
        return x[0];
    };
    const auto found = minimise_bounded(f, {0.0}, tight, {});
    EXPECT_EQ(found.end, SolverEnd::Converged);
    EXPECT_EQ(found.iterations, 0);
}

}  // namespace
}  // namespace coutard
