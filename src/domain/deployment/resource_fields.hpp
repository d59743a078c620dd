#pragma once

#include <cstdint>
#include <string>

#include "base/json.hpp"
#include "domain/deployment/service_fields.hpp"
#include "domain/deployment/workload.hpp"

namespace ks {

// The field `resources`: {"requests":{"cpu","memory"},"limits":{"cpu","memory"}}, or {"cpu",
// "memory"} for the limits alone. What is not said: a limit is 250m and 256Mi or the request when
// that is more; a request is a fifth of the CPU limit and half of the memory limit. A patch keeps
// what it does not name, but takes a request down to a limit that falls below it.
void read_resources(Resources& resources, const Json& value, const std::string& pointer,
                    Writing writing, Faults& faults);

// A quantity of bytes between `least` and `most`. False, with a fault, when it is none.
bool read_bytes(const Json& value, std::int64_t least, std::int64_t most,
                const std::string& pointer, Faults& faults, std::int64_t& out);

// {"requests":{...},"limits":{...}}, as read_resources() takes it.
Json describe(const Resources& resources);

}  // namespace ks
