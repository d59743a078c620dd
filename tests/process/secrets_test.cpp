#include <cctype>
#include <filesystem>
#include <vector>

#include <doctest/doctest.h>

#include "base/digest.hpp"
#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;

namespace {

struct Canary {
  std::string what;
  std::string value;
};

// The value as it is, and as it would stand inside base64 at each of the three offsets.
std::vector<std::string> spellings(const std::string& value) {
  std::vector<std::string> out = {value};
  for (std::size_t offset = 0; offset < 3; ++offset) {
    const std::string text = base64(std::string(offset, 'x') + value);
    // The first and the last group depend on what stands beside the value.
    const std::size_t from = offset == 0 ? 0 : 4;
    const std::size_t whole = (offset + value.size()) / 3 * 4;
    if (whole > from) out.push_back(text.substr(from, whole - from));
  }
  return out;
}

void must_not_hold(const std::string& where, const std::string& text, const Canary& canary) {
  for (const std::string& spelling : spellings(canary.value))
    CHECK_MESSAGE(text.find(spelling) == std::string::npos, canary.what << " stands in " << where);
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

TEST_CASE("no secret gets into the output of any process or in clear into the database") {
  on_both_engines([](Installation& world) {
    REQUIRE(world.settings()["LOG_LEVEL"] == "debug");
    auto server = world.start();
    const std::string password = "canary-password-7f3a9c51d2";
    Person root = Installation::administrator(*server);
    Person ann(server->port());
    REQUIRE(ann.sign_up("ann@example.com", password).status == 201);
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
    const std::vector<Canary> canaries = {{"a password", password},
                                          {"a session's cookie", value_of(first_cookie)},
                                          {"a session's cookie", value_of(ann.cookie())},
                                          {"a generated secret", generated},
                                          {"a chosen secret", chosen},
                                          {"the key", world.settings()["SECRETS_KEY"]},
                                          {"the key", world.secrets_key()}};
    const std::string link = server->setup_token();
    // Written ahead or not: while it runs, and after the end has folded the log into the file.
    const std::string while_running = stored(world);
    REQUIRE(while_running.find("ann@example.com") != std::string::npos);
    CHECK(server->stop() == 0);
    const std::string output = world.output();
    REQUIRE(output.find("/api/v1/auth/login") != std::string::npos);
    for (const Canary& canary : canaries) {
      must_not_hold("the output", output, canary);
      must_not_hold("the database", while_running, canary);
      must_not_hold("the database after the end", stored(world), canary);
    }
    // The link is printed where the administrator looks, and kept as a hash.
    must_not_hold("the database", stored(world), {"the first administrator's link", link});
  });
}
