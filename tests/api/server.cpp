#include "tests/api/server.hpp"

#include <algorithm>
#include <array>

#include <doctest/doctest.h>
#include <unistd.h>

#include "app/members.hpp"
#include "base/digest.hpp"
#include "domain/people/invitation_token.hpp"
#include "identity/session_gate.hpp"
#include "mail/outbox.hpp"
#include "main/stores.hpp"
#include "sql/accounts.hpp"
#include "sql/database.hpp"
#include "tests/audit/raw_sql.hpp"
#include "tests/store/statements.hpp"

namespace ks::api_test {

namespace {

std::filesystem::path new_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "ks-api-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  return pattern;
}

Config config_of(const std::filesystem::path& folder, Random& random,
                 const std::map<std::string, std::string>& more) {
  std::string key(32, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(key.data()), key.size()});
  ConfigInput input;
  input.flags = {{"DATABASE_DSN", "sqlite:" + (folder / "api.db").string()},
                 {"SERVER_ADDR", "127.0.0.1:0"},
                 {"BASE_URL", "http://localhost"},
                 {"DEPLOYMENT_DOMAIN", "apps.localhost"},
                 {"KUBERNETES_ENABLED", "simulated"},
                 {"TRUSTED_PROXIES", "127.0.0.1/32"},
                 {"SECRETS_KEY", base64(key)}};
  for (const auto& [name, value] : more) input.flags[name] = value;
  LoadedConfig loaded = load_config(input);
  for (const auto& fault : loaded.faults) MESSAGE(fault);
  REQUIRE(loaded.faults.empty());
  return std::move(loaded.config);
}

// Stands in for the built pages, which the sanitized programs are without.
api::WebBundle sample_web() {
  static constexpr std::array kFiles = {
      api::WebFile{"page-1.js", "text/javascript; charset=utf-8", "plain", "brotli", "gzip"},
      api::WebFile{"style-1.css", "text/css; charset=utf-8", "plain", {}, {}}};
  return {
      "<html lang=\"{{locale}}\" data-theme=\"{{theme}}\" "
      "data-cluster=\"{{cluster}}\" data-support-mail=\"{{support_mail}}\" "
      "data-support-url=\"{{support_url}}\" data-fault=\"{{fault}}\"><title>{{product}}</title>"
      "<script nonce=\"{{nonce}}\"></script>",
      kFiles};
}

}  // namespace

Server::Server(const ServerOptions& options)
    : folder_(new_folder()), config_(config_of(folder_, random_, options.settings)) {
  auto program =
      Program::start(config_, Program::Parts{options.clock != nullptr ? *options.clock : clock_,
                                             random_, options.cluster, options.access_log,
                                             sample_web(), PasswordCost::least()});
  REQUIRE_MESSAGE(program.has_value(), program.error().message);
  program_ = std::move(*program);
  const Reply reply = send(port(), {"GET", "/openapi.json", {}, std::nullopt});
  REQUIRE(reply.status == 200);
  contract_ = std::make_unique<Contract>(reply.json());
}

Server::~Server() {
  program_->stop(seconds(5));
  program_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Person Server::nobody() {
  ++people_;
  return Person(*this,
                "10.0." + std::to_string(people_ / 250) + "." + std::to_string(people_ % 250 + 1));
}

Person Server::somebody(const std::string& name) {
  Person person = nobody();
  person.email = "person" + std::to_string(people_) + "@example.com";
  const Reply reply =
      person.post("/api/v1/auth/signup",
                  Json::object({{"email", person.email}, {"password", kPassword}, {"name", name}}));
  REQUIRE(reply.status == 201);
  const Json me = person.get("/api/v1/me").json();
  REQUIRE(me.at("organizations").as_array().size() == 1);
  person.id = me.at("user").text("id");
  const Json& org = me.at("organizations").as_array()[0];
  person.org = org.text("slug");
  person.org_id = org.text("id");
  person.team_id = org.at("teams").as_array()[0].text("id");
  return person;
}

Person Server::administrator() {
  if (administrator_) return *administrator_;
  const auto link = program_->first_administrator_link();
  REQUIRE(link.has_value());
  REQUIRE(link->has_value());
  Person person = nobody();
  person.email = "root@example.com";
  const Json account =
      Json::object({{"email", person.email}, {"password", kPassword}, {"name", "Root"}});
  Json setup = account;
  setup.set("token", (*link)->substr((*link)->find('#') + 1));
  REQUIRE(person.post("/api/v1/setup", setup).status == 201);
  Json login = account;
  login.erase("name");
  REQUIRE(person.post("/api/v1/auth/login", login).status == 200);
  administrator_ = std::make_unique<Person>(person);
  return person;
}

void Server::raise(const Person& person, const std::string& plan) {
  const Reply reply = administrator().put("/api/v1/platform/orgs/" + person.org + "/subscription",
                                          Json::object({{"plan", plan}}));
  REQUIRE(reply.status == 200);
}

std::unique_ptr<Database> Server::visit() {
  sql::DatabaseOptions options;
  options.dsn = "sqlite:" + (folder_ / "api.db").string();
  options.sqlite_visit = true;
  auto database = sql::open_database(options, clock_);
  REQUIRE(database.has_value());
  return std::move(*database);
}

void Server::pass_over(const Person& person, std::int64_t changes) {
  const auto org = OrgId::parse(person.org_id);
  REQUIRE(org);
  const auto passed = visit()->write([&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(test::permit_on(*org), *test::kPassOver, changes));
    return {};
  });
  REQUIRE_MESSAGE(passed.has_value(), passed.error().message);
}

