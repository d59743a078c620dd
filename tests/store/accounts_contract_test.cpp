// Accounts, sessions and their limits over each engine: the promises that rest on the database.
#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "authz/recent.hpp"
#include "domain/name.hpp"
#include "identity/accounts.hpp"
#include "identity/host_gate.hpp"
#include "identity/session_gate.hpp"
#include "mail/outbox.hpp"
#include "sql/accounts.hpp"
#include "sql/audit/audit.hpp"
#include "sql/mails.hpp"
#include "sql/organizations.hpp"
#include "sql/people/account_links.hpp"
#include "tests/store/engines.hpp"

namespace ks::test {

namespace {

constexpr const char* kPassword = "lavender quay 7";
constexpr const char* kWrong = "lavender quay 8";

ClientScope platform() {
  static const ClientScope kScope =
      HostGate(*parse_origin("http://localhost:8080")).admit("localhost:8080")->client;
  return kScope;
}

SessionGate::TrailPtr from(const std::string& address) {
  return std::make_shared<const Trail>(Trail{"test", address});
}
const SessionGate::TrailPtr kHome = from("192.0.2.1");

SignUpRequest ann() { return {"ann@example.com", kPassword, "Ann"}; }

// The parts over one database, as a server process has them.
struct Process {
  explicit Process(Database& database, Clock& time, Random& source, Accounts::Options options = {},
                   PasswordCost cost = PasswordCost::least())
      : db(database),
        clock(time),
        random(source),
        gate(db, store, clock, random),
        hasher(random, cost, 2, 1000),
        accounts({db, store, links, audit, outbox, gate, hasher, clock, random},
                 with_key(std::move(options))) {}

  static Accounts::Options with_key(Accounts::Options options) {
    options.limit_key = std::string(32, 'k');
    return options;
  }

  // An organization named like the person, with the team "default" and one more that only exists.
  Founding founding() {
    return [this](Tx& tx, const PersonScope& person, const TenantScope& scope,
                  const UserRow& user) { return found(tx, person, scope, user.name); };
  }
  Result<void> found(Tx& tx, const PersonScope& person, const TenantScope& scope,
                     const std::string& name) {
    KS_TRY(const auto permit, authorizer.require<Action::org_found>(scope));
    const Time now = clock.now();
    const std::string slug = slug_from(name);
    KS_TRY(const bool created,
           organizations.create(tx, permit, NewOrganization{slug, name, "free", now}));
    if (!created) return conflict("slug_taken", "taken");
    KS_CHECK(organizations.add_member(tx, permit, person.user(), OrgRole::owner, now));
    for (const char* team_slug : {"default", "alpha"}) {
      const TeamRow team{TeamId::make(clock, random), team_slug, team_slug, "", 1, now, now};
      KS_CHECK(teams.create_first(tx, permit, team));
      KS_CHECK(teams.add_founder(tx, permit, team.id, person.user(), now));
    }
    return {};
  }

  Result<SignedIn> sign_up(const SignUpRequest& request) {
    return accounts.sign_up(platform(), request, kHome, founding());
  }
  Result<SignedIn> login(std::string_view email, std::string_view password,
                         const SessionGate::TrailPtr& trail = kHome,
                         std::optional<std::string_view> presented = {}) {
    return accounts.login(platform(), email, password, presented, trail);
  }
  Result<Caller> load(std::string_view token) { return gate.load(platform(), token, kHome); }
  bool valid(std::string_view token) { return load(token).has_value(); }
  // What a guarded read of this caller gives.
  std::string guarded(const Caller& caller) {
    const auto out = db.read(caller.guard(), [](Tx&) -> Result<void> { return {}; });
    return out ? "read" : out.error().problem;
  }

  Database& db;
  Clock& clock;
  Random& random;
  sql::SqlAccountStore store;
  sql::SqlAccountLinkStore links;
  sql::AuditWriter audit_writer{std::string(32, 'a'), random};
  sql::SqlAuditStore audit{audit_writer};
  sql::SqlMailStore mail_rows;
  Envelope envelope{std::string(32, 'e')};
  mail::SealedOutbox outbox{mail_rows, envelope, clock, random, mail::Switch::off};
  sql::SqlOrganizationStore organizations;
  sql::SqlTeamStore teams;
  Authorizer authorizer{teams};
  SessionGate gate;
  PasswordHasher hasher;
  Accounts accounts;
};

struct World {
  explicit World(EngineCase& engine, Accounts::Options options = {},
                 PasswordCost cost = PasswordCost::least())
      : db(&engine.database()),
        clock(engine.clock()),
        process(*db, clock, random, std::move(options), cost) {}
  SystemRandom random;
  Database* db;
  ManualClock& clock;
  Process process;
};

template <class T>
std::string problem(const Result<T>& result) {
  return result ? "" : result.error().problem;
}

template <class Work>
void in_parallel(int count, Work work) {
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("sign-up gives a user, a session, and what the founding made, all at once") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto in = p.sign_up({"Ann@Example.COM", kPassword, "Ann Lee"});
    REQUIRE(in);
    CHECK(in->user.email == "ann@example.com");
    const auto caller = p.load(in->token);
    REQUIRE(caller);
    CHECK(caller->user().name == "Ann Lee");
    CHECK_FALSE(caller->platform_admin());
    REQUIRE(caller->memberships().size() == 1);
    const Membership& org = caller->memberships()[0];
    CHECK(org.slug == "ann-lee");
    CHECK(org.role == OrgRole::owner);
    REQUIRE(org.teams.size() == 2);
    CHECK(org.teams[0].slug == "alpha");
    CHECK(org.teams[1].slug == "default");
    CHECK(org.teams[1].role == TeamRole::admin);
    CHECK(p.login("ANN@example.com", kPassword));
  });
}

