// What an organization uses, beside what its rows say: the two agree whatever was done, and in
// whatever order.
#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "app/deployments.hpp"
#include "app/organizations.hpp"
#include "app/plans.hpp"
#include "identity/accounts.hpp"
#include "identity/host_gate.hpp"
#include "identity/session_gate.hpp"
#include "mail/outbox.hpp"
#include "runtime/loop.hpp"
#include "sql/accounts.hpp"
#include "sql/audit/audit.hpp"
#include "sql/deployments.hpp"
#include "sql/isolation.hpp"
#include "sql/journal.hpp"
#include "sql/mails.hpp"
#include "sql/names.hpp"
#include "sql/organizations.hpp"
#include "sql/people/access.hpp"
#include "sql/people/account_links.hpp"
#include "sql/people/invitations.hpp"
#include "sql/people/members.hpp"
#include "sql/people/ownership.hpp"
#include "sql/people/removals.hpp"
#include "sql/people/reviews.hpp"
#include "sql/plans.hpp"
#include "sql/sync.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/statements.hpp"

namespace ks::test {

namespace {

const TestStatement<Scope::tenant, Rows::one, 0> kSums(
    "ledger_sums",
    "SELECT COALESCE(SUM(CASE WHEN deleting = 0 THEN 1 ELSE 0 END), 0), "
    "CAST(COALESCE(SUM(cpu_milli), 0) AS BIGINT), CAST(COALESCE(SUM(memory_bytes), 0) AS BIGINT), "
    "CAST(COALESCE(SUM(storage_bytes), 0) AS BIGINT) "
    "FROM deployments WHERE client_id = ?1 AND org_id = ?2");
const TestStatement<Scope::tenant, Rows::many, 0> kRows(
    "ledger_rows",
    "SELECT id, deleting FROM deployments WHERE client_id = ?1 AND org_id = ?2 ORDER BY id");

const TestStatement<Scope::tenant, Rows::one, 0> kHistory(
    "ledger_history",
    "SELECT COUNT(*), CAST(COALESCE(SUM(LENGTH(spec)), 0) AS BIGINT), "
    "COALESCE(SUM(CASE WHEN revision = 3 THEN 1 ELSE 0 END), 0) "
    "FROM deployment_revisions WHERE client_id = ?1 AND org_id = ?2");
const TestStatement<Scope::tenant, Rows::none, 1> kObserve(
    "ledger_observe", "UPDATE deployments SET status = ?3 WHERE client_id = ?1 AND org_id = ?2");

struct Row {
  DeploymentId id;
  bool deleting = false;
};

// One person's organization over a database, with the use cases of the API and of sync.
struct Org {
  explicit Org(EngineCase& engine)
      : db(engine.database()), clock(engine.clock()), gate(db, account_store, clock, random) {
    Accounts::Options options;
    options.limit_key = std::string(32, 'k');
    PasswordHasher hasher(random, PasswordCost::least(), 2, 1000);
    Accounts accounts(
        {db, account_store, account_links, audit, outbox, gate, hasher, clock, random},
        std::move(options));
    const auto in = accounts.sign_up(
        HostGate(*parse_origin("http://localhost:8080")).admit("localhost:8080")->client,
        {"ann@example.com", "lavender quay 7", "Ann"}, trail,
        [this](Tx& tx, const PersonScope& person, const TenantScope& scope, const UserRow& user) {
          return found(tx, person, scope, user.name);
        });
    REQUIRE(in);
    token = in->token;
  }

  Result<void> found(Tx& tx, const PersonScope& person, const TenantScope& scope,
                     const std::string& name) {
    KS_TRY(const auto permit, authorizer.require<Action::org_found>(scope));
    KS_TRY(const bool made,
           organizations.create(tx, permit, NewOrganization{"ann", name, "business", clock.now()}));
    REQUIRE(made);
    KS_CHECK(organizations.add_member(tx, permit, person.user(), OrgRole::owner, clock.now()));
    const TeamRow team{
        TeamId::make(clock, random), "core", "Core", "", 1, clock.now(), clock.now()};
    KS_CHECK(teams.create_first(tx, permit, team));
    return teams.add_founder(tx, permit, team.id, person.user(), clock.now());
  }