void Server::admit(const Person& host, Person& guest, const std::string& org_role,
                   const std::string& team_role) {
  const auto database = visit();
  const auto org = OrgId::parse(host.org_id);
  const auto team = TeamId::parse(host.team_id);
  const auto user = UserId::parse(guest.get("/api/v1/me").json().text("user", "id"));
  REQUIRE(((org && team) && user));
  sql::SqlAccountStore accounts;
  const auto admitted = database->write([&](Tx& tx) -> Result<void> {
    const auto permit = test::permit_on(*org);
    KS_CHECK(sql::sql_tx(tx).run(permit, *test::kPutMember, *user, org_role));
    if (!team_role.empty())
      KS_CHECK(sql::sql_tx(tx).run(permit, *test::kPutTeamMember, *team, *user, team_role));
    return accounts.raise_authz_version(tx, test::client_scope(), *user, clock_.now());
  });
  REQUIRE_MESSAGE(admitted.has_value(), admitted.error().message);
}

std::string Server::token_of(const Person& person, const std::string& invitation) {
  const InvitationToken token = InvitationToken::make(*OrgId::parse(person.org_id), random_);
  execute("UPDATE invitations SET token_hash = '" + token.hash() + "' WHERE id = '" + invitation +
          "'");
  return token.text();
}

void Server::execute(const std::string& statement) {
  test::RawSql(config_.database_dsn).run(statement);
}

void Server::join(const Person& owner, Person& who, const std::string& role,
                  const std::map<std::string, std::string>& teams) {
  auto db = sql::open_database({.dsn = config_.database_dsn, .sqlite_visit = true}, clock_);
  REQUIRE(db);
  SqlStores stores(config_.secrets_key, clock_, random_);
  SessionGate gate(**db, stores.accounts, clock_, random_);
  mail::SealedOutbox outbox(stores.mails, stores.envelope, clock_, random_, mail::Switch::off);
  const auto joined = (*db)->write([&](Tx& tx) -> Result<app::Joined> {
    KS_TRY(const Caller caller,
           gate.load_in(tx, FleetScope(FleetReason::setup).client(platform_client()),
                        owner.cookie.substr(owner.cookie.find('=') + 1),
                        std::make_shared<const Trail>()));
    KS_TRY(const TenantScope scope, gate.tenant(caller, owner.org));
    KS_TRY(const auto may, stores.authorizer.require<Action::org_members_manage>(scope));
    app::Joining joining{*UserId::parse(who.id), *org_role(role)};
    for (const auto& [team, team_role_name] : teams) {
      KS_TRY(const TeamId id, stores.authorizer.find_team(tx, scope, team));
      joining.teams.push_back({id, *team_role(team_role_name)});
    }
    return app::join(tx, stores.for_app(outbox, clock_, random_), may, joining);
  });
  REQUIRE_MESSAGE(joined, joined.error().message);
  who.org = owner.org;
  who.org_id = owner.org_id;
  who.team = owner.team;
  who.team_id = owner.team_id;
}

Person Server::colleague(const Person& owner, const std::string& name, const std::string& role,
                         const std::map<std::string, std::string>& teams) {
  Person person = somebody(name);
  join(owner, person, role, teams);
  return person;
}

Fields Person::headers_with(Fields more) const {
  const auto given = [&](std::string_view name) {
    return std::ranges::any_of(more, [&](const auto& field) { return field.first == name; });
  };
  if (!given("X-Forwarded-For")) more.emplace_back("X-Forwarded-For", address_);
  if (!cookie.empty() && !given("Cookie")) more.emplace_back("Cookie", cookie);
  return more;
}

