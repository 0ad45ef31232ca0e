#include "contouring/train/stress.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "contouring/pipeline/intensity.hpp"
#include "contouring/train/wobble.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr float kMetalHu = 3000;
constexpr double kPerFullWidth = 2.3548;  // full width at half maximum over standard deviation
constexpr double kMetalMm = 5, kStreakSlicesMm = 6, kStreakFadeMm = 60;
constexpr int kStreaks = 9;  // bright ones in a turn

/// New values from (column, row, slice).
template <class T, class F>
Volume<T> mapped(const Volume<T>& image, F&& value) {
    Volume<T> out(image.grid());
    const Size3 n = image.grid().size();
    std::size_t v = 0;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i, ++v) out[v] = value(i, j, k);
    return out;
}

Volume<float> with_noise(const Volume<float>& hu, double deviation, Random random) {
    Volume<float> out = hu;
    for (float& v : out.values()) v += static_cast<float>(deviation * normal(random));
    return out;
}

std::vector<float> bell(double full_width_mm, double spacing_mm) {
    const double sigma = full_width_mm / kPerFullWidth / spacing_mm;
    const int reach = static_cast<int>(std::ceil(3 * sigma));
    std::vector<float> weights;
    float sum = 0;
    for (int d = -reach; d <= reach; ++d) {
        weights.push_back(static_cast<float>(std::exp(-0.5 * d * d / (sigma * sigma))));
        sum += weights.back();
    }
    for (float& w : weights) w /= sum;
    return weights;
}

/// \param axis  0 or 1: along rows or columns; the edge value goes on beyond the image
Volume<float> blurred_along(const Volume<float>& hu, int axis, const std::vector<float>& weights) {
    const Size3 n = hu.grid().size();
    const int reach = static_cast<int>(weights.size() / 2);
    return mapped(hu, [&](int i, int j, int k) {
        float sum = 0;
        for (int d = -reach; d <= reach; ++d) {
            const int x = axis == 0 ? std::clamp(i + d, 0, n.x - 1) : i,
                      y = axis == 1 ? std::clamp(j + d, 0, n.y - 1) : j;
            sum += weights[static_cast<std::size_t>(d + reach)] * hu.at(x, y, k);
        }
        return sum;
    });
}

Volume<float> in_thick_slices(const Volume<float>& hu, double thick_mm) {
    const Grid& from = hu.grid();
    const Size3 n = from.size();
    const Vec3 s = from.spacing_mm();
    const int slices = std::max(1, static_cast<int>(n.z * s.z / thick_mm));
    const double first = 0.5 * (thick_mm / s.z - 1);  // index of the first thick slice's middle
    Volume<float> out(Grid({n.x, n.y, slices}, from.point(0, 0, first), {s.x, s.y, thick_mm}, from.direction()));
    for (int k = 0; k < slices; ++k) {
        const double low = k * thick_mm / s.z, high = low + thick_mm / s.z;  // faces, in slices of the image
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                double sum = 0, all = 0;
                for (int z = static_cast<int>(low); z < std::min(n.z, static_cast<int>(std::ceil(high))); ++z) {
                    const double part = std::min(high, z + 1.0) - std::max(low, double(z));
                    sum += part * hu.at(i, j, z), all += part;
                }
                out.at(i, j, k) = static_cast<float>(sum / all);
            }
    }
    return out;
}

/// Bright and dark rays in the slices around a filling, fading with distance: the pattern, not the physics.
Volume<float> with_streaks(const Volume<float>& hu, double height, const Vec3& metal_mm, Random random) {
    std::array<double, 3> phases{};
    for (double& phase : phases) phase = uniform(random, 0, 2 * std::numbers::pi);
    return mapped(hu, [&](int i, int j, int k) {
        const float old = hu.at(i, j, k);
        const Vec3 d = hu.grid().point(i, j, k) - metal_mm;
        const double r = std::hypot(d.x, d.y), turn = std::atan2(d.y, d.x);
        if (std::abs(d.z) > kStreakSlicesMm || old < kAirBelowHu) return old;
        if (r < kMetalMm) return kMetalHu;
        double ray = 0;
        for (std::size_t h = 0; h < phases.size(); ++h)
            ray += std::sin((h + 1.0) * kStreaks * turn + phases[h]) / static_cast<double>(h + 1);
        const double fade = std::exp(-r / kStreakFadeMm) * std::cos(0.5 * std::numbers::pi * d.z / kStreakSlicesMm);
        return std::max(kBlankHu, old + static_cast<float>(height * fade * ray));
    });
}

