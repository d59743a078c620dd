// Another address for an account, and the way back.
#include <algorithm>

#include <doctest/doctest.h>

#include "tests/accounts/world.hpp"

namespace ks::test {

TEST_CASE("a new address counts once its mail was read, and the old one is told with a way back") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const SignedIn ann = world.somebody();
    const auto other = world.login("ann@example.com");
    REQUIRE(other);
    const auto cached = world.load(ann.token);
    REQUIRE(cached);
    REQUIRE(world.ask(ann.token, "Lee@New.example"));
    CHECK(world.login("ann@example.com"));
    CHECK(problem(world.login("lee@new.example")) == "invalid_credentials");
    const Mailed mail = world.mail_to("lee@new.example");
    CHECK(mail.kind == "change_address");
    CHECK(mail.path == "/address");
    CHECK(world.mails().size() == 2);

    REQUIRE(world.confirm(mail.token, ann.token));
    CHECK(world.alive(ann.token));
    CHECK_FALSE(world.alive(other->token));
    // What was loaded before counts no more.
    const auto stale = world.db.read(cached->guard(), [](Tx&) -> Result<void> { return {}; });
    CHECK(problem(stale) == Database::kStaleGuard);
    CHECK(world.load(ann.token)->user().email == "lee@new.example");
    CHECK(world.load(ann.token)->user().email_proved);
    CHECK(world.login("lee@new.example"));
    CHECK(problem(world.login("ann@example.com")) == "invalid_credentials");
    const Mailed told = world.mail_to("ann@example.com");
    CHECK(told.kind == "address_changed");
    CHECK(told.path == "/address/restore");

    REQUIRE(world.restore(told.token));
    CHECK_FALSE(world.alive(ann.token));
    CHECK(problem(world.login("lee@new.example", kOther)) == "invalid_credentials");
    CHECK(problem(world.login("ann@example.com", kPassword)) == "invalid_credentials");
    CHECK(world.login("ann@example.com", kOther));
    CHECK(world.mail_to("lee@new.example").kind == "address_replaced");
    CHECK(world.mail_to("ann@example.com").kind == "password_changed");
  });
}

TEST_CASE("the present address is told when another is asked for, whoever has that one") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const SignedIn ann = world.somebody();
    world.somebody("bob@example.com");
    const auto told = [&] {
      return std::ranges::count_if(world.mails(), [](const Mailed& mail) {
        return mail.to == "ann@example.com" && mail.kind == "address_asked" &&
               mail.path == "/forgot" && mail.token.empty();
      });
    };
    CHECK(told() == 0);
    REQUIRE(world.ask(ann.token, "bob@example.com"));
    CHECK(told() == 1);
    world.tick();
    // Asking again takes back what the other address was sent, and not what this one was.
    REQUIRE(world.ask(ann.token, "lee@new.example"));
    CHECK(told() == 2);
    const Mailed link = world.mail_to("lee@new.example");
    // What it says helps: a new password, by mail, leaves nothing of what was asked for.
    world.tick();
    REQUIRE(world.forgot("ann@example.com"));
    REQUIRE(world.reset(world.mail_to("ann@example.com").token));
    CHECK_FALSE(world.alive(ann.token));
    const auto again = world.login("ann@example.com", kOther);
    REQUIRE(again);
    CHECK(problem(world.confirm(link.token, again->token)) == "link_invalid");
  });
}

TEST_CASE("a proof of the address that an account has tells nobody of another") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine, SignUpMode::open);
    const auto ann = world.sign_up("ann@example.com");
    REQUIRE(ann);
    REQUIRE(world.ask(ann->token, "ann@example.com"));
    REQUIRE(world.mails().size() == 1);
    CHECK(world.mails()[0].kind == "change_address");
  });
}

TEST_CASE("to ask for another address the password must have been given lately") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const SignedIn ann = world.somebody();
    world.clock.advance(minutes(11));
    CHECK(problem(world.ask(ann.token, "lee@new.example")) == "reauthentication_required");
    CHECK(world.mails().empty());
    const auto again = world.accounts.reauthenticate(platform(), *world.load(ann.token), ann.token,
                                                     std::string(kPassword));
    REQUIRE(again);
    CHECK(world.ask(again->token, "lee@new.example"));
  });
}

TEST_CASE("another's address is asked for with the same answer, and its owner is told") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const SignedIn ann = world.somebody();
    world.somebody("bob@example.com");
    CHECK(world.ask(ann.token, "bob@example.com"));
    const Mailed told = world.mail_to("bob@example.com");
    CHECK(told.kind == "account_exists");
    CHECK(told.token.empty());
    const auto own = world.ask(ann.token, "ANN@example.com");
    REQUIRE_FALSE(own);
    CHECK(own.error().faults.at(0).pointer == "/email");
  });
}

