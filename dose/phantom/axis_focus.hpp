#pragma once
#include <array>
#include <vector>

#include "dose/montecarlo/variance_reduction.hd.hpp"
#include "dose/phantom/slab_phantom.hpp"

namespace coutard::dose {

/// A frame of a rectangular field around its axis, less the frames inside it.
struct FieldFrame {
    double half_x = 0, half_y = 0;      ///< outer edges [cm]
    double inner_x = -1, inner_y = -1;  ///< inner edges; negative: none
    int first = 0, members = 0;         ///< of a set

    double area_cm2() const { return 4 * (half_x * half_y - (inner_x > 0 ? inner_x * inner_y : 0)); }
    bool holds(double x, double y) const { return std::abs(x) > inner_x || std::abs(y) > inner_y; }
};

/// All of a field as one frame.
std::vector<FieldFrame> whole_field(double half_x, double half_y, int members);
/// Frames that send most of a set's members close to the axis, where the depth dose is scored.
/// \throws ContractError less than eight members
std::vector<FieldFrame> focused_frames(double half_x, double half_y, double scored_cm, int members);
/// Share of the splits per voxel: falls away from the scored column.
std::vector<float> axis_importance(const Grid& grid, double scored_cm);
/// The column around the axis and what photons that fly to it or past it are worth, for a set of that many members.
Focus axis_column(const SlabSpec& spec, int members);

}  // namespace coutard::dose
