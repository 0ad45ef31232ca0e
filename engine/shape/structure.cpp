#include "engine/shape/structure.hpp"

#include <utility>

#include "engine/shape/tg263.hpp"

namespace coutard {
namespace {

// DICOM PS3.3 C.8.8.8.1, RT ROI Interpreted Type defined terms.
constexpr std::pair<Role, std::string_view> role_names[] = {
    {Role::Organ, "ORGAN"},       {Role::Ptv, "PTV"},
    {Role::Ctv, "CTV"},           {Role::Gtv, "GTV"},
    {Role::External, "EXTERNAL"}, {Role::Avoidance, "AVOIDANCE"},
    {Role::Support, "SUPPORT"},   {Role::Bolus, "BOLUS"},
    {Role::Control, "CONTROL"},   {Role::Isocenter, "ISOCENTER"},
    {Role::Marker, "MARKER"},     {Role::None, ""}};

template <class Set>
auto find_in(Set& set, std::string_view name) -> decltype(set.structures.data()) {
    for (auto& structure : set.structures)
        if (structure.name == name) return &structure;
    const auto wanted = standard_name(name).name;
    for (auto& structure : set.structures)
        if (standard_name(structure.name).name == wanted) return &structure;
    return nullptr;
}

}  // namespace

std::string_view dicom_name(Role role) {
    for (const auto& [known, name] : role_names)
        if (known == role) return name;
    return "";
}

Role role_from_dicom(std::string_view name) {
    for (const auto& [role, known] : role_names)
        if (known == name) return role;
    return Role::None;
}

const Structure* StructureSet::find(std::string_view name) const {
    return find_in(*this, name);
}
Structure* StructureSet::find(std::string_view name) {
    return find_in(*this, name);
}

}  // namespace coutard
