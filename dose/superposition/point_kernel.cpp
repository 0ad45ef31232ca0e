#include "dose/superposition/point_kernel.hpp"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "dose/physics/constants.hd.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

constexpr const char* magic = "coutard point kernels 1";

void write_part(std::ostream& out, const PointKernelSet& set, const PointKernel& kernel, bool scatter) {
    const auto& values = scatter ? kernel.scatter : kernel.primary;
    char cell[32];
    for (int a = 0; a < set.angles; ++a) {
        out << kernel.energy_MeV << (scatter ? " s " : " p ") << a;
        for (std::size_t r = 0; r < set.radii(); ++r) {
            const float v = values[static_cast<std::size_t>(a) * set.radii() + r];
            if (v == 0.0F) {
                out << " 0";
                continue;
            }
            std::snprintf(cell, sizeof cell, " %.3e", static_cast<double>(v));
            out << cell;
        }
        out << '\n';
    }
}

[[noreturn]] void refuse(const std::filesystem::path& file, int line, const std::string& expected) {
    throw InputError(file.string() + ": line " + std::to_string(line) + ": expected " + expected);
}

void check_rising(const std::string& name, const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i)
        validate(std::isfinite(values[i]) && values[i] >= 0 && (i == 0 || values[i] > values[i - 1]),
                 name + ": value " + std::to_string(i + 1), values[i], "rising numbers");
}

/// The parts of one kernel are parts of its energy, all of it.
void check_parts(const std::string& file, const PointKernel& kernel) {
    std::ostringstream name;
    name << file << ": kernel of " << kernel.energy_MeV << " MeV: ";
    double sum = kernel.escaped;
    for (const auto* values : {&kernel.primary, &kernel.scatter})
        for (float v : *values) {
            validate(std::isfinite(v) && v >= 0, name.str() + "part of the energy", v, "a finite number, not negative");
            sum += static_cast<double>(v);
        }
    validate(kernel.escaped >= 0 && std::abs(sum - 1) < 0.01, name.str() + "sum of its parts and what escaped", sum,
             "1");
    validate(std::abs(kernel.primary_total + kernel.scatter_total + kernel.escaped - 1) < 0.01, name.str() + "totals",
             kernel.primary_total + kernel.scatter_total + kernel.escaped, "1 in all");
}

}  // namespace

double primary_advance(const PointKernelSet& set, const PointKernel& kernel) {
    double sum = 0, energy = 0;
    for (std::size_t i = 0; i < kernel.primary.size(); ++i) {
        const std::size_t r = i % set.radii();
        const double low = std::cos(pi * static_cast<double>(i / set.radii()) / set.angles),
                     high = std::cos(pi * static_cast<double>(i / set.radii() + 1) / set.angles);
        sum += static_cast<double>(kernel.primary[i]) * 0.25 * (set.radius_cm[r] + set.radius_cm[r + 1]) * (low + high);
        energy += static_cast<double>(kernel.primary[i]);
    }
    return sum / energy;
}

void check_point_kernels(const PointKernelSet& set, const std::string& file) {
    validate(set.kernels.size() >= 2, file + ": kernels", set.kernels.size(), "at least 2 energies to go between");
    validate(set.radius_cm.size() >= 2 && set.radius_cm.front() == 0, file + ": edges of the radii must begin with 0");
    check_rising(file + ": edges of the radii [cm]", set.radius_cm);
    std::vector<double> energies;
    for (const auto& kernel : set.kernels) energies.push_back(kernel.energy_MeV);
    check_rising(file + ": energies of the kernels [MeV]", energies);
    validate(energies.front() > 0, file + ": energies [MeV]", energies.front(), "above 0");
    for (const auto& kernel : set.kernels) check_parts(file, kernel);
}

void write_point_kernels(const std::filesystem::path& file, const PointKernelSet& set) {
    std::ostringstream out;
    out << magic << '\n'
        << "# parts of the energy of a photon that interacts at the origin of water; lines: energy_MeV part(p|s) "
           "angle, one value per radius\n"
        << "histories " << set.histories << " seed " << set.seed << " angles " << set.angles << " kernels "
        << set.kernels.size() << " edges " << set.radius_cm.size() << '\n';
    out.precision(9);
    for (double r : set.radius_cm) out << r << ' ';
    out << '\n';
    for (const auto& k : set.kernels) {
        out << k.energy_MeV << " totals " << k.primary_total << ' ' << k.scatter_total << ' ' << k.escaped << '\n';
        write_part(out, set, k, false);
        write_part(out, set, k, true);
    }
    write_text_atomically(file, out.str());
}

PointKernelSet read_point_kernels(const std::filesystem::path& file) {
    std::ifstream in(file);
    validate(in.good(), file.string() + ": cannot be read; make it with `coutard kernels`");
    std::string text, word;
    std::getline(in, text);
    if (text != magic) refuse(file, 1, std::string("'") + magic + "'");
    std::getline(in, text);
    PointKernelSet set;
    std::size_t kernels = 0, edges = 0;
    std::string w[5];
    if (!(in >> w[0] >> set.histories >> w[1] >> set.seed >> w[2] >> set.angles >> w[3] >> kernels >> w[4] >> edges) ||
        w[4] != "edges" || edges < 2 || edges > 10'000 || set.angles < 1 || set.angles > 10'000 || kernels > 1000)
        refuse(file, 3, "histories N seed N angles N kernels N edges N");
    set.radius_cm.resize(edges);
    for (double& r : set.radius_cm)
        if (!(in >> r)) refuse(file, 4, "edges of the radii");
    int line = 4;
    for (std::size_t n = 0; n < kernels; ++n) {
        PointKernel k;
        ++line;
        if (!(in >> k.energy_MeV >> word >> k.primary_total >> k.scatter_total >> k.escaped) || word != "totals")
            refuse(file, line, "energy totals primary scatter escaped");
        for (auto* values : {&k.primary, &k.scatter}) {
            values->resize(static_cast<std::size_t>(set.angles) * set.radii());
            for (int a = 0; a < set.angles; ++a) {
                ++line;
                double energy = 0;
                int angle = -1;
                if (!(in >> energy >> word >> angle) || angle != a) refuse(file, line, "energy part angle values");
                for (std::size_t r = 0; r < set.radii(); ++r)
                    if (!(in >> (*values)[static_cast<std::size_t>(a) * set.radii() + r]))
                        refuse(file, line, std::to_string(set.radii()) + " values");
            }
        }
        set.kernels.push_back(std::move(k));
    }
    check_point_kernels(set, file.string());
    return set;
}

}  // namespace coutard::dose
