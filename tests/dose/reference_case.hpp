#pragma once
#include <algorithm>
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

/// Values at even cells of `width`, averaged over other cells given by their centres and the first one's lower
/// face: each face follows from the one before.
inline std::vector<double> on_reference_cells(const std::vector<double>& at, const std::vector<double>& values,
                                              double width, double low, const std::vector<double>& centres) {
    std::vector<double> out;
    for (double centre : centres) {
        const double high = 2 * centre - low;
        double sum = 0, weight = 0;
        for (std::size_t k = 0; k < values.size(); ++k) {
            const double o = std::min(high, at[k] + width / 2) - std::max(low, at[k] - width / 2);
            if (o <= 0) continue;
            sum += o * values[k];
            weight += o;
        }
        out.push_back(sum / weight);
        low = high;
    }
    return out;
}

}  // namespace coutard::test