Reply Person::call(Request request) {
  if (server_->amend) server_->amend(request);
  request.headers = headers_with(std::move(request.headers));
  Reply reply = send(server_->port(), request);
  CAPTURE(request.method);
  CAPTURE(request.target);
  CAPTURE(reply.body);
  const std::string path = request.target.substr(0, request.target.find('?'));
  if (const Operation* op = server_->contract().find(request.method, path))
    for (const auto& fault : server_->contract().reply_faults(*op, reply)) {
      CAPTURE(op->id());
      CAPTURE(reply.status);
      CHECK_MESSAGE(false, fault);
    }
  CHECK(reply.header("x-request-id"));
  if (const auto set = reply.header("set-cookie")) {
    cookie = set->substr(0, set->find(';'));
    if (cookie.ends_with('=')) cookie.clear();
  }
  return reply;
}

Reply Person::get(const std::string& target, Fields headers) {
  return call({"GET", target, std::move(headers), std::nullopt});
}

namespace {
Request with_body(const std::string& method, const std::string& target, const Json& body,
                  Fields headers) {
  headers.emplace_back("Content-Type", "application/json");
  return {method, target, std::move(headers), body.dump()};
}
}  // namespace

Reply Person::post(const std::string& target, const Json& body, Fields headers) {
  return call(with_body("POST", target, body, std::move(headers)));
}
Reply Person::poke(const std::string& target, Fields headers) {
  headers.emplace_back("Content-Length", "0");
  return call({"POST", target, std::move(headers), std::nullopt});
}
Reply Person::put(const std::string& target, const Json& body, Fields headers) {
  return call(with_body("PUT", target, body, std::move(headers)));
}
Reply Person::patch(const std::string& target, const Json& body, Fields headers) {
  return call(with_body("PATCH", target, body, std::move(headers)));
}
Reply Person::del(const std::string& target, Fields headers) {
  return call({"DELETE", target, std::move(headers), std::nullopt});
}

std::unique_ptr<EventStream> Person::stream(const std::string& target, Fields headers) {
  return std::make_unique<EventStream>(server_->port(), target, headers_with(std::move(headers)));
}

std::unique_ptr<HeldBody> Person::hold(const std::string& method, const std::string& target,
                                       std::size_t length) {
  return std::make_unique<HeldBody>(
      server_->port(),
      Request{method, target, headers_with({{"Content-Type", "application/json"}}), std::nullopt},
      length);
}

std::string filled(std::string pattern, const std::string& org, const std::string& team,
                   const std::string& deployment) {
  const auto put = [&](std::string_view name, const std::string& value) {
    if (const std::size_t at = pattern.find(name); at != std::string::npos)
      pattern.replace(at, name.size(), value);
  };
  put("{org}", org);
  put("{team}", team);
  put("{deployment}", deployment);
  // Nobody's.
  put("{offer}", "01939f6e-4a00-7000-8000-000000000003");
  put("{user}", "01939f6e-4a00-7000-8000-000000000002");
  put("{invitation}", "01939f6e-4a00-7000-8000-000000000004");
  put("{review}", "01939f6e-4a00-7000-8000-000000000005");
  put("{row}", "1");
  put("{session}", "01939f6e-4a00-7000-8000-000000000009");
  return pattern;
}

Json image_body(const std::string& name, const Json& more) {
  Json body = Json::object({{"name", name}, {"image", "docker.io/library/web:1"}, {"port", 8080}});
  merge_patch(body, more);
  return body;
}

Json Person::deploy(const std::string& name, const Json& more) {
  const Reply reply = post(deployments_path(), image_body(name, more));
  REQUIRE(reply.status == 201);
  return reply.json();
}

void Server::wait_until_ready() const {
  const SystemClock clock;
  const Time until = clock.monotonic() + seconds(60);
  Reply reply;
  do {
    reply = send(port(), {"GET", "/readyz", {}, std::nullopt});
  } while (reply.status != 200 && clock.monotonic() < until);
  REQUIRE_MESSAGE(reply.status == 200, reply.body);
}

Json Person::wait_for(const std::string& deployment, const std::string& phase) {
  const SystemClock clock;
  const Time until = clock.monotonic() + seconds(60);
  const auto feed = stream(org_path() + "/stream");
  REQUIRE(feed->head().status == 200);
  REQUIRE(feed->opened(seconds(30)));
  Json last;
  while (clock.monotonic() < until) {
    const Reply reply = get(deployment_path(deployment));
    if (phase.empty() && reply.status == 404) return Json();
    if (reply.status == 200) last = reply.json();
    if (!phase.empty() && last.text("phase") == phase) return last;
    feed->next(until - clock.monotonic());
  }
  CAPTURE(last.dump());
  FAIL("the deployment never became '", phase, "'");
  return last;
}

std::int64_t Person::used(const std::string& feature) {
  const Json usage = get(org_path() + "/usage").json();
  for (const Json& item : usage.at("items").as_array())
    if (item.text("feature") == feature) return item.integer_or(-1, "used");
  FAIL("usage does not have ", feature);
  return -1;
}

}  // namespace ks::api_test
