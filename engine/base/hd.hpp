#pragma once
/// COUTARD_HD marks a function that g++ and nvcc both compile: host and device.
#if defined(__CUDACC__)
#define COUTARD_HD __host__ __device__
#else
#define COUTARD_HD
#endif
