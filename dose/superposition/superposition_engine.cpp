#include "dose/superposition/superposition_engine.hpp"

#include <map>

#include "dose/influence/beamlet_matrix.hpp"
#include "dose/influence/tile_carrier.hpp"
#include "dose/machine/beam_check.hpp"
#include "dose/machine/coverage_check.hpp"
#include "dose/machine/delivered_map.hpp"
#include "dose/machine/scene_medium.hpp"
#include "dose/superposition/superpose.hpp"
#include "engine/base/error.hpp"
#include "engine/base/version.hpp"
#include "engine/par/for_each.hpp"

namespace coutard::dose {
namespace {

/// Models and kernels of the machines that a plan names, read once each.
class Beams {
  public:
    Beams(const std::filesystem::path& data_dir, const ConeLayout& layout)
        : data_dir_(data_dir),
          layout_(layout),
          points_(read_point_kernels(data_dir / "kernels" / "water.txt")),
          library_(data_dir / "physics") {}

    const BeamModel& model(const std::string& machine) {
        if (!models_.contains(machine)) models_.emplace(machine, read_beam_model(data_dir_, machine));
        return models_.at(machine);
    }
    const BeamKernel& kernel(const std::string& machine) {
        if (!kernels_.contains(machine))
            kernels_.emplace(machine, make_beam_kernel(points_, beam_spectrum(model(machine), data_dir_ / "physics"),
                                                       library_.at("water"), layout_));
        return kernels_.at(machine);
    }

