// `coutard view`: the desktop application.
#include "engine/shape/rasterise.hpp"
#include "gui/app/view_app.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/wiring.hpp"
#include "rtdicom/exchange.hpp"
#include "rtdicom/references.hpp"

namespace coutard::gui {
namespace {

Readers readers_of(const std::string& position) {
    Readers readers;
    readers.exchange = rtdicom::make_exchange();
    readers.read_ct = [exchange = readers.exchange, position](const std::filesystem::path& source) {
        return read_image(*exchange, source, position);
    };
    readers.mask_of = [](const Structure& structure, const Grid& grid) { return rasterise(structure, grid); };
    readers.check_structures = [](const StructureSet& set, const CtImage& ct) { rtdicom::check_belongs(set, ct); };
    readers.check_plan = [](const Plan& plan, const CtImage& ct) { rtdicom::check_belongs(plan, ct); };
    readers.check_dose = [](const Dose& dose, const CtImage& ct) { rtdicom::check_belongs(dose, ct); };
    return readers;
}

struct Options {
    std::vector<std::filesystem::path> sources;
    std::string position;
};

}  // namespace

void add_view(CLI::App& app, Common& common) {
    auto options = std::make_shared<Options>();
    auto* command = with_common(app.add_subcommand("view", "the desktop application: CT, structures, plan, dose, DVH"),
                                common, Summary::None);
    command->add_option("sources", options->sources,
                        "folders or files of one patient: CT (DICOM or NIfTI), RTSTRUCT, RTPLAN, RTDOSE, mixed");
    command->add_option("--patient-position", options->position, "HFS, HFP, FFS or FFP, where the CT does not say")
        ->check(CLI::IsMember({"HFS", "HFP", "FFS", "FFP"}));
    command->callback([options] { run_view(readers_of(options->position), options->sources); });
}

}  // namespace coutard::gui
