// What is the same for every mailed link, whatever it is for.
#include <algorithm>
#include <functional>
#include <latch>
#include <thread>

#include <doctest/doctest.h>

#include "tests/accounts/world.hpp"

namespace ks::test {

namespace {

// Who comes with a link.
struct By {
  std::string address = "192.0.2.1";
  // Where it takes one; else they sign in first.
  std::optional<std::string> session = std::nullopt;
};

// One kind of link: how it is come by, how long it lives, and what it does.
struct Kind {
  const char* name;
  Duration life;
  std::function<std::string(AccountWorld&)> get;
  std::function<Error(AccountWorld&, const std::string&, const By&)> used;
  // Code bug and no problem: it worked.
  Error use(AccountWorld& world, const std::string& token, const By& by = {}) const {
    return used(world, token, by);
  }
};

template <class T>
Error error_of(const Result<T>& result) {
  if (result) return Error{};
  return result.error();
}

std::string way_back(AccountWorld& world) {
  const SignedIn ann = world.somebody("way@example.com");
  REQUIRE(world.ask(ann.token, "new@example.com"));
  REQUIRE(world.confirm(world.mail_to("new@example.com").token));
  return world.mail_to("way@example.com").token;
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> kKinds{
      {"sign-up", hours(24),
       [](AccountWorld& world) {
         REQUIRE(world.begin("fresh@example.com"));
         return world.mail_to("fresh@example.com").token;
       },
       [](AccountWorld& world, const std::string& token, const By& by) {
         return error_of(world.finish(token, kPassword, by.address));
       }},
      {"reset", hours(1),
       [](AccountWorld& world) {
         world.somebody("forgetful@example.com");
         REQUIRE(world.forgot("forgetful@example.com"));
         return world.mail_to("forgetful@example.com").token;
       },
       [](AccountWorld& world, const std::string& token, const By& by) {
         return error_of(world.reset(token, kOther, by.address));
       }},
      {"change of address", hours(24),
       [](AccountWorld& world) {
         const SignedIn in = world.somebody("moving@example.com");
         REQUIRE(world.ask(in.token, "moved@example.com"));
         return world.mail_to("moved@example.com").token;
       },
       [](AccountWorld& world, const std::string& token, const By& by) {
         if (by.session) return error_of(world.confirm(token, by.session, by.address));
         // In the same second, in a session of its own.
         const auto in = world.accounts.login(world.client, "moving@example.com", kPassword,
                                              std::nullopt, from("192.0.2.9"));
         return error_of(world.confirm(token, in ? in->token : std::string()));
       }},
      {"way back", days(7), way_back,
       [](AccountWorld& world, const std::string& token, const By& by) {
         return error_of(world.restore(token, kOther, by.address));
       }}};
  return kKinds;
}

bool worked(const Error& error) { return error.problem.empty(); }

void check_neutral(const Error& error) {
  CHECK(error.status == 404);
  CHECK(error.code == Error::Code::not_found);
  CHECK(error.problem == "link_invalid");
  CHECK(error.message == "This link was used, has expired, or never was one. Ask for a new one.");
  CHECK(error.faults.empty());
}

}  // namespace

TEST_CASE("a mailed token works once and for its own purpose; all else is one neutral answer") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const ClientScope own = world.client;
    const ClientScope anothers = world.another_client();
    std::vector<std::string> tokens;
    for (const Kind& kind : kinds()) tokens.push_back(kind.get(world));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const Kind& kind = kinds()[i];
      CAPTURE(kind.name);
      const std::string& token = tokens[i];
      for (const std::string& wrong :
           {token.substr(0, token.size() - 1), token.substr(1), token + "A", token + token,
            " " + token, token + "\n", "#" + token, SessionGate::token_hash(token), std::string()})
        check_neutral(kind.use(world, wrong));
      for (std::size_t other = 0; other < tokens.size(); ++other)
        if (other != i) check_neutral(kind.use(world, tokens[other]));
      world.client = anothers;
      check_neutral(kind.use(world, token));
      world.client = own;
    }
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      CAPTURE(kinds()[i].name);
      CHECK(worked(kinds()[i].use(world, tokens[i])));
      check_neutral(kinds()[i].use(world, tokens[i]));
    }
  });
}

