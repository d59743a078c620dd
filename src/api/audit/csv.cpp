#include "api/audit/csv.hpp"

namespace ks::api {

namespace {
constexpr std::string_view kFormula = "=+-@\t\r'";
}  // namespace

void append_csv_cell(std::string& out, std::string_view text) {
  const bool guarded = !text.empty() && kFormula.find(text.front()) != std::string_view::npos;
  const bool quoted = text.find_first_of(",\"\r\n") != std::string_view::npos;
  if (quoted) out += '"';
  if (guarded) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  if (quoted) out += '"';
}

std::string csv_text(std::string_view cell) {
  if (cell.starts_with('\'')) cell.remove_prefix(1);
  return std::string(cell);
}

}  // namespace ks::api
