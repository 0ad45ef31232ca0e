#pragma once
#include <cuda_runtime.h>

#include <string>
#include <vector>

#include "engine/par/device_error.hpp"
#include "engine/par/view.hd.hpp"

namespace coutard::par {

/// A CUDA status as an exception of ours. \throws DeviceError naming the call
inline void cuda_check(cudaError_t status, const char* call) {
    if (status != cudaSuccess) throw DeviceError(std::string(call) + ": " + cudaGetErrorString(status));
}
#define COUTARD_CUDA_CALL(call) ::coutard::par::cuda_check((call), #call)

/// Memory on the device, freed with its owner.
template <class T>
class DeviceArray {
  public:
    explicit DeviceArray(std::size_t size) : size_(size) {
        COUTARD_CUDA_CALL(cudaMalloc(&data_, bytes() > 0 ? bytes() : 1));
        if (cudaMemset(data_, 0, bytes()) != cudaSuccess) {
            cudaFree(data_);
            throw DeviceError("cudaMemset failed");
        }
    }
    DeviceArray(const T* host, std::size_t size) : DeviceArray(size) {
        COUTARD_CUDA_CALL(cudaMemcpy(data_, host, bytes(), cudaMemcpyHostToDevice));
    }
    explicit DeviceArray(const std::vector<T>& host) : DeviceArray(host.data(), host.size()) {}
    ~DeviceArray() { cudaFree(data_); }
    DeviceArray(const DeviceArray&) = delete;
    DeviceArray& operator=(const DeviceArray&) = delete;

    View<T, Device> view() { return {data_, size_}; }
    View<const T, Device> read() const { return {data_, size_}; }
    std::vector<T> to_host() const {
        std::vector<T> out(size_);
        COUTARD_CUDA_CALL(cudaMemcpy(out.data(), data_, bytes(), cudaMemcpyDeviceToHost));
        return out;
    }

  private:
    std::size_t bytes() const { return size_ * sizeof(T); }
    T* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace coutard::par
