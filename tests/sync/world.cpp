#include "tests/sync/world.hpp"

#include <doctest/doctest.h>

#include "tests/store/postgres_server.hpp"

namespace ks::test {

namespace {

const TestStatement<Scope::tenant, Rows::none, 1> kPutSubscription(
    "put_subscription",
    "INSERT INTO subscriptions (client_id, org_id, plan_key, plan_version, state, period_start, "
    "updated_at) VALUES (?1, ?2, ?3, 1, 'active', 0, 0)");
const TestStatement<Scope::tenant, Rows::none, 0> kPutUsage(
    "put_usage",
    "INSERT INTO org_usage (client_id, org_id, deployments, teams, members, cpu_milli, "
    "memory_bytes, storage_bytes) VALUES (?1, ?2, 0, 1, 1, 0, 0, 0)");
const TestStatement<Scope::tenant, Rows::none, 3> kPutSandbox(
    "put_sandbox",
    "INSERT INTO sandboxes (client_id, org_id, id, user_id, namespace, claim, isolation, "
    "generation, synced_generation, ready, reason, message, created_at) VALUES "
    "(?1, ?2, ?3, ?4, ?5, 'claim of the namespace ' || ?5, 'shared', 1, 0, 0, '', '', 0)");
const TestStatement<Scope::tenant, Rows::none, 6> kPutDeployment(
    "put_deployment",
    "INSERT INTO deployments (client_id, org_id, id, team_id, sandbox_id, name, stem, template, "
    "spec, revision, version, generation, synced_generation, restarts, phase, reason, message, "
    "status, deleting, cpu_milli, memory_bytes, storage_bytes, created_by, created_at, updated_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, '', ?7, 1, 1, 1, 0, 0, 'Pending', '', '', '{}', 0, 250, "
    "268435456, 0, ?8, 0, 0)");
const TestStatement<Scope::tenant, Rows::none, 3> kChange(
    "change",
    "UPDATE deployments SET spec = ?4, revision = ?5, generation = generation + 1 "
    "WHERE client_id = ?1 AND org_id = ?2 AND id = ?3");
const TestStatement<Scope::tenant, Rows::none, 1> kEnd(
    "end",
    "UPDATE deployments SET deleting = 1, generation = generation + 1 "
    "WHERE client_id = ?1 AND org_id = ?2 AND id = ?3");
const TestStatement<Scope::tenant, Rows::none, 1> kState(
    "state", "UPDATE organizations SET state = ?3 WHERE client_id = ?1 AND id = ?2");
const TestStatement<Scope::tenant, Rows::none, 2> kSuspend(
    "suspend",
    "UPDATE organizations SET suspended_for = ?3, suspended_at = ?4 WHERE client_id = ?1 "
    "AND id = ?2");
const TestStatement<Scope::tenant, Rows::none, 0> kWantAnew(
    "want_anew",
    "UPDATE deployments SET generation = generation + 1 WHERE client_id = ?1 AND org_id = ?2 "
    "AND deleting = 0");
const TestStatement<Scope::tenant, Rows::none, 0> kWantSandboxesAnew(
    "want_sandboxes_anew",
    "UPDATE sandboxes SET generation = generation + 1 WHERE client_id = ?1 AND org_id = ?2");
const TestStatement<Scope::tenant, Rows::none, 2> kPutSecret(
    "put_secret",
    "INSERT INTO deployment_secrets (client_id, org_id, deployment_id, name, sealed, created_at) "
    "VALUES (?1, ?2, ?3, 'PASSWORD', ?4, 0)");
const TestStatement<Scope::tenant, Rows::one, 1> kPhase(
    "phase",
    "SELECT phase, reason FROM deployments WHERE client_id = ?1 AND org_id = ?2 AND id = ?3");

const TestStatement<Scope::tenant, Rows::none, 1> kEgress(
    "egress", "UPDATE organizations SET egress = ?3 WHERE client_id = ?1 AND id = ?2");

constexpr const char* kImage = "docker.io/library/redis:7";

std::string workload(bool secret, const std::string& image = kImage, bool volume = false,
                     bool route = false) {
  Workload out;
  Service service;
  service.name = "web";
  service.image = image;
  if (secret) service.secret_env["PASSWORD"] = "PASSWORD";
  if (volume) service.volumes.push_back({"data", "/data", std::int64_t{1} << 30});
  if (route) service.port = 8080;
  out.services.push_back(std::move(service));
  out.exposure = route ? Exposure::public_ : Exposure::internal;
  if (route) out.ingress_service = "web";
  return to_json(out).dump();
}

}  // namespace

void for_both_engines(const std::function<void(EngineCase&)>& promise) {
  using Kind = EngineCase::Kind;
  for (const Kind kind : {Kind::sqlite_memory, Kind::postgres}) {
    if (kind == Kind::postgres && !PostgresServer::available()) continue;
    EngineCase engine(kind);
    INFO(engine.name());
    promise(engine);
  }
}

SyncWorld::SyncWorld(EngineCase& engine, Front::Refusal refusal, Front::Admission admission)
    : engine_(engine),
      cluster_(clock_),
      front_(cluster_, std::move(refusal), std::move(admission)) {
  cluster_.start(loops_.at(0));
}

SyncWorld::~SyncWorld() {
  if (sync_) sync_->stop();
  if (operator_) operator_->stop();
  // Whoever waits for an event of a watch would notice the end only when that wait is over.
  cluster_.set_down(true);
  if (sync_) sync_->wait_stopped();
  if (operator_) operator_->wait_stopped();
}

void SyncWorld::put(const std::function<Result<void>(Tx&)>& write) {
  const auto done = open_ != nullptr ? write(*open_) : engine_.database().write(write);
  REQUIRE_MESSAGE(done, done.error().message);
}

void SyncWorld::rows(const std::function<void()>& body) {
  const auto done = engine_.database().write([&](Tx& tx) -> Result<void> {
    open_ = &tx;
    body();
    open_ = nullptr;
    return {};
  });
  REQUIRE(done);
}

void SyncWorld::tenant(int n, const std::string& ns, const std::string& plan) {
  put([&](Tx& tx) -> Result<void> {
    const auto org = permit_on(id_of<Org>(n));
    auto& sql = sql::sql_tx(tx);
    KS_CHECK(sql.run(client_scope(), *kPutUser, id_of<User>(n), ns + "@x.test", 1));
    KS_CHECK(sql.run(org, *kPutOrg, ns));
    KS_CHECK(sql.run(org, *kPutTeam, id_of<Team>(n), "core"));
    KS_CHECK(sql.run(org, *kPutSubscription, plan));
    KS_CHECK(sql.run(org, *kPutUsage));
    KS_CHECK(sql.run(org, *kPutSandbox, id_of<Sandbox>(n), id_of<User>(n), ns));
    return {};
  });
}

void SyncWorld::deployment(int org, int n, const std::string& stem, const std::string& secret) {
  put([&](Tx& tx) -> Result<void> {
    const auto permit = permit_on(id_of<Org>(org));
    auto& sql = sql::sql_tx(tx);
    const auto id = id_of<Deployment>(n);
    KS_CHECK(sql.run(permit, *kPutDeployment, id, id_of<Team>(org), id_of<Sandbox>(org), stem,
                     workload(!secret.empty()), id_of<User>(org)));
    if (secret.empty()) return {};
    const std::string key = envelope_.new_key(random_, platform_client(), id_of<Org>(org));
    KS_CHECK(sandboxes_.store_key(tx, permit, key, Time{0}));
    KS_TRY(const std::string sealed,
           envelope_.seal(random_, key, platform_client(), id_of<Org>(org),
                          "deployment/" + std::string(id.text()) + "/PASSWORD", secret));
    KS_CHECK(sql.run(permit, *kPutSecret, id, sealed));
    return {};
  });
}

void SyncWorld::change(int org, int n, std::int64_t revision, const std::string& image) {
  put([&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(permit_on(id_of<Org>(org)), *kChange, id_of<Deployment>(n),
                                 workload(true, image), revision));
    return {};
  });
  sync_->wake();
}

