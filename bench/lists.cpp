// lists serve sqlite:PATH|postgres: an organization with 10,000 deployments and 10,000 members
// behind the API, without a cluster, until SIGTERM. Prints where it serves, the path of the
// organization, the cookie to ask with, and the ids of client, organization and team. lists path
// NOUN: of a list of 100, behind the organization's. lists select NOUN sqlite:PATH|postgres SECONDS
// CLIENT ORG TEAM: the list's select alone in the same database, by the engine's own library;
// prints lists a second. NOUN is deployments or members. PostgreSQL is that of $KS_BENCH_DSN and
// $KS_BENCH_OWNER_DSN, under the role $KS_BENCH_ROLE.
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/api.hpp"
#include "app/deployments.hpp"
#include "app/members.hpp"
#include "bench/raw_list.hpp"
#include "bench/world.hpp"
#include "http/server.hpp"
#include "identity/accounts.hpp"
#include "sql/people/member_rows.hpp"
#include "sql/statements.hpp"

namespace ks::bench {

namespace {

constexpr int kThings = 10'000;
constexpr int kPerTransaction = 500;
constexpr std::size_t kThreads = 2;

// Ids of client, organization and team.
using Place = std::array<std::string, 3>;

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

sql::DatabaseOptions options_of(const std::string& engine) {
  sql::DatabaseOptions options;
  options.auto_migrate = true;
  options.dsn = engine == "postgres" ? setting("KS_BENCH_DSN") : engine;
  if (engine == "postgres") options.owner_dsn = setting("KS_BENCH_OWNER_DSN");
  return options;
}

Result<void> add_deployment(World& world, const TemplateCatalogue& templates, Tx& tx,
                            const TenantScope& scope, int number) {
  const Json body = Json::object({{"name", fmt::format("web-{}", number)},
                                  {"image", "docker.io/nginxinc/nginx-unprivileged:1.27"},
                                  {"port", 8080}});
  KS_TRY(const DeploymentDraft draft, draft_from_json(body, templates, world.random()));
  KS_CHECK(app::create_deployment(tx, world.app(), {}, scope, "default", draft));
  return {};
}

// In one team each.
Result<void> add_member(World& world, Tx& tx, const TenantScope& scope, const TeamId& team,
                        int number) {
  const std::string name = fmt::format("member-{}", number);
  const UserId user = UserId::make(world.clock(), world.random());
  KS_CHECK(world.stores().accounts.create_user(
      tx, world.client(),
      NewUser{user, name + "@example.com", name, "", false, world.clock().now()}));
  const app::Stores stores = world.app();
  KS_TRY(const auto may, stores.authorizer.require<Action::org_members_manage>(scope));
  KS_CHECK(
      app::join(tx, stores, may, app::Joining{user, OrgRole::member, {{team, TeamRole::viewer}}}));
  return {};
}

// One more of each; kPerTransaction of them are a transaction.
Place fill(World& world, const Tenant& tenant, const TemplateCatalogue& templates) {
  world.lift_limits(tenant);
  Place place;
  for (int made = 0; made < kThings;)
    must(world.db().write([&](Tx& tx) -> Result<void> {
      KS_TRY(const Caller caller,
             world.gate().load_in(tx, world.client(), tenant.token, world.trail()));
      KS_TRY(const TenantScope scope, world.gate().tenant(caller, tenant.org_slug));
      const TeamId& team = scope.standing().teams.at(0).team;
      for (const int until = made + kPerTransaction; made < until; ++made) {
        KS_CHECK(add_deployment(world, templates, tx, scope, made));
        KS_CHECK(add_member(world, tx, scope, team, made));
      }
      place = {scope.client().str(), scope.org().str(), team.str()};
      return {};
    }));
  return place;
}

// The noun's list of 100, as a path behind the organization's, and as the store's select.
struct List {
  std::string path;
  ListSelect (*select)(const Place&);
};

ListSelect deployments_select(const Place& place) {
  return {sql::q::deployments_per_team.text,
          {place[0], place[1], place[2], "", "", "", "~", std::to_string(kListed)}};
}

ListSelect members_select(const Place& place) {
  return {sql::q::members_per_org.text,
          {place[0], place[1], std::string(sql::kFirstId), "", "~", std::to_string(kListed)}};
}

List list_of(const std::string& noun) {
  if (noun == "deployments") return {"teams/default/deployments?limit=100", deployments_select};
  if (noun == "members") return {"members?limit=100", members_select};
  give_up(bug("no list of " + noun).error());
}

int serve(const std::string& engine) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  World world(options_of(engine), 1000);
  const Tenant tenant = world.add_tenants(1).front();
  const TemplateCatalogue templates = TemplateCatalogue::system();
  const Place place = fill(world, tenant, templates);

