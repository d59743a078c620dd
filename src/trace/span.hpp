#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "trace/context.hpp"

namespace ks::trace {

// The numbers are those of OTLP.
enum class SpanKind { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };

// Its key lives as long as the program: a literal. The value is read by whoever runs the
// installation, and never has a name, an address or a value of a tenant.
struct Attribute {
  std::string_view key;
  std::variant<std::string, std::int64_t> value;
};

// A piece of work that has ended.
struct Span {
  Context context;
  SpanId parent;               // Empty: it begins the trace here.
  bool parent_remote = false;  // The parent is another program's.
  SpanKind kind = SpanKind::internal;
  std::string name;
  Time start;  // Wall clock.
  Time end;
  std::vector<Attribute> attributes{};
  bool failed = false;
};

}  // namespace ks::trace
