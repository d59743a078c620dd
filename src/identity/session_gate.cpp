#include "identity/session_gate.hpp"

#include <algorithm>
#include <cstring>

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "base/id.hpp"
#include "base/log.hpp"
#include "base/lru.hpp"
#include "identity/network.hpp"

namespace ks {

namespace {
// How exact "last used" is. A session's use is written this often and no more.
constexpr Duration kTouchEvery = minutes(5);

std::unexpected<Error> unauthenticated() {
  Error error{};
  error.code = Error::Code::denied;
  error.problem = "unauthenticated";
  error.message = "Sign in to go on.";
  error.status = 401;
  return std::unexpected(std::move(error));
}

// Digests are uniform already.
struct DigestHash {
  using is_avalanching = void;
  std::size_t operator()(const Sha256& digest) const noexcept {
    std::size_t out;
    std::memcpy(&out, digest.data(), sizeof out);
    return out;
  }
};
}  // namespace

// One organization of a person.
struct SessionGate::Place {
  OrgId id;
  std::string slug;
  Standing standing;
};

class Snapshot {
 public:
  using Place = SessionGate::Place;

  Snapshot(ClientId client_id, std::string hash, SessionRow row, std::vector<Membership> of)
      : client(client_id),
        password_at(row.auth_at),
        user(std::move(row.user)),
        session_hash(std::move(hash)),
        seen_at(row.seen_at),
        expires_at(row.expires_at) {
    for (Membership& m : of) {
      // Whoever was in an organization that is being deleted is in none; its owner may have it
      // back.
      if (m.state == "deleting" && m.role == OrgRole::owner)
        ending.push_back(std::move(m));
      else if (m.state != "deleting" && m.state != "purging")
        memberships.push_back(std::move(m));
    }
    places.reserve(memberships.size());
    for (const Membership& m : memberships) {
      Place& place = places.emplace_back(Place{m.id, m.slug, {}});
      place.standing.org_role = m.role;
      place.standing.suspended = m.suspended;
      for (const auto& t : m.teams) place.standing.teams.push_back({t.id, t.slug, t.role});
    }
    if (places.size() <= kFew) return;
    by_slug.reserve(places.size());
    by_id.reserve(places.size());
    for (const Place& place : places) {
      by_slug.emplace(place.slug, &place);
      by_id.emplace(place.id, &place);
    }
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  const Place* find(std::string_view slug) const {
    if (places.size() > kFew) return found(by_slug, slug);
    return found([&](const Place& place) { return place.slug == slug; });
  }
  const Place* find(const OrgId& id) const {
    if (places.size() > kFew) return found(by_id, id);
    return found([&](const Place& place) { return place.id == id; });
  }

  // What a check reads comes first and, for who is in one organization, in one piece: with many
  // people none of it is in the processor's caches.
  boost::container::small_vector<Place, 1> places;
  ClientId client;
  Time password_at;
  UserRow user;
  std::string session_hash;
  Time seen_at;
  Time expires_at;
  std::vector<Membership> memberships;  // In the order of `places`.
  std::vector<Membership> ending;

 private:
  // Up to so many are looked through one by one.
  static constexpr std::size_t kFew = 8;
  template <class Map, class Key>
  static const Place* found(const Map& map, const Key& key) {
    const auto at = map.find(key);
    return at == map.end() ? nullptr : at->second;
  }
  template <class Is>
  const Place* found(Is is) const {
    const auto at = std::ranges::find_if(places, is);
    return at == places.end() ? nullptr : &*at;
  }
  boost::unordered_flat_map<std::string_view, const Place*> by_slug;  // Views into places.
  boost::unordered_flat_map<OrgId, const Place*, IdHash<Org>> by_id;
};

class SessionGate::Cache : public Lru<Sha256, Snapshot, DigestHash> {
  using Lru::Lru;
};

const UserRow& Caller::user() const noexcept { return snapshot_->user; }
const std::vector<Membership>& Caller::memberships() const noexcept {
  return snapshot_->memberships;
}
const std::vector<Membership>& Caller::ending() const noexcept { return snapshot_->ending; }
const std::string& Caller::session_hash() const noexcept { return snapshot_->session_hash; }

ReadGuard Caller::guard() const {
  return ReadGuard{person_.client_scope(), snapshot_->session_hash, snapshot_->user.authz_version,
                   now_};
}

SessionGate::SessionGate(Database& db, AccountStore& accounts, const Clock& clock, Random& random,
                         Options options)
    : db_(db),
      accounts_(accounts),
      clock_(clock),
      random_(random),
      cache_(std::make_unique<Cache>(options.callers_max)) {}
SessionGate::~SessionGate() = default;

std::string SessionGate::token_hash(std::string_view token) { return hex(sha256(token)); }

std::optional<Caller> SessionGate::cached(const ClientScope& scope, std::string_view token,
                                          TrailPtr trail, Use use) const {
  auto known = remembered(scope, token, std::move(trail));
  if (use == Use::request && known && known->now_ - known->snapshot_->seen_at >= kTouchEvery)
    known.reset();
  return known;
}

std::optional<Caller> SessionGate::remembered(const ClientScope& scope, std::string_view token,
                                              TrailPtr trail) const {
  auto snapshot = cache_->find(sha256(token));
  const Time now = clock_.now();
  if (!snapshot || snapshot->client != scope.client() ||
      !session_alive(snapshot->seen_at, snapshot->expires_at, now))
    return std::nullopt;
  return caller(std::move(snapshot), std::move(trail), now);
}

Result<Caller> SessionGate::load(const ClientScope& scope, std::string_view token, TrailPtr trail,
                                 Use use) {
  const Sha256 key = sha256(token);
  const std::string hash = hex(key);
  const Time now = clock_.now();
  auto loaded = db_.read([&](Tx& tx) { return read(tx, scope, hash, trail, now); });
  if (!loaded) {
    if (loaded.error().problem == "unauthenticated") cache_->remove(key);
    return std::unexpected(std::move(loaded).error());
  }
  std::shared_ptr<Snapshot> snapshot = std::move(*loaded);
  if (use == Use::request && now - snapshot->seen_at >= kTouchEvery) {
    const auto touched = db_.write([&](Tx& tx) {
      return accounts_.touch_session(tx, scope, hash, network_of(trail->address), now - kTouchEvery,
                                     now);
    });
    // Whoever may read may go on reading while the disk is full.
    if (touched)
      snapshot->seen_at = now;
    else
      log::warn("the use of a session was not written down",
                {{"problem", touched.error().problem}});
  }
  cache_->set(key, snapshot);
  return caller(std::move(snapshot), std::move(trail), now);
}

Result<Caller> SessionGate::load_in(Tx& tx, const ClientScope& scope, std::string_view token,
                                    TrailPtr trail) const {
  const std::string hash = token_hash(token);
  const Time now = clock_.now();
  KS_TRY(auto snapshot, read(tx, scope, hash, trail, now));
  if (now - snapshot->seen_at >= kTouchEvery)
    KS_CHECK(accounts_.touch_session(tx, scope, hash, network_of(trail->address), now - kTouchEvery,
                                     now));
  return caller(std::move(snapshot), std::move(trail), now);
}

void SessionGate::forget(std::string_view token) { cache_->remove(sha256(token)); }

Result<std::shared_ptr<Snapshot>> SessionGate::read(Tx& tx, const ClientScope& scope,
                                                    const std::string& hash, const TrailPtr& trail,
                                                    Time now) const {
  // The version comes first: memberships that are newer than it make the next guard fail, never
  // hold.
  KS_TRY(auto session, accounts_.find_session(tx, scope, hash));
  if (!session || !session->user.active ||
      !session_alive(session->seen_at, session->expires_at, now))
    return unauthenticated();
  KS_TRY(auto memberships,
         accounts_.list_memberships(tx, PersonScope(scope.client(), session->user.id, trail)));
  return std::make_shared<Snapshot>(scope.client(), hash, std::move(*session),
                                    std::move(memberships));
}

Caller SessionGate::caller(std::shared_ptr<const Snapshot> snapshot, TrailPtr trail, Time now) {
  PersonScope person(snapshot->client, snapshot->user.id, std::move(trail), snapshot->password_at);
  return Caller(std::move(person), std::move(snapshot), now);
}

Result<TenantScope> SessionGate::tenant(const Caller& caller, std::string_view org) const {
  // A slug is never shaped like an id, so that either may be tried first.
  if (const auto* place = caller.snapshot_->find(org)) return scope_of(caller, *place);
  KS_TRY(const auto id, OrgId::parse(org));
  return tenant(caller, id);
}

Result<TenantScope> SessionGate::tenant(const Caller& caller, const OrgId& org) const {
  const auto* place = caller.snapshot_->find(org);
  if (place == nullptr) return not_found();
  return scope_of(caller, *place);
}

TenantScope SessionGate::scope_of(const Caller& caller, const Place& place) {
  const Snapshot& known = *caller.snapshot_;
  // The standing lives as long as the snapshot that it is part of.
  return TenantScope(known.client, place.id, known.user.id,
                     std::shared_ptr<const Standing>(caller.snapshot_, &place.standing),
                     caller.person().trail(), known.password_at);
}

Result<TenantScope> SessionGate::ending(const Caller& caller, std::string_view org) const {
  const Snapshot& known = *caller.snapshot_;
  const auto id = OrgId::parse(org);
  for (const Membership& m : known.ending)
    if (m.slug == org || (id && m.id == *id)) {
      auto standing = std::make_shared<Standing>();
      standing->org_role = m.role;
      standing->suspended = m.suspended;
      return TenantScope(known.client, m.id, known.user.id, std::move(standing),
                         caller.person().trail(), known.password_at);
    }
  return not_found();
}

Result<std::vector<Membership>> SessionGate::memberships_locked(Tx& tx,
                                                                const PersonScope& person) const {
  // Raising the version takes the lock of the person's row.
  KS_CHECK(accounts_.raise_authz_version(tx, person.client_scope(), person.user(), clock_.now()));
  return accounts_.list_memberships(tx, person);
}

TenantScope SessionGate::founding(const PersonScope& person) const {
  static const auto kOwner = [] {
    auto standing = std::make_shared<Standing>();
    standing->org_role = OrgRole::owner;
    return std::shared_ptr<const Standing>(std::move(standing));
  }();
  return TenantScope(person.client(), OrgId::make(clock_, random_), person.user(), kOwner,
                     person.trail(), person.password_at());
}

namespace {
std::shared_ptr<const Standing> invited_standing() {
  static const auto kInvited = [] {
    auto standing = std::make_shared<Standing>();
    standing->invited = true;
    return std::shared_ptr<const Standing>(std::move(standing));
  }();
  return kInvited;
}
}  // namespace

TenantScope SessionGate::invited(const PersonScope& person, const OrgId& org) {
  return TenantScope(person.client(), org, person.user(), invited_standing(), person.trail(),
                     person.password_at());
}

TenantScope SessionGate::invited(const ClientScope& client, const OrgId& org, TrailPtr trail) {
  return TenantScope(client.client(), org, std::nullopt, invited_standing(), std::move(trail));
}

Result<TenantScope> SessionGate::administration(const Caller& caller, const OrgId& org) const {
  return administration(caller, caller.person().client(), org);
}

Result<TenantScope> SessionGate::administration(const Caller& caller, const ClientId& client,
                                                const OrgId& org) const {
  static const auto kAdministrator = [] {
    auto standing = std::make_shared<Standing>();
    standing->platform_admin = true;
    return std::shared_ptr<const Standing>(std::move(standing));
  }();
  // Only the built-in client has administrators of the platform.
  if (!caller.platform_admin() || caller.person().client() != platform_client()) return not_found();
  return TenantScope(client, org, caller.user().id, kAdministrator, caller.person().trail(),
                     caller.person().password_at());
}

}  // namespace ks
