// `coutard register`: where each point of the fixed image lies in the moving one, and what that does to structures.
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <numbers>

#include "engine/base/atomic_file.hpp"
#include "engine/image/resample.hpp"
#include "engine/par/for_each.hpp"
#include "engine/shape/body.hpp"
#include "engine/store/nifti.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/wiring.hpp"
#include "registration/quality/both_parts.hpp"
#include "registration/quality/propagate.hpp"
#include "registration/registrar.hpp"
#include "rtdicom/exchange.hpp"
#include "rtdicom/references.hpp"

namespace coutard::gui {
namespace {
using namespace registration;

struct RegisterOptions {
    std::filesystem::path fixed, moving, out, structures, out_structures;
    std::string position;
    bool rigid_only = false, both_ways = false;
};

/// Body against body; the couch of either day is air, also a top that is up to 16 mm thick.
RegistrationRequest request_of(const CtImage& fixed, const CtImage& moving) {
    BodyRule rule;
    rule.opening_mm = 8;
    return {fixed.hu, moving.hu, find_body(fixed.hu, rule), find_body(moving.hu, rule)};
}

void write_result(const RegisterOptions& options, const Exchange& exchange, const CtImage& fixed, const CtImage& moving,
                  const RigidTransform& rigid, const DisplacementField& field) {
    if (options.out.extension() != ".dcm") {
        const Handed handed = is_nifti(options.fixed) ? handedness(options.fixed) : Handed::Right;
        write_nifti(options.out, field, World::Patient, handed);
        return;
    }
    RegistrationObject object;
    object.rigid = rigid;
    if (!options.rigid_only) object.field = thinned(field, 3);
    object.fixed_frame_uid = fixed.study.frame_uid;
    object.moving_frame_uid = moving.study.frame_uid;
    object.comment = options.rigid_only ? "rigid" : "deformable, diffeomorphic";
    exchange.write_registration(options.out, object, fixed, moving);
}

PropagatedSet propagate_structures(const RegisterOptions& options, const Exchange& exchange, const CtImage& fixed,
                                   const CtImage& moving, const DisplacementField& field,
                                   std::vector<std::string>& notes) {
    if (options.structures.empty()) return {};
    StructureSet set = read_structures_of(exchange, options.structures, moving);
    notes.insert(notes.end(), set.notes.begin(), set.notes.end());
    auto moved = propagate(set, moving.hu.grid(), field);
    if (options.out_structures.empty()) return moved;
    set.structures.clear();
    for (const auto& one : moved.moved) set.structures.push_back(one.structure);
    set.frame_uid = fixed.study.frame_uid;
    set.series_uid = fixed.series_uid;
    exchange.write_structures(options.out_structures, set, fixed);
    return moved;
}

void print(const RigidTransform& rigid, const RegistrationFigures& figures, const PropagatedSet& structures) {
    const auto& t = rigid.translation_mm;
    const double trace = rigid.rotation.cx.x + rigid.rotation.cy.y + rigid.rotation.cz.z;
    const double angle = std::acos(std::clamp((trace - 1) / 2, -1.0, 1.0)) * 180 / std::numbers::pi;
    std::printf("%-26s turn %.2f deg about the origin, then (%.1f, %.1f, %.1f) mm LPS\n", "rigid", angle, t.x, t.y,
                t.z);
    std::fputs(figures_text(figures).c_str(), stdout);
    if (!structures.moved.empty())
        std::printf("\n%-24s %12s %12s %9s\n", "structure", "moving cm3", "fixed cm3", "shift mm");
    for (const auto& s : structures.moved)
        std::printf("%-24s %12.2f %12.2f %9.1f\n", s.structure.name.c_str(), s.moving_cm3, s.fixed_cm3, s.shift_mm);
    for (const auto& s : structures.left)
        std::printf("look: %s is not on the fixed image: it %s\n", s.name.c_str(), s.reason.c_str());
}

void run(const RegisterOptions& options, const Common& common) {
    const std::string name = options.out.filename().string();
    validate(name.ends_with(".dcm") || is_nifti(options.out), "--out", name, "a file ending in .dcm, .nii or .nii.gz");
    validate(options.out_structures.empty() || !options.structures.empty(), "--out-structures needs --structures");
    par::set_threads(common.threads);
    const auto exchange = rtdicom::make_exchange();
    common.progress.at(0, "read images");
    const CtImage fixed = read_image(*exchange, options.fixed, options.position);
    const CtImage moving = read_image(*exchange, options.moving, options.position);
    rtdicom::check_same_patient(fixed, moving);
    common.progress.at(0.03, "find the bodies");
    const auto request = request_of(fixed, moving);
    const auto registrar = make_registrar(common.wanted_device(), common.threads);
    const double forward_ends = options.both_ways ? 0.5 : 0.9;
    const auto there =
        register_both_parts(*registrar, request, options.rigid_only, common.progress.part(0.05, forward_ends));
    std::optional<DisplacementField> back;
    if (options.both_ways)
        back = register_back(*registrar, request, options.rigid_only, common.progress.part(forward_ends, 0.9)).field;
    common.progress.at(0.9, "figures and files");
    const auto figures =
        registration_figures(fixed.hu, moving.hu, there.field, request.fixed_body, back ? &*back : nullptr, nullptr);
    auto notes = fixed.notes;
    notes.insert(notes.end(), moving.notes.begin(), moving.notes.end());
    const auto structures = propagate_structures(options, *exchange, fixed, moving, there.field, notes);
    write_result(options, *exchange, fixed, moving, there.rigid, there.field);
    if (!common.json.empty()) write_text_atomically(common.json, registration_json(figures, there.rigid, structures));
    common.progress.at(1, "done");
    end_progress();
    print(there.rigid, figures, structures);
    print_notes(notes);
}

}  // namespace

void add_register(CLI::App& app, Common& common) {
    auto options = std::make_shared<RegisterOptions>();
    auto* command = with_common(app.add_subcommand("register", "register two images of one patient"), common);
    command->add_option("--fixed", options->fixed, "the image to register to: DICOM folder or file, or NIfTI")
        ->required();
    command->add_option("--moving", options->moving, "the image whose contours and dose shall move")->required();
    command->add_option("--out", options->out, "REG (.dcm, field of 3 mm) or displacement field [mm] (.nii.gz)")
        ->required();
    command->add_flag("--rigid", options->rigid_only, "shifts and turns only");
    command->add_option("--structures", options->structures, "RTSTRUCT drawn on the moving image");
    command->add_option("--out-structures", options->out_structures,
                        "RTSTRUCT to write: its contours on the fixed image");
    command->add_flag("--both-ways", options->both_ways,
                      "register back too and report inverse consistency (twice the time)");
    command->add_option("--patient-position", options->position, "HFS, HFP, FFS or FFP, where an image does not say");
    command->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
