#include "engine/optimise/row_matrix.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"

namespace coutard {
namespace {

constexpr std::size_t bank_columns = 65536, most_entries = 0xffffffffU;
constexpr std::size_t least_alike = 4;   // entries: fewer are not worth a value of their own
constexpr std::size_t piece_count = 16;  // of rows, for transposed products: as many sums of all columns are held

void check(const InfluenceColumn& column, std::size_t rows) {
    expect(column.voxels.size() == column.gy_per_mu.size(), "influence column: one value per voxel");
    std::int64_t last = -1;
    for (const auto voxel : column.voxels) {
        expect(static_cast<std::int64_t>(voxel) > last, "influence column: voxels rise strictly");
        last = voxel;
    }
    expect(last < static_cast<std::int64_t>(rows), "influence column: voxels lie on the grid");
    for (const float value : column.gy_per_mu)
        expect(value >= 0 && value < 1e30F, "influence column: finite, not negative");
}

/// The value that most entries share, the smallest of several; none where hardly any are alike.
constexpr float none_common = -1;
float most_common(const std::vector<float>& values) {
    std::unordered_map<float, std::size_t> count;
    for (const float v : values) ++count[v];
    float best = 0;
    std::size_t most = 0;
    for (const auto& [value, times] : count)
        if (times > most || (times == most && value < best)) best = value, most = times;
    return most >= least_alike && most * 8 >= values.size() ? best : none_common;
}

/// From counts per row, one place later, to where each row starts. \throws ContractError too many entries
void to_starts(std::vector<std::uint32_t>& counts) {
    std::size_t sum = 0;
    for (auto& c : counts) {
        sum += c;
        expect(sum <= most_entries, "influence: fewer than 2^32 entries in a bank of columns");
        c = static_cast<std::uint32_t>(sum);
    }
}

}  // namespace

RowMatrix::RowMatrix(std::size_t rows, std::vector<InfluenceColumn> columns) : rows_(rows), columns_(columns.size()) {
    expect(rows < (std::size_t{1} << 32), "influence: fewer than 2^32 voxels");
    for (const auto& column : columns) check(column, rows);
    for (std::size_t first = 0; first < columns.size(); first += bank_columns)
        banks_.push_back(
            packed(rows, std::span(columns).subspan(first, std::min(bank_columns, columns.size() - first)), first));
}

RowMatrix::Bank RowMatrix::packed(std::size_t rows, std::span<InfluenceColumn> columns, std::size_t first) {
    Bank bank;
    bank.first = first;
    bank.common.resize(columns.size());
    bank.common_from.assign(rows + 1, 0);
    bank.own_from.assign(rows + 1, 0);
    par::for_each_index(
        par::Host{}, columns.size(), [&](std::size_t c) { bank.common[c] = most_common(columns[c].gy_per_mu); }, 16);
    for (std::size_t c = 0; c < columns.size(); ++c)
        for (std::size_t e = 0; e < columns[c].voxels.size(); ++e)
            ++(columns[c].gy_per_mu[e] == bank.common[c] ? bank.common_from : bank.own_from)[columns[c].voxels[e] + 1];
    to_starts(bank.common_from);
    to_starts(bank.own_from);
    bank.common_column.resize(bank.common_from.back());
    bank.own_column.resize(bank.own_from.back());
    bank.own_value.resize(bank.own_from.back());
    std::vector<std::uint32_t> common_at(bank.common_from.begin(), bank.common_from.end() - 1),
        own_at(bank.own_from.begin(), bank.own_from.end() - 1);
    for (std::size_t c = 0; c < columns.size(); ++c) {
        InfluenceColumn column = std::move(columns[c]);
        for (std::size_t e = 0; e < column.voxels.size(); ++e) {
            const auto row = column.voxels[e];
            if (column.gy_per_mu[e] == bank.common[c]) {
                bank.common_column[common_at[row]++] = static_cast<std::uint16_t>(c);
            } else {
                bank.own_column[own_at[row]] = static_cast<std::uint16_t>(c);
                bank.own_value[own_at[row]++] = column.gy_per_mu[e];
            }
        }
    }
    return bank;
}

RowMatrix RowMatrix::restricted(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> columns,
                                Entries entries) const {
    for (const auto& [list, count] : {std::pair{rows, rows_}, std::pair{columns, columns_}}) {
        expect(std::is_sorted(list.begin(), list.end()), "row matrix: rising rows and columns");
        expect(list.empty() || list.back() < count, "row matrix: rows and columns that it has");
    }
    RowMatrix result;
    result.rows_ = rows.size();
    for (const Bank& bank : banks_) {  // a bank stays one: some of its columns are fewer
        const auto from = std::lower_bound(columns.begin(), columns.end(), bank.first),
                   to = std::lower_bound(from, columns.end(), bank.first + bank.common.size());
        if (from == to) continue;
        result.banks_.push_back(restricted(bank, rows, {from, to}, entries));
        result.banks_.back().first = static_cast<std::size_t>(from - columns.begin());
    }
    result.columns_ = columns.size();
    return result;
}

RowMatrix::Bank RowMatrix::restricted(const Bank& bank, std::span<const std::uint32_t> rows,
                                      std::span<const std::uint32_t> columns, Entries entries) {
    constexpr std::int32_t none = -1;
    std::vector<std::int32_t> place(bank.common.size(), none);
    Bank out;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        place[columns[c] - bank.first] = static_cast<std::int32_t>(c);
        out.common.push_back(bank.common[columns[c] - bank.first]);
    }
    out.common_from.assign(rows.size() + 1, 0);
    out.own_from.assign(rows.size() + 1, 0);
    const auto count = [&](const std::vector<std::uint16_t>& column, std::uint32_t from, std::uint32_t to) {
        std::uint32_t kept = 0;
        for (auto e = from; e < to; ++e) kept += place[column[e]] != none ? 1U : 0U;
        return kept;
    };
    par::for_each_index(
        par::Host{}, rows.size(),
        [&](std::size_t r) {
            const auto row = rows[r];
            if (entries == Entries::All)
                out.common_from[r + 1] = count(bank.common_column, bank.common_from[row], bank.common_from[row + 1]);
            out.own_from[r + 1] = count(bank.own_column, bank.own_from[row], bank.own_from[row + 1]);
        },
        256);
    to_starts(out.common_from);
    to_starts(out.own_from);
    out.common_column.resize(out.common_from.back());
    out.own_column.resize(out.own_from.back());
    out.own_value.resize(out.own_from.back());
    par::for_each_index(
        par::Host{}, rows.size(),
        [&](std::size_t r) {
            const auto row = rows[r];
            auto common = out.common_from[r], own = out.own_from[r];
            for (auto e = bank.common_from[row]; entries == Entries::All && e < bank.common_from[row + 1]; ++e)
                if (const auto c = place[bank.common_column[e]]; c != none)
                    out.common_column[common++] = static_cast<std::uint16_t>(c);
            for (auto e = bank.own_from[row]; e < bank.own_from[row + 1]; ++e)
                if (const auto c = place[bank.own_column[e]]; c != none) {
                    out.own_column[own] = static_cast<std::uint16_t>(c);
                    out.own_value[own++] = bank.own_value[e];
                }
        },
        256);
    return out;
}

