#include "gui/logic/patient.hpp"

#include <algorithm>

#include "engine/shape/boolean.hpp"
#include "engine/shape/mask_box.hpp"
#include "gui/logic/planes.hpp"

namespace coutard::gui {
namespace {

/// Grid of the box with one more voxel on every side, also where that leaves the original grid.
Grid around(const Grid& grid, const VoxelBox& box) {
    const Size3 &low = box.first, &high = box.last;
    return Grid({high.x - low.x + 3, high.y - low.y + 3, high.z - low.z + 3},
                grid.point(low.x - 1, low.y - 1, low.z - 1), grid.spacing_mm(), grid.direction());
}

/// A millimetre as everywhere; the skin and other giants, where it would take seconds and change nothing
/// that can be seen, once per voxel of some 2.5 mm.
DoseSampling sampling_for(Cm3 volume) {
    DoseSampling sampling;
    if (volume > Cm3{500}) sampling.step_mm = 2.5;
    return sampling;
}

void widen(PatientBox& box, const Vec3& p) {
    for (int a = 0; a < 3; ++a) {
        box.low[a] = std::min(box.low[a], p[a]);
        box.high[a] = std::max(box.high[a], p[a]);
    }
}

PatientBox box_of(const Grid& grid) {
    const Size3 n = grid.size();
    PatientBox box{grid.point(0, 0, 0), grid.point(0, 0, 0)};
    for (int corner = 1; corner < 8; ++corner)
        widen(box, grid.point(corner & 1 ? n.x - 1 : 0, corner & 2 ? n.y - 1 : 0, corner & 4 ? n.z - 1 : 0));
    return box;
}

/// Every third voxel is enough to frame a picture.
PatientBox dense_box(const Volume<float>& hu) {
    const Size3 n = hu.grid().size();
    const double far = 1e9;
    PatientBox box{{far, far, far}, {-far, -far, -far}};
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; j += 3)
            for (int i = 0; i < n.x; i += 3)
                if (hu.at(i, j, k) > -350) widen(box, hu.grid().point(i, j, k));
    return box.low.x <= box.high.x ? box : box_of(hu.grid());
}

}  // namespace

PatientBox body_box(const CtImage& ct, const std::vector<ShownStructure>& structures) {
    const auto outer = std::find_if(structures.begin(), structures.end(), [](const ShownStructure& s) {
        return s.drawn.role == Role::External && !s.empty();
    });
    PatientBox box = outer != structures.end() ? box_of(outer->mask.grid()) : dense_box(ct.hu);
    const PatientBox all = box_of(ct.hu.grid());
    const double margin_mm = 10;
    for (int a = 0; a < 3; ++a) {
        box.low[a] = std::clamp(box.low[a] - margin_mm, all.low[a], all.high[a]);
        box.high[a] = std::clamp(box.high[a] + margin_mm, all.low[a], all.high[a]);
    }
    return box;
}

Mask cropped_mask(const Mask& mask) {
    const auto box = box_of(mask, 1);
    if (!box) return {};
    Mask part(around(mask.grid(), *box));
    for (int k = box->first.z; k <= box->last.z; ++k)
        for (int j = box->first.y; j <= box->last.y; ++j)
            for (int i = box->first.x; i <= box->last.x; ++i)
                part.at(i - box->first.x + 1, j - box->first.y + 1, k - box->first.z + 1) = mask.at(i, j, k);
    return part;
}

Cm3 volume_of(const Mask& mask) {
    return Cm3{volume_cm3(mask)};
}

double Patient::reference_Gy() const {
    if (has_prescription()) return plan->prescription_Gy;
    return most_Gy > 0 ? static_cast<double>(most_Gy) : 1.0;
}

std::shared_ptr<const Patient> make_patient(PatientParts parts, const Progress& progress) {
    expect(parts.masks.size() == parts.structures.structures.size(), "one mask per structure");
    expect(!parts.ct.hu.empty(), "the CT has voxels");
    auto patient = std::make_shared<Patient>();
    patient->display = display_lattice(parts.ct.hu.grid());
    patient->structures_label = parts.structures.label;
    if (parts.dose) {
        validate_dose(parts.dose->gy, "dose");
        patient->most_Gy = *std::max_element(parts.dose->gy.values().begin(), parts.dose->gy.values().end());
    }
    const std::size_t count = parts.masks.size();
    for (std::size_t s = 0; s < count; ++s) {
        auto& drawn = parts.structures.structures[s];
        progress.at(static_cast<double>(s) / static_cast<double>(count), "DVH of " + drawn.name);
        ShownStructure shown{std::move(drawn), cropped_mask(parts.masks[s]), {}, {}};
        parts.masks[s] = {};
        shown.volume = volume_of(shown.mask);
        if (parts.dose && !shown.empty())
            shown.dose = structure_dose(shown.drawn.name, parts.dose->gy, shown.mask, sampling_for(shown.volume));
        patient->structures.push_back(std::move(shown));
    }
    patient->ct = std::move(parts.ct);
    patient->body = body_box(patient->ct, patient->structures);
    patient->plan = std::move(parts.plan);
    patient->dose = std::move(parts.dose);
    patient->notes = std::move(parts.notes);
    patient->doses_found = parts.doses_found;
    return patient;
}

}  // namespace coutard::gui
