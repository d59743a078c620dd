#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ks {

// Where traces go and which, by the variables that OpenTelemetry names.
struct TraceSettings {
  std::string server;  // "https://collector.example.com:4318"; empty: nothing is traced.
  std::string target;  // The path that batches are posted to.
  std::vector<std::pair<std::string, std::string>> headers;  // Secrets among them; never printed.
  std::string service;
  double ratio = 1;
};

// Reads the variables by `given`. What is wrong, by the variable's name; no text of a fault repeats
// what was given. To the endpoint "/v1/traces" is added, as OpenTelemetry has it.
std::vector<std::pair<std::string_view, std::string>> read_traces(
    const std::function<std::string(std::string_view)>& given, TraceSettings& into);

}  // namespace ks