float RowMatrix::Bank::row_sum(std::size_t row, const float* weight, const float* common_weight) const {
    float a = 0, b = 0, c = 0, d = 0;  // in turn: one sum would wait for its last addition
    const std::uint16_t* column = common_column.data();
    std::uint32_t e = common_from[row], end = common_from[row + 1];
    for (; e + 4 <= end; e += 4) {
        a += common_weight[column[e]];
        b += common_weight[column[e + 1]];
        c += common_weight[column[e + 2]];
        d += common_weight[column[e + 3]];
    }
    for (; e < end; ++e) a += common_weight[column[e]];
    column = own_column.data();
    const float* value = own_value.data();
    e = own_from[row], end = own_from[row + 1];
    for (; e + 2 <= end; e += 2) {
        c += value[e] * weight[column[e]];
        d += value[e + 1] * weight[column[e + 1]];
    }
    if (e < end) b += value[e] * weight[column[e]];
    return (a + b) + (c + d);
}

void RowMatrix::Bank::add_row(std::size_t row, float slope, float* own, float* common_sum) const {
    const std::uint16_t* column = common_column.data();
    for (std::uint32_t e = common_from[row], end = common_from[row + 1]; e < end; ++e) common_sum[column[e]] += slope;
    column = own_column.data();
    const float* value = own_value.data();
    for (std::uint32_t e = own_from[row], end = own_from[row + 1]; e < end; ++e) own[column[e]] += slope * value[e];
}

