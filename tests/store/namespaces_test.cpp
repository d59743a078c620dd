// Who gets which namespace, over each engine and for patterns of every shape.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "app/deployments.hpp"
#include "app/organizations.hpp"
#include "app/teams.hpp"
#include "identity/accounts.hpp"
#include "mail/outbox.hpp"
#include "main/stores.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/statements.hpp"

namespace ks::test {

namespace {

const TestStatement<Scope::tenant, Rows::none, 0> kNoLimits(
    "town_no_limits",
    "UPDATE subscriptions SET plan_key = 'enterprise', plan_version = 1 "
    "WHERE client_id = ?1 AND org_id = ?2");
const TestStatement<Scope::tenant, Rows::many, 0> kInside(
    "town_inside",
    "SELECT s.namespace, d.created_by, d.team_id, s.user_id FROM deployments AS d "
    "JOIN sandboxes AS s ON s.client_id = d.client_id AND s.org_id = d.org_id "
    "AND s.id = d.sandbox_id WHERE d.client_id = ?1 AND d.org_id = ?2");

const TestStatement<Scope::tenant, Rows::many, 0> kSlugs(
    "town_slugs",
    "SELECT o.slug, t.id, t.slug FROM organizations AS o JOIN teams AS t "
    "ON t.client_id = o.client_id AND t.org_id = o.id WHERE o.client_id = ?1 AND o.id = ?2");

struct Someone {
  std::string token;
  UserId user;
  OrgId org;
};

// Three people, each with an organization of two teams; all of them work in all.
struct Town {
  template <class Work>
  auto act(const Someone& who, const OrgId& org, Work&& work) {
    return db.write([&](Tx& tx) -> decltype(work(tx, std::declval<const TenantScope&>())) {
      KS_TRY(const Caller caller, gate.load_in(tx, client_scope(), who.token, trail));
      KS_TRY(const TenantScope scope, gate.tenant(caller, org));
      return work(tx, scope);
    });
  }

  explicit Town(EngineCase& e)
      : db(e.database()),
        clock(e.clock()),
        gate(db, stores.accounts, clock, random),
        accounts(stores.for_accounts(db, outbox, gate, hasher, clock, random), options()) {
    for (const char* name : {"Ann", "Ben", "Cleo"}) people.push_back(sign_up(name));
    for (const Someone& a : people) {
      REQUIRE(db.write([&](Tx& tx) { return sql::sql_tx(tx).run(permit_on(a.org), *kNoLimits); }));
      for (const Someone& b : people)
        if (a.user != b.user)
          REQUIRE(db.write([&](Tx& tx) {
            return sql::sql_tx(tx).run(permit_on(a.org), *kPutMember, b.user, "org_admin");
          }));
      REQUIRE(act(a, a.org, [&](Tx& tx, const TenantScope& scope) {
        return app::create_team(tx, use, scope, {"Second", "second", ""});
      }));
    }
  }

  static Accounts::Options options() {
    Accounts::Options out;
    out.limit_key = std::string(32, 'k');
    return out;
  }

  Someone sign_up(const std::string& name) {
    std::optional<app::Founded> org;
    std::optional<UserId> user;
    const auto in =
        accounts.sign_up(client_scope(), {name + "@example.com", "lavender quay 7", name}, trail,
                         [&](Tx& tx, const PersonScope& person, const TenantScope& scope,
                             const UserRow& row) -> Result<void> {
                           KS_TRY(org, app::found(tx, use, scope, row.name, std::nullopt));
                           user = person.user();
                           return {};
                         });
    REQUIRE(in);
    return {in->token, *user, org->org};
  }

  // Empty: done.
  std::string deploy(const NamespacePattern& pattern, const Someone& who, const OrgId& org,
                     const std::string& team) {
    DeploymentDraft draft;
    draft.name = "d" + random_suffix(random, 10);
    draft.stem = draft.name;
    Service service;
    service.name = "web";
    service.image = "docker.io/library/redis:7";
    draft.workload.services.push_back(service);
    const auto done = act(who, org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::create_deployment(tx, use, pattern, scope, team, draft));
      return {};
    });
    return done ? "" : done.error().problem;
  }

