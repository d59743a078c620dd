// Sign-up with a mailed link, by invitation only, and at once.
#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "tests/accounts/world.hpp"

namespace ks::test {

TEST_CASE("a verified sign-up is an account once its link comes back with the password") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    REQUIRE(world.begin("Ann@Example.COM"));
    CHECK(problem(world.login("ann@example.com")) == "invalid_credentials");
    const Mailed mail = world.mail_to("ann@example.com");
    CHECK(mail.kind == "verify_address");
    CHECK(mail.path == "/verify");
    CHECK(mail.token.size() == 43);  // 256 bits.
    const auto in = world.finish(mail.token);
    REQUIRE(in);
    CHECK(in->user.email == "ann@example.com");
    CHECK(in->user.email_proved);
    const auto caller = world.load(in->token);
    REQUIRE(caller);
    CHECK(caller->user().email_proved);
    CHECK(world.login("ann@example.com"));
  });
}

TEST_CASE("a verified sign-up of a taken address is answered the same, and its owner is told") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    world.somebody();
    REQUIRE(world.begin("ANN@example.com", kOther));
    REQUIRE(world.begin("bob@example.com", kOther));
    const Mailed told = world.mail_to("ann@example.com");
    CHECK(told.kind == "account_exists");
    CHECK(told.token.empty());
    CHECK(world.mails().size() == 2);
    CHECK(world.login("ann@example.com", kPassword));
    CHECK(problem(world.login("ann@example.com", kOther)) == "invalid_credentials");
  });
}

TEST_CASE("whoever opens the link of another's sign-up gets no account with another's password") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    REQUIRE(world.begin("ann@example.com", "chosen by an attacker"));
    const Mailed mail = world.mail_to("ann@example.com");
    const auto opened = world.finish(mail.token, kPassword);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().status == 401);
    CHECK(opened.error().problem == "invalid_credentials");
    CHECK(problem(world.finish(mail.token, "")) == "invalid_credentials");
    CHECK(problem(world.finish(mail.token, std::string(2000, 'x'))) == "invalid_credentials");
    // The owner's own sign-up stands beside it, and ends it.
    REQUIRE(world.begin("ann@example.com"));
    CHECK(world.finish(world.mail_to("ann@example.com").token));
    CHECK(problem(world.finish(mail.token, "chosen by an attacker")) == "link_invalid");
  });
}

TEST_CASE("sign-ups for one address wait side by side, and the one that is used ends the others") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    std::vector<Mailed> links;
    for (int i = 0; i < 3; ++i) {
      REQUIRE(world.begin("ann@example.com", "pass phrase of " + std::to_string(i)));
      links.push_back(world.mail_to("ann@example.com"));
    }
    CHECK(world.mails().size() == 3);
    CHECK(problem(world.finish(links[0].token, "pass phrase of 1")) == "invalid_credentials");
    REQUIRE(world.finish(links[1].token, "pass phrase of 1"));
    CHECK(world.login("ann@example.com", "pass phrase of 1"));
    CHECK(problem(world.finish(links[0].token, "pass phrase of 0")) == "link_invalid");
    CHECK(problem(world.finish(links[2].token, "pass phrase of 2")) == "link_invalid");
    // What was mailed of them and has not left stays here.
    CHECK(world.mails().size() == 1);
  });
}

TEST_CASE("no stranger's sign-ups put an end to the owner's") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    REQUIRE(world.begin("ann@example.com"));
    const Mailed own = world.mail_to("ann@example.com");
    // As many as the bound lets through, from one network and from several.
    for (const char* from : {"198.51.100.1", "203.0.113.1", "192.88.99.1"}) {
      for (int i = 0; i < 5; ++i) REQUIRE(world.begin("ann@example.com", kOther, from));
      CHECK(problem(world.begin("ann@example.com", kOther, from)) == "too_many_requests");
    }
    // With the owner's the newest of them wait, and no others.
    CHECK(world.mails().size() == 5);
    CHECK(world.finish(own.token));
  });
}

TEST_CASE("of two sign-ups for one address that are finished at once one makes the account") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    std::array<Mailed, 2> links;
    for (Mailed& link : links) {
      REQUIRE(world.begin("ann@example.com"));
      link = world.mail_to("ann@example.com");
    }
    std::array<std::string, 2> outcome;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < links.size(); ++i)
      threads.emplace_back([&, i] {
        outcome[i] = problem(world.accounts.finish_sign_up(platform(), links[i].token, kPassword,
                                                           from("192.0.2.1"), world.founding()));
      });
    for (auto& thread : threads) thread.join();
    CHECK(std::ranges::count(outcome, "") == 1);
    CHECK(std::ranges::count(outcome, "link_invalid") +
              std::ranges::count(outcome, "address_taken") ==
          1);
  });
}

