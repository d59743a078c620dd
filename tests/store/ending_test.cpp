// The life of an organization's names and its end, over each engine: what rests on the database and
// on the order of steps.
#include "app/life/ending.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "app/deployments.hpp"
#include "app/organizations.hpp"
#include "app/plans.hpp"
#include "app/teams.hpp"
#include "domain/resources.hpp"
#include "identity/accounts.hpp"
#include "identity/host_gate.hpp"
#include "kube/simulated/cluster.hpp"
#include "mail/outbox.hpp"
#include "main/stores.hpp"
#include "sync/purge.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/statements.hpp"

namespace ks::test {

namespace {

constexpr const char* kPassword = "lavender quay 7";

const TestStatement<Scope::tenant, Rows::none, 1> kAllowNone(
    "allow_none",
    "INSERT INTO entitlement_overrides (client_id, org_id, feature, value, starts_at, ends_at, "
    "reason, by_user) VALUES (?1, ?2, 'deployments.max', '0', 0, 0, 'less', ?3)");
const TestStatement<Scope::tenant, Rows::none, 0> kAllowAgain(
    "allow_again", "DELETE FROM entitlement_overrides WHERE client_id = ?1 AND org_id = ?2");

struct Someone {
  std::string token;
  std::string email;
  OrgId org;
  std::string slug;
};

struct World {
  explicit World(EngineCase& e)
      : engine(e),
        db(e.database()),
        clock(e.clock()),
        gate(db, stores.accounts, clock, random),
        accounts(stores.for_accounts(db, outbox, gate, hasher, clock, random), options()) {}

  static Accounts::Options options() {
    Accounts::Options out;
    out.limit_key = std::string(32, 'k');
    return out;
  }

  Someone sign_up(const std::string& name) {
    const std::string email = "person" + std::to_string(++people) + "@example.com";
    std::optional<app::Founded> org;
    const auto in =
        accounts.sign_up(client_scope(), {email, kPassword, name}, trail,
                         [&](Tx& tx, const PersonScope&, const TenantScope& scope,
                             const UserRow& user) -> Result<void> {
                           KS_TRY(org, app::found(tx, use, scope, user.name, std::nullopt));
                           return {};
                         });
    REQUIRE(in);
    return {in->token, email, org->org, org->slug};
  }
  void sign_in_again(Someone& who) {
    const auto in = accounts.login(client_scope(), who.email, kPassword, {}, trail);
    REQUIRE(in);
    who.token = in->token;
  }

  // `work` as this person in their organization, also in one that is being deleted.
  template <class Work>
  auto act(const Someone& who, Work&& work) {
    return db.write([&](Tx& tx) -> decltype(work(tx, std::declval<const TenantScope&>())) {
      KS_TRY(const Caller caller, gate.load_in(tx, client_scope(), who.token, trail));
      auto scope = gate.tenant(caller, who.org);
      if (!scope) scope = gate.ending(caller, who.org.text());
      if (!scope) return std::unexpected(scope.error());
      return work(tx, *scope);
    });
  }
  std::string rename(const Someone& who, const std::string& slug) {
    const auto done = act(who, [&](Tx& tx, const TenantScope& scope) {
      return app::change(tx, use, scope, {std::nullopt, slug}, {});
    });
    return done ? "" : done.error().problem;
  }
  std::string remove(const Someone& who, const std::string& typed) {
    const auto done = act(who, [&](Tx& tx, const TenantScope& scope) {
      return app::delete_organization(tx, use, scope, typed, {});
    });
    return done ? "" : done.error().problem;
  }
  std::string restore(const Someone& who, const std::vector<Organization>& owned = {}) {
    const auto done = act(who, [&](Tx& tx, const TenantScope& scope) {
      return app::restore_organization(tx, use, scope, owned);
    });
    return done ? "" : done.error().problem;
  }
  std::string deploy(const Someone& who, const std::string& name, const std::string& stem) {
    DeploymentDraft draft;
    draft.name = name;
    draft.stem = stem;
    Service service;
    service.name = "db";
    service.image = "docker.io/library/redis:7";
    service.resources.cpu_milli_limit = 100;
    service.volumes.push_back({"data", "/data", std::int64_t{1} << 30});
    draft.workload.services.push_back(service);
    draft.secrets.push_back({"password", "s3cret", true});
    const auto done = act(who, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::create_deployment(tx, use, {}, scope, "default", draft));
      return {};
    });
    return done ? "" : done.error().problem;
  }
  Usage usage(const Someone& who) {
    const auto used =
        db.fleet_read(kFleet, [&](Tx& tx) { return stores.plans.usage(tx, permit_on(who.org)); });
    REQUIRE(used);
    return *used;
  }
  std::optional<OrgId> before(const std::string& slug) {
    const auto found =
        db.read([&](Tx& tx) { return app::organization_before(tx, use, client_scope(), slug); });
    REQUIRE(found);
    return *found;
  }