  // `work` in a transaction, with the scope of the organization's owner.
  template <class Work>
  auto write(Work&& work) {
    return write_on(db, work);
  }
  template <class Work>
  auto write_on(Database& process, Work&& work) {
    return process.write([&](Tx& tx) -> decltype(work(tx, std::declval<const TenantScope&>())) {
      KS_TRY(const Caller caller, gate.load_in(tx, client_scope(), token, trail));
      KS_TRY(const TenantScope scope, gate.tenant(caller, "ann"));
      return work(tx, scope);
    });
  }

  Result<void> create(const std::string& name, int cpu_milli, int replicas, bool volume,
                      std::size_t env_bytes = 0) {
    DeploymentDraft draft;
    draft.name = name;
    draft.stem = name + "-" + random_suffix(random, 10);
    Service service;
    service.name = "web";
    service.image = "docker.io/library/redis:7";
    service.replicas = volume ? 1 : replicas;
    service.resources.cpu_milli_limit = cpu_milli;
    if (env_bytes > 0) service.env["TEXT"] = std::string(env_bytes, 'x');
    if (volume) service.volumes.push_back({"data", "/data", std::int64_t{1} << 30});
    draft.workload.services.push_back(service);
    return write([&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::create_deployment(tx, stores, {}, scope, "core", draft));
      return {};
    });
  }
  Result<void> change(const DeploymentId& id, const Json& patch) {
    return write([&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::change_deployment(tx, stores, TemplateCatalogue({}), scope, "core", id.text(),
                                      patch, {}));
      return {};
    });
  }
  Result<void> deploy(const DeploymentId& id) {
    return write([&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::deploy(tx, stores, scope, "core", id.text(), {}));
      return {};
    });
  }
  Result<void> remove(const DeploymentId& id) {
    return write([&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::delete_deployment(tx, stores, scope, "core", id.text(), {}));
      return {};
    });
  }
  // As sync does when the cluster has nothing left of it. `dies`: the process ends before the
  // commit.
  Result<bool> forget(const DeploymentId& id, bool dies = false) {
    const OrgId org = org_id();
    return db.fleet_write(kFleet, [&](Tx& tx) -> Result<bool> {
      KS_TRY(const bool gone, sync.forget_deployment(tx, permit_on(org), id));
      if (dies) return conflict("died", "before the commit");
      return gone;
    });
  }

  OrgId org_id() {
    const auto org =
        write([](Tx&, const TenantScope& scope) -> Result<OrgId> { return scope.org(); });
    REQUIRE(org);
    return *org;
  }
  std::vector<Row> rows() {
    const OrgId org = org_id();
    const auto found =
        db.write([&](Tx& tx) { return sql::sql_tx(tx).run(permit_on(org), *kRows); });
    REQUIRE(found);
    std::vector<Row> out;
    for (const sql::Row& row : *found) out.push_back({row.id<Deployment>(0), row.flag(1)});
    return out;
  }
  Usage used() {
    const OrgId org = org_id();
    const auto out = db.write([&](Tx& tx) { return plans.usage(tx, permit_on(org)); });
    REQUIRE(out);
    return *out;
  }
  // Fails the test unless the ledger is the sum over the rows.
  void check() {
    const OrgId org = org_id();
    const auto sums = db.write([&](Tx& tx) { return sql::sql_tx(tx).run(permit_on(org), *kSums); });
    REQUIRE(sums);
    const Usage ledger = used();
    CHECK(ledger.deployments == sums->integer(0));
    CHECK(ledger.amount == Amount{sums->integer(1), sums->integer(2), sums->integer(3)});
  }

  Database& db;
  ManualClock& clock;
  SystemRandom random;
  sql::SqlAccountStore account_store;
  sql::SqlAccountLinkStore account_links;
  SessionGate gate;
  sql::SqlOrganizationStore organizations;
  sql::SqlTeamStore teams;
  sql::SqlMemberStore members;
  sql::SqlRemovalStore removals;
  sql::SqlOwnershipStore ownership;
  sql::SqlInvitationStore invitations;
  sql::SqlAccessStore access;
  sql::SqlReviewStore reviews;
  sql::SqlDeploymentStore deployments;
  sql::SqlSandboxStore sandboxes;
  sql::SqlIsolationStore isolation;
  sql::SqlPlanStore plans;
  sql::SqlIdempotencyStore idempotency;
  sql::AuditWriter audit_writer{std::string(32, 'a'), random};
  sql::SqlJournal journal{audit_writer};
  sql::SqlAuditStore audit{audit_writer};
  sql::SqlSyncStore sync{journal, clock};
  Envelope envelope{std::string(32, 'e')};
  sql::SqlMailStore mails;
  mail::SealedOutbox outbox{mails, envelope, clock, random, mail::Switch::off};
  Authorizer authorizer{teams};
  sql::SqlNameStore names{std::string(32, 'n')};
  app::Stores stores{authorizer,  organizations, teams,   members,     removals,  ownership,
                     invitations, access,        reviews, deployments, sandboxes, isolation,
                     plans,       journal,       audit,   idempotency, names,     outbox,
                     envelope,    clock,         random};
  SessionGate::TrailPtr trail = std::make_shared<const Trail>(Trail{"test", "192.0.2.1"});
  std::string token;
};

