#include <latch>
#include <map>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;

namespace {

constexpr int kClients = 100;

// `kClients` creates at the same moment, spread over the servers, with room for one.
void race(Installation& world, const std::vector<Server*>& servers) {
  const Person root = Installation::administrator(*servers.front());
  Person ann(servers.front()->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  // Business allows five.
  REQUIRE(root.send("PUT", "/platform" + ann.org() + "/subscription",
                    Json::object({{"plan", "business"}}))
              .status == 200);
  for (int i = 1; i <= 4; ++i) REQUIRE(ann.deploy(fmt::format("before-{}", i)).status == 201);

  std::vector<Answer> answers(kClients);
  std::latch start(kClients);
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i)
    threads.emplace_back([&, i] {
      Person same = ann;
      same.at(servers[static_cast<std::size_t>(i) % servers.size()]->port());
      start.arrive_and_wait();
      answers[static_cast<std::size_t>(i)] = same.deploy(fmt::format("race-{}", i));
    });
  for (auto& thread : threads) thread.join();

  int created = 0;
  std::map<std::string, int> others;
  for (const Answer& answer : answers) {
    if (answer.status == 201) {
      ++created;
    } else if (answer.status == 403 && answer.code() == "plan_limit_reached") {
      CHECK(answer.header("content-type") == "application/problem+json");
      CHECK(answer.json().text("feature") == "deployments.max");
      CHECK(answer.json().integer_or(0, "limit") == 5);
      CHECK(answer.json().integer_or(0, "used") == 5);
      CHECK(answer.json().text("upgrade", "plan") == "enterprise");
    } else {
      ++others[fmt::format("{} {}", answer.status, answer.body)];
    }
  }
  CHECK(created == 1);
  for (const auto& [what, times] : others) FAIL_CHECK(fmt::format("{} times {}", times, what));
  CHECK(ann.used("deployments.max") == 5);
  CHECK(world.query("SELECT COUNT(*) FROM deployments") == "5");
}

}  // namespace

TEST_CASE("of 100 creates at once with room for one, one succeeds: one process on SQLite") {
  Installation world(Installation::Kind::sqlite);
  const auto server = world.start();
  race(world, {server.get()});
}

TEST_CASE("of 100 creates at once with room for one, one succeeds: two processes on PostgreSQL") {
  if (!PostgresServer::available()) return;
  Installation world(Installation::Kind::postgres);
  const auto one = world.start();
  const auto other = world.start();
  race(world, {one.get(), other.get()});
}
