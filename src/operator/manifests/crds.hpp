#pragma once

#include <vector>

#include "base/json.hpp"

namespace ks::op {

// The CustomResourceDefinitions of Sandbox and UserDeployment, each with the hash of itself as
// annotation.
std::vector<Json> custom_resource_definitions();

}  // namespace ks::op
