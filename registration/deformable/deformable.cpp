#include "registration/deformable/deformable.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <thread>

#include "engine/base/error.hpp"
#include "engine/image/resample.hpp"
#include "engine/par/for_each.hpp"
#include "registration/deformable/similarity_torch.hpp"
#include "registration/deformable/tensor_image_torch.hpp"
#include "registration/deformable/velocity_torch.hpp"
#include "registration/request.hpp"

namespace coutard::registration {
namespace F = torch::nn::functional;
namespace {

constexpr float per_hu = 1e-3F;  // images are held in thousands of HU: squares keep their digits

torch::Device torch_device(Device wanted) {
    if (wanted == Device::Cpu) return torch::kCPU;
    if (torch::cuda::is_available()) return torch::kCUDA;
    if (wanted == Device::Cuda) throw NotBuilt("deformable registration: no CUDA device for LibTorch here");
    return torch::kCPU;
}

int use_threads(int threads) {
    const int count = threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    torch::set_num_threads(count);
    return count;
}

/// One resolution of both images and of the weight.
struct Resolution {
    DeformableLevel level;
    Volume<float> fixed, moving, weight;
};

Volume<float> as_weight(const RegistrationRequest& request, const Grid& grid) {
    Volume<float> weight(grid, 1.0F);
    if (!request.fixed_body) return weight;
    const Mask body = resample(*request.fixed_body, grid);
    for (std::size_t v = 0; v < weight.count(); ++v) weight[v] = part_inside(body, v);
    return weight;
}

/// Fine to coarse, each from the finer one; coarse first in the result.
std::vector<Resolution> pyramid(const RegistrationRequest& request, const DeformableSettings& settings) {
    Volume<float> fixed = clipped(air_outside(request.fixed, request.fixed_body));
    Volume<float> moving = clipped(air_outside(request.moving, request.moving_body));
    const Grid fixed_box = crop_to(request.fixed.grid(), request.fixed_body, settings.skin_margin_mm);
    const Grid moving_box = crop_to(request.moving.grid(), request.moving_body, settings.skin_margin_mm);
    std::vector<Resolution> levels;
    for (auto level = settings.levels.rbegin(); level != settings.levels.rend(); ++level) {
        const Grid grid = coarsened(fixed_box, level->spacing_mm);
        const auto smallest = std::min({grid.size().x, grid.size().y, grid.size().z});
        if (!levels.empty() && smallest < 6) break;  // too coarse for this box
        fixed = resample(fixed, grid, air_hu);
        moving = resample(moving, coarsened(moving_box, level->spacing_mm), air_hu);
        levels.push_back({*level, fixed, moving, as_weight(request, grid)});
    }
    std::reverse(levels.begin(), levels.end());
    return levels;
}

/// Weight grown by a margin, so that both sides of the skin count.
torch::Tensor grown(const torch::Tensor& weight, double margin_mm, double spacing_mm) {
    const auto r = std::max<std::int64_t>(1, std::lround(margin_mm / spacing_mm));
    return F::max_pool3d(weight, F::MaxPool3dFuncOptions(2 * r + 1).stride(1).padding(r));
}

/// Stands still: the best loss of late is hardly better than the best before.
class Stillness {
  public:
    bool reached(double loss) {
        losses_.push_back(loss);
        const std::size_t window = 12;
        if (losses_.size() < 2 * window) return false;
        const auto split = losses_.end() - window;
        const double before = *std::min_element(losses_.begin(), split), late = *std::min_element(split, losses_.end());
        return late > before * (1 - 5e-3);
    }

  private:
    std::vector<double> losses_;
};

/// Everything that stays the same at one resolution.
class LevelProblem {
  public:
    LevelProblem(const Resolution& resolution, const Grid& box, const Vec3& origin, const RigidTransform& start,
                 const DeformableSettings& settings, const torch::Device& device, int threads)
        : settings_(settings),
          bending_mm2_(resolution.level.bending_mm2),
          threads_(threads),
          image_(local_axes(resolution.fixed.grid(), origin)),
          lattice_(half_axes(image_)),
          to_moving_(local_to_moving(box, origin, start, resolution.moving.grid(), device)),
          centres_(mapped_centres(image_, to_moving_)),
          moving_(tensor_of(resolution.moving, per_hu, device)),
          likeness_(tensor_of(resolution.fixed, per_hu, device),
                    grown(tensor_of(resolution.weight, 1, device), settings.skin_margin_mm, image_.step_mm.x),
                    settings.window_voxels, settings.noise_hu * per_hu) {
        validate(inside(centres_).sum().item<double>() > 0, "registration: the images do not overlap");
    }

    const Axes& lattice() const { return lattice_; }

    /// Displacement [mm] at the voxels, shape (1, 3, z, y, x), of a velocity on the lattice.
    torch::Tensor displacement(const torch::Tensor& velocity) const {
        const auto u = exponential(velocity, lattice_, settings_.squarings, threads_);
        const auto options = F::InterpolateFuncOptions()
                                 .size(std::vector<std::int64_t>{image_.size.z, image_.size.y, image_.size.x})
                                 .mode(torch::kTrilinear)
                                 .align_corners(true);
        return F::interpolate(u, options);
    }

    /// Equation (4).
    torch::Tensor loss(const torch::Tensor& velocity) const {
        const auto u = displacement(velocity);
        const auto points = centres_ + torch::matmul(u[0].permute({1, 2, 3, 0}), to_moving_.matrix.t());
        const auto valid = inside(points.detach());
        return likeness_.loss(sample_at(moving_, points, threads_), valid) +
               bending_mm2_ * bending_energy(velocity, lattice_) +
               settings_.diffusion * diffusion_energy(velocity, lattice_);
    }

