#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace ks::test {

// A family of numbers: what it is, and which labels its series have with which values.
struct Family {
  std::string type;
  std::map<std::string, std::set<std::string>> labels;
  int series = 0;  // A histogram's parts count each.

  std::set<std::string> label_names() const {
    std::set<std::string> out;
    for (const auto& [name, values] : labels) out.insert(name);
    return out;
  }
};

// What /metrics serves, by name; the label `le` of buckets is left out. Values of ours have no
// quotes, braces or commas in them.
inline std::map<std::string, Family> read_exposition(const std::string& text) {
  std::map<std::string, Family> out;
  std::istringstream lines(text);
  std::string family;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      std::istringstream words(line.substr(7));
      words >> family;
      words >> out[family].type;
      continue;
    }
    if (line.empty() || line.starts_with("#")) continue;
    Family& into = out[family];
    ++into.series;
    const auto open = line.find('{'), close = line.rfind('}');
    if (open == std::string::npos) continue;
    std::istringstream labels(line.substr(open + 1, close - open - 1));
    for (std::string one; std::getline(labels, one, ',');) {
      const auto equals = one.find('=');
      const std::string name = one.substr(0, equals);
      if (name != "le") into.labels[name].insert(one.substr(equals + 2, one.size() - equals - 3));
    }
  }
  return out;
}

struct Documented {
  std::string type;
  std::set<std::string> labels;
  bool from_the_start = true;
  friend bool operator==(const Documented&, const Documented&) = default;
};

// The table of docs/operations/metrics.md: | `name` | type | labels | when | meaning |.
inline std::map<std::string, Documented> documented_metrics() {
  std::map<std::string, Documented> out;
  const char* root = std::getenv("KS_SOURCE_DIR");
  if (root == nullptr) return out;
  std::ifstream file(std::filesystem::path(root) / "docs/operations/metrics.md");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) continue;
    std::istringstream cells(line.substr(2));
    std::string name, type, labels, when;
    const auto cell = [&](std::string& into) {
      std::getline(cells, into, '|');
      into.erase(0, std::min(into.find_first_not_of(' '), into.size()));
      into.erase(into.find_last_not_of(' ') + 1);
    };
    cell(name);
    cell(type);
    cell(labels);
    cell(when);
    if (type != "counter" && type != "gauge" && type != "histogram") continue;
    Documented& one = out[name.substr(1, name.size() - 2)];
    one.type = type;
    one.from_the_start = when == "start";
    for (std::size_t at = 0; (at = labels.find('`', at)) != std::string::npos;) {
      const auto end = labels.find('`', at + 1);
      one.labels.insert(labels.substr(at + 1, end - at - 1));
      at = end + 1;
    }
  }
  return out;
}

}  // namespace ks::test
