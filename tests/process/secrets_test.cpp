#include <cctype>
#include <filesystem>
#include <vector>

#include <doctest/doctest.h>

#include "base/digest.hpp"
#include "tests/process/mailboxes.hpp"

using namespace ks;
using namespace ks::test;
using ks::mail::test::SmtpSink;

namespace {

struct Canary {
  std::string what;
  std::string value;
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

std::string in_capitals(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// Each byte between two marks, or only what an address may not hold as it is.
std::string percent_encoded(const std::string& hexadecimal, const std::string& value, bool all) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto c = static_cast<unsigned char>(value[i]);
    const bool plain = std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '~';
    out += all || !plain ? "%" + hexadecimal.substr(2 * i, 2) : std::string(1, value[i]);
  }
  return out;
}

// The value as it is, as it would stand inside base64 of either alphabet at each of the three
// offsets, in hexadecimal and in an address.
std::vector<std::string> spellings(const std::string& value) {
  std::vector<std::string> out = {value};
  for (std::size_t offset = 0; offset < 3; ++offset) {
    const std::string text = base64(std::string(offset, 'x') + value);
    // The first and the last group depend on what stands beside the value.
    const std::size_t from = offset == 0 ? 0 : 4;
    const std::size_t whole = (offset + value.size()) / 3 * 4;
    if (whole <= from) continue;
    out.push_back(text.substr(from, whole - from));
    out.push_back(replaced(replaced(out.back(), "+", "-"), "/", "_"));
  }
  const std::string small =
      hex({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
  for (const std::string& digits : {small, in_capitals(small)}) {
    out.push_back(digits);
    out.push_back(percent_encoded(digits, value, true));
    out.push_back(percent_encoded(digits, value, false));
  }
  return out;
}

void must_not_hold(const std::string& where, const std::string& text, const Canary& canary) {
  for (const std::string& spelling : spellings(canary.value))
    CHECK_MESSAGE(text.find(spelling) == std::string::npos, canary.what << " stands in " << where);
}

// Every link of an account and of an invitation, after it was tried in each way that is refused and
// one was used: what is refused is what tends to be logged.
std::vector<Canary> mailed_tokens(const Mailboxes& mail, const Person& ann, const Person& bob) {
  const auto token = [&](const std::string& address, const std::string& path) {
    std::vector<std::string> all;
    REQUIRE(eventually(seconds(30), [&] { return !(all = mail.tokens(address, path)).empty(); }));
    return all.back();
  };
  REQUIRE(ann.post("/auth/forgot", Json::object({{"email", "ann@example.com"}})).status == 202);
  REQUIRE(ann.post("/me/address", Json::object({{"email", "lee@example.com"}})).status == 202);
  const Json row = Json::object({{"email", "cleo@example.com"}});
  REQUIRE(ann.post(ann.org() + "/invitations", Json::object({{"invitations", Json::array({row})}}))
              .status == 200);
  const std::vector<Canary> out = {
      {"a sign-up's token", token("ann@example.com", "/verify")},
      {"a sign-up's token", token("bob@example.com", "/verify")},
      {"a reset's token", token("ann@example.com", "/reset")},
      {"an address's token", token("lee@example.com", "/address")},
      {"an invitation's token", token("cleo@example.com", "/invitation")}};
  for (const Canary& canary : out) {
    const Json body = Json::object({{"token", canary.value}, {"password", "short"}});
    for (const char* path :
         {"/auth/verify", "/auth/reset", "/auth/address", "/auth/address/restore",
          "/invitations/lookup", "/invitations/accept", "/setup"})
      CHECK(bob.post(path, body).status >= 400);
    CHECK(bob.get("/nothing-here?token=" + canary.value).status == 404);
    (void)request(bob.port(), "POST", "/api/v1/auth/reset",
                  R"({"token":")" + canary.value + "\",}");
  }
  CHECK(bob.post("/invitations/lookup", Json::object({{"token", out.back().value}})).status == 200);
  return out;
}

// All that the database has on disk or in its tables.
std::string stored(const Installation& world) {
  if (world.kind() == Installation::Kind::postgres) {
    std::string all;
    const std::string tables = world.query(
        "SELECT string_agg(table_name, ' ') FROM information_schema.tables WHERE table_schema = "
        "'public'");
    for (std::size_t at = 0; at < tables.size();) {
      const std::size_t end = std::min(tables.find(' ', at), tables.size());
      all += world.query("SELECT json_agg(t)::text FROM " + tables.substr(at, end - at) + " AS t");
      at = end + 1;
    }
    return all;
  }
  std::string all;
  for (const auto& file : std::filesystem::directory_iterator(world.folder()))
    if (file.path().filename().string().starts_with("data.db")) all += read_file(file.path());
  return all;
}

}  // namespace

TEST_CASE("no secret gets into output, metrics, or in clear into the database, however spelled") {
  if (!SmtpSink::available()) return;
  on_both_engines([](Installation& world) {
    REQUIRE(world.settings()["LOG_LEVEL"] == "debug");
    const Mailboxes mail;
    mail.serve(world);
    const int metrics_port = free_port();
    world.settings()["METRICS_ADDR"] = "127.0.0.1:" + std::to_string(metrics_port);
    auto server = world.start();
    const std::string password = "canary-password-7f3a9c51d2";
    Person root = Installation::administrator(*server);
    Person ann(server->port()), bob(server->port());
    REQUIRE(ann.sign_up("ann@example.com", password).status == 202);
    REQUIRE(bob.sign_up("bob@example.com", password).status == 202);
    REQUIRE(eventually(seconds(30), [&] {
      const auto links = mail.tokens("ann@example.com", "/verify");
      return !links.empty() &&
             ann.post("/auth/verify", Json::object({{"token", links[0]}, {"password", password}}))
                     .status == 201;
    }));
    REQUIRE(ann.login("ann@example.com", password).status == 200);
    const std::string first_cookie = ann.cookie();
    REQUIRE(ann.login("ann@example.com", password).status == 200);
    CHECK(ann.login("ann@example.com", "wrong-" + password).status == 401);
    REQUIRE(ann.login("ann@example.com", password).status == 200);
    REQUIRE(root.send("PUT", "/platform" + ann.org() + "/subscription",
                      Json::object({{"plan", "business"}}))
                .status == 200);

    const Answer made = ann.send(
        "POST", ann.deployments(),
        Json::object({{"name", "db"}, {"template", "postgresql"}, {"inputs", Json::object()}}),
        {{"idempotency-key", "once"}});
    REQUIRE(made.status == 201);
    const std::string generated(made.json().text("generated", "POSTGRES_PASSWORD"));
    REQUIRE(generated.size() == 32);
    const std::string chosen = "canary-chosen-5be81f0c77a4";
    const Answer second =
        ann.post(ann.deployments(),
                 Json::object({{"name", "db2"},
                               {"template", "postgresql"},
                               {"inputs", Json::object({{"POSTGRES_PASSWORD", chosen}})}}));
    INFO(second.body);
    REQUIRE(second.status == 201);
    CHECK(eventually(seconds(30), [&] { return ann.ready("db") && ann.ready("db2"); }));

    // Values are shown once and never again.
    const Answer again = ann.get(ann.deployments("db"));
    CHECK(again.body.find(generated) == std::string::npos);
    const Answer replayed = ann.send(
        "POST", ann.deployments(),
        Json::object({{"name", "db"}, {"template", "postgresql"}, {"inputs", Json::object()}}),
        {{"idempotency-key", "once"}});
    CHECK(replayed.status == 201);
    CHECK(replayed.body.find(generated) == std::string::npos);

    // Things that tend to be logged: refusals, malformed bodies, paths, unknown routes.
    (void)request(server->port(), "POST", "/api/v1/auth/login",
                  R"({"email":"ann@example.com","password":")" + password + "\",}");
    (void)request(server->port(), "GET", "/api/v1/nothing-here?token=" + password, {},
                  ann.cookie_header());
    (void)request(server->port(), "POST", "/api/v1/setup",
                  R"({"token":")" + password +
                      R"(","email":"x@example.com","password":"a b c d e f g","name":"X"})");
    (void)ann.post(ann.deployments(),
                   Json::object({{"name", "db3"},
                                 {"template", "postgresql"},
                                 {"inputs", Json::object({{"POSTGRES_PASSWORD", chosen},
                                                          {"NO_SUCH_INPUT", chosen}})}}));

