#include "dose/montecarlo/transport_tables.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "dose/montecarlo/elastic.hpp"
#include "dose/montecarlo/radiation.hpp"
#include "dose/physics/composition.hpp"
#include "dose/physics/integrate.hpp"
#include "dose/physics/positron_events.hd.hpp"
#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// A column of a table on the energies of the octave grid.
std::vector<double> on_octaves(const Table& table, const char* column) {
    std::vector<double> out;
    for (int k = 0; k < OctaveGrid::count; ++k)
        out.push_back(interpolate_log_log(table.column("E_MeV"), table.column(column), OctaveGrid::energy(k)));
    return out;
}

/// Largest mu = (1 - cos)/2 that an electron loses to a knock-on too soft to be followed.
double softest_knock(double T, double cut) {
    return 0.5 * (1 - moller_cosine(T, T - std::min(cut, 0.5 * T)));
}

/// First elastic moment on the octave grid: every eighth energy from its integral, the rest between them in log-log.
std::vector<double> first_moments(const Composition& substance, double knock_on_cut) {
    constexpr int stride = 8;
    static_assert((OctaveGrid::count - 1) % stride == 0);
    std::vector<double> out(OctaveGrid::count);
    for (int k = 0; k < OctaveGrid::count; k += stride) {
        const double T = OctaveGrid::energy(k);
        out[static_cast<std::size_t>(k)] = elastic_moments(substance, T, softest_knock(T, knock_on_cut), 1)[1];
    }
    for (int k = 0; k + 1 < OctaveGrid::count; ++k) {
        const int low = k / stride * stride, high = low + stride;
        if (k == low) continue;
        const double a = std::log(OctaveGrid::energy(low)), b = std::log(OctaveGrid::energy(high));
        const double part = (std::log(OctaveGrid::energy(k)) - a) / (b - a);
        out[static_cast<std::size_t>(k)] = std::exp((1 - part) * std::log(out[static_cast<std::size_t>(low)]) +
                                                    part * std::log(out[static_cast<std::size_t>(high)]));
    }
    return out;
}

/// Z that goes with pair production: by weight Z^2.
float pair_charge(const Composition& substance) {
    double sum = 0, weight = 0;
    for (const auto& e : substance.elements) {
        sum += e.atoms_per_g * e.Z * e.Z * e.Z;
        weight += e.atoms_per_g * e.Z * e.Z;
    }
    return static_cast<float>(sum / weight);
}

}  // namespace

struct TransportTables::Source {
    std::filesystem::path dir;
    std::map<std::string, Composition> compositions;
    Table incoherent, form_factor;
    std::vector<double> water_collision;

    explicit Source(const std::filesystem::path& physics_dir)
        : dir(physics_dir),
          compositions(read_compositions(physics_dir)),
          incoherent(physics_dir / "incoherent.csv"),
          form_factor(physics_dir / "form_factor.csv"),
          water_collision(on_octaves(Table(physics_dir / "electron_water.csv"), "S_col_MeV_cm2_g")) {}
    const Composition& of(const std::string& name) const {
        const auto found = compositions.find(name);
        validate(found != compositions.end(), "material '" + name + "' is unknown to " + dir.string());
        return found->second;
    }
};

TransportTables::TransportTables(const std::filesystem::path& dir, std::vector<std::string> materials,
                                 const Cutoffs& cut, const StepControl& steps)
    : names_(std::move(materials)), cut_(cut), steps_(steps) {
    expect(!names_.empty(), "transport tables: at least one material");
    expect(cut.electron >= 0.03 && cut.photon >= 0.002 && cut.knock_on >= 0.03,
           "transport tables: cut-offs of 30 keV for electrons and 2 keV for photons or more");
    expect(
        steps.transport_paths > 0 && steps.transport_paths <= 0.6 && steps.energy_part > 0 && steps.energy_part < 0.5,
        "transport tables: a step takes up to 0.6 transport paths and half of the energy");
    const Source source(dir);
    for (const auto& name : names_) {
        add_photons(source, name);
        add_charged(source, name);
        add_deflections(source, name);
        pair_charge_.push_back(pair_charge(source.of(name)));
    }
}

void TransportTables::add_photons(const Source& source, const std::string& name) {
    const Table table(source.dir / ("photon_" + name + ".csv"));
    const auto compton = on_octaves(table, "compton_cm2_g"), photoelectric = on_octaves(table, "photoelectric_cm2_g"),
               rayleigh = on_octaves(table, "rayleigh_cm2_g"), pair = on_octaves(table, "pair_cm2_g"),
               triplet = on_octaves(table, "triplet_cm2_g");
    for (std::size_t k = 0; k < compton.size(); ++k) {
        const double a = compton[k], b = a + photoelectric[k], c = b + rayleigh[k];
        photon_.push_back({static_cast<float>(a), static_cast<float>(b), static_cast<float>(c),
                           static_cast<float>(c + pair[k] + triplet[k])});
    }
    const Composition& substance = source.of(name);
    const double electrons = substance.electrons_per_g();
    for (int i = 0; i < TableShape::binding; ++i) {
        double sum = 0;
        for (const auto& e : substance.elements)
            sum += e.atoms_per_g * interpolate_linear(source.incoherent.column("x_inv_angstrom"),
                                                      source.incoherent.column("S_" + e.symbol),
                                                      i * TableShape::binding_step);
        binding_.push_back(static_cast<float>(sum / electrons));
    }
    const auto form2 = [&](double x) {
        double sum = 0;
        for (const auto& e : substance.elements)
            sum += e.atoms_per_g / electrons *
                   std::pow(interpolate_linear(source.form_factor.column("x_inv_angstrom"),
                                               source.form_factor.column("F_" + e.symbol), x),
                            2);
        return sum;
    };
    double x = 0.01, sum = form2(0) * x * x;
    for (int i = 0; i < TableShape::coherent; ++i) {
        coherent_.push_back(static_cast<float>(sum));
        const double next = 0.01 * std::pow(10.0, 4 * (i + 1) / 256.0);
        sum += form2(0.5 * (x + next)) * (next * next - x * x);
        x = next;
    }
}

