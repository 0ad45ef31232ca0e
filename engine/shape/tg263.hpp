#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/shape/structure.hpp"

namespace coutard {

/// What the name table knows of a structure.
struct NameEntry {
    std::string name;  ///< AAPM TG-263 primary name
    Role role = Role::None;
    std::array<std::uint8_t, 3> colour{255, 0, 0};
};

/// TG-263 entry for a name or synonym ("PTV70", "PTV 59.4 Gy", "RightParotid", "Cord", any case, '_', '-' or blank
/// between words); a name that is not in the table comes back as it is, with Role::None and a colour
/// derived from the name. Source: Mayo et al., Int J Radiat Oncol Biol Phys 100 (2018) 1057 (TG-263).
NameEntry standard_name(std::string_view name);

/// Position of the one name that means `wanted`: exactly, or when none does, as a TG-263 synonym; nothing when
/// no name does. Which of two "Cord" and "Myelon" is the spinal cord is a person's to say, not the file's order.
/// \throws InputError several do, naming them
std::optional<std::size_t> the_one_meant(std::span<const std::string> names, std::string_view wanted);

}  // namespace coutard
