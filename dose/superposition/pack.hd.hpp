#pragma once
#include "engine/base/hd.hpp"

/// Builds a function thrice, with wider registers for machines that have them, and all that it calls into it. No
/// fused multiply-add, hence the same bits.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define COUTARD_WIDE __attribute__((target_clones("avx512f", "avx2", "default"), flatten))
#else
#define COUTARD_WIDE
#endif

namespace coutard::dose {

/// `Lanes` floats worked on as one: a vector register on the CPU, a plain float for one lane (and on the GPU, whose
/// threads are the lanes). Arithmetic goes lane by lane, in the order of the source: the same bits in registers of any
/// width. Comparisons are written as where_below(): with registers of 512 bits g++ 12 does a > b one lane at a time.
template <int Lanes>
struct PackOf {
#if !defined(__CUDACC__)
    typedef float type __attribute__((vector_size(Lanes * sizeof(float))));
#endif
};
template <>
struct PackOf<1> {
    using type = float;
};
template <int Lanes>
using Pack = typename PackOf<Lanes>::type;

/// a < b ? yes : no, lane by lane; of finite numbers.
template <class F>
COUTARD_HD inline F where_below(F a, F b, F yes, F no) {
#if !defined(__CUDACC__)
    if constexpr (sizeof(F) > sizeof(float)) {
        typedef int Bits __attribute__((vector_size(sizeof(F))));
        const Bits below = (Bits)(a - b) >> 31;  // all ones where the difference is negative
        return (F)((below & (Bits)yes) | (~below & (Bits)no));
    }
#endif
    return a < b ? yes : no;
}
/// |a|, lane by lane.
template <class F>
COUTARD_HD inline F magnitude(F a) {
#if !defined(__CUDACC__)
    if constexpr (sizeof(F) > sizeof(float)) {
        typedef int Bits __attribute__((vector_size(sizeof(F))));
        return (F)((Bits)a & 0x7fffffff);
    }
#endif
    return a < 0 ? -a : a;
}

template <class F, class Real>
COUTARD_HD inline F load_pack(const Real* from) {
    F out;
    __builtin_memcpy(&out, from, sizeof(F));
    return out;
}
template <class F, class Real>
COUTARD_HD inline void store_pack(const F& pack, Real* to) {
    __builtin_memcpy(to, &pack, sizeof(F));
}

#if !defined(__CUDACC__)
/// Sum over the lanes, half by half.
template <int Lanes>
inline float sum_of(const Pack<Lanes>& pack) {
    if constexpr (Lanes == 2) {
        return pack[0] + pack[1];
    } else {
        using Half = Pack<Lanes / 2>;
        float each[Lanes];
        store_pack(pack, each);
        return sum_of<Lanes / 2>(load_pack<Half>(each) + load_pack<Half>(each + Lanes / 2));
    }
}
#endif

}  // namespace coutard::dose