void TransportTables::add_charged(const Source& source, const std::string& name) {
    const Table table(source.dir / ("electron_" + name + ".csv"));
    const auto collision = on_octaves(table, "S_col_MeV_cm2_g"), range = on_octaves(table, "csda_range_g_cm2");
    const Composition& substance = source.of(name);
    const Radiation radiation(source.dir, substance);
    const auto first_moment = first_moments(substance, cut_.knock_on);
    const double n = substance.electrons_per_g();
    const double factor = 2 * pi * electron_radius_cm * electron_radius_cm * electron_mass_MeV * n;
    for (int k = 0; k < OctaveGrid::count; ++k) {
        const double T = OctaveGrid::energy(k), cut = cut_.knock_on / T;
        const auto i = static_cast<std::size_t>(k);
        double moller_rate = 0, moller_loss = 0, bhabha_rate = 0, bhabha_loss = 0, brems = 0;
        if (cut < 0.5) {
            moller_rate = n * integrate_log(cut, 0.5, 200, [&](double e) { return moller(T, e); });
            moller_loss = n * T * integrate_log(cut, 0.5, 200, [&](double e) { return e * moller(T, e); });
        }
        if (cut < 1) {
            bhabha_rate = n * integrate_log(cut, 1, 200, [&](double e) { return bhabha(T, e); });
            bhabha_loss = n * T * integrate_log(cut, 1, 200, [&](double e) { return e * bhabha(T, e); });
        }
        if (cut_.photon < T) brems = radiation.rate(T, cut_.photon);
        const double soft_photons = radiation.loss(T, cut_.photon),
                     less = positron_radiation(T, pair_charge(substance));
        const double flight = n * annihilation(T);
        const double G1 = first_moment[i];
        ChargedRow row{};
        row.range = static_cast<float>(range[i]);
        row.water_ratio = static_cast<float>(source.water_collision[i] / collision[i]);
        const auto fill = [&](double loss, double knocks, double photons, double annihilations) {
            const double events = knocks + photons + annihilations;
            row.loss = static_cast<float>(loss);
            row.events = static_cast<float>(events);
            row.radiative = events > 0 ? static_cast<float>(photons / events) : 0;
            row.annihilation = events > 0 ? static_cast<float>(annihilations / events) : 0;
            row.steps = static_cast<float>(std::max(G1 / steps_.transport_paths, loss / (steps_.energy_part * T)));
            row.turn = static_cast<float>(G1 / row.steps);
            return row;
        };
        electron_.push_back(fill(collision[i] - moller_loss + soft_photons, moller_rate, brems, 0));
        const double positron = collision[i] + factor / beta_squared(T) * positron_excess(T);
        positron_.push_back(fill(positron - bhabha_loss + less * soft_photons, bhabha_rate, less * brems, flight));
    }
    for (int r = 0; r < SampleGrid::rows; ++r) {
        const double T = SampleGrid::energy(r);
        std::vector<double> chi;
        for (int c = 0; c <= 32; ++c) chi.push_back(radiation.chi(T, c / 32.0));
        brems_.push_back(static_cast<float>(*std::max_element(chi.begin(), chi.end())));
        for (double value : chi) brems_.push_back(static_cast<float>(value));
    }
}

void TransportTables::add_deflections(const Source& source, const std::string& name) {
    constexpr int orders = 400;
    const Composition& substance = source.of(name);
    for (int r = 0; r < SampleGrid::rows; ++r) {
        const double T = SampleGrid::energy(r);
        if (T < 0.7 * cut_.electron) {  // no electron is deflected there
            deflection_.resize(deflection_.size() + TableShape::deflection);
            continue;
        }
        const auto moments = elastic_moments(substance, T, softest_knock(T, cut_.knock_on), orders);
        const auto rows = electron_.end() - OctaveGrid::count;
        const auto at = OctaveGrid::find(T);
        const double steps = between(rows[at.index].steps, rows[at.index + 1].steps, at);
        const Deflection d = deflection_of_path(1 / steps, moments);
        deflection_.push_back(static_cast<float>(d.a));
        deflection_.insert(deflection_.end(), std::begin(d.u), std::end(d.u));
    }
}

TransportData<par::Host> TransportTables::view() const {
    using par::view;
    return {view(electron_), view(positron_),    view(photon_), view(deflection_), view(brems_), view(binding_),
            view(coherent_), view(pair_charge_), cut_};
}

}  // namespace coutard::dose
