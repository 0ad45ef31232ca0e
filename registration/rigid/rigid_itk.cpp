#include <itkCommand.h>
#include <itkConjugateGradientLineSearchOptimizerv4.h>
#include <itkEuler3DTransform.h>
#include <itkImage.h>
#include <itkImageMaskSpatialObject.h>
#include <itkImageRegistrationMethodv4.h>
#include <itkMattesMutualInformationImageToImageMetricv4.h>
#include <itkMeanSquaresImageToImageMetricv4.h>
#include <itkRegistrationParameterScalesFromPhysicalShift.h>

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"
#include "registration/rigid/rigid.hpp"
#include "registration/rigid/start.hpp"

namespace coutard::registration {
namespace {

using Image = itk::Image<float, 3>;
using MaskImage = itk::Image<unsigned char, 3>;
using Transform = itk::Euler3DTransform<double>;
using Optimizer = itk::ConjugateGradientLineSearchOptimizerv4Template<double>;
using Method = itk::ImageRegistrationMethodv4<Image, Image, Transform>;
using Metric = itk::ImageToImageMetricv4<Image, Image>;

/// Same voxels, same place: both sides use LPS [mm].
template <class ItkImage, class Value>
typename ItkImage::Pointer itk_image(const Volume<Value>& volume) {
    const Grid& g = volume.grid();
    auto image = ItkImage::New();
    typename ItkImage::SizeType size;
    size[0] = static_cast<itk::SizeValueType>(g.size().x);
    size[1] = static_cast<itk::SizeValueType>(g.size().y);
    size[2] = static_cast<itk::SizeValueType>(g.size().z);
    typename ItkImage::DirectionType direction;
    for (unsigned r = 0; r < 3; ++r) {
        direction[r][0] = g.direction().cx[static_cast<int>(r)];
        direction[r][1] = g.direction().cy[static_cast<int>(r)];
        direction[r][2] = g.direction().cz[static_cast<int>(r)];
    }
    const double origin[3] = {g.origin_mm().x, g.origin_mm().y, g.origin_mm().z};
    const double spacing[3] = {g.spacing_mm().x, g.spacing_mm().y, g.spacing_mm().z};
    image->SetRegions(size);
    image->SetOrigin(origin);
    image->SetSpacing(spacing);
    image->SetDirection(direction);
    image->Allocate();
    std::copy(volume.values().begin(), volume.values().end(), image->GetBufferPointer());
    return image;
}

Metric::Pointer metric_for(const RigidSettings& settings, const Mask& where) {
    Metric::Pointer metric;
    if (settings.metric == RigidMetric::MutualInformation) {
        auto mattes = itk::MattesMutualInformationImageToImageMetricv4<Image, Image>::New();
        mattes->SetNumberOfHistogramBins(32);
        metric = mattes;
    } else {
        metric = itk::MeanSquaresImageToImageMetricv4<Image, Image>::New();
    }
    auto mask = itk::ImageMaskSpatialObject<3>::New();
    mask->SetImage(itk_image<MaskImage>(where));
    mask->Update();
    metric->SetFixedImageMask(mask);
    return metric;
}

/// Tells progress after each step; Ctrl-C leaves the optimiser as an exception.
class StepObserver : public itk::Command {
  public:
    using Self = StepObserver;
    using Pointer = itk::SmartPointer<Self>;
    static Pointer New() {  // itkNewMacro by hand: the macro's stray semicolon is a pedantic error
        Pointer made = new Self;
        made->UnRegister();
        return made;
    }
    const Progress* progress = nullptr;
    double expected_steps = 1;

    void Execute(itk::Object*, const itk::EventObject& event) override { step(event); }
    void Execute(const itk::Object*, const itk::EventObject& event) override { step(event); }