constexpr std::array kNames{"web", "api", "db", "cache"};

// One step of somebody or of sync, good or refused.
void step(Org& org, SeededRandom& random) {
  const auto rows = org.rows();
  const auto pick = [&] { return rows[random.below(rows.size())].id; };
  switch (rows.empty() ? 0 : random.below(6)) {
    case 0:
    case 1:
      (void)org.create(kNames[random.below(kNames.size())],
                       static_cast<int>(100 * (1 + random.below(30))),
                       static_cast<int>(random.below(4)), random.below(3) == 0);
      break;
    case 2:
      (void)org.change(pick(), Json::object({{"replicas", static_cast<int>(random.below(4))}}));
      break;
    case 3:
      (void)org.remove(pick());
      break;
    case 4:
      (void)org.forget(pick(), random.below(2) == 0);
      break;
    default:
      (void)org.forget(pick());
  }
}

}  // namespace

TEST_CASE("a deployment that is being deleted keeps its amounts until nothing of it is left") {
  for_each_engine([](EngineCase& engine) {
    Org org(engine);
    REQUIRE(org.create("web", 5000, 1, true));
    const Amount before = org.used().amount;
    CHECK(before.cpu_milli == 5000);
    CHECK(before.storage_bytes == std::int64_t{1} << 30);
    const DeploymentId id = org.rows().at(0).id;

    CHECK_FALSE(*org.forget(id));  // It is wanted.
    REQUIRE(org.remove(id));
    CHECK(org.used().deployments == 0);
    CHECK(org.used().amount == before);
    // Deleted again, it gives nothing back a second time.
    REQUIRE(org.remove(id));
    CHECK(org.used().deployments == 0);
    CHECK(org.used().amount == before);
    // Name and place are free, the processors are not: of the 8 that the plan has, 5 still run.
    const auto refused = org.create("web", 5000, 1, false);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().problem == "plan_limit_reached");
    CHECK(refused.error().limit->feature == "cpu.max");
    CHECK(org.create("web", 3000, 1, false));
    org.check();

    CHECK_FALSE(org.forget(id, true));
    CHECK(org.used().amount.cpu_milli == 8000);
    CHECK(*org.forget(id));
    CHECK(org.used().amount.cpu_milli == 3000);
    CHECK_FALSE(*org.forget(id));
    CHECK(org.used().amount.cpu_milli == 3000);
    CHECK(org.used().amount.storage_bytes == 0);
    org.check();
  });
}

TEST_CASE("the ledger is the sum over the rows after every step, whatever the steps are") {
  for_each_engine([](EngineCase& engine) {
    Org org(engine);
    for (const std::uint64_t seed : {1, 2, 3}) {
      SeededRandom random(seed);
      for (int i = 0; i < 60; ++i) {
        CAPTURE(seed);
        CAPTURE(i);
        step(org, random);
        org.check();
        const Usage used = org.used();
        CHECK(used.amount.cpu_milli <= 8000);
        CHECK(used.deployments <= 5);
      }
    }
    for (const Row& row : org.rows()) {
      REQUIRE(org.remove(row.id));
      REQUIRE(org.forget(row.id));
    }
    CHECK(org.used().amount == Amount{});
    CHECK(org.used().deployments == 0);
  });
}