TEST_CASE("a founding that fails leaves no user and no session behind") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto failed = p.accounts.sign_up(
        platform(), ann(), kHome,
        [](Tx&, const PersonScope&, const TenantScope&, const UserRow&) -> Result<void> {
          return conflict("no_more_slugs", "none left");
        });
    CHECK(problem(failed) == "no_more_slugs");
    CHECK(problem(p.login("ann@example.com", kPassword)) == "invalid_credentials");
    CHECK(p.sign_up(ann()));
  });
}

TEST_CASE("an address has one account, in any case of letters and from two at once") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    REQUIRE(p.sign_up(ann()));
    const auto again = p.sign_up({"ANN@EXAMPLE.com", kPassword, "Other"});
    REQUIRE_FALSE(again);
    CHECK(again.error().code == Error::Code::conflict);
    CHECK(again.error().problem == "address_taken");

    std::atomic<int> made{0}, taken{0};
    in_parallel(8, [&](int i) {
      const auto in = p.sign_up({"bob@example.com", kPassword, "Bob " + std::to_string(i)});
      if (in)
        ++made;
      else if (problem(in) == "address_taken")
        ++taken;
    });
    CHECK(made == 1);
    CHECK(taken == 7);
  });
}

TEST_CASE("sign-up names every fault at once, and refuses when it is closed") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    const auto wrong = world.process.sign_up({"ann", "short", " "});
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == Error::Code::invalid);
    std::set<std::string> pointers;
    for (const Fault& fault : wrong.error().faults) pointers.insert(fault.pointer);
    CHECK(pointers == std::set<std::string>{"/email", "/name", "/password"});
    // Whoever had this address would get dev mode's account.
    CHECK(problem(world.process.sign_up({"dev@localhost", kPassword, "D"})) == "validation_failed");

    Process closed(*world.db, world.clock, world.random, {.sign_up = SignUpMode::closed});
    const auto refused = closed.sign_up(ann());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Error::Code::denied);
    CHECK(refused.error().problem == "sign_up_closed");
    CHECK(problem(closed.login("ann@example.com", kPassword)) == "invalid_credentials");
  });
}

TEST_CASE("sign-up is limited by network address") {
  for_each_engine([](EngineCase& engine) {
    World world(engine, {.bounds = {.sign_up_per_address = {3, hours(1)}}});
    auto& p = world.process;
    // The same network of IPv6 is one address.
    for (int i = 0; i < 5; ++i) {
      const auto in = p.accounts.sign_up(
          platform(),
          {"u" + std::to_string(i) + "@example.com", kPassword, "U" + std::to_string(i)},
          from("2001:db8:0:7::" + std::to_string(i + 1)), p.founding());
      CHECK(problem(in) == (i < 3 ? "" : "too_many_requests"));
    }
    CHECK(p.accounts.sign_up(platform(), ann(), from("2001:db8:0:8::1"), p.founding()));
    world.clock.advance(hours(1));
    CHECK(p.accounts.sign_up(platform(), {"u5@example.com", kPassword, "U5"},
                             from("2001:db8:0:7::1"), p.founding()));
  });
}

TEST_CASE("a wrong password and an unknown address get one answer") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    REQUIRE(p.sign_up(ann()));
    const auto wrong = p.login("ann@example.com", kWrong);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().status == 401);
    CHECK(wrong.error().problem == "invalid_credentials");
    for (const auto& other :
         {p.login("nobody@example.com", kPassword), p.login("no address", kPassword),
          p.login(std::string("ann@example.com\0x", 17), kPassword), p.login("", ""),
          p.login("ann@example.com", std::string(2000, 'x')), p.login("ann@example.com", "")}) {
      REQUIRE_FALSE(other);
      CHECK(other.error().status == wrong.error().status);
      CHECK(other.error().problem == wrong.error().problem);
      CHECK(other.error().message == wrong.error().message);
      CHECK(other.error().code == wrong.error().code);
    }
  });
}

