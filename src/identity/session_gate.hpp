#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/scope.hpp"
#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/random.hpp"
#include "store/accounts.hpp"
#include "store/transaction.hpp"

namespace ks {

// What was loaded of a session: whose it is, and what that person is in which organization. Never
// changes; shared by the requests that use it.
class Snapshot;

// Somebody who was identified by a session, for one request. Cheap to copy.
class Caller {
 public:
  const PersonScope& person() const noexcept { return person_; }
  const UserRow& user() const noexcept;
  bool platform_admin() const noexcept { return user().platform_admin; }
  // By slug.
  const std::vector<Membership>& memberships() const noexcept;
  // Those that the person owns and that are being deleted.
  const std::vector<Membership>& ending() const noexcept;
  // As stored: hex of SHA-256 of the token.
  const std::string& session_hash() const noexcept;

  // What a read that trusts this caller must let the database check.
  ReadGuard guard() const;

 private:
  friend class SessionGate;
  Caller(PersonScope person, std::shared_ptr<const Snapshot> snapshot, Time now)
      : person_(std::move(person)), snapshot_(std::move(snapshot)), now_(now) {}
  PersonScope person_;
  std::shared_ptr<const Snapshot> snapshot_;
  Time now_;
};

// Turns a session's token into a caller and a caller into scopes; for requests the only producer of
// PersonScope and TenantScope. From any thread.
//
// Reads: cached(), and the work in `db.read(caller.guard(), ...)`; when there is none, or the
// database answers kStaleGuard, load() and the work again. Writes: load_in() inside the
// transaction, so that a right is checked in the transaction that uses it.
class SessionGate {
 public:
  struct Options {
    // Callers kept in memory; the least recently used go first.
    std::size_t callers_max = 20'000;
  };
  SessionGate(Database& db, AccountStore& accounts, const Clock& clock, Random& random,
              Options options);
  SessionGate(Database& db, AccountStore& accounts, const Clock& clock, Random& random)
      : SessionGate(db, accounts, clock, random, Options{}) {}
  ~SessionGate();

  using TrailPtr = std::shared_ptr<const Trail>;

  // Whether somebody does something. A stream that is open is no use of its session, so that a
  // forgotten tab does not keep one from ending.
  enum class Use { request, stream };

  // What is known from an earlier load. Proves nothing by itself: the session may have ended since,
  // so it only counts together with its guard. None also when the session's last use has to be
  // written down (every 5 minutes), which load() does.
  std::optional<Caller> cached(const ClientScope&, std::string_view token, TrailPtr,
                               Use = Use::request) const;

  // The same also when the use has to be written down: whose token it was when it was last looked
  // at. Tells whom to count a request to, and is no caller to read as.
  std::optional<Caller> remembered(const ClientScope&, std::string_view token, TrailPtr) const;

  // Reads the session, the user and the memberships. 401 "unauthenticated" when there is no such
  // session, it has expired, or the account is disabled.
  Result<Caller> load(const ClientScope&, std::string_view token, TrailPtr, Use = Use::request);

  // As load(), inside a write.
  Result<Caller> load_in(Tx&, const ClientScope&, std::string_view token, TrailPtr) const;

  // Forgets what was loaded; for logout. A stale caller is replaced by load() without it.
  void forget(std::string_view token);

  // The caller's own organization, by slug or id; not_found unless a member.
  Result<TenantScope> tenant(const Caller&, std::string_view org) const;
  Result<TenantScope> tenant(const Caller&, const OrgId& org) const;

  // The caller's own organization that is being deleted, for its owner to look at and to restore;
  // not_found for everybody else.
  Result<TenantScope> ending(const Caller&, std::string_view org) const;

  // What the person belongs to at this moment, whatever its state, inside a write: until its end
  // nobody else founds or joins anything for that person. For rules that count a person's
  // organizations.
  Result<std::vector<Membership>> memberships_locked(Tx&, const PersonScope&) const;

  // Owner of an organization that does not exist yet: its id is made here. Prevents an owner's
  // rights on an organization that somebody else has.
  TenantScope founding(const PersonScope&) const;

  // Somebody who holds the token of an invitation to this organization, and may do nothing there
  // but look for that invitation and answer it. Whether there is one is not checked: without the
  // token nothing is found. The first form is for who is signed in.
  static TenantScope invited(const PersonScope&, const OrgId& org);
  static TenantScope invited(const ClientScope&, const OrgId& org, TrailPtr);

  // A platform administrator's standing, and no other, in any organization of the caller's client.
  // not_found for everybody else. Whether the organization exists is not checked.
  Result<TenantScope> administration(const Caller&, const OrgId& org) const;
  // The same on an organization of another client; for the platform's own routes.
  Result<TenantScope> administration(const Caller&, const ClientId& client, const OrgId& org) const;

  // For the token of a request's cookie or a new session.
  static std::string token_hash(std::string_view token);

 private:
  friend class Snapshot;
  struct Place;
  class Cache;
  Result<std::shared_ptr<Snapshot>> read(Tx&, const ClientScope&, const std::string& hash,
                                         const TrailPtr&, Time now) const;
  static Caller caller(std::shared_ptr<const Snapshot>, TrailPtr, Time now);
  static TenantScope scope_of(const Caller&, const Place&);
  Database& db_;
  AccountStore& accounts_;
  const Clock& clock_;
  Random& random_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace ks
