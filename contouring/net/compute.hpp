#pragma once

namespace coutard::contouring {

/// Arithmetic of a network; Auto takes bfloat16 where the device multiplies it, float32 elsewhere.
enum class Compute { Auto, Float32, BFloat16, Float16 };

}  // namespace coutard::contouring