TEST_CASE("tries at one account are bounded, with one answer whether it exists or not") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    REQUIRE(p.sign_up(ann()));
    for (const char* email : {"ann@example.com", "nobody@example.com"}) {
      for (int i = 0; i < 10; ++i) CHECK(problem(p.login(email, kWrong)) == "invalid_credentials");
      // The right password is not looked at either.
      const auto refused = p.login(email, kPassword);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().problem == "too_many_requests");
      CHECK(refused.error().status == 429);
      CHECK(refused.error().retry_after_s == 15 * 60);
    }
    world.clock.advance(minutes(15) - seconds(1));
    CHECK(problem(p.login("ann@example.com", kPassword)) == "too_many_requests");
    world.clock.advance(seconds(1));
    CHECK(p.login("ann@example.com", kPassword));
  });
}

TEST_CASE("who tries at somebody's account does not keep its owner out") {
  for_each_engine([](EngineCase& engine) {
    Accounts::Options options;
    options.bounds.login_per_account_anywhere.tries = 30;
    World world(engine, options);
    auto& p = world.process;
    REQUIRE(p.sign_up(ann()));
    for (int i = 0; i < 11; ++i) (void)p.login("ann@example.com", kWrong, from("198.51.100.1"));
    CHECK(problem(p.login("ann@example.com", kPassword, from("198.51.100.1"))) ==
          "too_many_requests");
    // From where the account was never used as from where it was.
    const auto in = p.login("ann@example.com", kPassword, from("203.0.113.1"));
    REQUIRE(in);
    REQUIRE(p.login("ann@example.com", kPassword));

    // From a thousand networks, and at an account that is none: no more than the bound are let try.
    world.clock.advance(minutes(15));
    for (const char* email : {"ann@example.com", "nobody@example.com"}) {
      int tried = 0;
      for (int i = 0; i < 1000; ++i) {
        const auto trail = from("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250));
        tried += problem(p.login(email, kWrong, trail)) == "invalid_credentials" ? 1 : 0;
      }
      CHECK(tried == 30);
    }
    CHECK(problem(p.login("ann@example.com", kPassword, from("203.0.113.9"))) ==
          "too_many_requests");
    CHECK(p.login("ann@example.com", kPassword));
    CHECK(p.login("ann@example.com", kPassword, from("203.0.113.1")));
    for (int i = 0; i < 10; ++i)
      CHECK(problem(p.login("ann@example.com", kWrong)) == "invalid_credentials");
    CHECK(problem(p.login("ann@example.com", kPassword)) == "too_many_requests");
    world.clock.advance(minutes(15));
    CHECK(p.login("ann@example.com", kPassword, from("203.0.113.9")));
  });
}

TEST_CASE("an account knows the 20 networks that were used last, for half a year") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto in = p.sign_up(ann());
    REQUIRE(in);
    const auto knows = [&](const std::string& hash) {
      const auto known =
          p.db.read([&](Tx& tx) { return p.store.knows_network(tx, platform(), hash); });
      REQUIRE(known);
      return *known;
    };
    for (int i = 0; i < 21; ++i) {
      world.clock.advance(seconds(1));
      REQUIRE(p.db.write([&](Tx& tx) {
        return p.store.remember_network(tx, platform(), in->user.id, "n" + std::to_string(i),
                                        world.clock.now());
      }));
    }
    CHECK_FALSE(knows("n0"));
    CHECK(knows("n1"));
    CHECK(knows("n20"));
    world.clock.advance(days(180));
    REQUIRE(p.accounts.sweep(FleetScope(FleetReason::housekeeping)));
    CHECK(knows("n20"));
    world.clock.advance(seconds(1));
    REQUIRE(p.accounts.sweep(FleetScope(FleetReason::housekeeping)));
    CHECK_FALSE(knows("n20"));
  });
}

TEST_CASE("no quarter of an hour holds more tries than the bound") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    std::vector<Time> looked_at;
    for (int minute = 0; minute < 60; ++minute) {
      for (int i = 0; i < 2; ++i)
        if (problem(p.login("ann@example.com", kWrong)) == "invalid_credentials")
          looked_at.push_back(world.clock.now());
      world.clock.advance(minutes(1));
    }
    REQUIRE(looked_at.size() > 10);
    for (std::size_t i = 10; i < looked_at.size(); ++i)
      CHECK(looked_at[i] - looked_at[i - 10] >= minutes(15));
  });
}

