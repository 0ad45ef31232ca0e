#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace coutard::dose {

/// A CSV file of numbers under one header line, plain or packed by gzip. Text cells read as NaN.
class Table {
  public:
    /// \throws InputError file missing, no header, or a row of another width (file and line named)
    explicit Table(const std::filesystem::path& file);

    std::size_t rows() const { return columns_.empty() ? 0 : columns_.front().size(); }
    bool has(std::string_view name) const;
    /// \throws InputError naming the file and the column that is missing
    const std::vector<double>& column(std::string_view name) const;
    /// The same where every cell must be a number. \throws InputError naming the file and the line of one that is not
    const std::vector<double>& numbers(std::string_view name) const;
    const std::vector<std::string>& names() const { return names_; }
    const std::vector<std::string>& text(std::string_view name) const;  ///< cells as written

  private:
    std::size_t index(std::string_view name) const;
    std::string file_;
    std::vector<std::string> names_;
    std::vector<std::vector<double>> columns_;
    std::vector<std::vector<std::string>> cells_;
};

/// y at x by straight lines in log-log (zero where either neighbour is zero: below a threshold);
/// \param xs strictly rising. Outside the table the end values hold.
double interpolate_log_log(const std::vector<double>& xs, const std::vector<double>& ys, double x);
/// y at x by straight lines; end values hold outside. \param xs not falling
double interpolate_linear(const std::vector<double>& xs, const std::vector<double>& ys, double x);

}  // namespace coutard::dose