TEST_CASE("an address that got an account before its link came back is refused") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const SignedIn ann = world.somebody();
    REQUIRE(world.ask(ann.token, "lee@new.example"));
    const Mailed mail = world.mail_to("lee@new.example");
    world.somebody("lee@new.example");
    CHECK(problem(world.confirm(mail.token, ann.token)) == "address_taken");
    CHECK(world.load(ann.token)->user().email == "ann@example.com");
  });
}

TEST_CASE("an old address with a way back is nobody else's for as long as that lives") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine, SignUpMode::open);
    const SignedIn ann = world.somebody();
    const SignedIn bob = world.somebody("bob@example.com");
    REQUIRE(world.ask(ann.token, "lee@new.example"));
    REQUIRE(world.confirm(world.mail_to("lee@new.example").token));
    const Mailed way_back = world.mail_to("ann@example.com");
    CHECK(problem(world.sign_up("ann@example.com")) == "address_taken");
    CHECK(world.begin("ann@example.com"));
    CHECK(world.mail_to("ann@example.com").kind == "account_exists");
    CHECK(world.ask(bob.token, "ann@example.com"));
    CHECK(world.mail_to("ann@example.com").kind == "account_exists");
    world.clock.advance(days(7));
    CHECK(problem(world.restore(way_back.token)) == "link_invalid");
    CHECK(world.sign_up("ann@example.com"));
  });
}

TEST_CASE("who moves an account on does not cut off the way back, and gets none of their own") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const SignedIn ann = world.somebody();
    // A thief who knows the password moves it twice.
    REQUIRE(world.ask(ann.token, "thief@one.example"));
    REQUIRE(world.confirm(world.mail_to("thief@one.example").token, ann.token));
    const Mailed owner = world.mail_to("ann@example.com");
    REQUIRE(world.ask(ann.token, "thief@two.example"));
    REQUIRE(world.confirm(world.mail_to("thief@two.example").token, ann.token));
    const Mailed thief = world.mail_to("thief@one.example");
    CHECK(thief.kind == "address_changed");
    REQUIRE(world.forgot("thief@two.example"));
    const Mailed reset = world.mail_to("thief@two.example");

    REQUIRE(world.restore(owner.token));
    CHECK_FALSE(world.alive(ann.token));
    CHECK(problem(world.restore(thief.token)) == "link_invalid");
    CHECK(problem(world.reset(reset.token)) == "link_invalid");
    CHECK(world.login("ann@example.com", kOther));
  });
}

TEST_CASE("a stranger at an address that was never proved gets no way into the account") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine, SignUpMode::open);
    const auto ann = world.sign_up("slip.of.the.pen@example.com");
    REQUIRE(ann);
    REQUIRE(world.ask(ann->token, "ann@example.com"));
    REQUIRE(world.confirm(world.mail_to("ann@example.com").token, ann->token));
    const Mailed told = world.mail_to("slip.of.the.pen@example.com");
    CHECK(told.kind == "address_replaced");
    CHECK(told.token.empty());
    CHECK(world.sign_up("slip.of.the.pen@example.com"));
  });
}

TEST_CASE("who reads the mail of a change of address gets into no account by it") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const SignedIn mallory = world.somebody("mallory@example.com");
    const SignedIn victim = world.somebody("victim@example.com");
    REQUIRE(world.ask(mallory.token, "victim@corp.example"));
    const std::string token = world.mail_to("victim@corp.example").token;
    for (const std::string& presented : {std::string(), std::string("made up"), victim.token})
      CHECK(problem(world.confirm(token, presented)) == "link_invalid");
    CHECK(world.load(mallory.token)->user().email == "mallory@example.com");
    // The link is still that account's own.
    CHECK(world.confirm(token, mallory.token));
    CHECK(world.load(mallory.token)->user().email == "victim@corp.example");
  });
}

TEST_CASE("an account's own address can be proved, which ends nothing and tells nobody") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine, SignUpMode::open);
    const auto ann = world.sign_up("ann@example.com");
    REQUIRE(ann);
    REQUIRE(world.ask(ann->token, "ann@example.com"));
    const Mailed mail = world.mail_to("ann@example.com");
    REQUIRE(world.confirm(mail.token));
    CHECK(world.alive(ann->token));
    CHECK(world.load(ann->token)->user().email_proved);
    CHECK(world.mails().size() == 1);
  });
}

}  // namespace ks::test
