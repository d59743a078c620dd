#include "main/program.hpp"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "api/api.hpp"
#include "api/pages/docs_page.hpp"
#include "api/web/web.hpp"
#include "audit/keeper.hpp"
#include "audit/verify.hpp"
#include "base/digest.hpp"
#include "http/metrics.hpp"
#include "http/server.hpp"
#include "main/cluster.hpp"
#include "main/database.hpp"
#include "main/descriptors.hpp"
#include "main/housekeeping.hpp"
#include "main/mailing.hpp"
#include "main/operator_metrics.hpp"
#include "main/readiness.hpp"
#include "main/stores.hpp"
#include "main/traces/tracing.hpp"
#include "operator/operator.hpp"
#include "sync/purge.hpp"
#include "sync/sync.hpp"

namespace ks {

namespace {

constexpr std::string_view kClusterFact = "cluster";

std::size_t cores() { return std::max<std::size_t>(1, std::thread::hardware_concurrency()); }

// A database that has used a real cluster never goes on with a simulated one: its tenants'
// workloads would seem gone.
Result<void> check_cluster_fact(Database& db, SyncStore& sync, bool simulated) {
  const FleetScope fleet(FleetReason::setup);
  KS_TRY(const auto fact,
         db.fleet_read(fleet, [&](Tx& tx) { return sync.fact(tx, fleet, kClusterFact); }));
  if (simulated && fact == "real")
    return invalid("this database belongs to a real cluster and cannot run on the simulated one");
  if (!simulated && fact != "real")
    KS_CHECK(db.fleet_write(
        fleet, [&](Tx& tx) { return sync.set_fact(tx, fleet, kClusterFact, "real"); }));
  return {};
}

// The message names the setting, which is where the port can be changed.
Result<void> bind_to(http::Server& server, std::string_view setting) {
  auto bound = server.bind();
  if (!bound) bound.error().message = fmt::format("{}: {}", setting, bound.error().message);
  return bound;
}

http::Response health() { return http::Response::json(200, R"({"status":"ok"})"); }

SignUpMode sign_up_mode(std::string_view name) {
  if (name == "closed") return SignUpMode::closed;
  return name == "verified" ? SignUpMode::verified : SignUpMode::open;
}

}  // namespace

std::string_view program_version() { return KS_VERSION; }

struct Program::Impl {
  Impl(const Config& c, const Parts& p)
      : config(c),
        parts(p),
        tracing(c, metrics, p.clock, p.random),
        web(cores()),
        work(1),
        feeds(1),
        raw(c.base_url.text()) {}

  Config config;
  Parts parts;
  // Before the loops: what they drop at their end is still traced and counted.
  http::Metrics metrics;
  Tracing tracing;
  // Requests and background work have their own threads: neither makes the other wait.
  runtime::LoopGroup web;
  runtime::LoopGroup work;
  // Who catches up on a long feed does not keep the cluster waiting.
  runtime::LoopGroup feeds;
  std::unique_ptr<Database> db;
  std::unique_ptr<SqlStores> stores;
  std::unique_ptr<kube::Cluster> own_cluster;
  kube::Cluster* cluster = nullptr;
  std::unique_ptr<PasswordHasher> hasher;
  std::unique_ptr<SessionGate> sessions;
  std::unique_ptr<Accounts> accounts;
  std::unique_ptr<InvitationTries> invitation_tries;
  std::unique_ptr<HostGate> hosts;
  std::unique_ptr<api::RequestLimits> limits;
  std::unique_ptr<TemplateCatalogue> templates;
  std::unique_ptr<api::Services> services;
  api::UnreadableTarget unreadable;
  api::FeedHub hub;
  std::unique_ptr<Housekeeping> housekeeping;
  std::unique_ptr<audit::HeadKeeper> heads;
  std::unique_ptr<sync::Sync> sync;
  std::unique_ptr<sync::Purge> purge;
  std::unique_ptr<op::Operator> op;
  std::unique_ptr<Mailing> mailing;
  std::unique_ptr<OperatorMetrics> operator_metrics;
  http::Router raw;
  std::unique_ptr<http::Router> metrics_router;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<http::Server> metrics_server;
  Readiness readiness{parts.clock, [this] {
                        return ReadyState{
                            !db || db->ready().has_value(), !sync || sync->trouble().empty(),
                            !op || op->missing().empty(), !heads || heads->trouble().empty()};
                      }};
  bool stopped = false;

