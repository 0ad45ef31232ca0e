// `coutard contour`: automatic contours of a CT as RTSTRUCT or label map.
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "contouring/net/label_map.hpp"
#include "contouring/net/network_contourer.hpp"
#include "contouring/pipeline/take_over.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "engine/plan/protocol_json.hpp"
#include "engine/shape/contour_from_mask.hpp"
#include "engine/store/nifti.hpp"
#include "engine/workflow/rule_targets.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/contour_guides.hpp"
#include "gui/cli/wiring.hpp"
#include "rtdicom/exchange.hpp"

namespace coutard::gui {
namespace {

struct Options {
    std::filesystem::path ct, out, uncertainty, with;
    std::string model = "head_neck", organ_model = "head_neck", position, protocol;
    GuideFiles guides;
    std::vector<std::string> only;
    std::string quality = "fast";
    bool rule_targets = false;
};

/// A bit mask on the grid of the input, bits in the order of the card's structures; a JSON beside it names them.
void write_label_map(const std::filesystem::path& out, const ContourProposal& proposal,
                     const std::vector<std::string>& structures, Handed handed) {
    write_nifti(out, contouring::label_map(structures, proposal), World::Patient, handed);
    std::string name = out.string();
    name.erase(name.rfind(".nii"));
    write_text_atomically(name + ".json", contouring::label_map_json(structures, proposal));
}

void add_given(ContourProposal& proposal, const StructureSet& given, const std::string& source) {
    for (auto& warning : contouring::take_over(proposal.structures, given, source))
        proposal.warnings.push_back(std::move(warning));
}

/// Targets for a CT that has none, so that a plan can be shown.
void add_rule_targets(ContourProposal& proposal) {
    StructureSet targets;
    for (const auto& [name, mask] : targets_by_rule(proposal.masks)) {
        Structure target = structure_from_mask(name, mask);
        target.algorithm = "AUTOMATIC";
        target.description = rule_target_description;
        targets.structures.push_back(std::move(target));
    }
    add_given(proposal, targets, "the rule");
    proposal.warnings.push_back(std::string("targets: ") + rule_target_description);
}

/// A label map has the network's organs alone: what it cannot hold is refused, not dropped.
void check_label_map(const Options& options) {
    const auto refuse = [&](bool asked, const std::string& what) {
        validate(!asked, what + ": a label map (" + options.out.filename().string() +
                             ") holds only what the network draws; write an RTSTRUCT (.dcm)");
    };
    refuse(!options.with.empty(), "--with");
    refuse(!options.protocol.empty(), "--protocol");
    refuse(options.rule_targets, "--targets-by-rule");
    refuse(std::find(options.only.begin(), options.only.end(), "External") != options.only.end(),
           "--structures External");
}

/// The least sure structures with the slice to look at first. \param known  patients have shown how it reads
void print_doubts(const std::vector<StructureDoubt>& doubts, bool known) {
    for (const StructureDoubt& d : doubts) {
        if (d.slices.empty()) continue;
        char line[120];
        std::snprintf(line, sizeof line, ": %s DSC %.2f; look first at z = %.1f mm\n",
                      known ? "predicted" : "unchecked", d.predicted_dice, d.slices.front().z_mm);
        std::cout << d.name << line;
    }
}

/// Organs for a model that reads targets beside them, where nobody gave any.
std::vector<MaskedStructure> drawn_organs(const Options& options, const contouring::ContourerOptions& how,
                                          const std::vector<std::string>& wanted, const CtImage& ct,
                                          const Progress& progress) {
    const contouring::NetworkContourer model(contouring::find_card(data_folder() / "nets", options.organ_model), how);
    ContourRequest request;
    const auto& known = model.card().structures;
    for (const std::string& organ : wanted)
        if (std::find(known.begin(), known.end(), organ) != known.end()) request.only.push_back(organ);
    auto organs = model.masks(ct.hu, request, progress).masks;
    std::erase_if(organs, [](const MaskedStructure& o) {  // not found is not given
        return std::none_of(o.mask.values().begin(), o.mask.values().end(), [](auto v) { return v >= 128; });
    });
    return organs;
}

void check_options(const Options& options) {
    const std::string name = options.out.filename().string();
    validate(is_nifti(options.out) || name.ends_with(".dcm"), "--out", name, "a file ending in .dcm, .nii or .nii.gz");
    validate(options.uncertainty.empty() || is_nifti(options.uncertainty), "--uncertainty",
             options.uncertainty.filename().string(), "a file ending in .nii or .nii.gz");
    validate(options.uncertainty.empty() || options.only != std::vector<std::string>{"External"},
             "--uncertainty: External is found by rule, no network is in doubt about it");
    validate(options.guides.rough_name.empty() || !options.guides.rough.empty(), "--rough-name needs --rough");
    if (is_nifti(options.out)) check_label_map(options);
}

void run(const Options& options, const Common& common) {
    check_options(options);
    par::set_threads(common.threads);
    contouring::ContourerOptions how;
    how.device = common.device, how.threads = common.threads, how.quality = contouring::quality_named(options.quality);
    const contouring::NetworkContourer model(contouring::find_card(data_folder() / "nets", options.model), how);
    const auto exchange = rtdicom::make_exchange();
    common.progress.at(0, "read CT");
    CtImage ct = read_image(*exchange, options.ct, options.position);
    const Handed handed = is_nifti(options.ct) ? handedness(options.ct) : Handed::Right;
    std::optional<Protocol> protocol;
    if (!options.protocol.empty()) {
        protocol = find_protocol(options.protocol, data_folder() / "protocols");
        validate(!protocol->target_rules.empty(), "protocol " + protocol->name + ": has no target_rules");
    }
    ContourRequest request = guided_request(*exchange, model.card(), options.guides, options.only, ct);
    const bool draws_organs = request.organs.empty() && !model.card().guide.organs.empty();
    if (draws_organs)
        request.organs = drawn_organs(options, how, model.card().guide.organs, ct, common.progress.part(0.05, 0.5));
    contouring::Chances raw;
    ContourProposal proposal = model.contour(ct, request, common.progress.part(draws_organs ? 0.5 : 0.1, 0.95), &raw);
    if (draws_organs)
        proposal.warnings.push_back("organs: drawn by " + options.organ_model +
                                    " for this, nobody looked at them; give contours with --organs");
    StructureSet given;
    if (!options.with.empty()) given = read_structures_of(*exchange, options.with, ct);
    add_given(proposal, given, options.with.filename().string());
    if (options.rule_targets) add_rule_targets(proposal);
    if (protocol) follow_protocol(*protocol, given, ct, proposal);
    if (is_nifti(options.out))
        write_label_map(options.out, proposal, model.card().structures, handed);
    else
        exchange->write_structures(options.out, proposal.structures, ct);
    if (!options.uncertainty.empty())
        write_nifti(options.uncertainty, model.uncertainty(raw, request, ct.hu.grid()),
                    {.handed = handed, .description = "entropy, bit"});
    common.progress.at(1, "done");
    end_progress();
    for (const MaskedStructure& drawn : proposal.masks) {
        const auto count = std::count_if(drawn.mask.values().begin(), drawn.mask.values().end(),
                                         [](std::uint8_t v) { return v >= 128; });
        std::cout << drawn.name << ": " << static_cast<double>(count) * drawn.mask.grid().voxel_cm3() << " cm3\n";
    }
    print_notes(ct.notes);
    for (const auto& warning : proposal.warnings) std::cout << "look: " << warning << '\n';
    print_doubts(proposal.doubts, !model.card().doubts.empty());
    if (!common.json.empty())
        write_text_atomically(common.json, contouring::label_map_json(model.card().structures, proposal));
}

}  // namespace

void add_contour(CLI::App& app, Common& common) {
    auto options = std::make_shared<Options>();
    auto* command = with_common(app.add_subcommand("contour", "automatic contours of a CT"), common);
    command->add_option("--ct", options->ct, "CT: DICOM folder or file, or NIfTI")->required();
    command->add_option("--out", options->out, "RTSTRUCT (.dcm) or label map (.nii.gz) to write")->required();
    command->add_option("--model", options->model, "name in data/nets, or a model card");
    command->add_option("--prior", options->guides.prior,
                        "RTSTRUCT on this CT of another day: says where the organs were; seen by models with a prior");
    command->add_option("--prior-error", options->guides.prior_error_mm,
                        "how far off the surfaces of --prior may be [mm, standard deviation], 1 (registered and looked "
                        "at) to 10; for models with a prior");
    command->add_option("--point", options->guides.points,
                        "x,y,z [mm, LPS] inside the target, as often as wanted; for models of targets");
    command->add_option("--rough", options->guides.rough,
                        "rough contour of the target (RTSTRUCT, mask or label map); for models of targets");
    command->add_option("--rough-name", options->guides.rough_name, "which structure of --rough");
    command->add_option("--organs", options->guides.organs,
                        "RTSTRUCT with the organs, for models of targets; without it --organ-model draws them");
    command->add_option("--organ-model", options->organ_model, "name in data/nets, or a model card");
    command->add_option("--protocol", options->protocol,
                        "name or JSON file: its margins and cuts are followed for targets drawn or given by --with");
    command->add_option("--with", options->with,
                        "RTSTRUCT on this CT: what the network does not draw or find is taken over");
    command->add_flag("--targets-by-rule", options->rule_targets,
                      "add targets placed by rule of thumb, for demonstration");
    command->add_option("--uncertainty", options->uncertainty, "write where the network is undecided [bit], NIfTI");
    command->add_option("--structures", options->only, "only these (TG-263 names)");
    command->add_option("--quality", options->quality,
                        "fast, or best: closer blocks and the mirrored patient; predicted DSC is as found for fast");
    command->add_option("--patient-position", options->position, "HFS, HFP, FFS or FFP, where the CT does not say");
    command->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
