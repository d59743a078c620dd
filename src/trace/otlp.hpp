#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "trace/span.hpp"

namespace ks::trace {

// Whose spans they are.
struct Resource {
  std::string service;   // service.name
  std::string version;   // service.version
  std::string instance;  // service.instance.id: another one with each start.
};

// The body of a POST to /v1/traces: ExportTraceServiceRequest in the JSON mapping of OTLP, in which
// ids are hexadecimal and integers of 64 bits are strings.
std::string otlp_json(const Resource& resource, std::span<const Span> spans);

// How many spans an answer with status 200 says were not taken. What cannot be read says none.
std::int64_t rejected_spans(std::string_view answer);

}  // namespace ks::trace
