#pragma once

#include <string>

#include "base/json.hpp"

namespace ks::op {

// `value` as one YAML 1.2 document in block style, without the leading `---`. Texts that YAML 1.1
// or 1.2 would read as anything else are quoted as in JSON.
std::string to_yaml(const Json& value);

}  // namespace ks::op