  using Dump = TestStatement<Scope::fleet, Rows::many, 0>;
  const Dump& catalogue() const {
    static const Dump kSqlite("catalogue",
                              "SELECT name FROM sqlite_schema WHERE type = 'table' AND "
                              "name NOT LIKE 'sqlite_%'");
    static const Dump kPostgres("catalogue",
                                "SELECT CAST(tablename AS TEXT) FROM pg_catalog.pg_tables "
                                "WHERE schemaname = 'public'");
    return engine.is_postgres() ? kPostgres : kSqlite;
  }
  static const Dump& dump_of(const std::string& table) {
    // Engines keep a prepared statement by its address.
    static auto& kept = *new std::map<std::string, std::unique_ptr<Dump>>();
    auto& statement = kept[table];
    if (!statement)
      statement = std::make_unique<Dump>(kept.find(table)->first, "SELECT * FROM " + table);
    return *statement;
  }
  // "table: row" of every row of every table that the engine itself says there is.
  std::vector<std::string> dump() {
    std::vector<std::string> out;
    REQUIRE(db.fleet_read(kFleet, [&](Tx& tx) -> Result<void> {
      out.clear();
      KS_TRY(const auto tables, sql::sql_tx(tx).run(kFleet, *catalogue()));
      for (const sql::Row& named : tables) {
        const std::string table = named.str(0);
        KS_TRY(const auto rows, sql::sql_tx(tx).run(kFleet, *dump_of(table)));
        for (const sql::Row& row : rows) {
          std::string line = table + ": ";
          for (int i = 0; i < row.columns(); ++i) line += row.shown(i).value_or("NULL") + "|";
          out.push_back(std::move(line));
        }
      }
      return {};
    }));
    std::ranges::sort(out);
    return out;
  }
  // The tables that have a row which says this.
  std::set<std::string> tables_with(const std::string& text) {
    std::set<std::string> out;
    for (const std::string& row : dump())
      if (row.substr(row.find(':')).find(text) != std::string::npos)
        out.insert(row.substr(0, row.find(':')));
    return out;
  }
  std::vector<std::string> rows_of(const OrgId& org) {
    auto all = dump();
    std::erase_if(all, [&](const std::string& row) {
      return row.find(org.str()) == std::string::npos || row.starts_with("users:");
    });
    return all;
  }

  int people = 0;
  EngineCase& engine;
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
};

// What the purge works with: a cluster in which the organization has a sandbox.
struct Clusterful {
  explicit Clusterful(World& w) : world(w), cluster(w.clock) {}

  void add_sandbox(const std::string& ns, const OrgId& org) {
    SandboxResource box;
    box.meta.name = ns;
    box.meta.labels = {{std::string(labels::kManagedBy), std::string(labels::kProduct)}};
    box.spec.ns = ns;
    box.spec.client_id = platform_client().str();
    box.spec.org_id = org.str();
    box.spec.user_id = platform_client().str();
    box.spec.claim = "a claim of twenty-four chars";
    kube::ApplyOptions options;
    options.manager = "k8s-scheduler/sync";
    REQUIRE(cluster.apply(kube::kinds::kSandbox, to_json(box), options));
  }
  bool has(const std::string& ns) {
    const auto there = cluster.get({kube::kinds::kSandbox, "", ns});
    if (!there) REQUIRE(there.error().is_not_found());
    return there.has_value();
  }
  // One round of a process that has just started.
  std::string round(std::int64_t batch = 500) {
    sync::Purge::Config config;
    config.batch = batch;
    sync::Purge purge(
        {world.db, world.stores.purge, world.stores.names, world.stores.idempotency,
         world.stores.journal, world.stores.sync, world.stores.authorizer, remove_mail_files},
        cluster, config, world.clock, world.random);
    const auto done = purge.round();
    // The lease of a process that died runs out.
    world.clock.advance(minutes(10));
    return done ? "" : done.error().problem;
  }

