// The fluence optimiser beside L-BFGS-B 3.0 and Ipopt on one head-and-neck plan of nine fields: the same matrix,
// objectives, start, threads and KKT residual. The others are given both orders of plain float32 compressed rows, which
// is what is quickest for them. COUTARD_PATIENT names a folder of the OpenKBP layout; without it a phantom patient is
// planned.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#define HAVE_CSTDDEF  // which the library's headers ask for
#include <coin/IpIpoptApplication.hpp>
#include <coin/IpTNLP.hpp>
#include <cstdlib>
#include <cstring>

#include "contouring/train/training_case.hpp"
#include "dose/superposition/superposition_engine.hpp"
#include "engine/optimise/fluence_problem.hpp"
#include "engine/optimise/row_matrix.hpp"
#include "engine/par/for_each.hpp"
#include "engine/phantom/phantom_study.hpp"
#include "engine/plan/machine_json.hpp"
#include "engine/plan/protocol_json.hpp"
#include "engine/shape/body.hpp"
#include "engine/shape/contour_from_mask.hpp"
#include "engine/workflow/planning_setup.hpp"

extern "C" void setulb_(const int* n, const int* m, double* x, const double* low, const double* high, const int* bounds,
                        double* f, double* g, const double* factr, const double* pgtol, double* wa, int* iwa,
                        char* task, const int* iprint, char* csave, int* lsave, int* isave, double* dsave, long, long);

namespace coutard {
namespace {

constexpr double kKkt = 1e-4;  // of the residual at the start

std::string data(const char* name) {
    return std::string(COUTARD_SOURCE_DIR) + "/data/" + name;
}

double peak_GB() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    return static_cast<double>(use.ru_maxrss) * 1024 / 1e9;
}

/// CT and contours: of a patient's folder, or of the phantom.
struct Patient {
    CtImage ct;
    StructureSet structures;
    Mask body;
};

Patient patient() {
    Patient out;
    if (const char* folder = std::getenv("COUTARD_PATIENT")) {
        auto names = contouring::openkbp_structures();
        for (const char* target : {"PTV_5600", "PTV_6300", "PTV_7000"}) names.push_back(target);
        const auto c = contouring::read_case(folder, names, {});
        out.ct.hu = contouring::image_of(c);
        for (int s = 0; s < static_cast<int>(names.size()); ++s)
            if (c.knows(s))
                out.structures.structures.push_back(
                    structure_from_mask(names[static_cast<std::size_t>(s)], contouring::label_of(c, s)));
    } else {
        const auto recipe = phantom::read_recipe(data("phantoms/head_neck.json"));
        const auto made = phantom::make_patient(recipe, {}, {}, phantom::grid_of(recipe, {3, 3, 3}), 1);
        out.ct = made.ct;
        out.structures = phantom::structures_of(made, "phantom");
    }
    out.body = find_body(out.ct.hu);
    return out;
}

/// The problem of the first optimisation of a plan.
struct Case {
    Patient who = patient();
    Protocol protocol = read_protocol(data("protocols/head_neck_70_63_56.json"));
    Machine machine = read_machine(data("machines/generic_6mv.json"));
    PlanningSetup setup;
    std::unique_ptr<InfluenceOperator> matrix;
    std::unique_ptr<ObjectiveSum> objectives;
    std::unique_ptr<FluenceProblem> problem;
    std::vector<double> start;

    static PlanningSetup set_up_for(const Patient& who, const Protocol& protocol, const Machine& machine) {
        return set_up(
            {.ct = who.ct, .structures = who.structures, .protocol = protocol, .machine = machine, .body = who.body});
    }
    Case() : setup(set_up_for(who, protocol, machine)) {}

