#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "authz/permit.hpp"
#include "domain/ids.hpp"
#include "domain/isolation.hpp"
#include "domain/sandbox/isolation_check.hpp"
#include "domain/sandbox/isolation_seen.hpp"
#include "store/page.hpp"
#include "store/transaction.hpp"

namespace ks {

// A sandbox, and what the last look at the cluster saw of it.
struct SandboxAlone {
  SandboxId id;
  ClientId client;
  OrgId org;
  std::string ns;
  UserId user;
  std::string user_name;  // Empty where the person is not in the organization any more.
  Isolation profile = Isolation::shared;
  // None before the first look, where nothing is known of the network either.
  std::optional<IsolationSeen> seen;
};

// With the name of its organization, for who looks at all of them.
struct AnySandboxAlone {
  SandboxAlone sandbox;
  std::string org_slug;
  std::string org_name;
};

struct IsolationTotals {
  std::int64_t sandboxes = 0;
  std::int64_t exposed = 0;  // With a finding, or in a network that enforces nothing.
  std::int64_t unseen =
      0;  // Before the first look at the profile that is wanted now, exposed or not.
};

class IsolationStore {
 public:
  virtual ~IsolationStore() = default;
  // By id.
  virtual Result<Page<SandboxAlone>> list(Tx&, const Permit<Action::audit_read, Org>&,
                                          const PageRequest&) = 0;
  virtual Result<IsolationTotals> totals(Tx&, const Permit<Action::audit_read, Org>&) = 0;
  // By client, organization and id.
  virtual Result<Page<AnySandboxAlone>> list_all(Tx&, const FleetScope&, bool only_exposed,
                                                 const PageRequest&) = 0;
  virtual Result<IsolationTotals> totals_of_all(Tx&, const FleetScope&) = 0;
  // None before the first look that stood in every status.
  virtual Result<std::optional<IsolationCheck>> last_check(
      Tx&, const Permit<Action::audit_read, Org>&) = 0;
  virtual Result<std::optional<IsolationSignature>> last_signature(Tx&, const FleetScope&) = 0;
  // Every sandbox's row says what that look found.
  virtual Result<void> sign(Tx&, const FleetScope&, const IsolationSignature&) = 0;
};

}  // namespace ks