TEST_CASE(
    "people and two holders of the sync lease at once leave the ledger the sum over the rows") {
  for_each_engine([](EngineCase& engine) {
    Org org(engine);
    for (int i = 0; i < 4; ++i)
      REQUIRE(org.create(kNames[static_cast<std::size_t>(i)], 1000, 1, false));
    runtime::LoopGroup loops(2);
    runtime::Event done;
    std::atomic<int> left{6};
    for (std::size_t n = 0; n < 6; ++n)
      loops.at(n % 2).spawn([&, n] {
        SeededRandom random(n + 10);
        for (int i = 0; i < 15; ++i) step(org, random);
        if (--left == 0) done.set();
      });
    done.wait();
    org.check();
    // Everybody gives one back, one is given.
    const DeploymentId id = [&] {
      const auto rows = org.rows();
      if (!rows.empty()) return rows[0].id;
      REQUIRE(org.create("web", 1000, 1, false));
      return org.rows().at(0).id;
    }();
    REQUIRE(org.remove(id));
    std::atomic<int> given{0};
    std::atomic<int> open{8};
    runtime::Event all;
    for (std::size_t n = 0; n < 8; ++n)
      loops.at(n % 2).spawn([&] {
        const auto gone = org.forget(id);
        if (gone && *gone) ++given;
        if (--open == 0) all.set();
      });
    all.wait();
    CHECK(given == 1);
    org.check();
  });
}

TEST_CASE("200 deploys of a large deployment leave its newest 50 revisions and the one that runs") {
  for_each_engine([](EngineCase& engine) {
    Org org(engine);
    constexpr std::size_t kBytes = std::size_t{20} << 10;
    REQUIRE(org.create("web", 100, 1, false, kBytes));
    const DeploymentId id = org.rows().at(0).id;
    const OrgId of = org.org_id();
    REQUIRE(org.db.write([&](Tx& tx) {
      return sql::sql_tx(tx).run(permit_on(of), *kObserve, R"({"observed_revision":3})");
    }));
    for (int i = 0; i < 200; ++i) {
      org.clock.advance(seconds(2));
      REQUIRE(org.deploy(id));
    }
    const auto history =
        org.db.write([&](Tx& tx) { return sql::sql_tx(tx).run(permit_on(of), *kHistory); });
    REQUIRE(history);
    CHECK(history->integer(0) == 51);
    CHECK(history->integer(1) < 51 * static_cast<std::int64_t>(kBytes + 1024));
    CHECK(history->integer(2) == 1);
  });
}

TEST_CASE("an organization makes 30 revisions a minute, over all processes") {
  for_each_engine([](EngineCase& engine) {
    Org org(engine);
    REQUIRE(org.create("web", 100, 1, false));
    REQUIRE(org.create("api", 100, 1, false));
    const auto rows = org.rows();
    for (std::size_t i = 0; i < 30; ++i) REQUIRE(org.deploy(rows[i % 2].id));
    const auto refused = org.deploy(rows[0].id);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().status == 429);
    CHECK(refused.error().problem == "too_many_requests");
    CHECK(refused.error().retry_after_s == 60);
    if (engine.is_postgres()) {
      const auto other = engine.open_another();
      const auto counted = org.write_on(*other, [&](Tx& tx, const TenantScope& scope) {
        return app::deploy(tx, org.stores, scope, "core", rows[1].id.text(), {});
      });
      REQUIRE_FALSE(counted);
      CHECK(counted.error().status == 429);
    }
    org.clock.advance(minutes(1));
    CHECK(org.deploy(rows[0].id));
  });
}

TEST_CASE("who makes and deletes while the cluster is away is stopped, until it is back") {
  for_each_engine([](EngineCase& engine) {
    Org org(engine);
    Result<void> made;
    for (int i = 0; i < 40 && made; ++i) {
      made = org.create("web", 100, 0, false);
      for (const Row& row : org.rows())
        if (!row.deleting) REQUIRE(org.remove(row.id));
    }
    REQUIRE_FALSE(made);
    CHECK(made.error().status == 429);
    CHECK(made.error().message.find("16 deployments") == 0);
    CHECK(org.rows().size() == 16);
    REQUIRE(org.forget(org.rows().at(0).id));
    CHECK(org.create("web", 100, 0, false));
  });
}

}  // namespace ks::test