  World& world;
  kube::simulated::SimulatedCluster cluster;
  std::function<Result<void>(const std::vector<MailId>&)> remove_mail_files;
};

std::string file_of(const EngineCase& engine) {
  std::string all;
  const std::string path = engine.options().dsn.substr(std::string("sqlite:").size());
  for (const char* end : {"", "-wal"}) {
    const std::ifstream in(path + end, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    all += out.str();
  }
  return all;
}

}  // namespace

TEST_CASE("of many organizations that want one slug at once exactly one has it") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    std::vector<Someone> people;
    for (int i = 0; i < 6; ++i) people.push_back(world.sign_up("Person " + std::to_string(i)));
    std::atomic<int> taken{0}, refused{0};
    std::vector<std::thread> threads;
    for (const Someone& who : people)
      threads.emplace_back([&] {
        const std::string problem = world.rename(who, "wanted");
        if (problem.empty()) ++taken;
        if (problem == "slug_taken") ++refused;
      });
    for (auto& thread : threads) thread.join();
    CHECK(taken == 1);
    CHECK(refused == 5);
    CHECK(world.tables_with("wanted") == std::set<std::string>{"organizations"});
  });
}

TEST_CASE("a slug that was given up is nobody else's for 90 days, and its own organization's") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    Someone ann = world.sign_up("Ann");
    Someone ben = world.sign_up("Ben");
    REQUIRE(world.rename(ann, "acme").empty());
    CHECK(world.before(ann.slug) == ann.org);
    CHECK(world.rename(ben, ann.slug) == "slug_taken");
    CHECK(world.rename(ben, "acme") == "slug_taken");
    // And back, and there again.
    REQUIRE(world.rename(ann, ann.slug).empty());
    CHECK(world.before("acme") == ann.org);
    CHECK(!world.before(ann.slug));
    CHECK(world.rename(ben, "acme") == "slug_taken");
    REQUIRE(world.rename(ann, "acme").empty());
    const auto again = [&] {
      world.sign_in_again(ann);
      world.sign_in_again(ben);
    };
    world.clock.advance(days(90) - microseconds(1));
    again();
    CHECK(world.before(ann.slug) == ann.org);
    CHECK(world.rename(ben, ann.slug) == "slug_taken");
    world.clock.advance(microseconds(1));
    CHECK(!world.before(ann.slug));
    CHECK(world.rename(ben, ann.slug).empty());
    CHECK(world.rename(ann, ann.slug) == "slug_taken");
    CHECK(world.before(ben.slug) == ben.org);
  });
}

TEST_CASE("a word of the product is nobody's slug") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    const Someone admin = world.sign_up("Admin");
    CHECK(admin.slug.starts_with("admin-"));
    CHECK(world.rename(admin, "admin") == "validation_failed");
  });
}

