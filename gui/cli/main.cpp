// The `coutard` program: reads the command line, runs one command, turns exceptions into exit statuses.
#include <exception>
#include <filesystem>
#include <iostream>

#include "engine/base/error.hpp"
#include "engine/base/log.hpp"
#include "engine/base/version.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"

namespace coutard::gui {
namespace {

enum Exit { done = 0, internal = 1, usage = 2, bad_input = 3, lacking = 4, interrupted = 130 };

int run(int argc, char** argv) {
    Common common;
    common.progress = console_progress();
    CLI::App app{"Coutard: radiotherapy planning and adaptive contouring. " + std::string(disclaimer), "coutard"};
    app.set_version_flag("--version", std::string(version));
    app.require_subcommand(1);
    app.fallthrough();
    app.add_flag_callback(
        "-v,--verbose", [&] { log::set_verbose(true); }, "debug messages too");
    register_commands(app, common);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& stop) {
        return app.exit(stop) == 0 ? done : usage;
    }
    return done;
}

}  // namespace
}  // namespace coutard::gui

int main(int argc, char** argv) {
    using namespace coutard;
    const auto say = [](const std::exception& problem) {
        gui::end_progress();
        std::cerr << "coutard: " << problem.what() << '\n';
    };
    try {
        return gui::run(argc, argv);
    } catch (const Interrupted& stop) {
        say(stop);
        return gui::interrupted;
    } catch (const InputError& bad) {
        say(bad);
        return gui::bad_input;
    } catch (const std::filesystem::filesystem_error& refused) {  // a path that cannot be looked at
        say(refused);
        return gui::bad_input;
    } catch (const NotBuilt& missing) {
        say(missing);
        return gui::lacking;
    } catch (const std::bad_alloc&) {
        std::cerr << "coutard: out of memory\n";
        return gui::internal;
    } catch (const std::exception& problem) {
        say(problem);
        return gui::internal;
    }
}
