#include <bit>

#include "contouring/net/weights.hpp"

namespace coutard::contouring {

std::uint16_t half_from(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000U);
    const std::uint32_t size = bits & 0x7FFFFFFFU;
    if (size > 0x7F800000U) return static_cast<std::uint16_t>(sign | 0x7E00U);   // NaN
    if (size >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7C00U);  // 65520 and more
    if (size < 0x33000001U) return sign;                                         // at most 2^-25
    const std::uint32_t exponent = size >> 23;
    const bool normal = exponent >= 113;
    const std::uint32_t mantissa = (size & 0x7FFFFFU) | 0x800000U;
    const std::uint32_t drop = normal ? 13 : 126 - exponent;  // bits that a half has no room for
    std::uint32_t half = mantissa >> drop;
    const std::uint32_t rest = mantissa & ((1U << drop) - 1), middle = 1U << (drop - 1);
    if (rest > middle || (rest == middle && (half & 1))) ++half;
    if (normal) half += (exponent - 113) << 10;  // the hidden bit adds the missing 1
    return static_cast<std::uint16_t>(sign | half);
}

float float_from(std::uint16_t half) {
    const std::uint32_t sign = (half & 0x8000U) << 16, exponent = half >> 10 & 0x1FU, mantissa = half & 0x3FFU;
    if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000U | mantissa << 13);
    if (exponent > 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
    const float tiny = static_cast<float>(mantissa) * 0x1.0p-24F;
    return sign ? -tiny : tiny;
}

}  // namespace coutard::contouring