  Result<void> start();
  Result<void> open_database();
  Result<void> open_cluster();
  void build_api();
  void start_background();
  Result<void> bind();
  Result<void> listen();
  void stop(Duration drain);
  http::Response ready();
  std::vector<std::string> troubles();
};

Result<void> Program::Impl::open_database() {
  if (!config.run_api) return {};
  KS_TRY(db, sql::open_database(database_options(config), parts.clock));
  stores = std::make_unique<SqlStores>(config.secrets_key, parts.clock, parts.random);
  mailing =
      std::make_unique<Mailing>(config, *db, *stores, parts.clock, parts.random, metrics, tracing);
  return check_cluster_fact(*db, stores->sync, cluster->simulated());
}

Result<void> Program::Impl::open_cluster() {
  if (parts.cluster != nullptr) {
    cluster = tracing.traced(parts.cluster);
    return {};
  }
  KS_TRY(own_cluster, connect_cluster(config, work.at(0), parts.clock, parts.random));
  cluster = tracing.traced(own_cluster.get());
  // No pod runs in it whose traffic could show anything.
  if (cluster->simulated()) config.op.probe_image.clear();
  return {};
}

void Program::Impl::build_api() {
  const auto key = [&](std::string_view purpose) {
    return derive_key(config.secrets_key, purpose);
  };
  hasher = std::make_unique<PasswordHasher>(parts.random, parts.password_cost, cores(), 64);
  sessions = std::make_unique<SessionGate>(*db, stores->accounts, parts.clock, parts.random);
  Accounts::Options options;
  options.sign_up = sign_up_mode(config.sign_up);
  options.dev_mode = config.dev_mode;
  options.limit_key = key("limits");
  accounts = std::make_unique<Accounts>(
      stores->for_accounts(*db, mailing->outbox(), *sessions, *hasher, parts.clock, parts.random),
      options);
  invitation_tries = std::make_unique<InvitationTries>(
      *db, stores->accounts, parts.clock, InvitationTries::Options{.limit_key = key("limits")});
  hosts = std::make_unique<HostGate>(config.base_url);
  limits = std::make_unique<api::RequestLimits>(config.quotas, parts.random);
  templates = std::make_unique<TemplateCatalogue>(TemplateCatalogue::system());
  services = std::make_unique<api::Services>(
      api::Services{*db,
                    stores->for_app(mailing->outbox(), parts.clock, parts.random),
                    *sessions,
                    *accounts,
                    *invitation_tries,
                    *hosts,
                    *limits,
                    SessionCookie(config.base_url),
                    *templates,
                    config.namespace_pattern,
                    api::Cursors(key("cursors")),
                    key("idempotency"),
                    config.base_url.text(),
                    config.deployment_domain,
                    config.op.url_scheme,
                    cluster->simulated(),
                    config.dev_mode,
                    config.sign_up,
                    days(config.access_inactive_days),
                    config.op.isolation_every * 3,
                    std::string(program_version()),
                    [this] { return sync->trouble(); }});
  housekeeping = std::make_unique<Housekeeping>(config, *db, *stores, services->stores, *accounts,
                                                parts.clock);
  api::mount(raw, *services, hub);
  api::mount_docs(raw, *services);
  unreadable = api::mount_web(raw, *services, parts.random, parts.web, config.support);
}

void Program::Impl::start_background() {
  runtime::Loop& loop = work.at(0);
  if (config.run_api) {
    hub.start(feeds.at(0));
    sync = std::make_unique<sync::Sync>(
        sync::Stores{*db, stores->sync, stores->plans, stores->sandboxes, stores->isolation,
                     stores->authorizer, stores->envelope},
        *cluster,
        sync::Config{{config.deployment_domain},
                     seconds(15),
                     seconds(5),
                     seconds(1),
                     16,
                     config.op.system_namespace},
        parts.clock, parts.random);
    db->on_feed([this](std::optional<OrgId> org) {
      hub.changed(org);
      sync->wake();
      mailing->wake();
    });
    sync->start(loop);
    mailing->start(loop);
    housekeeping->start(loop);
    sync::Purge::Config purging;
    purging.every = seconds(config.purge_interval_s);
    purge = std::make_unique<sync::Purge>(
        sync::Purge::Stores{
            *db, stores->purge, stores->names, stores->idempotency, stores->journal, stores->sync,
            stores->authorizer,
            [this](const std::vector<MailId>& mails) { return mailing->remove_files(mails); }},
        *cluster, purging, parts.clock, parts.random);
    purge->start(loop);
    const std::string key = audit::sink_key(config.secrets_key);
    heads = std::make_unique<audit::HeadKeeper>(*db, stores->audit, stores->sync,
                                                config.audit_sink_file.empty()
                                                    ? audit::log_sink(key)
                                                    : audit::file_sink(config.audit_sink_file, key),
                                                parts.clock, parts.random);
    heads->start();
  }
  if (config.run_operator) {
    op = std::make_unique<op::Operator>(*cluster, config.op, parts.clock, parts.random);
    operator_metrics = std::make_unique<OperatorMetrics>(metrics, *op);
    if (tracing.tracer() != nullptr) op->trace_with(*tracing.tracer());
    op->start(loop);
  }
}

std::vector<std::string> Program::Impl::troubles() {
  std::vector<std::string> out;
  if (db)
    if (auto ok = db->ready(); !ok) out.push_back("database: " + ok.error().message);
  if (sync && !sync->trouble().empty()) out.push_back("cluster: " + sync->trouble());
  if (mailing && !mailing->trouble().empty()) out.push_back("mail: " + mailing->trouble());
  if (heads && !heads->trouble().empty()) out.push_back("audit: " + heads->trouble());
  if (op)
    for (const auto& missing : op->missing()) out.push_back("operator: " + missing);
  return out;
}

http::Response Program::Impl::ready() {
  // Causes name hosts and objects; who may see those reads the log.
  Json checks = Json::object();
  const auto [database, cluster_ok, operator_ok, audit_ok] = readiness.now();
  const auto word = [](bool ok) { return ok ? "ok" : "unavailable"; };
  if (db) checks.set("database", word(database));
  checks.set("cluster", word(cluster_ok));
  if (op) checks.set("operator", word(operator_ok));
  if (heads) checks.set("audit", word(audit_ok));
  const bool ok = database && cluster_ok && operator_ok;
  return http::Response::json(
      ok ? 200 : 503,
      Json::object({{"status", ok ? "ready" : "unavailable"}, {"checks", std::move(checks)}})
          .dump());
}

Result<void> Program::Impl::bind() {
  raw.add(http::Method::get, "/healthz", http::RouteInfo{"anyone"},
          [](http::Request&) { return health(); });
  raw.add(http::Method::get, "/readyz", http::RouteInfo{"anyone"},
          [this](http::Request&) { return ready(); });
  http::ServerOptions options;
  options.address = config.server_address;
  options.port = config.server_port;
  options.trusted_proxies = config.trusted_proxies;
  options.problem_base = config.base_url.text();
  options.access_log = parts.access_log;
  options.connections_max = connections_within(raise_descriptors());
  options.network_connections_max = static_cast<std::size_t>(config.network_connections);
  options.welcome = [this](http::Request& r) { return raw.welcome(r); };
  options.unreadable = [this](http::Request& r) {
    return unreadable ? unreadable(r) : std::nullopt;
  };
  options.observer = [this](const http::Request& r, const http::Response& answer, Duration took) {
    metrics.observe_request(r.route, r.method, answer.status, took);
    tracing.answered(r, answer, took);
  };
  server = std::make_unique<http::Server>(
      web, options, [this](http::Request& r) { return raw.handle(r); }, parts.clock, parts.random);
  KS_CHECK(bind_to(*server, "SERVER_ADDR"));
  if (config.metrics_address.empty()) return {};
  metrics_router = std::make_unique<http::Router>(config.base_url.text());
  metrics_router->add(http::Method::get, "/metrics", http::RouteInfo{"operations"},
                      [this](http::Request&) {
                        const auto streams = metrics.gauge("sse_subscribers", "Open event streams");
                        streams.set(static_cast<double>(hub.subscribers()));
                        if (mailing) mailing->measure();
                        if (operator_metrics) operator_metrics->measure();
                        return metrics.response();
                      });
  http::ServerOptions inside;
  inside.address = config.metrics_address;
  inside.port = config.metrics_port;
  inside.problem_base = config.base_url.text();
  inside.access_log = false;
  inside.limits.body_bytes_max = 0;
  inside.connections_max = 64;
  metrics_server = std::make_unique<http::Server>(
      work, inside, [this](http::Request& r) { return metrics_router->handle(r); }, parts.clock,
      parts.random);
  return bind_to(*metrics_server, "METRICS_ADDR");
}

Result<void> Program::Impl::listen() {
  KS_CHECK(server->listen());
  return metrics_server ? metrics_server->listen() : Result<void>();
}

Result<void> Program::Impl::start() {
  // First of all: who finds the port taken has changed nothing and holds no lease.
  KS_CHECK(bind());
  KS_CHECK(tracing.start(work.at(0)));
  KS_CHECK(open_cluster());
  KS_CHECK(open_database());
  if (config.run_api) build_api();
  start_background();
  return listen();
}

void Program::Impl::stop(Duration drain) {
  if (std::exchange(stopped, true)) return;
  hub.stop();
  if (server) server->stop(drain);
  if (metrics_server) metrics_server->stop(seconds(1));
  if (sync) sync->stop();
  if (purge) purge->stop();
  if (op) op->stop();
  if (mailing) mailing->stop();
  if (sync) sync->wait_stopped();
  if (mailing) mailing->wait_stopped();
  if (purge) purge->wait_stopped();
  if (op) op->wait_stopped();
  if (heads) heads->stop();
  tracing.stop();
  server.reset();
  metrics_server.reset();
  web.stop();
  feeds.stop();
  work.stop();
}

Program::Program(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Program::~Program() { impl_->stop(seconds(1)); }

Result<std::unique_ptr<Program>> Program::start(const Config& config, Parts parts) {
  auto impl = std::make_unique<Impl>(config, parts);
  if (auto started = impl->start(); !started) {
    impl->stop(seconds(0));
    return std::unexpected(std::move(started).error());
  }
  return std::unique_ptr<Program>(new Program(std::move(impl)));
}

void Program::stop(Duration drain) { impl_->stop(drain); }
std::uint16_t Program::port() const { return impl_->server->port(); }
std::uint16_t Program::metrics_port() const {
  return impl_->metrics_server ? impl_->metrics_server->port() : 0;
}
const http::Router* Program::router() const { return &impl_->raw; }
std::vector<std::string> Program::troubles() { return impl_->troubles(); }

Result<std::optional<std::string>> Program::first_administrator_link() {
  if (!impl_->accounts) return std::optional<std::string>();
  const auto client = FleetScope(FleetReason::setup).client(platform_client());
  KS_TRY(const auto token, impl_->accounts->first_setup_token(client));
  if (!token) return std::optional<std::string>();
  return std::optional(setup_link(impl_->config, *token));
}

}  // namespace ks
