#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "dose/commissioning/measured_curve.hpp"

namespace coutard::dose {

/// Lines of one measurement file, and errors that name them.
class CurveText {
  public:
    CurveText(std::string name, std::string_view text);

    const std::string& name() const { return name_; }
    std::size_t lines() const { return lines_.size(); }
    const std::string& line(std::size_t i) const { return lines_[i]; }  ///< without spaces at its ends

    /// \throws InputError "FILE, line N: WHAT: found FOUND, expected EXPECTED"
    [[noreturn]] void refuse(std::size_t i, std::string_view what, std::string_view found,
                             std::string_view expected) const;
    /// A number that fills the whole text. \throws InputError as refuse
    double number(std::size_t i, std::string_view what, std::string_view text) const;
    int whole(std::size_t i, std::string_view what, std::string_view text) const;
    /// Numbers between spaces, tabs or any of `between`.
    std::vector<double> numbers(std::size_t i, std::string_view what, std::string_view text,
                                std::string_view between = "") const;

  private:
    std::string name_;
    std::vector<std::string> lines_;
};

/// Words of a text between spaces, tabs or any of `between`.
std::vector<std::string> words_of(std::string_view text, std::string_view between = "");

/// Checks one curve and puts its points in rising order. \param first line where it begins, from 0
/// \throws InputError naming file, line, expected and found
MeasuredCurve checked(MeasuredCurve curve, const CurveText& text, std::size_t first);

std::vector<MeasuredCurve> read_csv_curves(const CurveText& text);
std::vector<MeasuredCurve> read_w2cad_curves(const CurveText& text);
std::vector<MeasuredCurve> read_rfa300_curves(const CurveText& text);

}  // namespace coutard::dose