TEST_CASE("of 100 uses of one mailed token at once, from as many networks, exactly one works") {
  constexpr std::size_t kUses = 100;
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    for (const Kind& kind : kinds()) {
      CAPTURE(kind.name);
      const std::string token = kind.get(world);
      std::vector<Error> answers(kUses);
      std::latch start(kUses);
      {
        std::vector<std::jthread> threads;
        threads.reserve(kUses);
        for (std::size_t i = 0; i < kUses; ++i)
          threads.emplace_back([&, i] {
            start.arrive_and_wait();
            // As many readers as that may be told to come again.
            do {
              answers[i] =
                  kind.use(world, token, {"198.51.100." + std::to_string(i), world.asked_by});
            } while (answers[i].problem == "database_unavailable");
          });
      }
      CHECK(std::ranges::count_if(answers, worked) == 1);
      for (const Error& answer : answers) {
        // Tries at the password of a sign-up are bounded by its link.
        if (answer.problem == "too_many_requests")
          CHECK(std::string_view(kind.name) == "sign-up");
        else if (!worked(answer))
          check_neutral(answer);
      }
      check_neutral(kind.use(world, token));
    }
  });
}

TEST_CASE("a mailed token lives to the microsecond that its mail says") {
  for (const bool late : {false, true})
    for_each_engine([late](EngineCase& engine) {
      AccountWorld world(engine);
      for (const Kind& kind : kinds()) {
        CAPTURE(kind.name);
        const std::string token = kind.get(world);
        // Using it takes a second of the world's.
        world.clock.advance(kind.life - seconds(1) - microseconds(late ? 0 : 1));
        const Error error = kind.use(world, token);
        if (late)
          check_neutral(error);
        else
          CHECK(worked(error));
      }
    });
}

TEST_CASE("a newer link takes the place of an older one, which is not sent any more") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const SignedIn ann = world.somebody();
    REQUIRE(world.forgot("ann@example.com"));
    const std::string first = world.mail_to("ann@example.com").token;
    REQUIRE(world.forgot("ANN@example.com"));
    const std::string second = world.mail_to("ann@example.com").token;
    CHECK(world.mails().size() == 1);
    CHECK(problem(world.reset(first)) == "link_invalid");

    REQUIRE(world.ask(ann.token, "one@example.com"));
    const std::string one = world.mail_to("one@example.com").token;
    REQUIRE(world.ask(ann.token, "two@example.com"));
    // The one about the password, two that tell the present address, and the newest of what was
    // asked.
    CHECK(world.mails().size() == 4);
    CHECK(problem(world.confirm(one)) == "link_invalid");
    CHECK(world.confirm(world.mail_to("two@example.com").token));
    // A link to the old address sets no password of the account any more.
    CHECK(problem(world.reset(second)) == "link_invalid");
  });
}

TEST_CASE("mails are bounded by address, network and both, alike with and without an account") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    world.somebody("ann@example.com");
    for (const std::string email : {"ann@example.com", "nobody@example.com"}) {
      CAPTURE(email);
      int asked = 0;
      for (int network = 1; network <= 5; ++network)
        for (int i = 0; i < 6; ++i) {
          const auto answer = world.forgot(
              email, "198.51.100." + std::to_string(network + (email[0] == 'a' ? 0 : 9)));
          CHECK(problem(answer) == (i < 5 && asked < 20 ? "" : "too_many_requests"));
          asked += answer ? 1 : 0;
        }
      CHECK(asked == 20);
    }
    int asked = 0;
    for (int i = 0; i < 40; ++i)
      asked +=
          world.begin("p" + std::to_string(i) + "@example.com", kPassword, "203.0.113.7") ? 1 : 0;
    CHECK(asked == 30);
    world.clock.advance(hours(1));
    CHECK(world.forgot("ann@example.com"));
  });
}

