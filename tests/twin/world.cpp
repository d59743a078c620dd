#include "tests/twin/world.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/store/statements.hpp"

namespace ks {

// Stands in for the maker of persons, which this program does not link.
class SessionGate {
 public:
  static PersonScope person(const ClientId& client, const UserId& user) {
    return {client, user, std::make_shared<const Trail>()};
  }
};

}  // namespace ks

namespace ks::test {

const std::vector<std::string> kUniqueByNature{"organizations.slug", "sandboxes.namespace",
                                               "deployments.stem", "given_names.hash"};

std::string number_id(int n) { return id_of<Org>(n).str(); }

namespace {

ClientId client_id(int n) { return n == 1 ? platform_client() : id_of<Client>(1000 + n); }

// Reaches what the driver keeps to itself; nothing is made of it.
class Inside : public sql::SqlTx {
 public:
  static auto run() { return &Inside::execute; }
};

// Hands another statement and its arguments to the transaction that is open, under the proof that
// it was itself called with.
class Relay final : public sql::SqlTx {
 public:
  Relay(Tx& tx, const sql::StatementText& text, std::vector<sql::Value> own)
      : tx_(sql::sql_tx(tx)), text_(text), own_(std::move(own)) {}
  void feed_changed(const OrgId&) override {}

  std::shared_ptr<const sql::RowTable> table;
  std::optional<Error> error;

 protected:
  Result<std::shared_ptr<const sql::RowTable>> execute(const sql::StatementText&,
                                                       const sql::ScopeValues& scope,
                                                       std::span<const sql::Value>) override {
    auto result = (tx_.*Inside::run())(text_, scope, own_);
    if (result)
      table = *result;
    else
      error = result.error();
    return std::make_shared<const sql::RowTable>();
  }

