#pragma once

#include <string>

#include "domain/sandbox/namespace_pattern.hpp"
#include "operator/config.hpp"

namespace ks {

// Why the namespaces of sandboxes cannot be named so beside those that the other settings name;
// empty when they can. Who calls an organization like one of those would be let in wherever it is.
std::string namespaces_fault(const NamespacePattern& pattern, const op::OperatorConfig& config);

}  // namespace ks
