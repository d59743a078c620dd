#include "sql/driver/row.hpp"

#include <charconv>

namespace ks::sql {

std::string_view Row::text(int column) const {
  const RowTable::Cell& c = cell(column);
  KS_ASSERT_MSG(c.kind == Value::Kind::text, "the column holds no text");
  return table_->text(c);
}

std::int64_t Row::integer(int column) const {
  const RowTable::Cell& c = cell(column);
  if (c.kind == Value::Kind::integer) return c.value;
  KS_ASSERT_MSG(c.kind == Value::Kind::text, "the column holds null");
  // PostgreSQL's sums of BIGINT are NUMERIC and come as text.
  const std::string_view text = table_->text(c);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  KS_ASSERT_MSG(code == std::errc{} && end == text.data() + text.size(),
                "the column holds no integer");
  return value;
}

std::optional<std::string> Row::shown(int column) const {
  const RowTable::Cell& c = cell(column);
  switch (c.kind) {
    case Value::Kind::null:
      return std::nullopt;
    case Value::Kind::integer:
      return std::to_string(c.value);
    case Value::Kind::text:
      return std::string(table_->text(c));
  }
  return std::nullopt;
}

}  // namespace ks::sql
