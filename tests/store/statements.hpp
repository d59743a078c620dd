#pragma once

#include <array>
#include <string>
#include <string_view>

#include "authz/authorizer.hpp"
#include "sql/driver/sql_tx.hpp"
#include "sql/organizations.hpp"

// Statements of the driver's tests, over the tables of the schema, and rights to run them.
namespace ks::test {

// Written with ?1, ?2; PostgreSQL's form is made of it.
template <sql::Scope S, sql::Rows R, int P>
class TestStatement {
 public:
  TestStatement(std::string_view name, std::string_view text) : sqlite_(text) {
    for (const char c : text) postgres_ += c == '?' ? '$' : c;
    text_ = {name, S, R, sqlite_, postgres_, {names_.data(), kParameters}, "test"};
  }
  TestStatement(const TestStatement&) = delete;
  TestStatement& operator=(const TestStatement&) = delete;
  // NOLINTNEXTLINE(google-explicit-constructor): stands where a statement is wanted.
  operator sql::Statement<S, R, P>() const { return {&text_}; }
  sql::Statement<S, R, P> operator*() const { return {&text_}; }

 private:
  static constexpr std::size_t kScope =
      S == sql::Scope::fleet ? 0 : (S == sql::Scope::client ? 1 : 2);
  static constexpr std::size_t kParameters = kScope + static_cast<std::size_t>(P);
  std::string sqlite_;
  std::string postgres_;
  std::array<std::string_view, kParameters + 1> names_{};
  sql::StatementText text_;
};

using sql::Rows;
using sql::Scope;

inline const TestStatement<Scope::fleet, Rows::none, 2> kPutFact(
    "put_fact", "INSERT INTO installation (key, value) VALUES (?1, ?2)");
inline const TestStatement<Scope::fleet, Rows::optional, 1> kFact(
    "fact", "SELECT value FROM installation WHERE key = ?1");
inline const TestStatement<Scope::fleet, Rows::many, 0> kFacts(
    "facts", "SELECT key, value FROM installation ORDER BY key");
inline const TestStatement<Scope::fleet, Rows::none, 4> kPutLease(
    "put_lease", "INSERT INTO leases (name, holder, fence, expires_at) VALUES (?1, ?2, ?3, ?4)");
inline const TestStatement<Scope::fleet, Rows::one, 2> kAddFence(
    "add_fence", "UPDATE leases SET fence = fence + ?2 WHERE name = ?1 RETURNING fence");
inline const TestStatement<Scope::fleet, Rows::one, 1> kFence(
    "fence", "SELECT fence FROM leases WHERE name = ?1");

inline const TestStatement<Scope::client, Rows::none, 3> kPutUser(
    "put_user",
    "INSERT INTO users (client_id, id, email, name, password_hash, state, platform_admin, "
    "authz_version, created_at, updated_at) VALUES (?1, ?2, ?3, 'N', '', 'active', 0, ?4, 0, 0)");
inline const TestStatement<Scope::client, Rows::many, 0> kUsers(
    "users", "SELECT id, email FROM users WHERE client_id = ?1 ORDER BY email");
inline const TestStatement<Scope::client, Rows::none, 5> kPutSession(
    "put_session",
    "INSERT INTO sessions (client_id, id, token_hash, user_id, created_at, seen_at, expires_at) "
    "VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6)");

inline const TestStatement<Scope::tenant, Rows::none, 1> kPutOrg(
    "put_org",
    "INSERT INTO organizations (client_id, id, slug, name, state, version, feed_seq, audit_seq, "
    "audit_mac, created_at, updated_at) VALUES (?1, ?2, ?3, 'N', 'active', 1, 0, 0, '', 0, 0)");
inline const TestStatement<Scope::tenant, Rows::none, 2> kPutTeam(
    "put_team",
    "INSERT INTO teams (client_id, org_id, id, slug, name, description, version, created_at, "
    "updated_at) VALUES (?1, ?2, ?3, ?4, 'N', '', 1, 0, 0)");
inline const TestStatement<Scope::tenant, Rows::none, 2> kPutMember(
    "put_member",
    "INSERT INTO org_members (client_id, org_id, user_id, role, created_at) "
    "VALUES (?1, ?2, ?3, ?4, 0)");
inline const TestStatement<Scope::tenant, Rows::none, 3> kPutTeamMember(
    "put_team_member",
    "INSERT INTO team_members (client_id, org_id, team_id, user_id, role, created_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, 0)");
inline const TestStatement<Scope::tenant, Rows::none, 1> kPassOver(
    "pass_over",
    "UPDATE organizations SET feed_seq = feed_seq + ?3 WHERE client_id = ?1 AND id = ?2");
inline const TestStatement<Scope::tenant, Rows::many, 0> kTeams(
    "teams", "SELECT id, slug FROM teams WHERE client_id = ?1 AND org_id = ?2 ORDER BY slug");
inline const TestStatement<Scope::tenant, Rows::none, 2> kSetVersion(
    "set_version",
    "UPDATE teams SET version = ?4 WHERE client_id = ?1 AND org_id = ?2 AND slug = ?3");

inline const FleetScope kFleet{FleetReason::setup};

template <class Noun>
Id<Noun> id_of(int n) {
  std::string text = "00000000-0000-7000-8000-000000000000";
  const std::string digits = std::to_string(n);
  text.replace(text.size() - digits.size(), digits.size(), digits);
  return *Id<Noun>::parse(text);
}

// The right of background work on one organization of the built-in client.
inline Permit<Action::sync_status, Org> permit_on(const OrgId& org,
                                                  const ClientId& client = platform_client()) {
  static const sql::SqlTeamStore kDirectory;
  return *Authorizer(kDirectory).require<Action::sync_status>(kFleet.tenant(client, org));
}

inline ClientScope client_scope() { return kFleet.client(platform_client()); }

}  // namespace ks::test
