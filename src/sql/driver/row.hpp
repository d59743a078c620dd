#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/id.hpp"

namespace ks::sql {

// A parameter. Holds a view of text, so it lives no longer than what it was made of.
class Value {
 public:
  enum class Kind { null, integer, text };

  Value(std::nullptr_t) {}
  Value(std::nullopt_t) {}
  template <std::integral T>
  Value(T v) : kind_(Kind::integer), integer_(static_cast<std::int64_t>(v)) {}
  Value(std::string_view v) : kind_(Kind::text), text_(v) {}
  Value(const std::string& v) : kind_(Kind::text), text_(v) {}
  Value(const char* v) : kind_(Kind::text), text_(v) {}
  Value(Time v) : kind_(Kind::integer), integer_(v.us) {}
  template <class Noun>
  Value(const Id<Noun>& v) : kind_(Kind::text), text_(v.text()) {}
  template <class T>
  Value(const std::optional<T>& v) : Value(v ? Value(*v) : Value(nullptr)) {}

  Kind kind() const noexcept { return kind_; }
  std::int64_t integer() const noexcept { return integer_; }
  std::string_view text() const noexcept { return text_; }

 private:
  Kind kind_ = Kind::null;
  std::int64_t integer_ = 0;
  std::string_view text_;
};

// The rows of one answer: one arena of text, and cells that point into it.
class RowTable {
 public:
  struct Cell {
    Value::Kind kind = Value::Kind::null;
    std::uint32_t length = 0;
    std::int64_t value = 0;  // The integer, or the text's offset in the arena.
  };

  int columns() const noexcept { return columns_; }
  std::size_t rows() const noexcept {
    return columns_ == 0 ? 0 : cells_.size() / static_cast<std::size_t>(columns_);
  }
  // Rows that a statement inserted, changed or removed.
  std::int64_t affected() const noexcept { return affected_; }
  const Cell& cell(std::size_t row, int column) const {
    KS_ASSERT(column >= 0 && column < columns_);
    return cells_[row * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(column)];
  }
  std::string_view text(const Cell& cell) const {
    return {arena_.data() + cell.value, cell.length};
  }

  std::size_t bytes() const noexcept {
    return sizeof *this + arena_.capacity() + cells_.capacity() * sizeof(Cell);
  }

  void set_columns(int n) { columns_ = n; }
  void set_affected(std::int64_t n) { affected_ = n; }
  void reserve(std::size_t cells) { cells_.reserve(cells); }
  void add_null() { cells_.emplace_back(); }
  void add_integer(std::int64_t v) { cells_.push_back({Value::Kind::integer, 0, v}); }
  void add_text(std::string_view v) {
    cells_.push_back({Value::Kind::text, static_cast<std::uint32_t>(v.size()),
                      static_cast<std::int64_t>(arena_.size())});
    arena_.append(v);
  }

 private:
  int columns_ = 0;
  std::int64_t affected_ = 0;
  std::string arena_;
  std::vector<Cell> cells_;
};

// One row. Keeps its answer alive, so the views that it gives live as long as any row of it.
// Reading a column as what it is not, or a null as a value, is a programming error.
class Row {
 public:
  Row(std::shared_ptr<const RowTable> table, std::size_t index)
      : table_(std::move(table)), index_(index) {}

  int columns() const noexcept { return table_->columns(); }
  bool is_null(int column) const { return cell(column).kind == Value::Kind::null; }
  std::string_view text(int column) const;
  std::string str(int column) const { return std::string(text(column)); }
  std::int64_t integer(int column) const;
  bool flag(int column) const { return integer(column) != 0; }
  Time time(int column) const { return Time{integer(column)}; }
  template <class Noun>
  Id<Noun> id(int column) const {
    auto parsed = Id<Noun>::parse(text(column));
    KS_ASSERT_MSG(parsed.has_value(), "the column holds no id");
    return std::move(*parsed);
  }

  std::optional<std::string_view> text_or_null(int column) const {
    return is_null(column) ? std::nullopt : std::optional(text(column));
  }
  std::string str_or_empty(int column) const {
    return is_null(column) ? std::string() : str(column);
  }
  std::optional<std::int64_t> integer_or_null(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
  }
  std::optional<Time> time_or_null(int column) const {
    return is_null(column) ? std::nullopt : std::optional(time(column));
  }
  template <class Noun>
  std::optional<Id<Noun>> id_or_null(int column) const {
    return is_null(column) ? std::nullopt : std::optional(id<Noun>(column));
  }

  // The cell as text whatever its kind, nullopt for null; for tests and reports.
  std::optional<std::string> shown(int column) const;

 private:
  const RowTable::Cell& cell(int column) const { return table_->cell(index_, column); }
  std::shared_ptr<const RowTable> table_;
  std::size_t index_;
};

}  // namespace ks::sql