TEST_CASE("a success takes back the tries at its account, and only those") {
  for_each_engine([](EngineCase& engine) {
    World world(engine, {.bounds = {.login_per_address = {25, minutes(15)}}});
    auto& p = world.process;
    REQUIRE(p.sign_up(ann()));
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 9; ++i)
        CHECK(problem(p.login("ann@example.com", kWrong)) == "invalid_credentials");
      CHECK(p.login("ann@example.com", kPassword));
    }
    // 18 of the address's 25 are gone: successes took back their own.
    for (int i = 0; i < 7; ++i)
      CHECK(problem(p.login("u" + std::to_string(i) + "@example.com", kWrong)) ==
            "invalid_credentials");
    CHECK(problem(p.login("ann@example.com", kPassword)) == "too_many_requests");
    CHECK(p.login("ann@example.com", kPassword, from("192.0.2.2")));
  });
}

TEST_CASE("50 tries in parallel, over two processes on one database, never pass the bound") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    // SQLite has one process; there the second is another set of parts over the same database.
    const auto other = engine.is_postgres() ? engine.open_another() : nullptr;
    Process second(other ? *other : *world.db, world.clock, world.random);
    REQUIRE(world.process.sign_up(ann()));
    std::atomic<int> looked_at{0}, refused{0};
    in_parallel(50, [&](int i) {
      Process& p = i % 2 == 0 ? world.process : second;
      const std::string what = problem(p.login("ann@example.com", kWrong));
      if (what == "invalid_credentials") ++looked_at;
      if (what == "too_many_requests") ++refused;
    });
    CHECK(looked_at == 10);
    CHECK(refused == 40);
  });
}

TEST_CASE("limits and sessions survive a restart") {
  for_each_engine([](EngineCase& engine) {
    if (engine.kind() == EngineCase::Kind::sqlite_memory) return;
    std::string token;
    {
      World before(engine);
      const auto in = before.process.sign_up(ann());
      REQUIRE(in);
      token = in->token;
      for (int i = 0; i < 10; ++i)
        CHECK(problem(before.process.login("ann@example.com", kWrong)) == "invalid_credentials");
    }
    engine.reopen();
    World after(engine);
    CHECK(problem(after.process.login("ann@example.com", kPassword)) == "too_many_requests");
    CHECK(after.process.valid(token));
    after.clock.advance(minutes(15));
    CHECK(after.process.login("ann@example.com", kPassword));
  });
}

TEST_CASE("10,000 tries from as many networks, across a restart, never pass an account's bound") {
  constexpr int kThreads = 4;
  for_each_engine([](EngineCase& engine) {
    // The one that has no restart.
    if (engine.kind() == EngineCase::Kind::sqlite_memory) return;
    // Over the network, where each takes longer, a tenth of them.
    const int tries_each = engine.is_postgres() ? 125 : 1250;
    std::atomic<int> looked_at{0}, refused{0};
    for (int start = 0; start < 2; ++start) {
      if (start > 0) engine.reopen();
      World world(engine);
      if (start == 0) REQUIRE(world.process.sign_up(ann()));
      const auto other = engine.is_postgres() ? engine.open_another() : nullptr;
      Process second(other ? *other : *world.db, world.clock, world.random);
      in_parallel(kThreads, [&](int thread) {
        Process& p = thread % 2 == 0 ? world.process : second;
        for (int i = 0; i < tries_each; ++i) {
          const auto tried = p.login("ann@example.com", kWrong,
                                     from("10." + std::to_string(start * kThreads + thread) + "." +
                                          std::to_string(i / 250) + "." + std::to_string(i % 250)));
          const std::string what = problem(tried);
          if (what == "invalid_credentials") ++looked_at;
          if (what == "too_many_requests") ++refused;
        }
      });
      CHECK(looked_at == 100);
      CHECK(problem(world.process.login("ann@example.com", kPassword, from("10.9.9.9"))) ==
            "too_many_requests");
    }
    CHECK(refused == 2 * kThreads * tries_each - 100);
  });
}

TEST_CASE("a session ends a day after its last use and a month after its first") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto idle = p.sign_up(ann());
    REQUIRE(idle);
    world.clock.advance(hours(24) - seconds(1));
    CHECK(p.valid(idle->token));
    world.clock.advance(hours(24) - seconds(1));
    CHECK(p.valid(idle->token));
    world.clock.advance(hours(24));
    CHECK_FALSE(p.valid(idle->token));
    CHECK(p.load(idle->token).error().status == 401);

    const auto used = p.login("ann@example.com", kPassword);
    REQUIRE(used);
    for (int hour = 0; hour < 30 * 24 - 1; hour += 20) {
      CHECK(p.valid(used->token));
      world.clock.advance(hours(20));
    }
    CHECK_FALSE(p.valid(used->token));
  });
}

TEST_CASE("a write that a session authorises counts as its use") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto in = p.sign_up(ann());
    REQUIRE(in);
    for (int i = 0; i < 3; ++i) {
      world.clock.advance(hours(23));
      const auto caller =
          p.db.write([&](Tx& tx) { return p.gate.load_in(tx, platform(), in->token, kHome); });
      REQUIRE(caller);
      CHECK(caller->user().email == "ann@example.com");
    }
    CHECK(p.valid(in->token));
  });
}