TEST_CASE("an organization ends by its name and its owner's password, and comes back as it was") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    Someone ann = world.sign_up("Ann");
    REQUIRE(world.deploy(ann, "web", "web-aaaaaa").empty());
    const Usage full = world.usage(ann);
    CHECK(world.remove(ann, "ann") == "validation_failed");
    world.clock.advance(minutes(10));
    CHECK(world.remove(ann, "Ann") == "reauthentication_required");
    world.sign_in_again(ann);
    const auto open =
        world.act(ann, [](Tx&, const TenantScope& scope) -> Result<TenantScope> { return scope; });
    REQUIRE(open);
    REQUIRE(world.remove(ann, "Ann").empty());
    // What was begun before comes too late.
    const auto late = world.db.write([&](Tx& tx) -> Result<void> {
      KS_CHECK(app::create_team(tx, world.use, *open, {"Shop", std::nullopt, ""}));
      return {};
    });
    REQUIRE(!late);
    CHECK(late.error().code == Error::Code::not_found);
    const Usage parked = world.usage(ann);
    CHECK(parked.deployments == 0);
    CHECK(parked.amount.cpu_milli == 0);
    CHECK(parked.amount.memory_bytes == 0);
    CHECK(parked.amount.storage_bytes == full.amount.storage_bytes);
    const auto caller = world.gate.load(client_scope(), ann.token, world.trail);
    REQUIRE(caller);
    CHECK(caller->memberships().empty());
    CHECK(!world.gate.tenant(*caller, ann.org));
    CHECK(world.gate.ending(*caller, ann.slug));
    // Deleted again it stays as it is.
    CHECK(world.remove(ann, "Ann").empty());
    CHECK(world.usage(ann).deployments == 0);

    // Another one of the free plan in the meantime.
    Organization other = *world.act(ann, [&](Tx& tx, const TenantScope& scope) {
      return app::organization(tx, world.use, scope);
    });
    CHECK(world.restore(ann, {other}) == "plan_limit_reached");
    // Nor when the plan allows less by then than it had.
    const auto limits = [&](auto& statement, const auto&... own) {
      REQUIRE(world.db.fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
        KS_CHECK(sql::sql_tx(tx).run(permit_on(ann.org), *statement, own...));
        return {};
      }));
    };
    limits(kAllowNone, caller->person().user());
    CHECK(world.restore(ann) == "plan_limit_reached");
    CHECK(world.usage(ann).deployments == 0);
    limits(kAllowAgain);
    CHECK(world.restore(ann).empty());
    CHECK(world.restore(ann).empty());
    const Usage back = world.usage(ann);
    CHECK(back.deployments == full.deployments);
    CHECK(back.amount.cpu_milli == full.amount.cpu_milli);
    CHECK(back.amount.memory_bytes == full.amount.memory_bytes);
    CHECK(back.amount.storage_bytes == full.amount.storage_bytes);
    CHECK(world.deploy(ann, "two", "two-aaaaaa") == "plan_limit_reached");
  });
}

TEST_CASE("a team takes its deployments along, and what is used is counted right") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    const Someone ann = world.sign_up("Ann");
    REQUIRE(world.deploy(ann, "web", "web-aaaaaa").empty());
    const auto remove = [&](const app::TeamRemoval& wanted) {
      const auto done = world.act(ann, [&](Tx& tx, const TenantScope& scope) {
        return app::remove_team(tx, world.use, scope, "default", wanted);
      });
      return done ? (*done == app::TeamRemoved::at_once ? "at once" : "later")
                  : done.error().problem;
    };
    CHECK(remove({}) == "team_not_empty");
    CHECK(remove({"default", true}) == "validation_failed");
    CHECK(remove({"Default", true}) == "later");
    CHECK(remove({"Default", true}) == "not_found");
    Usage used = world.usage(ann);
    CHECK(used.teams == 0);
    CHECK(used.deployments == 0);
    CHECK(used.amount.cpu_milli == 100);
    // The slug is free while the old team is still on its way out.
    CHECK(world.act(ann, [&](Tx& tx, const TenantScope& scope) {
      return app::create_team(tx, world.use, scope, {"Default", std::nullopt, ""});
    }));
    const auto rows = world.db.fleet_read(kFleet, [&](Tx& tx) {
      return world.stores.sync.unsynced_deployments(tx, kFleet, world.clock.now(), 10);
    });
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    CHECK((*rows)[0].deleting);
    const auto teams = world.tables_with((*rows)[0].team.str());
    CHECK(teams.contains("teams"));
    REQUIRE(world.db.fleet_write(kFleet, [&](Tx& tx) {
      return world.stores.sync.forget_deployment(tx, permit_on(ann.org), (*rows)[0].id);
    }));
    CHECK(!world.tables_with((*rows)[0].team.str()).contains("teams"));
    used = world.usage(ann);
    CHECK(used.teams == 1);
    CHECK(used.amount.cpu_milli == 0);
    CHECK(used.amount.storage_bytes == 0);
    CHECK(remove({}) == "at once");
  });
}