TEST_CASE("passwords of a sign-up's link are bounded, and the bound is the link's") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    REQUIRE(world.begin("ann@example.com"));
    REQUIRE(world.begin("bob@example.com"));
    const Mailed mail = world.mail_to("ann@example.com");
    for (int i = 0; i < 10; ++i)
      CHECK(problem(world.finish(mail.token, kOther, "192.0.2." + std::to_string(i))) ==
            "invalid_credentials");
    const auto refused = world.finish(mail.token, kPassword, "192.0.2.99");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().status == 429);
    CHECK(refused.error().retry_after_s > 0);
    CHECK(world.finish(world.mail_to("bob@example.com").token));
  });
}

TEST_CASE("of 12 parallel uses of one sign-up's link exactly one makes an account") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    REQUIRE(world.begin("ann@example.com"));
    const Mailed mail = world.mail_to("ann@example.com");
    std::atomic<int> made{0}, refused{0}, limited{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 12; ++i)
      threads.emplace_back([&, i] {
        const auto in =
            world.accounts.finish_sign_up(platform(), mail.token, kPassword,
                                          from("192.0.2." + std::to_string(i)), world.founding());
        if (in)
          ++made;
        else if (problem(in) == "link_invalid")
          ++refused;
        else if (problem(in) == "too_many_requests")
          ++limited;
      });
    for (auto& thread : threads) thread.join();
    CHECK(made == 1);
    CHECK(made + refused + limited == 12);
  });
}

TEST_CASE(
    "where sign-up is closed or verified, only a proof of the address makes an account at once") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    REQUIRE(world.begin("ann@example.com"));
    const Mailed mail = world.mail_to("ann@example.com");
    CHECK(problem(world.sign_up("bob@example.com")) == "sign_up_closed");

    Accounts::Options options;
    options.sign_up = SignUpMode::closed;
    options.limit_key = std::string(32, 'k');
    Accounts closed({world.db, world.store, world.links, world.audit, world.outbox, world.gate,
                     world.hasher, world.clock, world.random},
                    options);
    const SignUpRequest bob{"Bob@example.com", kPassword, "Bob"};
    const auto at = from("192.0.2.1");
    CHECK(problem(closed.begin_sign_up(platform(), bob, at)) == "sign_up_closed");
    CHECK(problem(closed.sign_up(platform(), bob, at, world.founding())) == "sign_up_closed");
    // Also what was mailed before it was closed.
    CHECK(problem(closed.finish_sign_up(platform(), mail.token, kPassword, at, world.founding())) ==
          "sign_up_closed");
    const auto other =
        closed.sign_up(platform(), bob, at, world.founding(), AddressProof{"carl@example.com"});
    REQUIRE_FALSE(other);
    REQUIRE(other.error().faults.size() == 1);
    CHECK(other.error().faults[0].pointer == "/email");
    const auto in =
        closed.sign_up(platform(), bob, at, world.founding(), AddressProof{"bob@example.com"});
    REQUIRE(in);
    CHECK(in->user.email_proved);
  });
}

TEST_CASE("a sign-up at once proves no address") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine, SignUpMode::open);
    const auto in = world.sign_up("ann@example.com");
    REQUIRE(in);
    CHECK_FALSE(in->user.email_proved);
    CHECK_FALSE(world.load(in->token)->user().email_proved);
  });
}

TEST_CASE("where no mail is sent, what needs one says so, whether there is an account or not") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine, SignUpMode::verified, mail::Switch::off);
    const SignedIn ann = world.somebody();
    for (const char* email : {"ann@example.com", "nobody@example.com"}) {
      CHECK(problem(world.begin(email)) == "mail_off");
      CHECK(problem(world.forgot(email)) == "mail_off");
      CHECK(problem(world.ask(ann.token, "x" + std::string(email))) == "mail_off");
    }
  });
}

TEST_CASE("what is no single plain address is refused, and no mail leaves for it") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    world.somebody();
    for (const std::string& email :
         {std::string("a@b@example.com"), std::string("ann@example.com@"),
          std::string("Ann <ann@example.com>"), std::string("ann@example.com,eve@example.com"),
          std::string("ann@example.com\r\nBcc: eve@example.com"), std::string("ann@example.com\n"),
          std::string("ann@bücher.example"), std::string("\xd0\xb0nn@example.com"),
          std::string("[\"ann@example.com\"]"), std::string("ann@example.com\0", 16),
          std::string(300, 'a') + "@example.com", std::string("dev@localhost"), std::string()}) {
      CAPTURE(email);
      for (const auto& refused : {world.begin(email), world.forgot(email)}) {
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Error::Code::invalid);
        REQUIRE(refused.error().faults.size() == 1);
        CHECK(refused.error().faults[0].pointer == "/email");
      }
    }
    CHECK(world.mails().empty());
    // Taken as they are: a tag is part of an address, capitals and the form of the domain are not.
    REQUIRE(world.begin("Bob+News@XN--BCHER-KVA.example"));
    CHECK(world.mails().back().to == "bob+news@xn--bcher-kva.example");
    REQUIRE(world.forgot("ann+tag@example.com"));
    CHECK(world.mails().size() == 1);
  });
}

}  // namespace ks::test