TEST_CASE("a caller from memory only counts while the session and the rights stand") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto in = p.sign_up(ann());
    REQUIRE(in);
    CHECK_FALSE(p.gate.cached(platform(), in->token, kHome));
    REQUIRE(p.load(in->token));
    const auto cached = p.gate.cached(platform(), in->token, kHome);
    REQUIRE(cached);
    CHECK(p.guarded(*cached) == "read");

    // Rights change: the version of the person moves on.
    const auto second = p.db.write([&](Tx& tx) -> Result<OrgId> {
      const TenantScope scope = p.gate.founding(cached->person());
      KS_TRY(const bool ok, [&]() -> Result<bool> {
        if (auto done = p.found(tx, cached->person(), scope, "Ann's second"); !done)
          return std::unexpected(done.error());
        return true;
      }());
      CHECK(ok);
      if (auto raised =
              p.store.raise_authz_version(tx, platform(), cached->user().id, p.clock.now());
          !raised)
        return std::unexpected(raised.error());
      return scope.org();
    });
    REQUIRE(second);
    CHECK(p.guarded(*cached) == Database::kStaleGuard);
    CHECK_FALSE(p.gate.tenant(*cached, *second));
    const auto fresh = p.load(in->token);
    REQUIRE(fresh);
    CHECK(p.guarded(*fresh) == "read");
    CHECK(p.gate.tenant(*fresh, *second));
    CHECK(fresh->memberships().size() == 2);
    CHECK(fresh->memberships()[0].slug < fresh->memberships()[1].slug);

    // The session ends.
    REQUIRE(p.accounts.logout(platform(), in->token, kHome));
    CHECK(p.guarded(*fresh) == Database::kStaleGuard);
    CHECK_FALSE(p.gate.cached(platform(), in->token, kHome));
    CHECK(problem(p.load(in->token)) == "unauthenticated");
    CHECK(p.accounts.logout(platform(), in->token, kHome));
  });
}

TEST_CASE("a session that was idle for a day fails the guard of a caller from memory") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto in = p.sign_up(ann());
    REQUIRE(in);
    const auto caller = p.load(in->token);
    REQUIRE(caller);
    CHECK(p.gate.cached(platform(), in->token, kHome));
    // After five minutes the use has to be written down, so memory does not answer.
    world.clock.advance(minutes(5));
    CHECK_FALSE(p.gate.cached(platform(), in->token, kHome));
    CHECK(p.valid(in->token));
    CHECK(p.gate.cached(platform(), in->token, kHome));

    ReadGuard guard = caller->guard();
    const auto read = [&] {
      return problem(p.db.read(guard, [](Tx&) -> Result<void> { return {}; }));
    };
    guard.now = world.clock.now() + hours(24) - seconds(1);
    CHECK(read().empty());
    guard.now = world.clock.now() + hours(24);
    CHECK(read() == Database::kStaleGuard);
  });
}

TEST_CASE("a caller reaches the organizations it is a member of, by slug and id, and no other") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto ann_in = p.sign_up(ann());
    const auto bob_in = p.sign_up({"bob@example.com", kPassword, "Bob"});
    REQUIRE(ann_in);
    REQUIRE(bob_in);
    const auto a = p.load(ann_in->token);
    const auto b = p.load(bob_in->token);
    REQUIRE(a);
    REQUIRE(b);
    const OrgId of_bob = b->memberships()[0].id;
    const auto own = p.gate.tenant(*a, "ann");
    REQUIRE(own);
    CHECK(own->org() == a->memberships()[0].id);
    CHECK(own->actor() == a->user().id);
    CHECK(own->standing().org_role == OrgRole::owner);
    CHECK(own->standing().teams.size() == 2);
    std::string upper = own->org().str();
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    CHECK(p.gate.tenant(*a, upper));
    for (const std::string& other : {std::string("bob"), of_bob.str(), std::string("nothing"),
                                     std::string(), std::string("ANN"), std::string("ann ")}) {
      const auto refused = p.gate.tenant(*a, other);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == Error::Code::not_found);
      CHECK(refused.error().message == not_found().error().message);
    }
    CHECK_FALSE(p.gate.tenant(*a, of_bob));
    CHECK_FALSE(p.gate.administration(*a, of_bob));
  });
}

