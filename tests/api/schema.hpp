#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"

namespace ks::api_test {

// What `value` breaks of `schema` (the part of JSON Schema 2020-12 that the contract uses), each
// with its JSON pointer. `root` is where "#/..." references lead. A keyword that this does not know
// is a fault too, so that nothing of the contract goes unchecked.
std::vector<std::string> schema_faults(const Json& root, const Json& schema, const Json& value);

// The value that a reference "#/a/b" leads to; nullptr when there is none.
const Json* resolve(const Json& root, std::string_view reference);

}  // namespace ks::api_test