/// Axes that change their direction.
std::array<bool, 3> turns_of(Spoil spoil) {
    if (spoil == Spoil::Mirrored) return {true, false, false};
    if (spoil == Spoil::FaceDown) return {true, true, false};
    if (spoil == Spoil::FeetFirst) return {true, false, true};
    return {};
}

template <class T>
Volume<T> turned(const Volume<T>& image, Spoil spoil) {
    const Size3 n = image.grid().size();
    const auto turns = turns_of(spoil);
    return mapped(image, [&](int i, int j, int k) {
        return image.at(turns[0] ? n.x - 1 - i : i, turns[1] ? n.y - 1 - j : j, turns[2] ? n.z - 1 - k : k);
    });
}

}  // namespace

Mask carried(const Mask& label, Spoil spoil) {
    return turned(label, spoil);
}

const char* name_of(Spoil spoil) {
    constexpr std::array<const char*, 10> names{"noise",         "blur", "slices",   "offset",    "streaks",
                                                "field of view", "cut",  "mirrored", "face down", "feet first"};
    return names[static_cast<std::size_t>(spoil)];
}

const char* unit_of(Spoil spoil) {
    constexpr std::array<const char*, 10> units{"HU", "mm", "mm", "HU", "HU", "mm", "%", "", "", ""};
    return units[static_cast<std::size_t>(spoil)];
}

std::string Stress::text() const {
    if (*unit_of(spoil) == 0) return name_of(spoil);
    char text[64];
    std::snprintf(text, sizeof text, "%s %g %s", name_of(spoil), severity, unit_of(spoil));
    return text;
}

std::vector<Stress> usual_stresses() {
    return {{Spoil::Noise, 25},   {Spoil::Noise, 50},    {Spoil::Noise, 100},   {Spoil::Blur, 4},
            {Spoil::Blur, 8},     {Spoil::Blur, 12},     {Spoil::Slices, 3},    {Spoil::Slices, 4},
            {Spoil::Slices, 5},   {Spoil::Offset, -100}, {Spoil::Offset, -30},  {Spoil::Offset, 30},
            {Spoil::Offset, 100}, {Spoil::Streaks, 200}, {Spoil::Streaks, 500}, {Spoil::Streaks, 1000},
            {Spoil::Field, 350},  {Spoil::Field, 250},   {Spoil::Field, 180},   {Spoil::Cut, 20},
            {Spoil::Cut, 40},     {Spoil::Mirrored, 0},  {Spoil::FaceDown, 0},  {Spoil::FeetFirst, 0}};
}

Volume<float> spoilt(const Volume<float>& hu, const Stress& stress, const Vec3& metal_mm, std::uint64_t seed) {
    const Grid& grid = hu.grid();
    const Size3 n = grid.size();
    const double by = stress.severity;
    switch (stress.spoil) {
        case Spoil::Noise:
            return with_noise(hu, by, random_stream(seed, 0));
        case Spoil::Blur:
            return blurred_along(blurred_along(hu, 0, bell(by, grid.spacing_mm().x)), 1, bell(by, grid.spacing_mm().y));
        case Spoil::Slices:
            return in_thick_slices(hu, by);
        case Spoil::Offset:
            return mapped(hu, [&](int i, int j, int k) {
                const float old = hu.at(i, j, k);
                return old > kAirBelowHu ? old + static_cast<float>(by) : old;
            });
        case Spoil::Streaks:
            return with_streaks(hu, by, metal_mm, random_stream(seed, 1));
        case Spoil::Field: {
            const Vec3 middle = grid.point(0.5 * (n.x - 1), 0.5 * (n.y - 1), 0);
            return mapped(hu, [&](int i, int j, int k) {
                const Vec3 d = grid.point(i, j, k) - middle;
                return std::hypot(d.x, d.y) > by / 2 ? kBlankHu : hu.at(i, j, k);
            });
        }
        case Spoil::Cut: {
            const int missing = static_cast<int>(by / 100 * n.z);
            return mapped(hu, [&](int i, int j, int k) { return k < missing ? kBlankHu : hu.at(i, j, k); });
        }
        case Spoil::Mirrored:
        case Spoil::FaceDown:
        case Spoil::FeetFirst:
            return turned(hu, stress.spoil);
    }
    expect(false, "stress: a kind of the list");
    return hu;
}

}  // namespace coutard::contouring
