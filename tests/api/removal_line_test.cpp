// Taking rights away does not wait for the work of those who have them.
#include <array>
#include <thread>

#include <doctest/doctest.h>

#include "tests/api/held_house.hpp"

using namespace ks;
using namespace ks::api_test;

TEST_CASE("who keeps all the turns of their organization does not hold off their own removal") {
  // On SQLite no write waits for another one's lock.
  if (!test::PostgresServer::available()) return;
  HeldHouse house;
  Person& ann = house.ann;
  Person abe = house.server.colleague(ann, "Abe", "org_admin");
  Person max = house.server.colleague(ann, "Max", "org_admin");
  const auto team = TeamId::parse(ann.team_id);
  REQUIRE(team);
  std::array<std::thread, 2> busy;
  int demoted = 0;
  int removed = 0;
  std::int64_t waiting = 0;
  const auto held = house.beside->fleet_write(test::kFleet, [&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(test::kFleet, *kHoldTeam, *team));
    for (std::thread& one : busy)
      one = std::thread(
          [abe]() mutable { abe.patch(abe.team_path(), Json::object({{"description", "Busy"}})); });
    KS_CHECK(HeldHouse::until_waiting(tx, 2));
    const std::string members = ann.org_path() + "/members/";
    demoted = ann.patch(members + max.id, Json::object({{"org_role", "org_member"}})).status;
    removed = ann.del(members + abe.id).status;
    KS_TRY(waiting, HeldHouse::waiting(tx));
    return {};
  });
  for (std::thread& one : busy) one.join();
  CHECK(held);
  CHECK(demoted == 200);
  CHECK(removed == 204);
  // And that without a turn that one of them gave up.
  CHECK(waiting == 2);
}

TEST_CASE("administrators who keep all turns of removals do not hold off one by the owner") {
  if (!test::PostgresServer::available()) return;
  HeldHouse house;
  Person& ann = house.ann;
  Person abe = house.server.colleague(ann, "Abe", "org_admin");
  Person max = house.server.colleague(ann, "Max", "org_admin");
  Person ida = house.server.colleague(ann, "Ida");
  const auto org = OrgId::parse(ann.org_id);
  REQUIRE(org);
  const std::string members = ann.org_path() + "/members/";
  // Twice as many as have a turn, so that some wait for one.
  std::array<std::thread, 4> busy;
  std::thread owners, anothers;
  int removed = 0;
  std::int64_t with_owner = 0;
  const auto held = house.beside->fleet_write(test::kFleet, [&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(test::kFleet, *kHoldMembers, *org));
    for (std::thread& one : busy)
      one = std::thread([abe, path = members + ida.id]() mutable {
        abe.patch(path, Json::object({{"org_role", "org_admin"}}));
      });
    KS_CHECK(HeldHouse::until_waiting(tx, 2));
    // What is left of theirs is no turn of another administrator's.
    anothers = std::thread([max, path = members + ida.id]() mutable { max.del(path); });
    owners = std::thread([&] { removed = ann.del(members + abe.id).status; });
    KS_CHECK(HeldHouse::until_waiting(tx, 3));
    KS_TRY(with_owner, HeldHouse::waiting(tx));
    return {};
  });
  for (std::thread& one : busy)
    if (one.joinable()) one.join();
  if (anothers.joinable()) anothers.join();
  if (owners.joinable()) owners.join();
  CHECK(held);
  CHECK(with_owner == 3);
  CHECK(removed == 204);
  CHECK(ann.get(members + abe.id).status == 404);
}