TEST_CASE("a stem and a namespace are given once in the life of an installation") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    const Someone ann = world.sign_up("Ann");
    const Someone ben = world.sign_up("Ben");
    REQUIRE(world.deploy(ann, "web", "web-aaaaaa").empty());
    CHECK(world.deploy(ben, "web", "web-aaaaaa") == "busy");
    REQUIRE(world.act(ann, [&](Tx& tx, const TenantScope& scope) {
      return app::delete_deployment(tx, world.use, scope, "default", "web", {});
    }));
    const auto rows = world.db.fleet_read(kFleet, [&](Tx& tx) {
      return world.stores.sync.unsynced_deployments(tx, kFleet, world.clock.now(), 10);
    });
    REQUIRE(rows);
    REQUIRE(world.db.fleet_write(kFleet, [&](Tx& tx) {
      return world.stores.sync.forget_deployment(tx, permit_on(ann.org), rows->at(0).id);
    }));
    CHECK(world.tables_with("web-aaaaaa").empty());
    CHECK(world.deploy(ben, "web", "web-aaaaaa") == "busy");
    CHECK(world.deploy(ben, "web", "web-bbbbbb").empty());
  });
}

TEST_CASE("a purge leaves nothing of an organization but its audit chain, whatever it ran into") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    Clusterful in(world);
    Someone ann = world.sign_up("Zanzibar Widgets");
    Someone ben = world.sign_up("Ben");
    REQUIRE(world.rename(ann, "quokka").empty());
    // A team's slug is made of its name.
    REQUIRE(world.act(ann, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::create_team(tx, world.use, scope, {"Okapi Keepers", std::nullopt, ""}));
      app::TeamPatch patch;
      patch.slug = "okapi-herders";
      KS_CHECK(app::change_team(tx, world.use, scope, "okapi-keepers", patch, {}));
      return {};
    }));
    REQUIRE_FALSE(world.tables_with("okapi-herders").empty());
    REQUIRE(world.deploy(ann, "wombat", "wombat-aaaaaa").empty());
    REQUIRE(world.deploy(ben, "web", "web-bbbbbb").empty());
    const auto boxes = world.db.fleet_read(kFleet, [&](Tx& tx) {
      return world.stores.sync.unsynced_sandboxes(tx, kFleet, world.clock.now(), 10);
    });
    REQUIRE(boxes);
    std::string ns, claim;
    for (const WantedSandbox& box : *boxes) {
      in.add_sandbox(box.namespace_, box.org);
      if (box.org == ann.org) {
        ns = box.namespace_;
        claim = box.claim;
      }
    }
    REQUIRE(boxes->size() == 2);
    REQUIRE(world.remove(ann, "Zanzibar Widgets").empty());
    const auto bens = world.rows_of(ben.org);

    // Not a moment too early.
    world.clock.advance(days(30) - microseconds(1));
    REQUIRE(in.round().empty());
    CHECK(world.tables_with("purging").empty());
    world.sign_in_again(ann);
    CHECK(world.restore(ann) == "restore_expired");
    const auto before_it = world.gate.load(client_scope(), ann.token, world.trail);
    REQUIRE(before_it);
    REQUIRE(in.round().empty());
    // What its owner's session knew of it holds no more.
    const auto stale = world.db.read(before_it->guard(), [](Tx&) -> Result<int> { return 1; });
    REQUIRE(!stale);
    CHECK(stale.error().problem == Database::kStaleGuard);
    CHECK(world.tables_with("purging") == std::set<std::string>{"organizations"});
    CHECK(world.restore(ann) == "not_found");
    CHECK(in.has(ns));

    const auto rows = [&] { return world.rows_of(ann.org).size(); };
    const auto before = rows();
    in.cluster.set_down(true);
    CHECK(in.round() == "cluster_unavailable");
    CHECK(rows() == before);
    in.cluster.set_down(false);
    // The one that takes it away does not yet know that it is gone.
    CHECK(in.round().empty());
    CHECK(!in.has(ns));
    CHECK(rows() == before);
    // A process that dies after any number of steps leaves the rest to the next.
    const auto permit = *world.stores.authorizer.require<Action::org_purge>(
        FleetScope(FleetReason::purge).tenant(platform_client(), ann.org));
    for (std::size_t table = 0; table < world.stores.purge.tables() / 2; table += 2)
      REQUIRE(world.db.fleet_write(
          kFleet, [&](Tx& tx) { return world.stores.purge.empty(tx, permit, table, 1); }));
    CHECK(in.round(1).empty());

    const std::set<std::string> head{"audit", "organizations"};
    CHECK(world.tables_with(ann.org.str()) == head);
    for (const std::string& text :
         {std::string("quokka"), ann.slug, std::string("wombat-aaaaaa"), ns, claim}) {
      CAPTURE(text);
      CHECK(world.tables_with(text).empty());
    }
    for (const char* text : {"okapi", "Okapi"}) CHECK(world.tables_with(text).empty());
    CHECK(world.tables_with("Zanzibar") == std::set<std::string>{"users"});
    CHECK(world.tables_with(ann.email) == std::set<std::string>{"users"});
    CHECK(world.rows_of(ben.org) == bens);
    // Once more changes nothing.
    const auto after = world.rows_of(ann.org);
    CHECK(in.round().empty());
    CHECK(world.rows_of(ann.org) == after);

    // Nothing of it is given to anybody else: names of the cluster never, slugs for 90 days.
    world.sign_in_again(ben);
    for (const std::string& slug : {std::string("quokka"), ann.slug}) {
      CHECK(world.rename(ben, slug) == "slug_taken");
      CHECK(!world.before(slug));
    }
    world.clock.advance(days(91));
    world.sign_in_again(ben);
    CHECK(world.rename(ben, "quokka").empty());
    const auto given = world.act(ben, [&](Tx& tx, const TenantScope& scope) -> Result<bool> {
      KS_TRY(const auto may, world.stores.authorizer.require<Action::org_read>(scope));
      KS_TRY(const bool box, world.stores.names.give(tx, may, ClusterName::namespace_, ns));
      KS_TRY(const bool stem, world.stores.names.give(tx, may, ClusterName::stem, "wombat-aaaaaa"));
      return box || stem;
    });
    REQUIRE(given);
    CHECK_FALSE(*given);

    if (engine.kind() != EngineCase::Kind::sqlite_file) return;
    engine.close();
    const std::string file = file_of(engine);
    CHECK(file.find(ben.org.str()) != std::string::npos);
    for (const std::string& text :
         {ann.slug, std::string("wombat-aaaaaa"), claim, std::string("okapi")})
      CHECK(file.find(text) == std::string::npos);
  });
}

