#pragma once
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

    Tissue at(float hu) const;
    int low() const { return low_; }  ///< ends of the curve [HU]
    int high() const { return low_ + static_cast<int>(tissue_.size()) - 1; }
    const std::vector<std::string>& materials() const { return materials_; }

  private:
    int low_ = 0;
    std::vector<Tissue> tissue_;  ///< per whole HU from low_
    std::vector<std::string> materials_;
};

}  // namespace coutard::dose
