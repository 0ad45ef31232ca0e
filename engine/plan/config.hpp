#pragma once
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace coutard {

/// What a number may be; the ends are allowed.
struct Range {
    double low = 0, high = 1e9;
};

/// One object of a JSON file, read strictly: each accessor names file, key, expected and found when
/// the value is missing, of another type or out of range. Immutable, copied for free.
class Config {
  public:
    /// \throws InputError no such file, not JSON, or not an object at the top
    static Config read(const std::filesystem::path& file);
    /// The same from text; `name` stands for the file in errors.
    static Config parse(std::string_view text, const std::string& name);

    /// Refuse every key that is not listed ("note" is always allowed). \throws InputError naming the key
    void only(std::initializer_list<std::string_view> keys) const;
    bool has(std::string_view key) const;

    double number(std::string_view key, Range range) const;
    double number_or(std::string_view key, double otherwise, Range range) const;
    int integer(std::string_view key, Range range) const;
    int integer_or(std::string_view key, int otherwise, Range range) const;
    bool flag_or(std::string_view key, bool otherwise) const;
    std::string text(std::string_view key) const;  ///< not empty
    std::string text_or(std::string_view key, std::string otherwise) const;
    std::vector<double> numbers(std::string_view key, Range range) const;
    std::vector<std::string> texts_or_none(std::string_view key) const;
    Config object(std::string_view key) const;
    std::vector<Config> list(std::string_view key) const;
    std::vector<Config> list_or_none(std::string_view key) const;

    /// An error about a key in the words of the others. \throws InputError always
    [[noreturn]] void refuse(std::string_view key, std::string_view found, std::string_view expected) const;

  private:
    struct Node;
    explicit Config(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
    std::shared_ptr<const Node> node_;
};

}  // namespace coutard
