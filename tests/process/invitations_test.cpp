// Invitations at the real program: by mail, by two servers at once, and when it dies.
#include <algorithm>
#include <atomic>
#include <latch>
#include <regex>
#include <set>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <poll.h>

#include "domain/people/invitation_token.hpp"
#include "tests/process/mailboxes.hpp"

using namespace ks;
using namespace ks::test;
using ks::mail::test::SmtpSink;

namespace {

// Ann, whose organization has as many seats as one wants.
Person host(Installation& world, const Server& server) {
  Person ann(server.port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  world.execute(fmt::format("UPDATE subscriptions SET plan_key = 'enterprise' WHERE org_id = '{}'",
                            ann.org_id()));
  return ann;
}

Json rows(const std::vector<std::string>& emails) {
  Json list = Json::array();
  for (const std::string& email : emails)
    list.push(Json::object(
        {{"email", email},
         {"teams", Json::array({Json::object({{"team", "default"}, {"role", "developer"}})})}}));
  return Json::object({{"invitations", std::move(list)}});
}

// Asks these people, and gives each a token that the test knows.
std::vector<std::string> invite(Installation& world, const Person& host,
                                const std::vector<std::string>& emails) {
  const Answer answer = host.post(host.org() + "/invitations", rows(emails));
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  std::vector<std::string> tokens;
  SystemRandom random;
  for (const Json& result : answer.json().at("results").as_array()) {
    REQUIRE(result.text("result") == "invited");
    const InvitationToken token = InvitationToken::make(*OrgId::parse(host.org_id()), random);
    world.execute(fmt::format("UPDATE invitations SET token_hash = '{}' WHERE id = '{}'",
                              token.hash(), result.text("invitation", "id")));
    tokens.push_back(token.text());
  }
  return tokens;
}

Json with_token(const std::string& token) { return Json::object({{"token", token}}); }

std::string count(const Installation& world, const Person& host, const std::string& what) {
  return world.query(fmt::format("SELECT COUNT(*) FROM {} AND org_id = '{}'", what, host.org_id()));
}

// Whatever happened: accepted is a member and nothing else is; seats are members and who is asked.
void check_whole(const Installation& world, const Person& host) {
  CHECK(count(world, host,
              "org_members AS m WHERE m.role <> 'org_owner' AND m.user_id NOT IN "
              "(SELECT i.answered_by FROM invitations AS i WHERE i.state = 'accepted' "
              "AND i.org_id = m.org_id)") == "0");
  CHECK(count(world, host,
              "invitations AS i WHERE i.state = 'accepted' AND i.answered_by NOT IN "
              "(SELECT m.user_id FROM org_members AS m WHERE m.org_id = i.org_id)") == "0");
  CHECK(count(world, host,
              "org_members AS m WHERE m.role <> 'org_owner' AND m.user_id NOT IN "
              "(SELECT t.user_id FROM team_members AS t WHERE t.org_id = m.org_id)") == "0");
  const int members = std::stoi(count(world, host, "org_members WHERE role <> ''"));
  const int pending = std::stoi(count(world, host, "invitations WHERE state = 'pending'"));
  CHECK(world.query(fmt::format("SELECT members FROM org_usage WHERE org_id = '{}'",
                                host.org_id())) == std::to_string(members + pending));
}

}  // namespace

TEST_CASE(
    "the link in the mail is on the own host, behind a '#', and lets in whom it was sent to") {
  if (!SmtpSink::available()) return;
  on_both_engines([](Installation& world) {
    const Mailboxes mail;
    mail.serve(world);
    world.settings()["SIGNUP"] = "open";
    const auto server = world.start();
    const Person ann = host(world, *server);
    const Answer asked = ann.post(ann.org() + "/invitations", rows({"Cleo@Example.com"}));
    REQUIRE(asked.status == 200);
    const std::string path =
        ann.org() + "/invitations/" +
        std::string(asked.json().at("results").as_array()[0].text("invitation", "id"));
    REQUIRE(eventually(seconds(30),
                       [&] { return ann.get(path).json().text("delivery", "state") == "sent"; }));
    REQUIRE(mail.sink().taken().size() == 1);
    REQUIRE(mail.texts("cleo@example.com").size() == 1);
    const std::string text = mail.texts("cleo@example.com")[0];
    std::smatch link;
    REQUIRE(std::regex_search(text, link,
                              std::regex("(http://[a-z0-9.:]+)/invitation#([A-Za-z0-9_-]{64})")));
    CHECK(link[1].str().starts_with("http://localhost"));
    CHECK(text.find("multipart/alternative") != std::string::npos);
    CHECK(text.find("<img") == std::string::npos);
    Person cleo(server->port());
    const Answer made = cleo.join("cleo@example.com", link[2].str());
    CHECK(made.status == 201);
    CHECK(made.json().text("joined", "organization", "id") == ann.org_id());
    check_whole(world, ann);
    // Neither log nor output has the token.
    CHECK(world.output().find(link[2].str().substr(22)) == std::string::npos);
  });
}

TEST_CASE("a mail that is refused is told, with the reason") {
  if (!SmtpSink::available()) return;
  on_both_engines([](Installation& world) {
    const Mailboxes mail;
    mail.sink().set_mode("refuse");
    mail.serve(world);
    world.settings()["SIGNUP"] = "open";
    const auto server = world.start();
    const Person ann = host(world, *server);
    const Answer asked = ann.post(ann.org() + "/invitations", rows({"cleo@example.com"}));
    const std::string path =
        ann.org() + "/invitations/" +
        std::string(asked.json().at("results").as_array()[0].text("invitation", "id"));
    Json delivery;
    REQUIRE(eventually(seconds(30), [&] {
      delivery = ann.get(path).json().at("delivery");
      return delivery.text("state") == "failed";
    }));
    CHECK(delivery.text("reason").starts_with("refused"));
    CHECK(ann.get(path).json().text("state") == "pending");
  });
}

TEST_CASE("of fifty accepts of one link at two servers one makes the member, and all say so") {
  if (!PostgresServer::available()) return;
  Installation world(Installation::Kind::postgres);
  const auto one = world.start();
  const auto other = world.start();
  const Person ann = host(world, *one);
  Person ben(other->port());
  REQUIRE(ben.sign_up("ben@example.com").status == 201);
  // Both servers know Ben as no member.
  for (const Server* server : {one.get(), other.get()}) {
    Person same = ben;
    same.at(server->port());
    REQUIRE(same.get(ann.org()).status == 404);
  }
  const std::string token = invite(world, ann, {"ben@example.com"})[0];
  constexpr std::size_t kClicks = 50;
  std::vector<Answer> answers(kClicks);
  std::latch start(kClicks);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kClicks; ++i)
      threads.emplace_back([&, i] {
        Person same = ben;
        same.at((i % 2 == 0 ? one : other)->port());
        start.arrive_and_wait();
        answers[i] = same.post("/invitations/accept", with_token(token));
      });
  }
  std::set<std::string> told;
  for (const Answer& answer : answers) {
    CHECK_MESSAGE(answer.status == 200, answer.body);
    told.insert(answer.body);
  }
  CHECK(told.size() == 1);
  CHECK(count(world, ann, "org_members WHERE role = 'org_member'") == "1");
  check_whole(world, ann);
  // At the next request, wherever that comes.
  for (const Server* server : {one.get(), other.get()}) {
    Person same = ben;
    same.at(server->port());
    CHECK(same.get(ann.org()).status == 200);
  }
}