void SyncWorld::end(int org, int n) {
  put([&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(permit_on(id_of<Org>(org)), *kEnd, id_of<Deployment>(n)));
    return {};
  });
  sync_->wake();
}

void SyncWorld::volume(int org, int n) {
  put([&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(permit_on(id_of<Org>(org)), *kChange, id_of<Deployment>(n),
                                 workload(true, kImage, true), 1));
    return {};
  });
}

void SyncWorld::publish(int org, int n, bool secret) {
  put([&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(permit_on(id_of<Org>(org)), *kChange, id_of<Deployment>(n),
                                 workload(secret, kImage, false, true), 1));
    return {};
  });
}

void SyncWorld::state(int org, const std::string& state) {
  put([&](Tx& tx) -> Result<void> {
    const auto permit = permit_on(id_of<Org>(org));
    KS_CHECK(sql::sql_tx(tx).run(permit, *kState, state));
    KS_CHECK(sql::sql_tx(tx).run(permit, *kWantAnew));
    return {};
  });
  sync_->wake();
}

void SyncWorld::suspend(int org, bool suspended) {
  put([&](Tx& tx) -> Result<void> {
    const auto permit = permit_on(id_of<Org>(org));
    KS_CHECK(sql::sql_tx(tx).run(permit, *kSuspend, suspended ? "why" : "", suspended ? 1 : 0));
    KS_CHECK(sql::sql_tx(tx).run(permit, *kWantSandboxesAnew));
    KS_CHECK(sql::sql_tx(tx).run(permit, *kWantAnew));
    return {};
  });
  sync_->wake();
}