    const auto value_of = [](const std::string& cookie) {
      return cookie.substr(cookie.find('=') + 1);
    };
    std::vector<Canary> canaries = mailed_tokens(mail, ann, bob);
    canaries.insert(canaries.end(), {{"a password", password},
                                     {"a session's cookie", value_of(first_cookie)},
                                     {"a session's cookie", value_of(ann.cookie())},
                                     {"a generated secret", generated},
                                     {"a chosen secret", chosen},
                                     {"the key", world.settings()["SECRETS_KEY"]},
                                     {"the key", world.secrets_key()}});
    const std::string link = server->setup_token();
    // Written ahead or not: while it runs, and after the end has folded the log into the file.
    const std::string while_running = stored(world);
    REQUIRE(while_running.find("ann@example.com") != std::string::npos);
    const std::string metrics = request(metrics_port, "GET", "/metrics").body;
    REQUIRE(metrics.find("/api/v1/auth/reset") != std::string::npos);
    CHECK(server->stop() == 0);
    const std::string output = world.output();
    REQUIRE(output.find("/api/v1/auth/login") != std::string::npos);
    for (const Canary& canary : canaries) {
      must_not_hold("the output", output, canary);
      must_not_hold("the metrics", metrics, canary);
      must_not_hold("the database", while_running, canary);
      must_not_hold("the database after the end", stored(world), canary);
    }
    // The link is printed where the administrator looks, and kept as a hash.
    must_not_hold("the database", stored(world), {"the first administrator's link", link});
  });
}