TEST_CASE("killed again and again while people accept, each is in whole or not at all") {
  on_both_engines([](Installation& world) {
    constexpr std::size_t kPeople = 24;
    auto server = world.start();
    const Person ann = host(world, *server);
    std::vector<std::string> emails;
    for (std::size_t i = 0; i < kPeople; ++i) emails.push_back(fmt::format("p{}@example.com", i));
    const std::vector<std::string> tokens = invite(world, ann, emails);
    // Every other one has an account; the others make theirs by the link.
    std::vector<Person> people(kPeople, Person(server->port()));
    for (std::size_t i = 0; i < kPeople; i += 2)
      REQUIRE(people[i].sign_up(emails[i]).status == 201);
    const auto act = [&](std::size_t i) {
      if (i % 2 == 0) return people[i].post("/invitations/accept", with_token(tokens[i]));
      Json body = Json::object({{"email", emails[i]},
                                {"password", Person::kPassword},
                                {"name", "P"},
                                {"invitation", tokens[i]}});
      Answer made = people[i].post("/auth/signup", body);
      // The account was made by a try whose answer never came.
      if (made.status != 409 && made.status != 404) return made;
      body.erase("name");
      return people[i].post("/auth/login", body);
    };
    SystemRandom random;
    std::vector<char> told(kPeople, 0);
    std::size_t kills = 0;
    for (;; ++kills) {
      REQUIRE(kills < 60);
      std::latch started(3);
      std::atomic<bool> dead{false};
      {
        std::vector<std::jthread> threads;
        for (std::size_t lane = 0; lane < 3; ++lane)
          threads.emplace_back([&, lane] {
            started.arrive_and_wait();
            for (std::size_t i = lane; i < kPeople && !dead; i += 3)
              if (told[i] == 0) {
                const Answer answer = act(i);
                const bool done = answer.status == 200 || answer.status == 201;
                CHECK_MESSAGE((done || answer.status == 0 || answer.status == 503), answer.body);
                if (done) told[i] = 1;
              }
          });
        // Later each time: a slow machine gets somewhere too.
        ::poll(nullptr, 0, static_cast<int>(random.below(120 + 20 * kills)));
        server->kill9();
        dead = true;
      }
      REQUIRE(eventually(seconds(30), [&] { return world.connections() == 0; }));
      check_whole(world, ann);
      for (std::size_t i = 0; i < kPeople; ++i)
        if (told[i] != 0)
          CHECK(count(world, ann,
                      fmt::format("invitations WHERE state = 'accepted' AND email = '{}'",
                                  emails[i])) == "1");
      world.expire_leases();
      // All come from one address, and again after each kill.
      world.execute("DELETE FROM rate_limits");
      server = world.start();
      for (Person& person : people) person.at(server->port());
      if (std::ranges::all_of(told, [](char t) { return t != 0; })) break;
    }
    CHECK(kills >= 1);
    CHECK(count(world, ann, "invitations WHERE state = 'accepted'") == std::to_string(kPeople));
    CHECK(count(world, ann, "org_members WHERE role = 'org_member'") == std::to_string(kPeople));
    // Who came by the link has no organization of their own.
    CHECK(world.query("SELECT COUNT(*) FROM organizations") == std::to_string(1 + kPeople / 2));
    check_whole(world, ann);
  });
}
