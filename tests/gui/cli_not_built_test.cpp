// A command whose room the build lacks is known by name, whatever options it would have.
#include <gtest/gtest.h>

#include "engine/base/error.hpp"
#include "gui/cli/command.hpp"

namespace coutard::gui {
namespace {

TEST(NotBuilt, NamesWhatIsMissingWhateverTheOptions) {
    CLI::App app;
    app.require_subcommand(1);
    app.fallthrough();
    add_not_built(app, "dose", "coutard_rtdicom");
    for (const char* line : {"dose", "dose --ct x --plan y", "dose x --out z --verbose"}) {
        try {
            app.parse(line);
            ADD_FAILURE() << line;
        } catch (const NotBuilt& missing) {
            EXPECT_STREQ(missing.what(), "dose: this build lacks coutard_rtdicom") << line;
        }
    }
}

}  // namespace
}  // namespace coutard::gui
