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

/// An empty structure is meant only where no other is: templates leave names without contours.
template <class Set>
auto find_in(Set& set, std::string_view name) -> decltype(set.structures.data()) {
    for (const bool drawn : {true, false}) {
        std::vector<std::string> names;
        std::vector<decltype(set.structures.data())> named;
        for (auto& structure : set.structures)
            if (structure.contours.empty() != drawn) names.push_back(structure.name), named.push_back(&structure);
        if (const auto one = the_one_meant(names, name)) return named[*one];
    }
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