TEST_CASE("a cookie that was set before login is never valid after it") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto before = p.sign_up(ann());
    REQUIRE(before);
    REQUIRE(p.load(before->token));
    // One that somebody planted, and one that was a session.
    for (const std::string& presented : {std::string(43, 'A'), before->token}) {
      const auto after = p.login("ann@example.com", kPassword, kHome, presented);
      REQUIRE(after);
      CHECK(after->token != presented);
      CHECK(after->token.size() == 43);
      CHECK_FALSE(p.valid(presented));
      CHECK_FALSE(p.gate.cached(platform(), presented, kHome));
      CHECK(p.valid(after->token));
    }
    // A login that fails ends nothing.
    const auto kept = p.login("ann@example.com", kPassword);
    REQUIRE(kept);
    CHECK_FALSE(p.login("ann@example.com", kWrong, kHome, kept->token));
    CHECK(p.valid(kept->token));
  });
}

TEST_CASE("a person has 50 sessions at most: one more ends the oldest, and nobody else's") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto first = p.sign_up(ann());
    const auto bob = p.sign_up({"bob@example.com", kPassword, "Bob"});
    REQUIRE(first);
    REQUIRE(bob);
    for (int i = 1; i < 50; ++i) {
      world.clock.advance(seconds(1));
      const NewSession more{SessionId::make(world.clock, world.random),
                            SessionGate::token_hash("session " + std::to_string(i)), first->user.id,
                            world.clock.now()};
      REQUIRE(p.db.write([&](Tx& tx) { return p.store.create_session(tx, platform(), more); }));
    }
    REQUIRE(p.valid(first->token));
    // In the same moment as the one before: the new one is never what ends.
    const auto last = p.login("ann@example.com", kPassword);
    REQUIRE(last);
    CHECK_FALSE(p.valid(first->token));
    CHECK(p.valid("session 1"));
    CHECK(p.valid(last->token));
    CHECK(p.login("ann@example.com", kPassword));
    CHECK_FALSE(p.valid("session 1"));
    CHECK(p.valid(last->token));
    CHECK(p.valid(bob->token));
  });
}

TEST_CASE("what the database keeps of a session opens nothing") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto in = p.sign_up(ann());
    REQUIRE(in);
    const auto caller = p.load(in->token);
    REQUIRE(caller);
    CHECK(caller->session_hash() == SessionGate::token_hash(in->token));
    CHECK_FALSE(p.valid(caller->session_hash()));
    CHECK_FALSE(p.valid(""));
    CHECK_FALSE(p.valid(in->token + "A"));
  });
}

TEST_CASE(
    "of 100 parallel uses of a setup link, from as many networks, exactly one makes an "
    "administrator") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto token = p.accounts.first_setup_token(platform());
    REQUIRE(token);
    REQUIRE(token->has_value());
    std::atomic<int> made{0}, refused{0};
    in_parallel(100, [&](int i) {
      const auto user = p.accounts.setup(
          platform(), **token, {"root" + std::to_string(i) + "@example.com", kPassword, "Root"},
          from("198.51.100." + std::to_string(i)));
      if (user)
        ++made;
      else if (problem(user) == "setup_link_invalid" && user.error().status == 404)
        ++refused;
    });
    CHECK(made == 1);
    CHECK(refused == 99);
  });
}

TEST_CASE("a setup link lives a day, and dies with any other's use") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto setup = [&](const std::string& token, const char* email) {
      return problem(p.accounts.setup(platform(), token, {email, kPassword, "Root"}, kHome));
    };
    const auto old = p.accounts.new_setup_token(platform());
    REQUIRE(old);
    world.clock.advance(hours(24));
    CHECK(setup(*old, "root@example.com") == "setup_link_invalid");
    CHECK(setup("", "root@example.com") == "setup_link_invalid");
    CHECK(setup(SessionGate::token_hash(*old), "root@example.com") == "setup_link_invalid");

    const auto first = p.accounts.first_setup_token(platform());
    const auto other = p.accounts.first_setup_token(platform());
    REQUIRE(first);
    REQUIRE(other);
    // A mistake in the form does not use the link up.
    CHECK(setup(**first, "root") == "validation_failed");
    REQUIRE(p.sign_up(ann()));
    CHECK(setup(**first, "ann@example.com") == "address_taken");
    CHECK(setup(**first, "root@example.com").empty());
    CHECK(setup(**first, "root2@example.com") == "setup_link_invalid");
    CHECK(setup(**other, "root2@example.com") == "setup_link_invalid");

    // While there is an administrator the server prints no link; who asks for one gets it.
    const auto none = p.accounts.first_setup_token(platform());
    REQUIRE(none);
    CHECK_FALSE(none->has_value());
    const auto asked = p.accounts.new_setup_token(platform());
    REQUIRE(asked);
    CHECK(setup(*asked, "root2@example.com").empty());
  });
}

