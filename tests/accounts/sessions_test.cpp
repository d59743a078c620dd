// The sessions of a person, and the password that opens them.
#include <doctest/doctest.h>

#include "tests/accounts/world.hpp"

namespace ks::test {

namespace {

std::vector<OwnSessions::Item> list(AccountWorld& world, const std::string& token) {
  const auto caller = world.load(token);
  REQUIRE(caller);
  auto items = world.db.read([&](Tx& tx) { return world.accounts.sessions().list(tx, *caller); });
  REQUIRE(items);
  return std::move(*items);
}

Result<bool> end(AccountWorld& world, const std::string& token, const std::string& id) {
  KS_TRY(const Caller caller, world.load(token));
  return world.db.write([&](Tx& tx) { return world.accounts.sessions().end(tx, caller, id); });
}

Result<OwnSessions::Renewed> change(AccountWorld& world, const std::string& token,
                                    const std::string& password) {
  world.tick();
  KS_TRY(const Caller caller, world.load(token));
  return world.accounts.sessions().change_password(platform(), caller, token, password);
}

}  // namespace

TEST_CASE("a person sees the own sessions that live, which is this one, and nothing of a token") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const SignedIn ann = world.somebody();
    world.somebody("bob@example.com");
    const auto second = world.login("ann@example.com", kPassword, "2001:db8:1:2::3");
    REQUIRE(second);
    auto items = list(world, second->token);
    REQUIRE(items.size() == 2);
    CHECK(items[0].current);
    CHECK_FALSE(items[1].current);
    CHECK(items[0].session.device == "curl");
    CHECK(items[1].session.network == "192.0.2.1");
    CHECK(items[0].session.network == "2001:db8:1:2::/64");
    for (const auto& item : items)
      for (const auto& token : {ann.token, second->token}) {
        CHECK(item.session.id.str().find(token) == std::string::npos);
        CHECK(SessionGate::token_hash(token).find(item.session.id.str()) == std::string::npos);
      }
    // What is used from elsewhere shows it, as exact as its last use.
    world.clock.advance(minutes(6));
    REQUIRE(world.gate.load(platform(), ann.token, from("198.51.100.7")));
    items = list(world, ann.token);
    CHECK(items[0].current);
    CHECK(items[0].session.network == "198.51.100.7");
    world.clock.advance(kSessionIdle - minutes(1));
    CHECK(list(world, ann.token).size() == 1);
  });
}

TEST_CASE("a person ends one session, all others, or the own, and never somebody else's") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const SignedIn ann = world.somebody();
    const SignedIn bob = world.somebody("bob@example.com");
    std::vector<std::string> more;
    for (int i = 0; i < 3; ++i) {
      const auto in = world.login("ann@example.com");
      REQUIRE(in);
      more.push_back(in->token);
    }
    const std::string bobs = list(world, bob.token).at(0).session.id.str();
    for (const std::string& id : {bobs, std::string("01939f6e-4a00-7000-8000-000000000001"),
                                  std::string("x"), SessionGate::token_hash(more[0]), more[0]}) {
      const auto none = end(world, ann.token, id);
      REQUIRE_FALSE(none);
      CHECK(none.error().code == Error::Code::not_found);
      CHECK(none.error().problem == "not_found");
    }
    CHECK(world.alive(bob.token));
    const std::string last = list(world, more[2]).at(0).session.id.str();
    const auto ended = end(world, ann.token, last);
    REQUIRE(ended);
    CHECK_FALSE(*ended);
    CHECK_FALSE(world.alive(more[2]));
    CHECK(world.alive(more[1]));

    const auto caller = world.load(ann.token);
    REQUIRE(
        world.db.write([&](Tx& tx) { return world.accounts.sessions().end_others(tx, *caller); }));
    CHECK(world.alive(ann.token));
    CHECK_FALSE(world.alive(more[0]));
    CHECK_FALSE(world.alive(more[1]));
    CHECK(world.alive(bob.token));
    const auto own = end(world, ann.token, list(world, ann.token).at(0).session.id.str());
    REQUIRE(own);
    CHECK(*own);
    CHECK_FALSE(world.alive(ann.token));
  });
}

TEST_CASE("a changed password ends the other sessions and open links; this one gets a new token") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const SignedIn ann = world.somebody();
    const SignedIn bob = world.somebody("bob@example.com");
    const auto other = world.login("ann@example.com");
    REQUIRE(other);
    REQUIRE(world.forgot("ann@example.com"));
    const std::string reset = world.mail_to("ann@example.com").token;
    REQUIRE(world.ask(other->token, "thief@example.com"));
    const std::string address = world.mail_to("thief@example.com").token;

    const auto weak = change(world, ann.token, "short");
    REQUIRE_FALSE(weak);
    CHECK(weak.error().faults.at(0).pointer == "/password");
    const auto renewed = change(world, ann.token, kOther);
    REQUIRE(renewed);
    CHECK(renewed->token != ann.token);
    CHECK(world.alive(renewed->token));
    CHECK_FALSE(world.alive(ann.token));
    CHECK_FALSE(world.alive(other->token));
    CHECK(world.alive(bob.token));
    CHECK(problem(world.login("ann@example.com", kPassword)) == "invalid_credentials");
    CHECK(world.login("ann@example.com", kOther));
    CHECK(problem(world.reset(reset)) == "link_invalid");
    CHECK(problem(world.confirm(address)) == "link_invalid");
    CHECK(world.mail_to("ann@example.com").kind == "password_changed");

    world.clock.advance(minutes(11));
    CHECK(problem(change(world, renewed->token, kPassword)) == "reauthentication_required");
    CHECK(world.login("ann@example.com", kOther));
  });
}

TEST_CASE("a password is changed so often an hour at most, whoever's address it mails") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine, SignUpMode::open);
    const auto ann = world.sign_up("somebody.elses@example.com");
    REQUIRE(ann);
    std::string token = ann->token;
    for (int i = 0; i < 10; ++i) {
      const auto renewed = change(world, token, i % 2 == 0 ? kOther : kPassword);
      REQUIRE(renewed);
      token = renewed->token;
    }
    const std::size_t mails = world.mails().size();
    CHECK(problem(change(world, token, kOther)) == "too_many_requests");
    CHECK(world.mails().size() == mails);
    world.clock.advance(hours(1));
    REQUIRE(world.login("somebody.elses@example.com", kPassword));
  });
}

}  // namespace ks::test