void RowMatrix::forward(std::span<const float> weight, std::span<float> result) const {
    expect(weight.size() == columns_ && result.size() == rows_, "influence: sizes of weight and dose");
    std::fill(result.begin(), result.end(), 0.0F);
    for (const Bank& bank : banks_) {
        const float* of_bank = weight.data() + bank.first;
        std::vector<float> common(bank.common.size());
        for (std::size_t c = 0; c < common.size(); ++c) common[c] = bank.common[c] * of_bank[c];
        par::for_each_index(
            par::Host{}, rows_, [&](std::size_t r) { result[r] += bank.row_sum(r, of_bank, common.data()); }, 256);
    }
}

std::vector<std::size_t> RowMatrix::pieces() const {
    std::vector<std::size_t> from{0};
    const std::size_t all = nonzeros();
    std::size_t before = 0;
    for (std::size_t r = 0; r < rows_; ++r) {
        if (before * piece_count >= all * from.size() && from.size() < piece_count) from.push_back(r);
        for (const Bank& bank : banks_)
            before += bank.common_from[r + 1] - bank.common_from[r] + bank.own_from[r + 1] - bank.own_from[r];
    }
    from.resize(piece_count, rows_);
    from.push_back(rows_);
    return from;
}

void RowMatrix::transpose(std::span<const float> slope, std::span<float> result) const {
    expect(result.size() == columns_ && slope.size() == rows_, "influence: sizes of weight and dose gradients");
    const auto from = pieces();
    for (const Bank& bank : banks_) {
        const std::size_t n = bank.common.size();
        std::vector<std::vector<float>> sums(piece_count);
        par::for_each_index(par::Host{}, piece_count, [&](std::size_t piece) {
            auto& sum = sums[piece];
            sum.assign(2 * n, 0.0F);
            for (std::size_t r = from[piece]; r < from[piece + 1]; ++r)
                if (slope[r] != 0) bank.add_row(r, slope[r], sum.data(), sum.data() + n);
        });
        for (std::size_t c = 0; c < n; ++c) {
            double own = 0, common = 0;
            for (const auto& sum : sums) own += static_cast<double>(sum[c]), common += static_cast<double>(sum[n + c]);
            result[bank.first + c] = static_cast<float>(own + common * static_cast<double>(bank.common[c]));
        }
    }
}

std::size_t RowMatrix::nonzeros() const {
    std::size_t count = 0;
    for (const Bank& bank : banks_) count += bank.common_column.size() + bank.own_column.size();
    return count;
}

std::size_t RowMatrix::bytes() const {
    const auto of = [](const auto& v) { return v.size() * sizeof(v[0]); };
    std::size_t sum = 0;
    for (const Bank& b : banks_)
        sum += of(b.common) + of(b.common_from) + of(b.common_column) + of(b.own_from) + of(b.own_column) +
               of(b.own_value);
    return sum;
}

std::vector<InfluenceColumn> RowMatrix::unpacked() const {
    std::vector<InfluenceColumn> columns(columns_);
    for (const Bank& bank : banks_)
        for (std::size_t r = 0; r < rows_; ++r) {
            const auto put = [&](std::size_t column, float value) {
                columns[bank.first + column].voxels.push_back(static_cast<std::uint32_t>(r));
                columns[bank.first + column].gy_per_mu.push_back(value);
            };
            for (auto e = bank.common_from[r]; e < bank.common_from[r + 1]; ++e)
                put(bank.common_column[e], bank.common[bank.common_column[e]]);
            for (auto e = bank.own_from[r]; e < bank.own_from[r + 1]; ++e) put(bank.own_column[e], bank.own_value[e]);
        }
    return columns;
}

}  // namespace coutard