TEST_CASE("a platform administrator has no organization, and a standing of their own in each") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto ann_in = p.sign_up(ann());
    REQUIRE(ann_in);
    const auto token = p.accounts.new_setup_token(platform());
    REQUIRE(token);
    REQUIRE(p.accounts.setup(platform(), *token, {"root@example.com", kPassword, "Root"}, kHome));
    const auto in = p.login("root@example.com", kPassword);
    REQUIRE(in);
    const auto root = p.load(in->token);
    REQUIRE(root);
    CHECK(root->platform_admin());
    CHECK(root->memberships().empty());
    CHECK_FALSE(p.gate.tenant(*root, "ann"));
    const auto a = p.load(ann_in->token);
    REQUIRE(a);
    const auto above = p.gate.administration(*root, a->memberships()[0].id);
    REQUIRE(above);
    CHECK(above->standing().platform_admin);
    CHECK_FALSE(above->standing().org_role.has_value());
    CHECK(p.authorizer.require<Action::orgs_set_plan>(*above));
    CHECK_FALSE(p.authorizer.require<Action::org_read>(*above));
  });
}

TEST_CASE("dev mode signs in without a password, as one account, and only in dev mode") {
  for_each_engine([](EngineCase& engine) {
    World world(engine, {.dev_mode = true});
    auto& p = world.process;
    std::atomic<int> in{0};
    in_parallel(4, [&](int) {
      if (p.accounts.dev_login(platform(), {}, kHome, p.founding())) ++in;
    });
    CHECK(in == 4);
    const auto again = p.accounts.dev_login(platform(), {}, kHome, p.founding());
    REQUIRE(again);
    CHECK(again->user.email == "dev@localhost");
    CHECK_FALSE(again->user.platform_admin);
    const auto caller = p.load(again->token);
    REQUIRE(caller);
    CHECK(caller->memberships().size() == 1);

    Process usual(*world.db, world.clock, world.random);
    CHECK(problem(usual.accounts.dev_login(platform(), {}, kHome, usual.founding())) ==
          "not_found");
    CHECK(problem(usual.login("dev@localhost", "")) == "invalid_credentials");
    CHECK(problem(usual.login("dev@localhost", kPassword)) == "invalid_credentials");
  });
}

TEST_CASE("a login makes the hash anew when its cost was raised") {
  for_each_engine([](EngineCase& engine) {
    World world(engine, {}, PasswordCost{});
    REQUIRE(world.process.sign_up(ann()));
    const auto stored = [&] {
      const auto found = world.db->read(
          [&](Tx& tx) { return world.process.store.find_user(tx, platform(), "ann@example.com"); });
      REQUIRE(found);
      REQUIRE(found->has_value());
      return (*found)->password_hash;
    };
    CHECK(stored().find(",t=2,") != std::string::npos);
    Process dearer(*world.db, world.clock, world.random, {}, {.passes = 3});
    CHECK_FALSE(dearer.login("ann@example.com", kWrong));
    CHECK(stored().find(",t=2,") != std::string::npos);
    CHECK(dearer.login("ann@example.com", kPassword));
    CHECK(stored().find(",t=3,") != std::string::npos);
    CHECK(world.process.login("ann@example.com", kPassword));
    CHECK(stored().find(",t=3,") != std::string::npos);
  });
}

TEST_CASE("a password given again keeps the session under a new token and ends the old one") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto first = p.sign_up(ann());
    REQUIRE(first);
    const auto session = [&](const std::string& token) {
      const auto row = p.db.read([&](Tx& tx) {
        return p.store.find_session(tx, platform(), SessionGate::token_hash(token));
      });
      REQUIRE(row);
      return *row;
    };
    const auto before = session(first->token);
    REQUIRE(before);
    world.clock.advance(hours(1));
    const auto caller = p.load(first->token);
    REQUIRE(caller);
    const auto again = p.accounts.reauthenticate(platform(), *caller, first->token, kPassword);
    REQUIRE(again);
    CHECK(again->token != first->token);
    CHECK(again->user.id == first->user.id);
    CHECK_FALSE(p.valid(first->token));
    CHECK(p.guarded(*caller) == Database::kStaleGuard);
    CHECK(p.valid(again->token));
    const auto after = session(again->token);
    REQUIRE(after);
    CHECK(after->id != before->id);
    CHECK(after->expires_at == before->expires_at);
    CHECK(after->auth_at == world.clock.now());
    CHECK_FALSE(session(first->token));
    CHECK(problem(p.accounts.reauthenticate(platform(), *caller, first->token, kPassword)) ==
          "unauthenticated");
  });
}