  private:
    void step(const itk::EventObject& event) {
        if (itk::IterationEvent().CheckEvent(&event))
            progress->at(std::min(1.0, steps_++ / expected_steps), "rigid registration");
    }
    double steps_ = 0;
};

Optimizer::Pointer optimizer_for(const RigidSettings& settings, const Metric::Pointer& metric, double step_mm) {
    auto optimizer = Optimizer::New();
    auto scales = itk::RegistrationParameterScalesFromPhysicalShift<Metric>::New();
    scales->SetMetric(metric);
    // The step is measured in mm that points of the image move, anew each time: a turn has no mm of its own.
    // A line search, because steps that only shrink at turning points stop in the valleys between turn and shift.
    optimizer->SetScalesEstimator(scales);
    optimizer->SetDoEstimateLearningRateOnce(false);
    optimizer->SetDoEstimateLearningRateAtEachIteration(true);
    optimizer->SetMaximumStepSizeInPhysicalUnits(step_mm);
    optimizer->SetLowerLimit(0);
    optimizer->SetUpperLimit(2);
    optimizer->SetEpsilon(0.02);
    optimizer->SetMaximumLineSearchIterations(12);
    optimizer->SetMinimumConvergenceValue(1e-7);
    optimizer->SetConvergenceWindowSize(8);
    optimizer->SetNumberOfIterations(static_cast<itk::SizeValueType>(settings.iterations));
    optimizer->SetReturnBestParametersAndValue(true);
    return optimizer;
}

/// Halvings of resolution that leave at least 12 voxels on the shortest axis.
unsigned levels_for(const Grid& grid) {
    const int shortest = std::min({grid.size().x, grid.size().y, grid.size().z});
    return shortest >= 48 ? 3 : shortest >= 24 ? 2 : 1;
}

void set_levels(Method& method, const Grid& grid, double sampled) {
    const unsigned levels = levels_for(grid);
    Method::ShrinkFactorsArrayType shrink(levels);
    Method::SmoothingSigmasArrayType smooth(levels);
    Method::MetricSamplingPercentageArrayType share(levels);
    for (unsigned level = 0; level < levels; ++level) {
        shrink[level] = 1U << (levels - 1 - level);
        smooth[level] = level + 1 == levels ? 0 : shrink[level] / 2.0;
        share[level] = std::min(1.0, sampled * shrink[level]);  // coarse ones have voxels enough for all
    }
    method.SetNumberOfLevels(levels);
    method.SetShrinkFactorsPerLevel(shrink);
    method.SetSmoothingSigmasPerLevel(smooth);
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOff();
    method.SetMetricSamplingStrategy(Method::MetricSamplingStrategyEnum::REGULAR);
    method.SetMetricSamplingPercentagePerLevel(share);
    method.MetricSamplingReinitializeSeed(1922);
}

RigidTransform from_itk(const Transform& transform) {
    const auto m = transform.GetMatrix();
    const auto b = transform.GetOffset();
    const auto column = [&](unsigned c) { return Vec3{m[0][c], m[1][c], m[2][c]}; };
    return {{column(0), column(1), column(2)}, {b[0], b[1], b[2]}};
}

RigidTransform run(const RigidPair& pair, const RigidSettings& settings, const Progress& progress) {
    auto transform = Transform::New();
    const double centre[3] = {pair.centre_mm.x, pair.centre_mm.y, pair.centre_mm.z};
    transform->SetCenter(Transform::InputPointType(centre));
    Transform::OutputVectorType shift;
    for (unsigned k = 0; k < 3; ++k) shift[k] = pair.start_mm[static_cast<int>(k)];
    transform->SetTranslation(shift);

    const auto metric = metric_for(settings, pair.where);
    const auto optimizer = optimizer_for(settings, metric, 2 * settings.spacing_mm);
    auto observer = StepObserver::New();
    observer->progress = &progress;
    observer->expected_steps = settings.iterations * static_cast<double>(levels_for(pair.fixed.grid()));
    optimizer->AddObserver(itk::IterationEvent(), observer);

    auto method = Method::New();
    method->SetFixedImage(itk_image<Image>(pair.fixed));
    method->SetMovingImage(itk_image<Image>(pair.moving));
    method->SetMetric(metric);
    method->SetOptimizer(optimizer);
    method->SetInitialTransform(transform);
    method->InPlaceOn();
    set_levels(*method, pair.fixed.grid(), settings.sampled);
    method->Update();
    const auto result = from_itk(*transform);
    ensure(std::isfinite(norm(result.translation_mm)), "rigid registration: the shift is finite");
    return result;
}

}  // namespace

RigidTransform register_rigid(const RegistrationRequest& request, const RigidSettings& settings, int threads,
                              const Progress& progress) {
    expect(settings.spacing_mm > 0 && settings.sampled > 0 && settings.sampled <= 1 && settings.iterations > 0,
           "rigid: spacing, part of voxels and iterations are positive");
    if (threads > 0) itk::MultiThreaderBase::SetGlobalMaximumNumberOfThreads(static_cast<itk::ThreadIdType>(threads));
    const RigidPair pair = prepare_rigid(request, settings.spacing_mm, settings.margin_mm);
    try {
        return run(pair, settings, progress);
    } catch (const itk::ExceptionObject& problem) {
        throw std::runtime_error("rigid registration: " + std::string(problem.GetDescription()));
    }
}

}  // namespace coutard::registration
