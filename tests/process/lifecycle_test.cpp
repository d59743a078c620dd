#include <chrono>
#include <csignal>
#include <future>

#include <doctest/doctest.h>

#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;

TEST_CASE("what was made before a stop is there after the next start, the session too") {
  on_both_engines([](Installation& world) {
    auto server = world.start();
    CHECK(server->get("/healthz").status == 200);
    CHECK(server->get("/readyz").json().text("checks", "database") == "ok");

    Person ann(server->port());
    REQUIRE(ann.sign_up("ann@example.com").status == 201);
    REQUIRE(ann.deploy("web").status == 201);
    CHECK(eventually(seconds(30), [&] { return ann.ready("web"); }));

    CHECK(server->stop() == 0);

    server = world.start();
    ann.at(server->port());
    const Answer me = ann.get("/me");
    CHECK(me.status == 200);
    CHECK(me.json().text("user", "email") == "ann@example.com");
    const Json web = ann.get(ann.deployments("web")).json();
    CHECK(web.text("env", "MARK") == "1");
    CHECK(web.integer_or(0, "revision") == 1);
    // The simulated cluster was empty after the start; it is filled again from the database.
    CHECK(ann.send("PATCH", ann.deployments("web"), Json::object({{"replicas", 2}})).status == 200);
    CHECK(eventually(seconds(30), [&] {
      const Json now = ann.get(ann.deployments("web")).json();
      return now.text("phase") == "Ready" && now.integer_or(0, "services", "web", "ready") == 2;
    }));
    CHECK(ann.used("deployments.max") == 1);
    CHECK(server->stop() == 0);
  });
}

TEST_CASE("requests that are being worked on at SIGTERM are answered, also beside an open stream") {
  on_both_engines([](Installation& world) {
    auto server = world.start();
    Person ann(server->port());
    REQUIRE(ann.sign_up("ann@example.com").status == 201);
    EventStream stream(server->port(), "/api/v1" + ann.org() + "/stream", ann.cookie_header());
    REQUIRE(stream.status() == 200);

    // A login takes some ten milliseconds for its hash, so some of these are in the middle of it.
    std::vector<std::future<int>> logins;
    for (int i = 0; i < 8; ++i)
      logins.push_back(std::async(std::launch::async, [port = server->port()] {
        return request(port, "POST", "/api/v1/auth/login",
                       R"({"email":"ann@example.com","password":"correct horse battery"})")
            .status;
      }));
    // One has been answered: the others have been sent too.
    const int first = logins.front().get();
    CHECK(first == 200);
    const SystemClock clock;
    const Time asked = clock.monotonic();
    server->child().signal(SIGTERM);
    for (std::size_t i = 1; i < logins.size(); ++i) {
      const int status = logins[i].get();
      // Refused connections (0) are those that came after the end of listening.
      CHECK((status == 200 || status == 0));
    }
    CHECK(stream.ends(seconds(10)));
    CHECK(server->child().wait(seconds(12)) == 0);
    CHECK(clock.monotonic() - asked < seconds(12));
  });
}
