// Who answers an invitation by a session that ends while the answer is on its way.
#include <array>
#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "tests/api/audit_rows.hpp"
#include "tests/api/held_house.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

// The token was looked at.
constexpr const char* kTries = "SELECT COUNT(*) FROM rate_limits";

// Who is signed in asks for this; their session has ended when the organization's turn comes to it.
struct Answered : HeldHouse {
  const test::RawSql raw{login.dsn};
  Person abe = server.colleague(ann, "Abe", "org_admin");

  Reply as_session_ends(Person who, const std::string& path, const std::string& token) {
    // Its next use is written down, which tells that it was looked at.
    server.clock().advance(minutes(6));
    const std::string seen = "SELECT seen_at FROM sessions WHERE user_id = '" + who.id + "'";
    const std::string before = raw.one(seen);
    const auto team = TeamId::parse(ann.team_id);
    REQUIRE(team);
    std::array<std::thread, 2> busy;
    std::thread asking;
    Reply reply;
    const auto held = beside->fleet_write(test::kFleet, [&](Tx& tx) -> Result<void> {
      KS_CHECK(sql::sql_tx(tx).run(test::kFleet, *kHoldTeam, *team));
      // All turns that the organization has.
      for (std::thread& one : busy)
        one = std::thread([by = abe]() mutable {
          by.patch(by.team_path(), Json::object({{"description", "Busy"}}));
        });
      KS_CHECK(until_waiting(tx, 2));
      const std::string tries = raw.one(kTries);
      asking = std::thread([&] { reply = who.post(path, Json::object({{"token", token}})); });
      // What looks at the session before its turn has done so by then, or does not.
      int more = 100;
      const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
      while (raw.one(seen) == before && more > 0 && std::chrono::steady_clock::now() < until)
        if (raw.one(kTries) != tries) --more;
      CHECK(raw.one(kTries) != tries);
      raw.run("DELETE FROM sessions WHERE user_id = '" + who.id + "'");
      return {};
    });
    for (std::thread& one : busy)
      if (one.joinable()) one.join();
    if (asking.joinable()) asking.join();
    CHECK(held);
    return reply;
  }
};

}  // namespace

TEST_CASE("who declines by a session that ends meanwhile has declined by the link alone") {
  if (!test::PostgresServer::available()) return;
  Answered house;
  Person ben = house.server.somebody("Ben");
  const std::string token = invited(house.server, house.ann, ben.email);
  const Reply reply = house.as_session_ends(ben, "/api/v1/invitations/decline", token);
  CHECK(reply.status == 204);
  const std::string row =
      "SELECT state, answered_by FROM invitations WHERE org_id = '" + house.ann.org_id + "'";
  const std::string declined = house.raw.one(row);
  CHECK(declined.starts_with("declined"));
  CHECK(declined.find(ben.id) == std::string::npos);
  CHECK(house.raw.one("SELECT COUNT(*) FROM audit WHERE actor_id = '" + ben.id +
                      "' AND org_id = '" + house.ann.org_id + "'") == "0");
}

TEST_CASE("who asks for an invitation by a session that ends meanwhile is not named by it") {
  if (!test::PostgresServer::available()) return;
  Answered house;
  Person ben = house.server.somebody("Ben");
  const std::string token = invited(house.server, house.ann, "another@example.com");
  // For Ben, who is not whom it is for, there would be a mail; the link by itself is good as it is.
  const Reply reply = house.as_session_ends(ben, "/api/v1/invitations/ask", token);
  CHECK(reply.status == 409);
  CHECK(reply.json().text("code") == "invitation_usable");
}
