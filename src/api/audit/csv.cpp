#include "api/audit/csv.hpp"

namespace ks::api {

namespace {

constexpr std::string_view kFormula = "=+-@\t\r'";
// Where a spreadsheet that cuts lines elsewhere, as some locales have it, begins a cell.
constexpr std::string_view kCuts = ";\t\r\n";
constexpr std::string_view kFormulaBehindCut = "=+-@\t\r'\"";

bool has(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

}  // namespace

void append_csv_cell(std::string& out, std::string_view text) {
  const bool quoted = text.find_first_of(",\"\r\n") != std::string_view::npos;
  if (quoted) out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool behind_cut = i > 0 && has(kCuts, text[i - 1]);
    if (i == 0 ? has(kFormula, c) : behind_cut && has(kFormulaBehindCut, c)) out += '\'';
    if (c == '"') out += '"';
    out += c;
  }
  if (quoted) out += '"';
}

std::string csv_text(std::string_view cell) {
  std::string out;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    const bool begins = out.empty() ? i == 0 : has(kCuts, out.back()) && has(kCuts, cell[i - 1]);
    if (cell[i] == '\'' && begins) continue;
    out += cell[i];
  }
  return out;
}

}  // namespace ks::api
