#pragma once

#include "domain/resources.hpp"

namespace ks::sync {

// Whether a sandbox as the cluster has it lets something through that the wanted one would not. Of
// both count isolation, egress and SMTP. In doubt it does: ranges that only together are one of the
// wanted ones count as more.
bool lets_more_through(const SandboxSpec& has, const SandboxSpec& wanted);

}  // namespace ks::sync