void SyncWorld::egress(int org, const std::string& list) {
  put([&](Tx& tx) -> Result<void> {
    const auto permit = permit_on(id_of<Org>(org));
    KS_CHECK(sql::sql_tx(tx).run(permit, *kEgress, list));
    KS_CHECK(sql::sql_tx(tx).run(permit, *kWantSandboxesAnew));
    return {};
  });
  sync_->wake();
}

void SyncWorld::restart_sync() {
  sync_->stop();
  sync_->wait_stopped();
  start_sync();
}

void SyncWorld::start() {
  op::OperatorConfig config;
  config.leader_elect = false;
  operator_ = std::make_unique<op::Operator>(cluster_, config, clock_, random_);
  operator_->start(loops_.at(0));
  start_sync();
}

void SyncWorld::start_sync() {
  sync_ = std::make_unique<sync::Sync>(sync::Stores{engine_.database(), store_, plans_, sandboxes_,
                                                    isolation_, authorizer_, envelope_},
                                       front_, sync::Config{{"apps.test"}}, clock_, random_);
  sync_->start(loops_.at(0));
}

bool SyncWorld::eventually(const std::function<bool()>& done, Duration limit) {
  const SystemClock real;
  const Time until = real.monotonic() + limit;
  while (!done()) {
    if (real.monotonic() > until) return false;
    // The others work on a thread of their own.
    runtime::sleep_for(milliseconds(20));
  }
  return true;
}

std::string SyncWorld::phase(int org, int n) {
  const auto row = engine_.database().write([&](Tx& tx) {
    return sql::sql_tx(tx).run(permit_on(id_of<Org>(org)), *kPhase, id_of<Deployment>(n));
  });
  REQUIRE(row);
  const std::string reason = row->str(1);
  return row->str(0) + (reason.empty() ? "" : "/" + reason);
}

}  // namespace ks::test
