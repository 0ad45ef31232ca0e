#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace coutard {

/// Dose of one beamlet: the voxels it reaches and what each gets per unit weight.
struct InfluenceColumn {
    std::vector<std::uint32_t> voxels;  ///< flat indices on the dose grid, strictly rising
    std::vector<float> gy_per_mu;       ///< same length, finite, not negative
};

/// A sparse matrix by rows, in a third of the memory of float32 compressed rows where most entries of a column are
/// alike, as thinning leaves them (docs/theory/optimisation.md, 1): those are kept as an index of 16 bits alone, their
/// value once per column; the others as an index and a float32. Products run over the rows in fixed pieces, each
/// in float32, the pieces in float64: the bits do not depend on the number of threads.
class RowMatrix {
  public:
    RowMatrix() = default;
    /// \param columns  emptied on the way. \throws ContractError voxels not rising or not below `rows`, lengths differ,
    /// a value negative or not finite, 2^32 entries or more in 65536 columns
    RowMatrix(std::size_t rows, std::vector<InfluenceColumn> columns);

    /// Which entries of rows and columns are taken along: of thinned columns, `Own` are those above the threshold.
    enum class Entries { All, Own };
    /// These rows and columns alone, numbered anew in the order given. \param rows, columns  rising, of this matrix
    RowMatrix restricted(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> columns,
                         Entries entries = Entries::All) const;

    /// result[r] = sum_c M[r, c] weight[c]
    void forward(std::span<const float> weight, std::span<float> result) const;
    /// result[c] = sum_r M[r, c] slope[r]; rows of slope 0 cost nothing.
    void transpose(std::span<const float> slope, std::span<float> result) const;

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    std::size_t nonzeros() const;
    std::size_t bytes() const;  ///< memory of the matrix
    /// The columns as they came.
    std::vector<InfluenceColumn> unpacked() const;

  private:
    /// Up to 65536 columns.
    struct Bank {
        std::size_t first = 0;                     ///< column
        std::vector<float> common;                 ///< per column: the value of entries that have none of their own
        std::vector<std::uint32_t> common_from;    ///< per row: its entries, one more at the end
        std::vector<std::uint16_t> common_column;  ///< less `first`
        std::vector<std::uint32_t> own_from;       ///< the same of entries with a value
        std::vector<std::uint16_t> own_column;
        std::vector<float> own_value;

        float row_sum(std::size_t row, const float* weight, const float* common_weight) const;
        void add_row(std::size_t row, float slope, float* own, float* common_sum) const;
    };
    static Bank packed(std::size_t rows, std::span<InfluenceColumn> columns, std::size_t first);
    static Bank restricted(const Bank& bank, std::span<const std::uint32_t> rows,
                           std::span<const std::uint32_t> columns, Entries entries);
    /// Rows that one piece of transpose() takes: the same number of entries each.
    std::vector<std::size_t> pieces() const;

    std::size_t rows_ = 0, columns_ = 0;
    std::vector<Bank> banks_;
};

}  // namespace coutard
