#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "base/clock.hpp"
#include "domain/ids.hpp"
#include "domain/role.hpp"

namespace ks {

// Where a request came from, for the audit log.
struct Trail {
  std::string request_id;
  std::string address;
  // A word for the device, of requests that begin a session.
  std::string device = {};
};

// What somebody is in one organization. Comes from the database with the session; see
// identity/session_gate.hpp for how it stays current.
struct Standing {
  struct InTeam {
    TeamId team;
    std::string slug;
    TeamRole role;
  };
  std::optional<OrgRole> org_role;
  // The first of them is in place, beside the role: a check waits for memory more than for anything
  // else, and most people are in one team of an organization.
  boost::container::small_vector<InTeam, 1> teams;
  // In the client that the organization belongs to.
  std::optional<ClientRole> client_role;
  bool platform_admin = false;
  // Background work; allowed sync_status and nothing else.
  bool system = false;
  // Why the organization is suspended; empty while it is not. Of its own people only: who acts from
  // above is not held up by it.
  std::string suspended = {};
  // Came with the token of an invitation; allowed invitation_answer and nothing else.
  bool invited = false;

  std::optional<TeamRole> role_in(const TeamId& team) const {
    for (const InTeam& t : teams)
      if (t.team == team) return t.role;
    return std::nullopt;
  }
};

// Proof of which client a request belongs to; all that is known before anybody signed in. Opens the
// statements on users, sessions and limits of that client.
class ClientScope {
 public:
  const ClientId& client() const noexcept { return client_; }

 private:
  friend class HostGate;
  friend class FleetScope;
  friend class PersonScope;
  friend class TenantScope;
  explicit ClientScope(ClientId client) : client_(client) {}
  ClientId client_;
};

// Proof that a caller is a person of a client. Opens that person's own rows and nothing of any
// organization.
class PersonScope {
 public:
  const ClientId& client() const noexcept { return client_; }
  const UserId& user() const noexcept { return user_; }
  const std::shared_ptr<const Trail>& trail() const noexcept { return trail_; }
  // When the bearer of the session last gave the password; see authz/recent.hpp.
  Time password_at() const noexcept { return password_at_; }
  ClientScope client_scope() const { return ClientScope(client_); }

 private:
  friend class SessionGate;
  PersonScope(ClientId client, UserId user, std::shared_ptr<const Trail> trail,
              Time password_at = {})
      : client_(client), user_(user), trail_(std::move(trail)), password_at_(password_at) {}
  ClientId client_;
  UserId user_;
  std::shared_ptr<const Trail> trail_;
  Time password_at_;
};

// Proof that a caller was identified, and the boundary of everything that caller can reach. Made in
// two places only: by the session gate and, for background work, by a FleetScope. Prevents a tenant
// id that was taken from the URL and believed.
class TenantScope {
 public:
  const ClientId& client() const noexcept { return client_; }
  const OrgId& org() const noexcept { return org_; }
  // Nobody for background work.
  const std::optional<UserId>& actor() const noexcept { return actor_; }
  const Standing& standing() const noexcept { return *standing_; }
  const Trail& trail() const noexcept { return *trail_; }
  // As PersonScope's; never for background work.
  Time password_at() const noexcept { return password_at_; }
  ClientScope client_scope() const { return ClientScope(client_); }

 private:
  friend class SessionGate;
  friend class FleetScope;
  TenantScope(ClientId client, OrgId org, std::optional<UserId> actor,
              std::shared_ptr<const Standing> standing, std::shared_ptr<const Trail> trail,
              Time password_at = {})
      : client_(client),
        org_(org),
        actor_(std::move(actor)),
        standing_(std::move(standing)),
        trail_(std::move(trail)),
        password_at_(password_at) {}
  ClientId client_;
  OrgId org_;
  std::optional<UserId> actor_;
  std::shared_ptr<const Standing> standing_;
  std::shared_ptr<const Trail> trail_;
  Time password_at_;
};

// Why work crosses tenants. A new reason is a decision; it is reviewed with the statement it is
// for.
enum class FleetReason {
  sync,
  migrate,
  setup,
  housekeeping,
  platform_administration,
  lease,
  mail,
  purge,
  audit
};

// Background work over all tenants. Never made on behalf of a request's own data.
class FleetScope {
 public:
  explicit FleetScope(FleetReason reason) : reason_(reason) {}
  FleetReason reason() const noexcept { return reason_; }

  // Narrows to one tenant, as the system.
  TenantScope tenant(const ClientId& client, const OrgId& org) const;
  ClientScope client(const ClientId& client) const { return ClientScope(client); }

 private:
  FleetReason reason_;
};

}  // namespace ks