TEST_CASE("what asks for the password passes for ten minutes after it was given, to the second") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto in = p.sign_up(ann());
    REQUIRE(in);
    const auto ask = [&](const std::string& token) {
      const auto caller = p.load(token);
      REQUIRE(caller);
      const auto scope = p.gate.tenant(*caller, "ann");
      REQUIRE(scope);
      const auto now = world.clock.now();
      const std::string answer = problem(require_recent_password(caller->person(), now));
      CHECK(problem(require_recent_password(*scope, now)) == answer);
      CHECK(problem(require_recent_password(p.gate.founding(caller->person()), now)) == answer);
      return answer;
    };
    CHECK(ask(in->token).empty());
    world.clock.advance(minutes(10) - microseconds(1));
    CHECK(ask(in->token).empty());
    world.clock.advance(microseconds(1));
    CHECK(ask(in->token) == "reauthentication_required");
    // Being busy is no proof.
    const auto caller = p.load(in->token);
    REQUIRE(caller);
    CHECK(problem(p.accounts.reauthenticate(platform(), *caller, in->token, kWrong)) ==
          "invalid_credentials");
    CHECK(ask(in->token) == "reauthentication_required");
    const auto again = p.accounts.reauthenticate(platform(), *caller, in->token, kPassword);
    REQUIRE(again);
    CHECK(ask(again->token).empty());
    world.clock.advance(minutes(10));
    CHECK(ask(again->token) == "reauthentication_required");
    // A clock that was set back does not make it last.
    world.clock.set(world.clock.now() - hours(1));
    CHECK(ask(again->token) == "reauthentication_required");
    const auto login = p.login("ann@example.com", kPassword);
    REQUIRE(login);
    CHECK(ask(login->token).empty());
    const TenantScope system =
        FleetScope(FleetReason::sync)
            .tenant(platform_client(), p.gate.founding(caller->person()).org());
    CHECK(problem(require_recent_password(system, world.clock.now())) ==
          "reauthentication_required");
  });
}

TEST_CASE("giving the password again is bounded by session, and apart from logins") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto in = p.sign_up(ann());
    REQUIRE(in);
    const auto caller = p.load(in->token);
    REQUIRE(caller);
    const auto again = [&](const char* password) {
      return problem(p.accounts.reauthenticate(platform(), *caller, in->token, password));
    };
    // Whoever tries at the login keeps nobody from this.
    for (int i = 0; i < 11; ++i) (void)p.login("ann@example.com", kWrong);
    CHECK(problem(p.login("ann@example.com", kPassword)) == "too_many_requests");
    for (int i = 0; i < 10; ++i) CHECK(again(kWrong) == "invalid_credentials");
    CHECK(again(kPassword) == "too_many_requests");
    CHECK(p.valid(in->token));
    world.clock.advance(minutes(15));
    CHECK(again(std::string(4096, 'x').c_str()) == "invalid_credentials");
    CHECK(again(kPassword).empty());
  });
}

TEST_CASE("of 100 parallel uses of one token for the password given again, one goes on") {
  for_each_engine([](EngineCase& engine) {
    Accounts::Options options;
    options.bounds.login_per_account.tries = 1000;
    options.bounds.login_per_address.tries = 1000;
    World world(engine, options);
    Process other(*world.db, world.clock, world.random, options);
    const auto in = world.process.sign_up(ann());
    REQUIRE(in);
    const auto caller = world.process.load(in->token);
    REQUIRE(caller);
    std::atomic<int> passed{0}, ended{0};
    in_parallel(100, [&](int i) {
      auto& accounts = i % 2 == 0 ? world.process.accounts : other.accounts;
      const auto again = accounts.reauthenticate(platform(), *caller, in->token, kPassword);
      if (again)
        ++passed;
      else if (again.error().problem == "unauthenticated")
        ++ended;
    });
    CHECK(passed == 1);
    CHECK(ended == 99);
    CHECK_FALSE(world.process.valid(in->token));
  });
}

TEST_CASE("the sweep removes what has ended and keeps what has not") {
  for_each_engine([](EngineCase& engine) {
    World world(engine);
    auto& p = world.process;
    const auto ended = p.sign_up(ann());
    REQUIRE(ended);
    const auto old_link = p.accounts.new_setup_token(platform());
    REQUIRE(old_link);
    world.clock.advance(hours(24));
    const auto live = p.login("ann@example.com", kPassword);
    const auto link = p.accounts.new_setup_token(platform());
    REQUIRE(live);
    REQUIRE(link);
    for (int i = 0; i < 10; ++i) CHECK_FALSE(p.login("ann@example.com", kWrong));
    REQUIRE(p.accounts.sweep(FleetScope(FleetReason::housekeeping)));
    const auto kept = [&](const std::string& token) {
      const auto row = p.db.read([&](Tx& tx) {
        return p.store.find_session(tx, platform(), SessionGate::token_hash(token));
      });
      REQUIRE(row);
      return row->has_value();
    };
    CHECK_FALSE(kept(ended->token));
    CHECK(kept(live->token));
    CHECK(problem(p.login("ann@example.com", kPassword)) == "too_many_requests");
    CHECK(p.accounts.setup(platform(), *link, {"root@example.com", kPassword, "Root"}, kHome));
  });
}

}  // namespace ks::test
