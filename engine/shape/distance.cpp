#include "engine/shape/distance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/par/for_each.hpp"

namespace coutard {
namespace {

constexpr float far_away = 1e18F;  // squared

/// Lines of a volume along one axis.
struct Lines {
    std::size_t count = 0, stride = 0;
    int length = 0;
    const Size3 n;
    int axis;

    Lines(const Size3& size, int along) : n(size), axis(along) {
        const auto x = static_cast<std::size_t>(n.x), y = static_cast<std::size_t>(n.y),
                   z = static_cast<std::size_t>(n.z);
        count = axis == 0 ? y * z : axis == 1 ? x * z : x * y;
        stride = axis == 0 ? 1 : axis == 1 ? x : x * y;
        length = axis == 0 ? n.x : axis == 1 ? n.y : n.z;
    }
    std::size_t start(std::size_t line) const {
        const auto x = static_cast<std::size_t>(n.x), y = static_cast<std::size_t>(n.y);
        return axis == 0 ? line * x : axis == 1 ? line / x * x * y + line % x : line;
    }
};

/// Distance squared to the nearest crossing on each line of one axis.
void first_pass(const Mask& mask, int axis, const StepCost& cost, std::vector<float>& d2) {
    const Lines lines(mask.grid().size(), axis);
    par::for_each_index(
        par::Host{}, lines.count,
        [&](std::size_t line) {
            const std::size_t base = lines.start(line);
            const auto value = [&](int p) {
                return static_cast<double>(mask[base + static_cast<std::size_t>(p) * lines.stride]) - 127.5;
            };
            const auto cell = [&](int p) -> float& { return d2[base + static_cast<std::size_t>(p) * lines.stride]; };
            for (int p = 0; p < lines.length; ++p) cell(p) = far_away;
            double last = -HUGE_VAL;
            const auto crossing = [&](int p) {  // between p and p + 1, or NaN
                const double a = value(p), b = value(p + 1);
                return (a > 0) != (b > 0) ? p + a / (a - b) : std::nan("");
            };
            for (int p = 1; p < lines.length; ++p) {
                if (const double at = crossing(p - 1); at == at) last = at;
                cell(p) = static_cast<float>(std::min<double>(far_away, cost.up * (p - last) * (p - last)));
            }
            last = HUGE_VAL;
            for (int p = lines.length - 2; p >= 0; --p) {
                if (const double at = crossing(p); at == at) last = at;
                cell(p) = std::min(cell(p),
                                   static_cast<float>(std::min<double>(far_away, cost.down * (last - p) * (last - p))));
            }
        },
        64);
}

/// min over q <= p of f[q] + c (p - q)^2 for each p, by the lower envelope of half parabolas, which is
/// built as p moves on. `out` takes the minimum with what it holds.
class OneSided {
  public:
    OneSided(int length, double cap)
        : cap_(cap), site_(static_cast<std::size_t>(length)), from_(static_cast<std::size_t>(length)) {}

    template <class Read, class Write>
    void run(int length, double c, const Read& f, const Write& lower) {
        std::size_t front = 0, back = 0;  // envelope in [front, back)
        for (int p = 0; p < length; ++p) {
            insert(front, back, p, c, f);
            while (front + 1 < back && from_[front + 1] <= p) ++front;
            if (front < back)
                lower(p, f(site_[front]) + c * (p - site_[front]) * static_cast<double>(p - site_[front]));
        }
    }

  private:
    template <class Read>
    void insert(std::size_t& front, std::size_t& back, int q, double c, const Read& f) {
        if (f(q) >= cap_) return;
        double begin = q;
        while (back > front) {
            const int r = site_[back - 1];
            // Where the parabola of q becomes the lower one.
            const double s =
                ((f(q) + c * q * static_cast<double>(q)) - (f(r) + c * r * static_cast<double>(r))) / (2 * c * (q - r));
            begin = std::max<double>(q, s);
            if (begin > from_[back - 1]) break;
            begin = q;  // r never comes to be the lowest
            --back;
        }
        site_[back] = q;
        from_[back] = begin;
        ++back;
    }

    double cap_;
    std::vector<int> site_;
    std::vector<double> from_;
};

}  // namespace

void spread_squares(std::vector<float>& squared, const Size3& size, int axis, const StepCost& cost, double cap) {
    const Lines lines(size, axis);
    par::for_each_index(
        par::Host{}, lines.count,
        [&](std::size_t line) {
            const std::size_t base = lines.start(line);
            std::vector<double> f(static_cast<std::size_t>(lines.length));
            bool any = false;
            for (std::size_t p = 0; p < f.size(); ++p) {
                f[p] = squared[base + p * lines.stride];
                any = any || f[p] < cap;
            }
            if (!any) return;
            const auto n = static_cast<std::size_t>(lines.length);
            OneSided envelope(lines.length, cap);
            const auto cell = [&](std::size_t p) -> float& { return squared[base + p * lines.stride]; };
            const auto at = [&](int p) { return static_cast<std::size_t>(p); };
            envelope.run(
                lines.length, cost.up, [&](int p) { return f[at(p)]; },
                [&](int p, double v) { cell(at(p)) = std::min(cell(at(p)), static_cast<float>(v)); });
            envelope.run(
                lines.length, cost.down, [&](int p) { return f[n - 1 - at(p)]; },
                [&](int p, double v) { cell(n - 1 - at(p)) = std::min(cell(n - 1 - at(p)), static_cast<float>(v)); });
        },
        64);
}

Volume<float> scaled_distance(const Mask& mask, const std::array<double, 6>& reach_mm, double up_to) {
    const Grid& grid = mask.grid();
    StepCost cost[3];
    for (int axis = 0; axis < 3; ++axis) {
        const double h = grid.spacing_mm()[axis];
        const auto squared = [&](double reach) {
            expect(reach >= 0, "scaled_distance: reach is not negative");
            const double steps = h / std::max(reach, 1e-4 * h);
            return steps * steps;
        };
        cost[axis] = {squared(reach_mm[static_cast<std::size_t>(2 * axis)]),
                      squared(reach_mm[static_cast<std::size_t>(2 * axis + 1)])};
    }
    const double cap = std::min<double>(far_away, up_to * up_to);
    std::vector<float> nearest(mask.count(), static_cast<float>(cap)), d2(mask.count());
    const auto each = [&](const auto& act) { par::for_each_index(par::Host{}, d2.size(), act, 65536); };
    for (int first = 0; first < 3; ++first) {  // crossings of the lines along each axis
        first_pass(mask, first, cost[first], d2);
        for (int more = 1; more < 3; ++more)
            spread_squares(d2, grid.size(), (first + more) % 3, cost[(first + more) % 3], cap);
        each([&](std::size_t v) { nearest[v] = std::min(nearest[v], d2[v]); });
    }
    each([&](std::size_t v) { nearest[v] = inside(mask, v) ? -std::sqrt(nearest[v]) : std::sqrt(nearest[v]); });
    return {grid, std::move(nearest)};
}

Volume<float> signed_distance(const Mask& mask, double up_to_mm) {
    return scaled_distance(mask, {1, 1, 1, 1, 1, 1}, up_to_mm);
}

}  // namespace coutard
