#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "engine/base/hd.hpp"

namespace coutard::par {

/// Where memory lives. A view of one space does not convert to another: a mix-up does not compile.
struct Host {};
struct Device {};

/// Pointer and length, copied for free; what executors read and write.
template <class T, class Space>
struct View {
    T* data = nullptr;
    std::size_t size = 0;

    COUTARD_HD T& operator[](std::size_t i) const { return data[i]; }
};

/// View of a host vector.
template <class T>
View<T, Host> view(std::vector<T>& values) {
    return {values.data(), values.size()};
}
template <class T>
View<const T, Host> view(const std::vector<T>& values) {
    return {values.data(), values.size()};
}
template <class T>
View<T, Host> view(std::span<T> values) {
    return {values.data(), values.size()};
}

}  // namespace coutard::par
