// Accounts as their people live them: the real program, a real mail server, links followed by hand.
#include <functional>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "mail/smtp_sink.hpp"
#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;
using ks::mail::test::SmtpSink;

namespace {

constexpr const char* kNew = "another good pass phrase";

void point_at(Installation& world, const SmtpSink& sink) {
  world.settings()["SMTP_URL"] = fmt::format("smtp://localhost:{}", sink.port());
  world.settings()["MAIL_FROM"] = "K8s Scheduler <noreply@ks.example.com>";
}

// What stands behind '#' in the mail's link below that path; "" when it has none. The content is
// quoted-printable.
std::string token_in(std::string content, const std::string& path) {
  for (const std::string soft : {"=\r\n", "=\n"})
    for (auto at = content.find(soft); at != std::string::npos; at = content.find(soft, at))
      content.erase(at, soft.size());
  const std::string sign = "http://localhost:8080" + path + "#";
  const auto at = content.find(sign);
  if (at == std::string::npos) return {};
  const auto from = at + sign.size();
  return content.substr(from, content.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
                                                        "pqrstuvwxyz0123456789-_",
                                                        from) -
                                  from);
}

// The token of the newest mail to that address with such a link; waits for one that is not `than`.
std::string mailed(const SmtpSink& sink, const std::string& to, const std::string& path,
                   const std::string& than = {}) {
  std::string token;
  const bool came = eventually(seconds(30), [&] {
    for (const auto& taken : sink.taken())
      if (taken.to == std::vector<std::string>{to})
        if (std::string found = token_in(taken.content, path); !found.empty()) token = found;
    return !token.empty() && token != than;
  });
  CHECK_MESSAGE(came, "no mail to ", to, " with ", path);
  return token;
}

int status(int port, const std::string& path, const Json& body) {
  return request(port, "POST", "/api/v1" + path, body.dump()).status;
}

Json with(const std::string& token, const std::string& password = Person::kPassword) {
  return Json::object({{"token", token}, {"password", password}});
}

}  // namespace