TEST_CASE("a mailbox is sent twenty resets in a day and then one an hour, alike without accounts") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    world.somebody("ann@example.com");
    world.somebody("ann+news@example.com");
    int network = 0;
    const auto ask = [&](const std::string& email) {
      const int before = world.mail_rows();
      ++network;
      CHECK(problem(world.forgot(email, "198.51." + std::to_string(network / 250) + "." +
                                            std::to_string(network % 250))) == "");
      return world.mail_rows() - before;
    };
    const auto asked = [&](const std::string& email, int times) {
      int mailed = 0;
      for (int i = 0; i < times; ++i) mailed += ask(email);
      return mailed;
    };
    // What is asked for addresses without an account takes nothing from the one that has one.
    CHECK(asked("ann+nobody@example.com", 12) == 12);
    CHECK(asked("Ann+No@example.com", 12) == 9);  // One beyond.
    CHECK(asked("ann@example.com", 12) == 12);
    CHECK(asked("ANN+news@example.com", 8) == 8);
    // Each account has its one, and no purpose takes from another.
    CHECK(asked("ann@example.com", 3) == 1);
    const std::string last = world.mail_to("ann@example.com").token;
    CHECK(asked("ann+news@example.com", 3) == 1);
    CHECK(world.begin("ann@example.com", kPassword, "203.0.113.9"));
    // The one that was mailed last is not taken back by what is asked in vain.
    CHECK(asked("ann@example.com", 2) == 0);
    for (int hour = 1; hour < 23; ++hour) {
      world.clock.advance(hours(1));
      CHECK(asked("ann@example.com", 5) == 1);
      CHECK(asked("ann+no@example.com", 5) == 1);
    }
    REQUIRE(world.accounts.sweep(FleetScope(FleetReason::housekeeping)));
    CHECK(asked("ann@example.com", 5) == 0);
    CHECK(world.reset(world.mail_to("ann@example.com").token));
    world.clock.advance(hours(2));
    CHECK(asked("ann@example.com", 15) == 15);
  });
}

TEST_CASE("twenty proofs of an address go to a mailbox in a day, then one an hour from a network") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const SignedIn moving = world.somebody("moving@example.com");
    world.somebody("vic+old@example.com");
    int network = 0;
    const auto sign_up = [&](const std::string& email) {
      return problem(world.begin(email, kPassword, "198.51.100." + std::to_string(++network)));
    };
    // One by the account that there is, of whom a mail tells.
    for (int i = 0; i < 14; ++i) CHECK(sign_up("vic+" + std::to_string(i) + "@example.com") == "");
    CHECK(sign_up("vic+old@example.com") == "");
    for (int i = 0; i < 4; ++i)
      CHECK(problem(world.ask(moving.token, "VIC+" + std::to_string(i) + "@example.com")) == "");
    CHECK(sign_up("vic+last@example.com") == "");
    // The one of this hour, from each network, so that none takes it from another.
    const auto flood = [&](const std::string& tag) {
      return problem(world.begin("vic+" + tag + "@example.com", kPassword, "203.0.113.1"));
    };
    CHECK(flood("a") == "");
    CHECK(flood("b") == "too_many_requests");
    CHECK(problem(world.ask(moving.token, "vic@example.com")) == "");
    CHECK(problem(world.ask(moving.token, "vic+more@example.com")) == "too_many_requests");
    CHECK(sign_up("vic@example.com") == "");
    CHECK(sign_up("victor@example.com") == "");
    // The account has its resets.
    const int before = world.mail_rows();
    CHECK(world.forgot("vic+old@example.com"));
    CHECK(world.mail_rows() == before + 1);
    for (int hour = 1; hour < 4; ++hour) {
      world.clock.advance(hours(1));
      CHECK(flood("a") == "");
      CHECK(flood("b") == "too_many_requests");
      CHECK(sign_up("vic@example.com") == "");
    }
  });
}

TEST_CASE("tries at tokens are bounded by network") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    for (int i = 0; i < 100; ++i)
      CHECK(problem(world.reset("x" + std::to_string(i))) == "link_invalid");
    CHECK(problem(world.reset("y")) == "too_many_requests");
    CHECK(problem(world.confirm("y")) == "too_many_requests");
  });
}

}  // namespace ks::test