  Database& db;
  ManualClock& clock;
  SystemRandom random;
  SqlStores stores{std::string(32, 'm'), clock, random};
  mail::SealedOutbox outbox{stores.mails, stores.envelope, clock, random, mail::Switch::off};
  app::Stores use = stores.for_app(outbox, clock, random);
  SessionGate gate;
  PasswordHasher hasher{random, PasswordCost::least(), 2, 1000};
  Accounts accounts;
  SessionGate::TrailPtr trail = std::make_shared<const Trail>(Trail{"test", "192.0.2.1"});
  std::vector<Someone> people;
};

}  // namespace

TEST_CASE(
    "a namespace has one person's deployments of one organization, and of one team if named") {
  for (const char* text : {"sandbox-{userId}", "org-{orgId}", "t-{teamId}", "apps-{orgSlug}",
                           "apps-{teamSlug}", "c-{clientId}"}) {
    CAPTURE(text);
    const auto pattern = NamespacePattern::parse(text);
    REQUIRE(pattern);
    for_each_engine([&](EngineCase& engine) {
      Town town(engine);
      SeededRandom dice(7);
      for (int i = 0; i < 24; ++i) {
        const Someone& who = town.people[dice.below(3)];
        const OrgId& org = town.people[dice.below(3)].org;
        const std::string why =
            town.deploy(*pattern, who, org, dice.below(2) == 0 ? "default" : "second");
        CHECK_MESSAGE(why.empty(), why);
      }
      // Whose each namespace is, and which each owner has.
      std::map<std::string, std::string> owners, namespaces;
      for (const Someone& of : town.people) {
        const auto rows =
            town.db.write([&](Tx& tx) { return sql::sql_tx(tx).run(permit_on(of.org), *kInside); });
        REQUIRE(rows);
        for (const sql::Row& row : *rows) {
          CHECK(row.str(1) == row.str(3));
          const std::string owner =
              of.org.str() + row.str(1) + (pattern->names_team() ? row.str(2) : "");
          const std::string ns = row.str(0);
          CHECK(owners.emplace(ns, owner).first->second == owner);
          CHECK(namespaces.emplace(owner, ns).first->second == ns);
        }
      }
      CHECK(owners.size() >= 6);
    });
  }
}

TEST_CASE("no names that others had given away before keep somebody from a namespace") {
  const auto pattern = NamespacePattern::parse("apps-{orgSlug}");
  REQUIRE(pattern);
  for_each_engine([&](EngineCase& engine) {
    Town town(engine);
    const Someone& ann = town.people[0];
    const Someone& ben = town.people[1];
    const auto teams =
        town.db.write([&](Tx& tx) { return sql::sql_tx(tx).run(permit_on(ann.org), *kSlugs); });
    REQUIRE(teams);
    REQUIRE(!teams->empty());
    const sql::Row& row = teams->front();
    auto names = pattern->names(
        {client_scope().client(), ann.org, ann.user, row.id<Team>(1), row.str(0), row.str(2)},
        town.random);
    CHECK(names.size() == 4);
    // All that follow from slugs and ids.
    names.pop_back();
    for (const std::string& name : names)
      REQUIRE(town.db.write([&](Tx& tx) {
        return town.use.names.give(tx, permit_on(ben.org), ClusterName::namespace_, name);
      }));
    const std::string why = town.deploy(*pattern, ann, ann.org, row.str(2));
    CHECK_MESSAGE(why.empty(), why);
  });
}

TEST_CASE(
    "a namespace stays a person's whatever the pattern becomes, but for one that names teams") {
  for_each_engine([](EngineCase& engine) {
    Town town(engine);
    const Someone& ann = town.people.front();
    const auto names = [&] {
      std::set<std::string> out;
      const auto rows =
          town.db.write([&](Tx& tx) { return sql::sql_tx(tx).run(permit_on(ann.org), *kInside); });
      REQUIRE(rows);
      for (const sql::Row& row : *rows) out.insert(row.str(0));
      return out;
    };
    REQUIRE(town.deploy({}, ann, ann.org, "default").empty());
    const auto first = names();
    CHECK(first == std::set<std::string>{"sandbox-" + ann.user.str()});
    REQUIRE(town.deploy(*NamespacePattern::parse("s-{userId}"), ann, ann.org, "second").empty());
    CHECK(names() == first);
    REQUIRE(town.deploy(*NamespacePattern::parse("t-{teamId}"), ann, ann.org, "second").empty());
    CHECK(names().size() == 2);
  });
}

}  // namespace ks::test
