#pragma once
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace coutard {

/// The caller broke a documented precondition: a bug in our code, not in the data.
class ContractError : public std::logic_error {
    using std::logic_error::logic_error;
};
/// Data from outside (file, network, user) is wrong: exit status 3. The text names the file and
/// attribute, what was expected and what was found.
class InputError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// An output cannot be written: exit status 3; nothing half written stays on disk.
class OutputError : public InputError {
    using InputError::InputError;
};
/// A capability that this build or machine lacks (no CUDA device, room not built): exit status 4.
class NotBuilt : public std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// The user asked to stop (Ctrl-C, cancel button): exit status 130.
class Interrupted : public std::runtime_error {
  public:
    Interrupted() : std::runtime_error("interrupted") {}
};

/// Precondition on a caller, always on. \throws ContractError with the message
inline void expect(bool holds, std::string_view what) {
    if (!holds) throw ContractError(std::string(what));
}
/// Condition on data from outside, always on. \throws InputError with the message
inline void validate(bool holds, std::string_view what) {
    if (!holds) throw InputError(std::string(what));
}
/// Condition on a named value. \throws InputError "name: found VALUE, expected RANGE"
template <class T>
void validate(bool holds, std::string_view name, const T& found, std::string_view expected) {
    if (holds) return;
    std::ostringstream text;
    text << name << ": found " << found << ", expected " << expected;
    throw InputError(text.str());
}
/// Condition on our own result (finite, not negative, mass kept). \throws std::runtime_error
inline void ensure(bool holds, std::string_view what) {
    if (!holds) throw std::runtime_error("internal check failed: " + std::string(what));
}

}  // namespace coutard