  private:
    static torch::Tensor inside(const torch::Tensor& points) {
        return (points.abs() <= 1).all(-1).to(torch::kFloat).unsqueeze(0).unsqueeze(0);
    }

    const DeformableSettings& settings_;
    double bending_mm2_;
    int threads_;
    Axes image_, lattice_;
    ToNormalised to_moving_;
    torch::Tensor centres_, moving_;
    LocalCorrelation likeness_;
};

/// Moves the coefficients of one level to less loss; `base` is the velocity of the levels before.
void descend(const LevelProblem& problem, const torch::Tensor& base, SplineVelocity& velocity,
             const DeformableLevel& level, const Progress& progress) {
    const auto basis = velocity.basis(problem.lattice());
    torch::optim::Adam adam({velocity.coefficients()}, torch::optim::AdamOptions(level.step_mm));
    auto& options = static_cast<torch::optim::AdamOptions&>(adam.param_groups()[0].options());
    Stillness still;
    for (int i = 0; i < level.iterations; ++i) {
        const double part = static_cast<double>(i) / level.iterations;
        progress.at(part, "deformable registration");
        options.lr(level.step_mm * (0.1 + 0.9 * 0.5 * (1 + std::cos(std::numbers::pi * part))));
        adam.zero_grad();
        const auto loss = problem.loss(base + velocity.at(basis));
        loss.backward();
        adam.step();
        const double value = loss.item<double>();
        ensure(std::isfinite(value), "deformable registration: the loss is finite");
        if (still.reached(value)) break;
    }
}

DisplacementField field_on(const Grid& grid, const torch::Tensor& displacement) {
    const auto host = displacement.to(torch::kCPU)[0].permute({1, 2, 3, 0}).contiguous();
    const float* values = host.data_ptr<float>();
    DisplacementField field(grid);
    for (std::size_t v = 0; v < field.count(); ++v) {
        const Vec3 u = grid.direction() * Vec3{values[3 * v], values[3 * v + 1], values[3 * v + 2]};
        field[v] = {static_cast<float>(u.x), static_cast<float>(u.y), static_cast<float>(u.z)};
    }
    return field;
}

/// start(x + u(x)) - x on the grid of the fixed image.
DisplacementField composed(const Grid& grid, const DisplacementField& u, const RigidTransform& start) {
    DisplacementField total(grid);
    const auto nx = static_cast<std::size_t>(grid.size().x), ny = static_cast<std::size_t>(grid.size().y);
    par::for_each_index(
        par::Host{}, grid.count(),
        [&](std::size_t v) {
            const Vec3 x = grid.point(static_cast<double>(v % nx), static_cast<double>(v / nx % ny),
                                      static_cast<double>(v / (nx * ny)));
            const Vec3 d = start(x + sample_linear(u, x)) - x;
            total[v] = {static_cast<float>(d.x), static_cast<float>(d.y), static_cast<float>(d.z)};
        },
        4096);
    return total;
}

DisplacementField run_levels(const RegistrationRequest& request, const RigidTransform& start,
                             const DeformableSettings& settings, const torch::Device& device, int threads,
                             const Progress& progress) {
    const Grid box = crop_to(request.fixed.grid(), request.fixed_body, settings.skin_margin_mm);
    const Vec3 origin = box.point(-0.5, -0.5, -0.5), s = box.spacing_mm();
    const Vec3 length{box.size().x * s.x, box.size().y * s.y, box.size().z * s.z};
    const auto levels = pyramid(request, settings);
    std::vector<SplineVelocity> velocities;
    DisplacementField field;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const LevelProblem problem(levels[i], box, origin, start, settings, device, threads);
        const auto& lattice = problem.lattice();
        auto base =
            torch::zeros({1, 3, lattice.size.z, lattice.size.y, lattice.size.x}, torch::TensorOptions().device(device));
        const auto sum = [&] {
            const torch::NoGradGuard still;
            auto total = base;
            for (const auto& velocity : velocities) total = total + velocity.at(velocity.basis(lattice));
            return total;
        };
        const auto before = sum();
        velocities.emplace_back(length, levels[i].level.control_mm, device);
        // Finer levels cost about four times as much as the one before.
        const auto share = [&](std::size_t n) {
            return std::pow(4.0, static_cast<double>(n) - static_cast<double>(levels.size()));
        };
        descend(problem, before, velocities.back(), levels[i].level,
                progress.part(i == 0 ? 0 : share(i), share(i + 1)));
        if (i + 1 == levels.size()) {
            const torch::NoGradGuard still;
            field = field_on(levels[i].fixed.grid(), problem.displacement(sum()));
        }
    }
    return composed(request.fixed.grid(), field, start);
}

}  // namespace

DisplacementField register_deformable(const RegistrationRequest& request, const RigidTransform& start,
                                      const DeformableSettings& settings, Device device, int threads,
                                      const Progress& progress) {
    check(request);
    expect(!settings.levels.empty(), "deformable: at least one level");
    try {
        return run_levels(request, start, settings, torch_device(device), use_threads(threads), progress);
    } catch (const c10::Error& problem) {
        throw std::runtime_error("deformable registration: " + std::string(problem.what_without_backtrace()));
    }
}

}  // namespace coutard::registration
