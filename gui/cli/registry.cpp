// Which commands this build has. COUTARD_CMD_<name> is defined by CMake when the command's file is built.
#include "engine/base/error.hpp"
#include "gui/cli/console.hpp"

namespace coutard::gui {

Device Common::wanted_device() const {
    if (device == "cpu") return Device::Cpu;
    if (device == "cuda") return Device::Cuda;
    return Device::Auto;
}

CLI::App* with_common(CLI::App* command, Common& common, Summary summary) {
    command->add_option("--device", common.device, "auto, cpu or cuda (the beamlet matrix always runs on the CPU)")
        ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
    command->add_option("--threads", common.threads, "CPU threads, 0 for all cores")->check(CLI::Range(0, 4096));
    command->add_option("--seed", common.seed, "seed of random numbers");
    if (summary == Summary::Json)
        command->add_option("--json", common.json, "write a machine-readable summary to this file");
    return command;
}

void add_not_built(CLI::App& app, const std::string& name, const std::string& needs) {
    auto* command = app.add_subcommand(name, "not in this build: needs " + needs);
    command->fallthrough(false);  // else its options, which nobody knows here, would be the program's: wrong usage
    command->allow_extras();
    command->callback([name, needs] { throw NotBuilt(name + ": this build lacks " + needs); });
}

std::filesystem::path data_folder() {
    namespace fs = std::filesystem;
    if (const char* named = std::getenv("COUTARD_DATA")) {
        if (fs::is_directory(named)) return named;
        throw InputError("COUTARD_DATA: " + std::string(named) + " is not a folder");
    }
    const fs::path source = COUTARD_SOURCE_DATA;
    if (fs::is_directory(source)) return source;
    const auto installed = fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "share/coutard";
    if (fs::is_directory(installed)) return installed;
    throw InputError("data folder not found: set COUTARD_DATA to the folder with machines, protocols and nets");
}

void register_commands([[maybe_unused]] CLI::App& app, [[maybe_unused]] Common& common) {
#define COUTARD_COMMAND(name) add_##name(app, common)
#include "coutard_commands.inc"
#undef COUTARD_COMMAND
}

}  // namespace coutard::gui
