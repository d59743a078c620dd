#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;

namespace {

std::string user_id(const Person& person) {
  return std::string(person.get("/me").json().text("user", "id"));
}

std::string stream_path(const Person& owner) { return "/api/v1" + owner.org() + "/stream"; }

// Puts somebody into the owner's organization, beside the servers.
std::string join(Installation& world, const Person& owner, const Person& who,
                 const std::string& role = "org_member") {
  std::string id = user_id(who);
  world.execute(fmt::format(
      "INSERT INTO org_members (client_id, org_id, user_id, role, created_at) "
      "SELECT o.client_id, o.id, '{}', '{}', 1 FROM organizations AS o WHERE o.id = '{}'",
      id, role, owner.org_id()));
  world.execute(fmt::format("UPDATE org_usage SET members = members + 1 WHERE org_id = '{}'",
                            owner.org_id()));
  world.execute(
      fmt::format("UPDATE users SET authz_version = authz_version + 1 WHERE id = '{}'", id));
  return id;
}

// One person's streams of an organization, one at each server.
class Streams {
 public:
  Streams(const std::vector<const Server*>& servers, const std::string& path, const Person& who) {
    for (const Server* server : servers)
      all_.push_back(std::make_unique<EventStream>(server->port(), path, who.cookie_header()));
    for (const auto& stream : all_) REQUIRE(stream->status() == 200);
  }
  // All of them, by the same moment.
  void check_end_within_5_seconds() {
    const SystemClock clock;
    const Time end = clock.monotonic() + seconds(5);
    for (const auto& stream : all_) CHECK(stream->ends(end - clock.monotonic()));
  }