TEST_CASE("files of mails go before the rows that tell whose they are, or both stay") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    Clusterful in(world);
    Someone ann = world.sign_up("Zanzibar Widgets");
    Someone ben = world.sign_up("Ben");
    const auto written = [&](Someone& by, int mails) {
      std::vector<MailId> ids;
      REQUIRE(world.act(by, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
        ids.clear();
        KS_TRY(const auto may, world.stores.authorizer.require<Action::org_read>(scope));
        for (int i = 0; i < mails; ++i) {
          ids.push_back(MailId::make(world.clock, world.random));
          KS_CHECK(world.stores.mails.create(tx, may,
                                             NewMail{ids.back(),
                                                     "invitation",
                                                     {"invitation", "x"},
                                                     "sealed",
                                                     world.clock.now(),
                                                     world.clock.now() + days(1),
                                                     std::nullopt}));
        }
        return {};
      }));
      std::ranges::sort(ids);
      return ids;
    };
    // More than are looked at at once.
    const auto anns = written(ann, 501);
    written(ben, 2);
    REQUIRE(world.remove(ann, "Zanzibar Widgets").empty());
    world.clock.advance(days(30));
    REQUIRE(in.round().empty());
    const auto rows = [&](const Someone& of) {
      return std::ranges::count_if(
          world.rows_of(of.org), [](const std::string& row) { return row.starts_with("mails:"); });
    };
    in.remove_mail_files = [](const auto&) -> Result<void> {
      return unavailable("mail_folder", "The disk is away.");
    };
    CHECK(in.round() == "mail_folder");
    CHECK(rows(ann) == 501);
    std::vector<MailId> gone;
    in.remove_mail_files = [&](const std::vector<MailId>& mails) -> Result<void> {
      gone.insert(gone.end(), mails.begin(), mails.end());
      return {};
    };
    CHECK(in.round().empty());
    CHECK(gone == anns);
    CHECK(rows(ann) == 0);
    CHECK(rows(ben) == 2);
  });
}

}  // namespace ks::test