  const std::string base = "http://localhost:8080";
  const HostGate hosts(must(parse_origin(base)));
  PasswordHasher hasher(world.random(), PasswordCost{}, 1, 1);
  Accounts::Options account_options;
  account_options.limit_key = std::string(32, 'l');
  Accounts accounts(world.stores().for_accounts(world.db(), world.outbox(), world.gate(), hasher,
                                                world.clock(), world.random()),
                    account_options);
  const InvitationTries invitation_tries(world.db(), world.stores().accounts, world.clock(),
                                         {.limit_key = std::string(32, 'l')});
  constexpr std::int64_t kFree = std::int64_t{1} << 40;
  api::RequestLimits limits({kFree, kFree, kFree, kFree}, world.random());
  api::Services services{.db = world.db(),
                         .stores = world.app(),
                         .sessions = world.gate(),
                         .accounts = accounts,
                         .invitation_tries = invitation_tries,
                         .hosts = hosts,
                         .limits = limits,
                         .cookie = SessionCookie(hosts.base_url()),
                         .templates = templates,
                         .namespaces = {},
                         .cursors = api::Cursors(std::string(32, 'c')),
                         .idempotency_key = std::string(32, 'i'),
                         .base_url = base,
                         .deployment_domain = "apps.localhost",
                         .workload_scheme = "http",
                         .simulated = true,
                         .version = "bench",
                         .cluster_trouble = {}};
  runtime::LoopGroup loops(kThreads);
  api::FeedHub hub;
  http::Router router(base);
  api::mount(router, services, hub);
  http::ServerOptions options;
  options.access_log = false;
  http::Server server(
      loops, options, [&](http::Request& r) { return router.handle(r); }, world.clock(),
      world.random());
  must(server.listen());
  const std::string cookie = SessionCookie(hosts.base_url()).set(tenant.token);
  fmt::print("serves on 127.0.0.1:{}\n/api/v1/orgs/{}\n{}\n{}\n", server.port(), tenant.org_slug,
             cookie.substr(0, cookie.find(';')), fmt::join(place, " "));
  std::fflush(stdout);
  int received = 0;
  sigwait(&ends, &received);
  server.stop(seconds(0));
  loops.stop();
  return 0;
}

int select(const std::string& engine, int seconds_each, const ListSelect& list) {
  const SystemClock clock;
  const Duration limit = seconds(seconds_each);
  std::atomic<std::size_t> lists = 0;
  {
    std::vector<std::jthread> threads;
    const Time end = clock.monotonic() + limit;
    for (std::size_t t = 0; t < kThreads; ++t)
      threads.emplace_back([&] {
        const auto raw = engine == "postgres" ? raw_list_postgres(setting("KS_BENCH_DSN"),
                                                                  setting("KS_BENCH_ROLE"), list)
                                              : raw_list_sqlite(engine.substr(7), list);
        for (; clock.monotonic() < end; ++lists)
          if (raw->read() != kListed) give_up(bug("the list has another length").error());
      });
  }
  fmt::print("{:.1f}\n", static_cast<double>(lists) * 1e6 / static_cast<double>(limit.us));
  return 0;
}

}  // namespace

int run(const std::vector<std::string>& args) {
  if (args.size() == 2 && args[0] == "serve") return serve(args[1]);
  if (args.size() == 2 && args[0] == "path") {
    fmt::print("{}\n", list_of(args[1]).path);
    return 0;
  }
  if (args.size() == 7 && args[0] == "select")
    return select(args[2], std::stoi(args[3]),
                  list_of(args[1]).select({args[4], args[5], args[6]}));
  fmt::print(stderr,
             "lists serve ENGINE | path NOUN | select NOUN ENGINE SECONDS CLIENT ORG TEAM\n");
  return 2;
}

}  // namespace ks::bench

int main(int argc, char** argv) { return ks::bench::run({argv + 1, argv + argc}); }
