#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

namespace coutard::test {

/// Continuous integration (COUTARD_CI=1, set by .ci/run) has all programs that tests call: none may be skipped.
inline bool in_ci() {
    const char* value = std::getenv("COUTARD_CI");
    return value != nullptr && std::string_view(value) == "1";
}

}  // namespace coutard::test

/// Skips the test on a machine that lacks something; fails it in continuous integration.
#define COUTARD_NEEDS(there, what)                  \
    if (!(there)) {                                 \
        if (coutard::test::in_ci()) FAIL() << what; \
        GTEST_SKIP() << what;                       \
    }