    void build() {
        const dose::SuperpositionEngine engine(std::string(COUTARD_SOURCE_DIR) + "/data", {Device::Cpu});
        matrix = engine.influence(setup.scene, setup.beams, find_mask(setup.masks, "External")->mask, {});
        objectives = std::make_unique<ObjectiveSum>(protocol_terms(protocol, setup.masks).terms);
        problem = std::make_unique<FluenceProblem>(
            FluenceProblem{*matrix, *objectives, protocol.fractions, {}, neighbours(setup.beams), 3000, 1});
        const auto target = voxels_of(find_mask(setup.goal_masks, protocol.targets.front().structure)->mask);
        start = even_start(*problem, target, protocol.targets.front().dose_Gy);
        problem->mean_weight = start.front();
    }
    static Case& get_unbuilt() {
        static Case one;
        return one;
    }
    static Case& get() {
        auto& one = get_unbuilt();
        if (!one.matrix) one.build();
        return one;
    }
};

void influence_of_nine_fields(benchmark::State& state) {
    auto& one = Case::get_unbuilt();
    for (auto _ : state) one.build();
    state.counters["beamlets"] = static_cast<double>(one.matrix->beamlet_count());
    state.counters["entries"] = static_cast<double>(one.matrix->rows()->nonzeros());
    state.counters["matrix_MB"] = static_cast<double>(one.matrix->rows()->bytes()) / 1e6;
    state.counters["plain_MB"] = static_cast<double>(one.matrix->rows()->nonzeros()) * 8 / 1e6;
    state.counters["peak_GB"] = peak_GB();
}
BENCHMARK(influence_of_nine_fields)->Unit(benchmark::kSecond)->UseRealTime()->Iterations(1);

/// The same matrix as others hold it: float32 compressed rows for doses and columns for gradients.
class Plain final : public InfluenceOperator {
  public:
    explicit Plain(const InfluenceOperator& from) : from_(from), columns_(from.rows()->unpacked()) {
        starts_.assign(from.voxel_count() + 1, 0);
        for (const auto& c : columns_)
            for (const auto v : c.voxels) ++starts_[v + 1];
        for (std::size_t v = 0; v < from.voxel_count(); ++v) starts_[v + 1] += starts_[v];
        place_.resize(starts_.back());
        value_.resize(starts_.back());
        auto at = starts_;
        for (std::uint32_t b = 0; b < columns_.size(); ++b)
            for (std::size_t e = 0; e < columns_[b].voxels.size(); ++e) {
                place_[at[columns_[b].voxels[e]]] = b;
                value_[at[columns_[b].voxels[e]]++] = columns_[b].gy_per_mu[e];
            }
    }
    std::size_t voxel_count() const override { return from_.voxel_count(); }
    std::size_t beamlet_count() const override { return from_.beamlet_count(); }
    const Grid& grid() const override { return from_.grid(); }
    void forward(std::span<const float> weight, std::span<float> dose) const override {
        par::for_each_index(
            par::Host{}, dose.size(),
            [&](std::size_t v) { dose[v] = product(value_, place_, starts_[v], starts_[v + 1], weight); }, 256);
    }
    void transpose(std::span<const float> slope, std::span<float> gradient) const override {
        par::for_each_index(
            par::Host{}, gradient.size(),
            [&](std::size_t b) {
                const auto& c = columns_[b];
                gradient[b] = product(c.gy_per_mu, c.voxels, 0, c.voxels.size(), slope);
            },
            16);
    }

  private:
    static float product(const std::vector<float>& value, const std::vector<std::uint32_t>& place, std::size_t from,
                         std::size_t to, std::span<const float> with) {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        std::size_t e = from;
        for (; e + 4 <= to; e += 4) {
            s0 += value[e] * with[place[e]];
            s1 += value[e + 1] * with[place[e + 1]];
            s2 += value[e + 2] * with[place[e + 2]];
            s3 += value[e + 3] * with[place[e + 3]];
        }
        for (; e < to; ++e) s0 += value[e] * with[place[e]];
        return (s0 + s1) + (s2 + s3);
    }
    const InfluenceOperator& from_;
    std::vector<InfluenceColumn> columns_;
    std::vector<std::size_t> starts_;
    std::vector<std::uint32_t> place_;
    std::vector<float> value_;
};

/// The problem through the plain matrix, counting; made once.
struct Other {
    Plain plain{*Case::get().matrix};
    FluenceProblem problem{plain,
                           *Case::get().objectives,
                           Case::get().problem->fractions,
                           {},
                           Case::get().problem->pairs,
                           Case::get().problem->smoothing,
                           Case::get().problem->mean_weight};
    std::vector<float> dose;
    static Other& get() {
        static Other one;
        return one;
    }
    double operator()(std::span<const double> x, std::span<double> g) { return fluence_objective(problem, x, g, dose); }
    double first_kkt() {
        const auto& start = Case::get().start;
        std::vector<double> g(start.size());
        (*this)(start, g);
        return kkt_residual(start, g);
    }
};

void report(benchmark::State& state, double value, double kkt, int iterations, int evaluations) {
    state.counters["objective"] = value;
    state.counters["kkt"] = kkt;
    state.counters["iterations"] = iterations;
    state.counters["evaluations"] = evaluations;
}

void ours(benchmark::State& state) {
    auto& job = Case::get();
    SolverOptions options;
    options.max_iterations = 5000, options.tolerance = kKkt, options.stall = 0;
    Solution found;
    for (auto _ : state) found = optimise_fluence(*job.problem, job.start, options, {});
    report(state, found.value, found.kkt, found.iterations, found.evaluations);
}
BENCHMARK(ours)->Unit(benchmark::kSecond)->UseRealTime()->Iterations(1);

void lbfgsb(benchmark::State& state) {
    auto& function = Other::get();
    const double first = function.first_kkt();
    const int m = static_cast<int>(state.range(0)), n = static_cast<int>(Case::get().start.size()), quiet = -1;
    const auto size = static_cast<std::size_t>(n), pairs = static_cast<std::size_t>(m);
    for (auto _ : state) {
        std::vector<double> x = Case::get().start, low(size, 0.0), g(size),
                            wa((2 * pairs + 5) * size + 11 * pairs * pairs + 8 * pairs);
        std::vector<int> bounds(size, 1), iwa(3 * size);
        char task[60], csave[60];
        int lsave[4], isave[44], iterations = 0, evaluations = 0;
        double dsave[29], f = 0, kkt = 1;
        const double none = 0;
        std::memset(task, ' ', sizeof task);
        std::memcpy(task, "START", 5);
        for (;;) {
            setulb_(&n, &m, x.data(), low.data(), low.data(), bounds.data(), &f, g.data(), &none, &none, wa.data(),
                    iwa.data(), task, &quiet, csave, lsave, isave, dsave, 60, 60);
            if (!std::strncmp(task, "FG", 2)) {
                f = function(x, g), ++evaluations;
            } else if (!std::strncmp(task, "NEW_X", 5)) {
                ++iterations;
                if ((kkt = kkt_residual(x, g) / first) <= kKkt) break;
            } else {
                break;
            }
        }
        report(state, f, kkt, iterations, evaluations);
    }
}
BENCHMARK(lbfgsb)->Arg(5)->Arg(10)->Arg(20)->Unit(benchmark::kSecond)->UseRealTime()->Iterations(1);

class IpoptProblem final : public Ipopt::TNLP {
  public:
    using Index = Ipopt::Index;
    using Number = Ipopt::Number;
    double value = 0, kkt = 1, first = Other::get().first_kkt();
    int iterations = 0, evaluations = 0;

