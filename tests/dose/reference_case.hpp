#pragma once
#include <map>
#include <string>
#include <vector>

#include "dose/phantom/slab_dose.hpp"
#include "dose/physics/table.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::test {

/// A phantom of tests/golden/egsnrc and our dose in it, calculated once per program.
struct ReferenceCase {
    dose::SlabSpec spec;
    dose::BeamDose dose;

    static const ReferenceCase& get(const std::string& name) {
        static std::map<std::string, ReferenceCase> cases;
        const auto known = cases.find(name);
        if (known != cases.end()) return known->second;
        const auto spec = dose::read_slab_spec(repository("tests/golden/egsnrc/specs") / (name + ".json"));
        return cases
            .emplace(name, ReferenceCase{spec, dose::slab_dose(spec, repository("data"), dose::ConeLayout::standard(),
                                                               Device::Cpu, {})})
            .first->second;
    }
};

}  // namespace coutard::test
