// A new password for whoever reads the mail of the account.
#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "tests/accounts/world.hpp"

namespace ks::test {

TEST_CASE("a reset sets the password, ends every session, and signs nobody in") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const SignedIn ann = world.somebody();
    const SignedIn bob = world.somebody("bob@example.com");
    const auto second = world.login("ann@example.com");
    REQUIRE(second);
    REQUIRE(world.forgot("Ann@EXAMPLE.com"));
    // Nothing happens before the link comes back.
    CHECK(world.alive(ann.token));
    const Mailed mail = world.mail_to("ann@example.com");
    CHECK(mail.kind == "password_reset");
    CHECK(mail.path == "/reset");
    REQUIRE(world.reset(mail.token));
    CHECK_FALSE(world.alive(ann.token));
    CHECK_FALSE(world.alive(second->token));
    CHECK(world.alive(bob.token));
    CHECK(problem(world.login("ann@example.com", kPassword)) == "invalid_credentials");
    CHECK(world.login("ann@example.com", kOther));
    CHECK(world.login("bob@example.com", kPassword));
    CHECK(world.mail_to("ann@example.com").kind == "password_changed");
  });
}

TEST_CASE("a reset for an address without an account is answered the same and mails nobody") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    world.somebody();
    world.somebody("gone@example.com");
    world.disable("gone@example.com");
    int rows = world.mail_rows();
    for (const char* email : {"nobody@example.com", "gone@example.com"}) {
      CHECK(world.forgot(email));
      // Written and taken back: as much work as for an account.
      CHECK(world.mail_rows() == ++rows);
    }
    CHECK(world.mails().empty());
    CHECK(world.forgot("ann@example.com"));
    CHECK(world.mail_rows() == ++rows);
    CHECK(world.mails().size() == 1);
  });
}

TEST_CASE("a reset of an account that was disabled meanwhile does nothing") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    world.somebody();
    REQUIRE(world.forgot("ann@example.com"));
    const std::string token = world.mail_to("ann@example.com").token;
    world.disable("ann@example.com");
    CHECK(problem(world.reset(token)) == "link_invalid");
  });
}

TEST_CASE("a password that may not be chosen leaves the link as it is") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    world.somebody();
    REQUIRE(world.forgot("ann@example.com"));
    const std::string token = world.mail_to("ann@example.com").token;
    for (const std::string& weak : {std::string("short"), std::string("password1234"),
                                    std::string(2000, 'x'), std::string()}) {
      const auto refused = world.reset(token, weak);
      REQUIRE_FALSE(refused);
      REQUIRE(refused.error().faults.size() == 1);
      CHECK(refused.error().faults[0].pointer == "/password");
    }
    CHECK(world.reset(token));
  });
}

TEST_CASE("a reset proves the address") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine, SignUpMode::open);
    REQUIRE(world.sign_up("ann@example.com"));
    REQUIRE(world.forgot("ann@example.com"));
    REQUIRE(world.reset(world.mail_to("ann@example.com").token));
    const auto in = world.login("ann@example.com", kOther);
    REQUIRE(in);
    CHECK(in->user.email_proved);
  });
}

TEST_CASE("others' tries at the password do not keep out whoever has just reset it") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    world.somebody();
    for (int i = 0; i < 101; ++i)
      (void)world.login("ann@example.com", kOther, "198.51.100." + std::to_string(i));
    const char* const kNew = "2001:db8:5::1";
    CHECK(problem(world.login("ann@example.com", kPassword, kNew)) == "too_many_requests");
    REQUIRE(world.forgot("ann@example.com"));
    const std::string token = world.mail_to("ann@example.com").token;
    REQUIRE(world.accounts.recovery().finish(platform(), token, kOther, from(kNew)));
    CHECK(world.login("ann@example.com", kOther, kNew));
  });
}

TEST_CASE("a login with the old password at the moment of a reset leaves no session") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    world.somebody();
    std::string password = kPassword;
    for (int round = 0; round < 4; ++round) {
      REQUIRE(world.forgot("ann@example.com"));
      const std::string token = world.mail_to("ann@example.com").token;
      const std::string next = "the next password " + std::to_string(round);
      std::vector<std::string> tokens(3);
      std::vector<std::thread> threads;
      for (std::size_t i = 0; i < tokens.size(); ++i)
        threads.emplace_back([&, i] {
          const auto in = world.accounts.login(platform(), "ann@example.com", password,
                                               std::nullopt, from("192.0.2.1"));
          if (in) tokens[i] = in->token;
        });
      threads.emplace_back([&] {
        CHECK(world.accounts.recovery().finish(platform(), token, next, from("192.0.2.1")));
      });
      for (auto& thread : threads) thread.join();
      for (const auto& each : tokens)
        if (!each.empty()) CHECK_FALSE(world.alive(each));
      password = next;
    }
  });
}

}  // namespace ks::test
