#include <cstdlib>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <poll.h>

#include "tests/process/tenant.hpp"

using namespace ks;
using namespace ks::test;

namespace {

constexpr int kTenants = 5;

std::uint64_t seed_of_run() {
  if (const char* given = std::getenv("KS_SEED")) return std::strtoull(given, nullptr, 10);
  SystemRandom random;
  return random.below(1'000'000'000);
}

int kills_of_run() {
  if (const char* given = std::getenv("KS_KILLS")) return std::atoi(given);
  return 50;
}

std::string lines(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& one : all) out += one + "\n";
  return out;
}

// Free allows one deployment; these want to work.
std::vector<Tenant> sign_up_tenants(Server& server, std::uint64_t seed) {
  const Person root = Installation::administrator(server);
  std::vector<Tenant> out;
  for (int i = 0; i < kTenants; ++i) {
    Person person(server.port());
    REQUIRE(person.sign_up(fmt::format("p{}@example.com", i)).status == 201);
    REQUIRE(root.send("PUT", "/platform" + person.org() + "/subscription",
                      Json::object({{"plan", "enterprise"}}))
                .status == 200);
    out.emplace_back(std::move(person), seed + static_cast<std::uint64_t>(i));
  }
  return out;
}

// One life of the server, ended at a random moment.
void live_and_die(Installation& world, std::vector<Tenant>& tenants, SeededRandom& random) {
  auto server = world.launch();
  if (random.below(8) == 0) {
    ::poll(nullptr, 0, static_cast<int>(random.below(300)));
  } else {
    const bool up = server->wait_until_up();
    INFO(server->child().err());
    REQUIRE(up);
    for (Tenant& tenant : tenants) {
      const auto wrong = tenant.check(server->port());
      CHECK_MESSAGE(wrong.empty(), lines(wrong));
    }
    std::atomic<bool> end{false};
    std::vector<std::thread> threads;
    for (Tenant& tenant : tenants) threads.emplace_back([&] { tenant.work(end); });
    ::poll(nullptr, 0, static_cast<int>(random.below(400)));
    // Nothing but the kill ends it.
    CHECK(server->child().running());
    server->kill9();
    end = true;
    for (auto& thread : threads) thread.join();
  }
  server->kill9();
  // A commit that was on its way is over when its connection is.
  REQUIRE(eventually(seconds(30), [&] { return world.connections() == 0; }));
  // Otherwise the lease of the dead would keep every later life from work on the cluster.
  if (random.below(3) != 0) world.expire_leases();
}

void converge(Installation& world, std::vector<Tenant>& tenants) {
  world.expire_leases();
  const auto server = world.start();
  for (Tenant& tenant : tenants) {
    const auto wrong = tenant.check(server->port());
    CHECK_MESSAGE(wrong.empty(), lines(wrong));
  }
  std::vector<std::string> left;
  const bool settled = eventually(seconds(60), [&] {
    left.clear();
    for (const Tenant& tenant : tenants)
      for (auto& one : tenant.unsettled()) left.push_back(std::move(one));
    return left.empty();
  });
  CHECK_MESSAGE(settled, lines(left) << server->child().err());
  for (const Tenant& tenant : tenants) {
    const auto wrong = tenant.settle(world);
    CHECK_MESSAGE(wrong.empty(), lines(wrong));
  }
  // Everything that is wanted has been carried over.
  for (const char* table : {"deployments", "sandboxes"})
    CHECK(world.query(fmt::format("SELECT COUNT(*) FROM {} WHERE synced_generation < generation",
                                  table)) == "0");
  CHECK(server->stop() == 0);
}

void kill_again_and_again(Installation& world) {
  const std::uint64_t seed = seed_of_run();
  INFO("KS_SEED=" << seed);
  SeededRandom random(seed);
  // The very first start is cut off too, so that migrations are.
  for (int i = 0; i < 3; ++i) {
    auto early = world.launch();
    ::poll(nullptr, 0, static_cast<int>(random.below(60)));
    early->kill9();
    REQUIRE(eventually(seconds(30), [&] { return world.connections() == 0; }));
  }
  std::vector<Tenant> tenants;
  {
    auto server = world.start();
    tenants = sign_up_tenants(*server, seed);
    CHECK(server->stop() == 0);
  }
  const int kills = kills_of_run();
  for (int i = 0; i < kills; ++i) live_and_die(world, tenants, random);
  converge(world, tenants);

  std::size_t acknowledged = 0, in_doubt = 0;
  for (const Tenant& tenant : tenants) {
    acknowledged += tenant.acknowledged();
    in_doubt += tenant.in_doubt();
  }
  fmt::print("{}: seed {}, {} kills, {} changes acknowledged, {} in doubt\n", world.name(), seed,
             kills, acknowledged, in_doubt);
  // A test in which nothing was going on promises nothing.
  CHECK(acknowledged > static_cast<std::size_t>(kills));
  CHECK(in_doubt > static_cast<std::size_t>(kills) / 4);
}

}  // namespace

TEST_CASE("kill -9 at any moment loses nothing that was acknowledged: SQLite") {
  Installation world(Installation::Kind::sqlite);
  kill_again_and_again(world);
}

TEST_CASE("kill -9 at any moment loses nothing that was acknowledged: PostgreSQL") {
  if (!PostgresServer::available()) return;
  Installation world(Installation::Kind::postgres);
  kill_again_and_again(world);
}
