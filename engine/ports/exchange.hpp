#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/image/volume.hpp"
#include "engine/plan/case.hpp"
#include "engine/plan/plan.hpp"
#include "engine/ports/registrar.hpp"
#include "engine/shape/structure.hpp"

namespace coutard {

/// How a registration is written: rigid, and deformable when a field is given.
struct RegistrationObject {
    RigidTransform rigid;
    std::optional<DisplacementField> field;
    std::string fixed_frame_uid, moving_frame_uid;
    std::string comment;
};

/// Reads and writes clinical objects. Implemented by rtdicom/. A folder may hold a mix of objects.
/// Errors are InputError or OutputError naming file, attribute, expected and found.
class Exchange {
  public:
    virtual ~Exchange() = default;
    virtual CtImage read_ct(const std::filesystem::path& source, std::optional<PatientPosition> position) const = 0;
    virtual StructureSet read_structures(const std::filesystem::path& file) const = 0;
    virtual Plan read_plan(const std::filesystem::path& file) const = 0;
    virtual Dose read_dose(const std::filesystem::path& file) const = 0;
    virtual RegistrationObject read_registration(const std::filesystem::path& file) const = 0;

    /// Each returns the SOP Instance UID it wrote.
    virtual std::string write_ct(const std::filesystem::path& folder, CtImage& ct) const = 0;
    virtual std::string write_structures(const std::filesystem::path& file, const StructureSet& structures,
                                         const CtImage& ct) const = 0;
    virtual std::string write_plan(const std::filesystem::path& file, const Plan& plan, const CtImage& ct) const = 0;
    virtual std::string write_dose(const std::filesystem::path& file, const Dose& dose, const CtImage& ct) const = 0;
    virtual std::string write_registration(const std::filesystem::path& file, const RegistrationObject& registration,
                                           const CtImage& fixed, const CtImage& moving) const = 0;
};

}  // namespace coutard
