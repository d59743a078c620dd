#pragma once

#include <string>

#include "domain/plan.hpp"
#include "domain/resources.hpp"
#include "domain/sandbox/load.hpp"
#include "store/sync.hpp"

namespace ks::sync {

// The pure part: rows of the database as custom resources.

// A quota is a backstop behind the ledger: what was granted plus one more pod of each service, so
// that an update never waits for it. Where the plan has no limit there is no key.
SandboxQuota quota_of(const SandboxLoad& load, const Entitlements& limits);

SandboxResource sandbox_resource(const WantedSandbox& row, const SandboxLoad& load,
                                 const Entitlements& limits);

struct Routing {
  std::string deployment_domain;  // "apps.example.com".
};
// `has_secrets`: whether a Secret `{stem}-{revision}` stands beside it.
UserDeploymentResource deployment_resource(const WantedDeployment& row, const Routing& routing,
                                           bool has_secrets);

// Host and name by which others reach a deployment: `{stem}.{domain}`.
std::string host_of(std::string_view stem, const Routing& routing);

std::string secret_name(std::string_view stem, std::int64_t revision);

}  // namespace ks::sync