TEST_CASE("an account from its mailed link to its reset, over restarts of the program") {
  if (!SmtpSink::available()) return;
  on_both_engines([](Installation& world) {
    const SmtpSink sink;
    point_at(world, sink);
    auto server = world.start();
    Person ann(server->port());
    // With a mail server, sign-up is verified by default.
    const Answer asked = ann.sign_up("ann@example.com");
    CHECK(asked.status == 202);
    CHECK(asked.body.empty());
    const std::string verify = mailed(sink, "ann@example.com", "/verify");
    CHECK(ann.login("ann@example.com").status == 401);
    // What was mailed counts after a restart.
    CHECK(server->stop() == 0);
    server = world.start();
    ann.at(server->port());
    CHECK(status(server->port(), "/auth/verify", with(verify, "not the chosen one")) == 401);
    CHECK(status(server->port(), "/auth/verify", with(verify)) == 201);
    CHECK(status(server->port(), "/auth/verify", with(verify)) == 404);
    REQUIRE(ann.login("ann@example.com").status == 200);
    // The program hashes at OWASP's least cost, whatever its tests of other things do.
    CHECK(world.query("SELECT password_hash FROM users WHERE email = 'ann@example.com'")
              .starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    CHECK(ann.deploy("web").status == 201);

    CHECK(status(server->port(), "/auth/forgot", Json::object({{"email", "ANN@example.com"}})) ==
          202);
    CHECK(status(server->port(), "/auth/forgot", Json::object({{"email", "no@example.com"}})) ==
          202);
    const std::string reset = mailed(sink, "ann@example.com", "/reset");
    CHECK(ann.get("/me").status == 200);
    server->kill9();
    server = world.start();
    ann.at(server->port());
    CHECK(status(server->port(), "/auth/reset", with(reset, kNew)) == 204);
    CHECK(status(server->port(), "/auth/reset", with(reset, kNew)) == 404);
    CHECK(ann.get("/me").status == 401);
    CHECK(ann.login("ann@example.com").status == 401);
    REQUIRE(ann.login("ann@example.com", kNew).status == 200);

    REQUIRE(ann.post("/me/address", Json::object({{"email", "lee@example.com"}})).status == 202);
    const std::string address = mailed(sink, "lee@example.com", "/address");
    CHECK(status(server->port(), "/auth/address", Json::object({{"token", address}})) == 404);
    CHECK(ann.post("/auth/address", Json::object({{"token", address}})).status == 204);
    CHECK(ann.get("/me").status == 200);
    REQUIRE(ann.login("lee@example.com", kNew).status == 200);
    CHECK(ann.get(ann.deployments("web")).status == 200);
    const std::string way_back = mailed(sink, "ann@example.com", "/address/restore");
    CHECK(status(server->port(), "/auth/address/restore", with(way_back)) == 204);
    CHECK(ann.get("/me").status == 401);
    CHECK(ann.login("ann@example.com").status == 200);

    // Nobody was mailed but the two, each mail to one of them, and no token is in any log or row.
    for (const auto& taken : sink.taken()) {
      REQUIRE(taken.to.size() == 1);
      CHECK((taken.to[0] == "ann@example.com" || taken.to[0] == "lee@example.com"));
    }
    CHECK(server->stop() == 0);
    for (const auto& token : {verify, reset, address, way_back}) {
      CHECK(world.output().find(token) == std::string::npos);
      CHECK(world.query("SELECT COUNT(*) FROM account_links WHERE token_hash = '" + token + "'") ==
            "0");
    }
  });
}

TEST_CASE("what ends sessions at one server ends them and their streams at the other") {
  if (!PostgresServer::available() || !SmtpSink::available()) return;
  Installation world{Installation::Kind::postgres};
  const SmtpSink sink;
  point_at(world, sink);
  world.settings()["SIGNUP"] = "open";
  const auto one = world.start();
  const auto other = world.start();
  Person ann(one->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  const std::string stream_path = "/api/v1" + ann.org() + "/stream";
  // Somebody else's goes on throughout.
  Person bob(one->port());
  REQUIRE(bob.sign_up("bob@example.com").status == 201);
  EventStream bobs(other->port(), "/api/v1" + bob.org() + "/stream", bob.cookie_header());
  REQUIRE(bobs.status() == 200);

  const auto ends_there = [&](const std::function<void(Person&)>& act, int own_after) {
    Person there(other->port());
    REQUIRE(there.login("ann@example.com").status == 200);
    Person here(one->port());
    REQUIRE(here.login("ann@example.com").status == 200);
    EventStream stream(other->port(), stream_path, there.cookie_header());
    REQUIRE(stream.status() == 200);
    act(here);
    CHECK(there.get("/me").status == 401);
    CHECK(stream.ends(seconds(5)));
    here.at(other->port());
    CHECK(here.get("/me").status == own_after);
  };
  ends_there([](Person& here) { CHECK(here.send("DELETE", "/me/sessions").status == 204); }, 200);
  // The own session goes on under another cookie, so that this one ends too.
  ends_there(
      [](Person& here) {
        CHECK(here.send("PUT", "/me/password", Json::object({{"password", Person::kPassword}}))
                  .status == 200);
      },
      401);
  ends_there(
      [&](Person&) {
        CHECK(status(other->port(), "/auth/forgot", Json::object({{"email", "ann@example.com"}})) ==
              202);
        const std::string token = mailed(sink, "ann@example.com", "/reset");
        CHECK(status(one->port(), "/auth/reset", with(token)) == 204);
        CHECK(status(other->port(), "/auth/reset", with(token)) == 404);
      },
      401);
  ends_there(
      [&](Person& here) {
        CHECK(here.post("/me/address", Json::object({{"email", "lee@example.com"}})).status == 202);
        const std::string token = mailed(sink, "lee@example.com", "/address");
        CHECK(here.post("/auth/address", Json::object({{"token", token}})).status == 204);
      },
      200);
  CHECK(bob.get("/me").status == 200);
  CHECK_FALSE(bobs.ends(milliseconds(100)));
}