 private:
  std::vector<std::unique_ptr<EventStream>> all_;
};

// Whatever is done at the first server holds at every server's next request, and ends streams at
// all of them.
void revoke(Installation& world, const std::vector<const Server*>& servers) {
  const Server& first = *servers.front();
  const Server& last = *servers.back();
  Person ann(first.port()), ben(last.port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  REQUIRE(ben.sign_up("ben@example.com").status == 201);
  const std::string member = ann.org() + "/members/" + join(world, ann, ben, "org_admin");
  const auto status_everywhere = [&](const std::string& path, int status) {
    for (const Server* server : servers) {
      Person same = ben;
      same.at(server->port());
      CHECK(same.get(path).status == status);
    }
  };
  status_everywhere(ann.org() + "/members", 200);

  Streams as_admin(servers, stream_path(ann), ben);
  REQUIRE(ann.send("PATCH", member, Json::object({{"org_role", "org_member"}})).status == 200);
  status_everywhere(ann.org() + "/members", 403);
  status_everywhere(ann.org(), 200);
  as_admin.check_end_within_5_seconds();

  Streams as_member(servers, stream_path(ann), ben);
  EventStream own(ben.port(), stream_path(ben), ben.cookie_header());
  REQUIRE(own.status() == 200);
  REQUIRE(ann.send("DELETE", member).status == 204);
  status_everywhere(ann.org(), 404);
  status_everywhere(ann.deployments(), 404);
  status_everywhere("/me", 200);
  as_member.check_end_within_5_seconds();
  for (const Server* server : servers)
    CHECK(EventStream(server->port(), stream_path(ann), ben.cookie_header()).status() == 404);
  // What they have elsewhere goes on.
  CHECK(ben.get(ben.org()).status == 200);
  REQUIRE(ben.deploy("web").status == 201);
  const auto event = own.next(seconds(30));
  REQUIRE(event);
  CHECK(event->name == "deployment.updated");
}

}  // namespace

TEST_CASE("who loses a role or is removed is out at the next request, on SQLite") {
  Installation world(Installation::Kind::sqlite);
  const auto server = world.start();
  revoke(world, {server.get()});
}

TEST_CASE("who loses a role or is removed at one server is out at both at the next request") {
  if (!PostgresServer::available()) return;
  Installation world(Installation::Kind::postgres);
  const auto one = world.start();
  const auto other = world.start();
  revoke(world, {one.get(), other.get()});
}

TEST_CASE("of five people who are let back at once at two servers, those who have seats are") {
  if (!PostgresServer::available()) return;
  Installation world(Installation::Kind::postgres);
  const auto one = world.start();
  const auto other = world.start();
  Person ann(one->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  world.execute(fmt::format(
      "INSERT INTO entitlement_overrides (client_id, org_id, feature, value, starts_at, ends_at, "
      "reason, by_user) SELECT client_id, id, 'members.max', '3', 0, 0, 'test', id "
      "FROM organizations WHERE id = '{}'",
      ann.org_id()));
  std::vector<std::string> people;
  for (int i = 0; i < 5; ++i) {
    Person who(other->port());
    REQUIRE(who.sign_up(fmt::format("p{}@example.com", i)).status == 201);
    people.push_back(ann.org() + "/members/" + join(world, ann, who));
    REQUIRE(ann.send("DELETE", people.back()).status == 204);
  }
  CHECK(ann.used("members.max") == 1);

  // Each twice, so that some come late.
  std::vector<Answer> answers(10);
  std::latch start(10);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < answers.size(); ++i)
    threads.emplace_back([&, i] {
      Person same = ann;
      same.at((i % 2 == 0 ? one : other)->port());
      start.arrive_and_wait();
      answers[i] = same.post(people[i / 2] + "/reinstate", Json());
    });
  for (auto& thread : threads) thread.join();
  for (const Answer& answer : answers) {
    const bool told = answer.status == 200 || answer.code() == "plan_limit_reached";
    CHECK_MESSAGE(told, answer.status << " " << answer.body);
  }
  CHECK(ann.used("members.max") == 3);
  CHECK(world.query(fmt::format("SELECT COUNT(*) FROM org_members WHERE org_id = '{}'",
                                ann.org_id())) == "3");
}

namespace {

// Everything that moves ownership, or takes somebody out of its way, at the same moment.
void contend(Installation& world, const std::vector<Server*>& servers) {
  Person ann(servers.front()->port()), ben(servers.back()->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  REQUIRE(ben.sign_up("ben@example.com").status == 201);
  world.execute(fmt::format("UPDATE subscriptions SET plan_key = 'business' WHERE org_id = '{}'",
                            ann.org_id()));
  const std::string bens_id = join(world, ann, ben);
  const std::string anns_id = user_id(ann);
  const Answer offer = ann.post(ann.org() + "/ownership-offers", Json::object({{"user", bens_id}}));
  REQUIRE(offer.status == 201);
  const std::string path = ann.org() + "/ownership-offers/" + std::string(offer.json().text("id"));

  struct Try {
    const Person* who;
    std::string method, path;
    Json body;
    Answer answer = {};
  };
  std::vector<Try> tries;
  for (int i = 0; i < 4; ++i) {
    tries.push_back({&ben, "POST", path + "/accept", {}});
    tries.push_back({&ann, "POST", path + "/cancel", {}});
    tries.push_back({&ann, "POST", ann.org() + "/leave", {}});
    tries.push_back({&ann, "PATCH", ann.org() + "/members/" + anns_id,
                     Json::object({{"org_role", "org_member"}, {"confirm", true}})});
    tries.push_back({&ann, "DELETE", ann.org() + "/members/" + bens_id, {}});
  }
  std::latch start(static_cast<std::ptrdiff_t>(tries.size()));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < tries.size(); ++i)
    threads.emplace_back([&, i] {
      Try& mine = tries[i];
      Person same = *mine.who;
      same.at(servers[(i / 5) % servers.size()]->port());
      start.arrive_and_wait();
      mine.answer = same.send(mine.method, mine.path, mine.body);
    });
  for (auto& thread : threads) thread.join();

  for (const Try& one : tries)
    CHECK_MESSAGE(
        (one.answer.status >= 200 && one.answer.status < 500),
        one.method << " " << one.path << " " << one.answer.status << " " << one.answer.body);
  const auto count = [&](const std::string& what) {
    return world.query(fmt::format(fmt::runtime(what), ann.org_id()));
  };
  CHECK(count("SELECT COUNT(*) FROM org_members WHERE org_id = '{}' AND role = 'org_owner'") ==
        "1");
  CHECK(count("SELECT COUNT(*) FROM org_members WHERE org_id = '{}'") ==
        count("SELECT members FROM org_usage WHERE org_id = '{}'"));
  // The offer ended the way the owner says.
  const std::string owner =
      count("SELECT user_id FROM org_members WHERE org_id = '{}' AND role = 'org_owner'");
  const std::string state = count("SELECT state FROM ownership_offers WHERE org_id = '{}'");
  CHECK((state == "accepted") == (owner == bens_id));
  for (const Try& one : tries)
    if (one.path.ends_with("/accept") && one.answer.status == 200) CHECK(state == "accepted");
}

}  // namespace

TEST_CASE("whatever is tried at once, an organization has exactly one owner, on SQLite") {
  Installation world(Installation::Kind::sqlite);
  const auto server = world.start();
  contend(world, {server.get()});
}

TEST_CASE("whatever is tried at once at two servers, an organization has exactly one owner") {
  if (!PostgresServer::available()) return;
  Installation world(Installation::Kind::postgres);
  const auto one = world.start();
  const auto other = world.start();
  contend(world, {one.get(), other.get()});
}
