#include <csignal>
#include <cstdlib>
#include <future>

#include <doctest/doctest.h>
#include <libpq-fe.h>
#include <sys/stat.h>

#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// Keeps writers of a table waiting, in the middle of their transaction.
class TableLock {
 public:
  TableLock(const Installation& world, const std::string& table)
      : world_(world), connection_(PQconnectdb(world.superuser_dsn().c_str()), &PQfinish) {
    const std::string sql = "BEGIN; LOCK TABLE " + table + " IN EXCLUSIVE MODE";
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(connection_.get(), sql.c_str()), &PQclear);
    REQUIRE(PQresultStatus(result.get()) == PGRES_COMMAND_OK);
  }
  bool is_waited_for() const {
    return world_.query("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0";
  }

 private:
  const Installation& world_;
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

}  // namespace

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

TEST_CASE("an open stream does not hold up the end") {
  on_both_engines([](Installation& world) {
    const auto server = world.start();
    Person ann(server->port());
    REQUIRE(ann.sign_up("ann@example.com").status == 201);
    EventStream stream(server->port(), "/api/v1" + ann.org() + "/stream", ann.cookie_header());
    REQUIRE(stream.status() == 200);
    const SystemClock clock;
    const Time asked = clock.monotonic();
    server->child().signal(SIGTERM);
    CHECK(stream.ends(seconds(5)));
    CHECK(server->child().wait(seconds(8)) == 0);
    CHECK(clock.monotonic() - asked < seconds(8));
  });
}

TEST_CASE("what is being worked on at SIGTERM is done and answered, and nothing new is begun") {
  if (!PostgresServer::available()) return;
  Installation world(Installation::Kind::postgres);
  auto server = world.start();
  Person ann(server->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);

  std::future<Answer> create;
  {
    const TableLock lock(world, "deployments");
    create = std::async(std::launch::async, [&] { return ann.deploy("web"); });
    REQUIRE(eventually(seconds(10), [&] { return lock.is_waited_for(); }));
    server->child().signal(SIGTERM);
    CHECK(eventually(seconds(5), [&] { return server->get("/healthz").status != 200; }));
    CHECK(server->child().running());
  }
  CHECK(create.get().status == 201);
  CHECK(server->child().wait(seconds(12)) == 0);
  server = world.start();
  ann.at(server->port());
  CHECK(ann.get(ann.deployments("web")).status == 200);
}

TEST_CASE("what takes longer than the drain is cut off and left undone") {
  if (!PostgresServer::available()) return;
  Installation world(Installation::Kind::postgres);
  auto server = world.start();
  Person ann(server->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  {
    const TableLock lock(world, "deployments");
    auto create = std::async(std::launch::async, [&] { return ann.deploy("web"); });
    REQUIRE(eventually(seconds(10), [&] { return lock.is_waited_for(); }));
    server->child().signal(SIGTERM);
    // The drain is 10 s.
    CHECK(server->child().wait(seconds(16)) == 0);
    CHECK(create.get().status != 201);
  }
  REQUIRE(eventually(seconds(30), [&] { return world.connections() == 0; }));
  server = world.start();
  ann.at(server->port());
  CHECK(ann.get(ann.deployments("web")).status == 404);
  CHECK(ann.used("deployments.max") == 0);
}

TEST_CASE("with few files it serves as many connections as it can, and says no to the others") {
  Installation world(Installation::Kind::sqlite);
  const std::string limited = world.folder() + "/limited";
  write_file(limited, "#!/bin/sh\nset -e\nulimit -S -n 48\nulimit -H -n 256\nexec '" +
                          program_path() + "' \"$@\"\n");
  REQUIRE(::chmod(limited.c_str(), 0700) == 0);
  const char* const named = std::getenv("KS_PROGRAM");
  const std::optional<std::string> before =
      named ? std::optional<std::string>(named) : std::nullopt;
  REQUIRE(::setenv("KS_PROGRAM", limited.c_str(), 1) == 0);
  auto server = world.start();
  if (before)
    ::setenv("KS_PROGRAM", before->c_str(), 1);
  else
    ::unsetenv("KS_PROGRAM");

  std::vector<std::unique_ptr<EventStream>> open;
  int served = 0, refused = 0;
  for (int i = 0; i < 160; ++i) {
    // A request that keeps its connection.
    open.push_back(std::make_unique<EventStream>(server->port(), "/healthz",
                                                 Headers{{"connection", "keep-alive"}}));
    served += open.back()->status() == 200;
    refused += open.back()->status() == 503;
  }
  CHECK(served >= 120);
  CHECK(refused >= 30);
  CHECK(served + refused == 160);
  // What it needs for itself it has kept.
  open.clear();
  Person ann(server->port());
  CHECK(eventually(seconds(30), [&] { return ann.sign_up("ann@example.com").status == 201; }));
  CHECK(server->stop() == 0);
}