 private:
  sql::SqlTx& tx_;
  const sql::StatementText& text_;
  std::vector<sql::Value> own_;
};

Outcome outcome_of(const Relay& relay) {
  Outcome out;
  if (relay.error) {
    out.problem = relay.error->problem + ": " + relay.error->message;
    return out;
  }
  out.affected = relay.table->affected();
  for (std::size_t i = 0; i < relay.table->rows(); ++i) {
    const sql::Row row(relay.table, i);
    std::string line;
    for (int column = 0; column < row.columns(); ++column)
      line += row.shown(column).value_or("NULL") + "|";
    out.rows.push_back(std::move(line));
  }
  return out;
}

void put(Tx& tx, std::string_view text, const std::map<std::string, std::string>& names) {
  std::string sql(text);
  for (const auto& [name, value] : names)
    for (auto at = sql.find(name); at != std::string::npos; at = sql.find(name, at + value.size()))
      sql.replace(at, name.size(), value);
  const Outcome outcome = run_text(tx, sql);
  CHECK_MESSAGE(outcome.problem.empty(), sql << "\n" << outcome.problem);
}

// Rows of a client; $c is its id, #1 the first id.
constexpr std::string_view kClientRows[] = {
    "INSERT INTO users (client_id, id, email, name, password_hash, state, platform_admin, "
    "authz_version, created_at, updated_at) VALUES "
    "('$c', '#1', 'one@x.test', 'One', 'old', 'active', 1, 1, 0, 0), "
    "('$c', '#2', 'two@x.test', 'Two', 'old', 'active', 0, 1, 0, 0), "
    "('$c', '#3', 'three@x.test', 'Three', 'old', 'active', 0, 1, 0, 0)",
    "INSERT INTO sessions (client_id, id, token_hash, user_id, created_at, seen_at, expires_at, "
    "auth_at) VALUES ('$c', '#1', 'hash', '#1', 0, 100, 1000, 0)",
    "INSERT INTO account_links (client_id, purpose, subject, token_hash, user_id, address, name, "
    "password_hash, created_at, expires_at) VALUES "
    "('$c', 'reset', 'subject', 'hash', '#1', 'one@x.test', '', '', 0, 1000), "
    "('$c', 'restore_address', 'subject', 'back', '#1', 'back@x.test', '', '', 0, 1000)",
    "INSERT INTO login_networks (client_id, hash, user_id, seen_at) VALUES ('$c', 'hash', '#1', 0)",
    "INSERT INTO user_activity (client_id, user_id, seen_at) VALUES ('$c', '#1', 50)",
    "INSERT INTO rate_limits (client_id, key, window_start, count) VALUES ('$c', 'key', 100, 1)",
    "INSERT INTO setup_tokens (client_id, token_hash, expires_at) VALUES ('$c', 'hash', 1000)",
    "INSERT INTO mails (client_id, owner_id, id, org_id, kind, about_kind, about_id, state, "
    "sealed, "
    "reason, attempts, queued_at, next_at, give_up_at, changed_at) VALUES "
    "('$c', '#0', '#1', NULL, 'k', 'invitation', '#1', 'queued', 's', '', 0, 0, 100, 1000, 0), "
    "('$c', '#0', '#2', NULL, 'k', 'user', '#1', 'sending', 's', '', 1, 0, 900, 1000, 0), "
    "('$c', '#0', '#3', NULL, 'k', 'user', '#1', 'sent', '', '', 1, 0, 900, 1000, 100)",
    "INSERT INTO given_names (client_id, kind, hash, holder, until) VALUES "
    "('$c', 'slug', 'hash$u', '$o', 1000), ('$c', 'slug', 'used$u', '$o', 0), "
    "('$c', 'slug', 'past$u', '$o', 100)",
    "INSERT INTO audit_salts (client_id, user_id, salt) VALUES ('$c', '#1', 's')",
    "INSERT INTO client_audit_heads (client_id, seq, mac, sunk, salt) VALUES ('$c', 1, 'm', 0, "
    "'s')",
    "INSERT INTO client_audit (client_id, seq, prev, mac, at, actor_kind, actor_id, address, "
    "request_id, action, target_kind, target_id, result, detail) VALUES "
    "('$c', 1, '', 'm', 0, 'user', '#1', '', '', 'a', 'account', '#1', 'ok', '{}')"};

// Rows of a second client that the first one has from the beginning.
constexpr std::string_view kOtherClientRows[] = {
    "INSERT INTO clients (client_id, slug, name, state, created_at) "
    "VALUES ('$c', 'other', 'K8s Scheduler', 'active', 0)",
    "INSERT INTO plans (client_id, key, version, name, state, rank, created_at) "
    "SELECT '$c', p.key, p.version, p.name, p.state, p.rank, p.created_at FROM plans AS p",
    "INSERT INTO plan_entitlements (client_id, plan_key, plan_version, feature, value) "
    "SELECT '$c', e.plan_key, e.plan_version, e.feature, e.value FROM plan_entitlements AS e"};

// Rows of an organization; $o is its id, $b and $g are two that are ending, $u what is unique by
// nature.
constexpr std::string_view kOrgRows[] = {
    "INSERT INTO organizations (client_id, id, slug, name, state, version, feed_seq, audit_seq, "
    "audit_mac, created_at, updated_at, deleted_at) VALUES "
    "('$c', '$o', 'blue$u', 'Blue', 'active', 1, 1, 1, 'mac', 0, 0, 0), "
    "('$c', '$b', 'bare$u', 'Bare', 'deleting', 1, 0, 0, '', 0, 0, 100), "
    "('$c', '$g', 'gone$u', 'Gone', 'purging', 1, 0, 0, '', 0, 0, 100)",
    "INSERT INTO org_members (client_id, org_id, user_id, role, created_at) VALUES "
    "('$c', '$o', '#1', 'org_owner', 0), ('$c', '$o', '#2', 'org_member', 0)",
    "INSERT INTO teams (client_id, org_id, id, slug, name, description, version, created_at, "
    "updated_at, deleting) VALUES ('$c', '$o', '#1', 'team', 'Team', '', 1, 0, 0, 0), "
    "('$c', '$o', '#2', 'empty', 'Empty', '', 1, 0, 0, 0), "
    "('$c', '$o', '#3', 'ended', 'Ended', '', 1, 0, 0, 1), "
    "('$c', '$b', '#3', 'bare', 'Bare', '', 1, 0, 0, 0)",
    "INSERT INTO former_team_slugs (client_id, org_id, slug, team_id, until) VALUES "
    "('$c', '$o', 'former', '#1', 1000), ('$c', '$o', 'past', '#1', 100)",
    "INSERT INTO team_members (client_id, org_id, team_id, user_id, role, created_at) "
    "VALUES ('$c', '$o', '#1', '#1', 'team_admin', 0)",
    "INSERT INTO former_members (client_id, org_id, user_id, role, teams, removed_at, email, "
    "own_will) "
    "VALUES ('$c', '$o', '#3', 'org_member', '[]', 100, 'three@x.test', 0)",
    "INSERT INTO ownership_offers (client_id, org_id, id, from_user, to_user, state, created_at, "
    "expires_at, settled_at) VALUES ('$c', '$o', '#1', '#1', '#2', 'cancelled', 0, 1000, 10), "
    "('$c', '$o', '#2', '#1', '#2', 'open', 0, 1000, 0)",
    "INSERT INTO invitations (client_id, org_id, id, email, role, org_wide, state, reason, "
    "token_hash, invited_by, answered_by, version, life_days, created_at, expires_at, sent_at, "
    "resends_since, resends, told_at, settled_at) VALUES "
    "('$c', '$o', '#1', 'one@x.test', 'org_member', 1, 'pending', '', 'hash', '#1', NULL, 1, 7, 0, "
    "1000, 0, 0, 0, 0, 0), "
    "('$c', '$o', '#2', 'two@x.test', 'org_member', 0, 'declined', '', 'hash2', '#1', '#2', 1, 7, "
    "0, 1000, 0, 0, 0, 0, 50)",
    "INSERT INTO invitation_teams (client_id, org_id, invitation_id, team_id, team_name, role, "
    "invited_by) VALUES ('$c', '$o', '#1', '#1', 'Team', 'viewer', '#1')",
    "INSERT INTO access_reviews (client_id, org_id, id, team_id, state, started_by, started_at, "
    "finished_at, rights, confirmed, removed, changed, undecided) VALUES "
    "('$c', '$o', '#1', NULL, 'open', '#1', 0, 0, 2, 0, 0, 0, 0), "
    "('$c', '$o', '#2', '#1', 'finished', '#1', 0, 10, 1, 0, 0, 0, 1), "
    "('$c', '$o', '#3', NULL, 'finished', '#1', -1, 10, 0, 0, 0, 0, 0)",
    "INSERT INTO access_review_rows (client_id, org_id, review_id, number, user_id, team_id, "
    "team_name, role, made_at, granted_by, granted_at, seen_at, inactive, decision, decided_at) "
    "VALUES ('$c', '$o', '#1', 1, '#1', NULL, '', 'org_owner', 0, '#2', 3, 50, 0, 'pending', 0), "
    "('$c', '$o', '#1', 2, '#1', '#1', 'Team', 'team_admin', 0, NULL, NULL, 50, 0, 'pending', 0)",
    "INSERT INTO subscriptions (client_id, org_id, plan_key, plan_version, state, period_start, "
    "updated_at) VALUES ('$c', '$o', 'free', 1, 'active', 0, 0)",
    "INSERT INTO entitlement_overrides (client_id, org_id, feature, value, starts_at, ends_at, "
    "reason, by_user) VALUES ('$c', '$o', 'deployments.max', '7', 0, 0, 'r', '#1')",
    "INSERT INTO org_usage (client_id, org_id, deployments, teams, members, cpu_milli, "
    "memory_bytes, storage_bytes) VALUES ('$c', '$o', 1, 2, 2, 10, 10, 10)",
    "INSERT INTO sandboxes (client_id, org_id, id, user_id, namespace, claim, isolation, "
    "generation, synced_generation, ready, reason, message, created_at) VALUES "
    "('$c', '$o', '#1', '#1', 'namespace$u', 'claim', 'shared', 2, 1, 0, '', '', 0), "
    "('$c', '$o', '#2', '#2', 'synced$u', 'claim', 'shared', 2, 2, 0, '', '', 0), "
    "('$c', '$b', '#3', '#2', 'bare$u', 'claim', 'shared', 1, 1, 0, '', '', 0)",
    "INSERT INTO deployments (client_id, org_id, id, team_id, sandbox_id, name, stem, template, "
    "spec, revision, version, generation, synced_generation, restarts, phase, reason, message, "
    "status, deleting, cpu_milli, memory_bytes, storage_bytes, created_by, created_at, updated_at) "
    "VALUES ('$c', '$o', '#1', '#1', '#1', 'web', 'web$u', 'nginx', '{}', 1, 1, 2, 0, 0, "
    "'Pending', '', '', '{}', 0, 1, 1, 1, '#1', 0, 0), "
    "('$c', '$o', '#2', '#1', '#1', 'old', 'old$u', 'nginx', '{}', 1, 1, 2, 1, 0, "
    "'Deleting', '', '', '{}', 1, 1, 1, 1, '#1', 0, 0)",
    "INSERT INTO deployment_revisions (client_id, org_id, deployment_id, revision, spec, "
    "created_by, created_at) VALUES ('$c', '$o', '#1', 1, '{}', '#1', 0)",
    "INSERT INTO deployment_secrets (client_id, org_id, deployment_id, name, sealed, created_at) "
    "VALUES ('$c', '$o', '#1', 'name', 'sealed', 0)",
    "INSERT INTO org_keys (client_id, org_id, wrapped, created_at) VALUES ('$c', '$o', 'w', 0)",
    "INSERT INTO audit (client_id, org_id, seq, prev, mac, at, actor_kind, actor_id, address, "
    "request_id, action, target_kind, target_id, result, detail) VALUES "
    "('$c', '$o', 1, '', 'mac', 0, 'user', '#1', '', '', 'a', 'team', '#1', 'ok', '{}')",
    "INSERT INTO feed (client_id, org_id, seq, at, kind, target_id, team_id) VALUES "
    "('$c', '$o', 1, 0, 'deployment', '#1', '#1')",
    "INSERT INTO mails (client_id, owner_id, id, org_id, kind, about_kind, about_id, state, "
    "sealed, "
    "reason, attempts, queued_at, next_at, give_up_at, changed_at, recipient) VALUES "
    "('$c', '$o', '#1', '$o', 'k', 'invitation', '#1', 'queued', 's', '', 0, 0, 100, 1000, 0, "
    "'#1'), "
    "('$c', '$o', '#2', '$o', 'k', 'team', '#1', 'sending', 's', '', 1, 0, 900, 1000, 0, '#1')"};

// What belongs to one person alone; $p is who.
constexpr std::string_view kPersonRows[] = {
    "INSERT INTO idempotency_keys (client_id, user_id, key_hash, request_mac, status, location, "
    "etag, body, created_at) VALUES ('$c', '$p', 'key', 'mac', 201, '', '', '{}', 100)"};

// A second person of the same teams.
constexpr std::string_view kSecondPersonRows[] = {
    "INSERT INTO team_members (client_id, org_id, team_id, user_id, role, created_at) "
    "VALUES ('$c', '$o', '#1', '#2', 'viewer', 0)"};

void put_all(Tx& tx, std::span<const std::string_view> texts, int client, int org, int person,
             const std::string& unique) {
  for (const std::string_view text : texts)
    put(tx, text,
        {{"$c", client_id(client).str()},
         {"$o", number_id(org)},
         {"$b", number_id(org + 7)},
         {"$g", number_id(org + 14)},
         {"$p", number_id(person)},
         {"$u", unique},
         {"#0", "00000000-0000-0000-0000-000000000000"},
         {"#1", number_id(1)},
         {"#2", number_id(2)},
         {"#3", number_id(3)}});
}

}  // namespace

std::string shown(const Outcome& outcome) {
  std::string out = fmt::format("affected {} {}", outcome.affected, outcome.problem);
  for (const std::string& row : outcome.rows) out += "\n    " + row;
  return out;
}

Outcome run_as(Tx& tx, const Who& who, const sql::StatementText& statement,
               const std::vector<Argument>& own) {
  std::vector<sql::Value> values;
  values.reserve(own.size());
  for (const Argument& argument : own) values.push_back(argument.value());
  Relay relay(tx, statement, std::move(values));
  const ClientId client = client_id(who.client);
  Result<std::vector<sql::Row>> ignored;
  switch (statement.scope) {
    case Scope::client:
      ignored = relay.run(kFleet.client(client),
                          sql::Statement<Scope::client, Rows::many, 0>{&statement});
      break;
    case Scope::person:
      ignored = relay.run(SessionGate::person(client, id_of<User>(who.user)),
                          sql::Statement<Scope::person, Rows::many, 0>{&statement});
      break;
    case Scope::tenant:
      ignored = relay.run(permit_on(id_of<Org>(who.org), client),
                          sql::Statement<Scope::tenant, Rows::many, 0>{&statement});
      break;
    case Scope::fleet:
      ignored = relay.run(kFleet, sql::Statement<Scope::fleet, Rows::many, 0>{&statement});
      break;
  }
  return outcome_of(relay);
}

Outcome run_text(Tx& tx, const std::string& text) {
  // Engines keep a prepared statement by its address, so the text must never be freed.
  static auto& kept = *new std::map<std::string, std::unique_ptr<sql::StatementText>>();
  auto& statement = kept[text];
  if (!statement) {
    statement = std::make_unique<sql::StatementText>();
    const std::string& key = kept.find(text)->first;
    *statement = {key, Scope::fleet, Rows::many, key, key, {}, "fixture"};
  }
  return run_as(tx, {}, *statement, {});
}

std::vector<std::string> dump(Tx& tx, const std::vector<std::string>& tables) {
  std::vector<std::string> out;
  for (const std::string& table : tables) {
    const Outcome outcome = run_text(tx, "SELECT * FROM " + table);
    CHECK_MESSAGE(outcome.problem.empty(), table << " " << outcome.problem);
    for (const std::string& row : outcome.rows) out.push_back(table + ": " + row);
  }
  std::ranges::sort(out);
  return out;
}

std::vector<std::string> tables_of_schema() {
  EngineCase engine(EngineCase::Kind::sqlite_memory);
  std::vector<std::string> out;
  REQUIRE(engine.database().fleet_read(kFleet, [&](Tx& tx) -> Result<void> {
    for (const std::string& row :
         run_text(tx,
                  "SELECT name FROM sqlite_schema WHERE type = 'table' "
                  "AND name NOT LIKE 'sqlite_%' AND name <> 'schema_migrations'")
             .rows)
      out.push_back(row.substr(0, row.size() - 1));
    return {};
  }));
  return out;
}

void populate(Database& database, Beside beside) {
  REQUIRE(database.fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
    put(tx, "INSERT INTO installation (key, value) VALUES ('key', 'v')", {});
    put(tx, "INSERT INTO leases (name, holder, fence, expires_at) VALUES ('web', 'holder', 1, 100)",
        {});
    if (beside != Beside::nobody) {
      // Before the first client's organizations, so that "the first row" is not by luck the right
      // one.
      put_all(tx, kOtherClientRows, 2, 1, 1, "");
      put_all(tx, kClientRows, 2, 1, 1, "-b");
      put_all(tx, kOrgRows, 2, 1, 1, "-b");
      put_all(tx, kPersonRows, 2, 1, 1, "");
    }
    put_all(tx, kClientRows, 1, 1, 1, "");
    if (beside == Beside::tenants) put_all(tx, kOrgRows, 1, 21, 1, "-c");
    put_all(tx, kOrgRows, 1, 1, 1, "");
    if (beside == Beside::persons) {
      put_all(tx, kPersonRows, 1, 1, 2, "");
      put_all(tx, kSecondPersonRows, 1, 1, 2, "");
    }
    put_all(tx, kPersonRows, 1, 1, 1, "");
    return {};
  }));
}

}  // namespace ks::test