    bool get_nlp_info(Index& n, Index& m, Index& jacobian, Index& hessian, IndexStyleEnum& style) override {
        n = static_cast<Index>(Case::get().start.size());
        m = jacobian = hessian = 0;
        style = C_STYLE;
        return true;
    }
    bool get_bounds_info(Index n, Number* low, Number* high, Index, Number*, Number*) override {
        std::fill(low, low + n, 0.0);
        std::fill(high, high + n, 1e20);
        return true;
    }
    bool get_starting_point(Index, bool, Number* x, bool, Number*, Number*, Index, bool, Number*) override {
        std::copy(Case::get().start.begin(), Case::get().start.end(), x);
        return true;
    }
    bool eval_f(Index n, const Number* x, bool, Number& f) override {
        at(n, x);
        f = value;
        return true;
    }
    bool eval_grad_f(Index n, const Number* x, bool, Number* g) override {
        at(n, x);
        std::copy(gradient_.begin(), gradient_.end(), g);
        return true;
    }
    bool eval_g(Index, const Number*, bool, Index, Number*) override { return true; }
    bool eval_jac_g(Index, const Number*, bool, Index, Index, Index*, Index*, Number*) override { return true; }
    bool intermediate_callback(Ipopt::AlgorithmMode, Index iteration, Number, Number, Number, Number, Number, Number,
                               Number, Number, Index, const Ipopt::IpoptData*,
                               Ipopt::IpoptCalculatedQuantities*) override {
        iterations = iteration;
        kkt = kkt_residual(x_, gradient_) / first;
        return kkt > kKkt;
    }
    void finalize_solution(Ipopt::SolverReturn, Index, const Number*, const Number*, const Number*, Index,
                           const Number*, const Number*, Number, const Ipopt::IpoptData*,
                           Ipopt::IpoptCalculatedQuantities*) override {}

  private:
    void at(Index n, const Number* x) {
        if (!x_.empty() && std::equal(x, x + n, x_.begin())) return;
        x_.assign(x, x + n);
        gradient_.resize(x_.size());
        value = Other::get()(x_, gradient_);
        ++evaluations;
    }
    std::vector<double> x_, gradient_;
};

void ipopt(benchmark::State& state) {
    for (auto _ : state) {
        Ipopt::SmartPtr<IpoptProblem> problem = new IpoptProblem;
        Ipopt::SmartPtr<Ipopt::IpoptApplication> app = IpoptApplicationFactory();
        auto& options = *app->Options();
        options.SetStringValue("hessian_approximation", "limited-memory");
        options.SetIntegerValue("limited_memory_max_history", static_cast<int>(state.range(0)));
        options.SetStringValue("mu_strategy", state.range(1) ? "adaptive" : "monotone");
        options.SetIntegerValue("print_level", 0);
        options.SetStringValue("sb", "yes");
        options.SetIntegerValue("max_iter", 5000);
        options.SetNumericValue("max_cpu_time", 180);
        options.SetNumericValue("tol", 1e-9);
        app->Initialize();
        app->OptimizeTNLP(problem);
        report(state, problem->value, problem->kkt, problem->iterations, problem->evaluations);
    }
}
BENCHMARK(ipopt)->Args({6, 0})->Args({20, 1})->Unit(benchmark::kSecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace coutard
