#pragma once
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace coutard::dose {

/// What a CT number stands for.
struct Tissue {
    float density_g_cm3 = 0;
    int material = 0;  ///< index into Hlut::materials()
};

/// A CT number curve of data/hlut: density linear between rows, material from a row up to the next.
/// Numbers beyond the ends take the values there.
class Hlut {
  public:
    /// \throws InputError unknown curve, CT numbers that do not rise, negative density
    Hlut(const std::filesystem::path& data_dir, const std::string& curve);

    /// Of the nearest whole number (halves go up; not a number: as low()). Asked for tens of millions of times.
    Tissue at(float hu) const {
        const double above = static_cast<double>(hu) - low_ + 0.5, last = static_cast<double>(tissue_.size()) - 0.5;
        return tissue_[above > 0 ? static_cast<std::size_t>(std::min(above, last)) : 0];
    }
    int low() const { return low_; }  ///< ends of the curve [HU]
    int high() const { return low_ + static_cast<int>(tissue_.size()) - 1; }
    const std::vector<std::string>& materials() const { return materials_; }

  private:
    int low_ = 0;
    std::vector<Tissue> tissue_;  ///< per whole HU from low_
    std::vector<std::string> materials_;
};

}  // namespace coutard::dose
