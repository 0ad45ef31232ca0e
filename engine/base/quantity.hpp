#pragma once
#include <compare>

namespace coutard {

/// A double that wears its unit: explicit to make, ordered, scaled by numbers, copied for free.
template <class Unit>
class Quantity {
  public:
    constexpr Quantity() = default;
    constexpr explicit Quantity(double value) : value_(value) {}
    constexpr double value() const { return value_; }
    constexpr auto operator<=>(const Quantity&) const = default;
    constexpr Quantity operator+(Quantity o) const { return Quantity{value_ + o.value_}; }
    constexpr Quantity operator-(Quantity o) const { return Quantity{value_ - o.value_}; }
    constexpr Quantity operator*(double f) const { return Quantity{value_ * f}; }
    constexpr Quantity operator/(double f) const { return Quantity{value_ / f}; }
    constexpr double operator/(Quantity o) const { return value_ / o.value_; }

  private:
    double value_ = 0;
};

using Gy = Quantity<struct GyUnit>;    ///< absorbed dose
using Cm3 = Quantity<struct Cm3Unit>;  ///< volume
using Mm = Quantity<struct MmUnit>;    ///< length
using Mu = Quantity<struct MuUnit>;    ///< monitor units

}  // namespace coutard
