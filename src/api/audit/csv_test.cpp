#include "api/audit/csv.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "base/random.hpp"

namespace ks::api {

namespace {

// A reader of RFC 4180, as a spreadsheet has one.
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && line.substr(i + 1).starts_with('"')) {
      out.back() += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("no cell begins like a formula, and every text comes back as it was") {
  constexpr std::string_view kAlphabet = "=+-@\t\r\n'\",;a1 \\|";
  SeededRandom random(44);
  for (int times = 0; times < 20'000; ++times) {
    std::vector<std::string> texts(1 + random.below(3));
    std::string line;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      for (auto n = random.below(6); n > 0; --n)
        texts[i] += kAlphabet[random.below(kAlphabet.size())];
      if (i > 0) line += ',';
      append_csv_cell(line, texts[i]);
    }
    const auto cells = cells_of(line);
    REQUIRE(cells.size() == texts.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      CHECK((cells[i].empty() ||
             std::string_view("=+-@\t\r").find(cells[i][0]) == std::string_view::npos));
      CHECK(csv_text(cells[i]) == texts[i]);
    }
    // As where lines are cut at a semicolon, and quotes in the middle of a cell mean nothing.
    for (std::size_t at = 0; at != std::string::npos;) {
      CHECK(
          (at == line.size() || std::string_view("=+-@").find(line[at]) == std::string_view::npos));
      at = line.find_first_of(";\t\r\n", at);
      if (at != std::string::npos) ++at;
    }
  }
}

TEST_CASE("a plain text is written as it is") {
  std::string out;
  append_csv_cell(out, "deployments:create");
  out += ',';
  append_csv_cell(out, "");
  out += ',';
  append_csv_cell(out, "=HYPERLINK(\"http://evil\")");
  out += ',';
  append_csv_cell(out, "x;=cmd|' /C calc'!A0;y");
  CHECK(out ==
        "deployments:create,,\"'=HYPERLINK(\"\"http://evil\"\")\","
        "x;'=cmd|' /C calc'!A0;y");
}

}  // namespace ks::api
