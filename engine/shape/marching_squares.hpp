#pragma once
#include <cstdint>
#include <vector>

#include "engine/shape/polygon_cover.hpp"

namespace coutard {

/// Values on the pixels of one slice, with a rim of zeros around, so that every level line closes.
class SliceField {
  public:
    SliceField(int nx, int ny)
        : nx_(nx), ny_(ny), values_(static_cast<std::size_t>(nx + 2) * static_cast<std::size_t>(ny + 2), 0.0F) {}
    int nx() const { return nx_; }
    int ny() const { return ny_; }
    float at(int i, int j) const { return values_[index(i, j)]; }  ///< i from -1 to nx, j from -1 to ny
    float& at(int i, int j) { return values_[index(i, j)]; }
    const float* row(int j) const { return values_.data() + index(0, j); }  ///< row[-1] and row[nx] are the rim

  private:
    std::size_t index(int i, int j) const {
        return static_cast<std::size_t>(j + 1) * static_cast<std::size_t>(nx_ + 2) + static_cast<std::size_t>(i + 1);
    }
    int nx_, ny_;
    std::vector<float> values_;
};

/// Two neighbouring pixels, one inside the level and one not: a level line runs between their centres.
struct CrossedEdge {
    int i = 0, j = 0;  ///< the pixel at the lower index
    bool up = false;   ///< the other one is (i, j + 1), else (i + 1, j)
};

/// Where a field rises above `level` (positive), as closed loops of crossed edges: the inside lies on the left
/// in (i, j), so outer loops run counter-clockwise and holes clockwise. Marching squares (Lorensen and Cline,
/// Comput Graph 21 (1987) 163, in two dimensions); where two opposite corners are inside, the mean of the
/// four says whether they belong together.
std::vector<std::vector<CrossedEdge>> level_loops(const SliceField& field, float level);

/// The points at which the loop crosses its edges, by linear interpolation.
PixelPolygon points_of(const std::vector<CrossedEdge>& loop, const SliceField& field, float level);

}  // namespace coutard