  private:
    std::filesystem::path data_dir_;
    ConeLayout layout_;
    PointKernelSet points_;
    MaterialLibrary library_;
    std::map<std::string, BeamModel> models_;
    std::map<std::string, BeamKernel> kernels_;
};

/// What is left of the memory for workers. \throws InputError too little for the rest, naming how much is needed
std::size_t left_for_workers(std::size_t most_bytes, std::size_t voxels, std::size_t per_voxel,
                             const std::string& what) {
    if (most_bytes == 0) return most_worker_bytes;
    const std::size_t needed = voxels * per_voxel;
    validate(
        needed <= most_bytes, "memory for the " + what + " [GB]", static_cast<double>(most_bytes) / 1e9,
        "at least " + std::to_string(static_cast<double>(needed) / 1e9) + " for " + std::to_string(voxels) + " voxels");
    return std::min(most_bytes - needed, most_worker_bytes);
}

/// Fluence maps of all beams, beams side by side: a sliding window has many segments.
std::vector<std::vector<DirectionFluence>> maps_of_beams(const Plan& plan, Beams& beams, double arc_step_deg) {
    std::vector<const BeamModel*> models;  // read before threads ask for them
    for (const auto& beam : plan.beams) models.push_back(&beams.model(beam.machine));
    std::vector<std::vector<DirectionFluence>> out(plan.beams.size());
    par::for_each_index(par::Host{}, out.size(),
                        [&](std::size_t b) { out[b] = delivered_maps(plan.beams[b], *models[b], arc_step_deg); });
    return out;
}

Volume<float> beam_dose(const DoseScene& scene, const SceneMedium& place, const Beam& beam,
                        const std::vector<DirectionFluence>& maps, Beams& beams, const SuperpositionOptions& options,
                        double fractions, const Progress& progress) {
    const BeamModel& model = beams.model(beam.machine);
    std::vector<double> sum(place.medium.grid.count(), 0.0);
    const std::size_t room = left_for_workers(options.most_bytes, sum.size(), field_bytes_per_voxel, "field dose");
    for (std::size_t m = 0; m < maps.size(); ++m) {
        const auto& map = maps[m];
        const BeamFrame frame = beam_frame(beam.isocentre_mm, map.gantry_deg, map.collimator_deg, map.couch_deg,
                                           model.machine.sad_mm, scene.lying);
        const double parts = static_cast<double>(maps.size());
        const BeamDose one =
            superpose(place.medium, frame, map.fluence, beams.kernel(beam.machine), options.device,
                      progress.part(static_cast<double>(m) / parts, static_cast<double>(m + 1) / parts), room);
        const double gy = model.fluence_per_mu * fractions;  // the map holds MU
        par::for_each_index(
            par::Host{}, sum.size(), [&](std::size_t v) { sum[v] += gy * static_cast<double>(one.dose[v]); }, 4096);
    }
    Volume<float> out(place.medium.grid);
    for (std::size_t v = 0; v < sum.size(); ++v) out[v] = static_cast<float>(sum[v]);
    return out;
}

Dose labelled(Volume<float> gy, DoseSummation summation, const Plan& plan) {
    Dose dose;
    dose.gy = std::move(gy);
    dose.summation = summation;
    dose.to = DoseTo::Medium;
    dose.fractions = plan.fractions;
    dose.plan_uid = plan.sop_uid;
    dose.comment = "Coutard " + std::string(version) + " collapsed-cone superposition, dose to medium";
    return dose;
}

}  // namespace

SuperpositionEngine::SuperpositionEngine(std::filesystem::path data_dir, SuperpositionOptions options)
    : data_dir_(std::move(data_dir)), options_(std::move(options)) {
    validate(std::filesystem::is_directory(data_dir_ / "physics"), data_dir_.string() + ": holds no physics folder");
    use_cuda(options_.device);  // a missing device is named before any work
}

std::vector<Dose> SuperpositionEngine::dose_per_beam(const DoseScene& scene, const Plan& plan,
                                                     const Progress& progress) const {
    check_delivers(plan);
    Beams beams(data_dir_, options_.layout);
    for (const auto& beam : plan.beams) {
        check_isocentre(scene, beam.isocentre_mm, "beam " + std::to_string(beam.number));
        check_beam(beam, beams.model(beam.machine).machine);
        check_covered(scene, beam);
    }
    const SceneMedium place = scene_medium(scene, data_dir_);
    const auto maps = maps_of_beams(plan, beams, options_.arc_step_deg);
    std::vector<Dose> out;
    for (std::size_t b = 0; b < plan.beams.size(); ++b) {
        const double parts = static_cast<double>(plan.beams.size());
        const auto gy = beam_dose(scene, place, plan.beams[b], maps[b], beams, options_, plan.fractions,
                                  progress.part(static_cast<double>(b) / parts, static_cast<double>(b + 1) / parts));
        out.push_back(labelled(on_dose_grid(gy, place, scene.dose_grid), DoseSummation::Beam, plan));
        out.back().beam_number = plan.beams[b].number;
    }
    return out;
}

Dose SuperpositionEngine::dose(const DoseScene& scene, const Plan& plan, const Progress& progress) const {
    const auto each = dose_per_beam(scene, plan, progress);
    Volume<float> sum(scene.dose_grid);
    for (std::size_t v = 0; v < sum.count(); ++v) {
        double all = 0;
        for (const auto& beam : each) all += static_cast<double>(beam.gy[v]);
        sum[v] = static_cast<float>(all);
    }
    return labelled(std::move(sum), DoseSummation::Plan, plan);
}

std::unique_ptr<InfluenceOperator> SuperpositionEngine::influence(const DoseScene& scene,
                                                                  const std::vector<BeamletBeam>& beams,
                                                                  const std::optional<Mask>& wanted,
                                                                  const Progress& progress) const {
    Beams known(data_dir_, options_.beamlet_layout);
    for (const auto& beam : beams)
        check_isocentre(scene, beam.isocentre_mm, "beam at gantry " + std::to_string(beam.gantry_deg));
    const SceneMedium place = scene_medium(scene, data_dir_);
    const std::size_t voxels = place.medium.grid.count();
    const std::size_t room = left_for_workers(options_.most_bytes, voxels,
                                              matrix_bytes_per_voxel + TileCarrier::bytes_per_voxel, "beamlet matrix") +
                             TileCarrier::bytes_per_voxel * voxels;
    std::vector<BeamletSource> sources;
    for (const auto& beam : beams) {
        const BeamModel& model = known.model(beam.machine);
        sources.push_back({&beam, &model, &known.kernel(beam.machine),
                           beam_frame(beam.isocentre_mm, beam.gantry_deg, beam.collimator_deg, beam.couch_deg,
                                      model.machine.sad_mm, scene.lying)});
    }
    return beamlet_matrix(place, scene.dose_grid, sources, wanted,
                          {options_.keep, options_.seed, room, options_.most_bytes}, progress);
}

}  // namespace coutard::dose
