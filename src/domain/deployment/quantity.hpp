#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ks {

// Kubernetes quantities (apimachinery/pkg/api/resource): a decimal number with an optional suffix
// (m, k, M, G, T, Ki, Mi, Gi, Ti). Amounts that do not come out whole are rounded up, as Kubernetes
// does.

// Thousandths of a CPU; "500m", "0.5" and "1".
Result<std::int64_t> parse_cpu_milli(std::string_view text);
// Bytes; "128Mi", "1G", "1048576".
Result<std::int64_t> parse_bytes(std::string_view text);

// The shortest form that means the same: 1000 -> "1", 250 -> "250m".
std::string format_cpu_milli(std::int64_t milli);
// With the largest binary suffix that divides it: "256Mi".
std::string format_bytes(std::int64_t bytes);

}  // namespace ks
