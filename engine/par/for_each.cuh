#pragma once
// GPU launcher: included by .cu files only.
#include <type_traits>

#include "engine/par/device_array.cuh"

namespace coutard::par {

template <class F>
__global__ void run_index(std::size_t n, F execute) {
    const std::size_t i = blockIdx.x * std::size_t{blockDim.x} + threadIdx.x;
    if (i < n) execute(i);
}

/// Call execute(i) for i in [0, n) on the device; faults show at the next synchronisation.
template <class F>
void for_each_index(Device, std::size_t n, const F& execute) {
    static_assert(std::is_same_v<typename F::space, Device>, "views of another memory space");
    static_assert(std::is_trivially_copyable_v<F>, "an executor is plain data");
    cudaGetLastError();  // what an earlier call left behind is not this launch's
    if (n > 0) run_index<<<static_cast<unsigned>((n + 127) / 128), 128>>>(n, execute);
    COUTARD_CUDA_CALL(cudaPeekAtLastError());
}

}  // namespace coutard::par
