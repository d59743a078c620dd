// The sink of heads: what it is told, when it is not, and what a crash leaves.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/audit/world.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::test;

namespace {

class FailingSink final : public audit::HeadSink {
 public:
  Result<bool> append(const std::vector<audit::SinkEntry>&, Time, const Still&) override {
    return unavailable("audit_sink_unavailable", "full");
  }
};

// A server of its own, with this sink.
struct Server {
  Server(AuditWorld& world, std::unique_ptr<audit::HeadSink> sink, std::uint64_t seed = 3)
      : random(seed),
        keeper(world.db(), world.store(), leases, std::move(sink), world.clock(), random) {}
  SeededRandom random;
  sql::AuditWriter writer{audit::chain_key(kInstallationKey), random};
  sql::SqlJournal journal{writer};
  ManualClock clock;
  sql::SqlSyncStore leases{journal, clock};
  audit::HeadKeeper keeper;
};

std::unique_ptr<audit::HeadSink> sink_of(const AuditWorld& world) {
  return audit::file_sink(world.sink_path(), audit::sink_key(kInstallationKey));
}

// Nobody is called that, and it never ends.
void haunt(const RawSql& raw) {
  raw.run("UPDATE leases SET holder = 'ghost', expires_at = 9000000000000000000");
}

void append(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::app) << text;
}

}  // namespace

TEST_CASE("the sink is told of chains that moved, once, in a file that only its owner reads") {
  on_files([](AuditWorld& world) {
    const OrgId one = world.add_org(3);
    world.add_org(2);
    CHECK(world.tell() == 2);
    CHECK(world.tell() == 0);
    world.add_rows(one, 1);
    CHECK(world.tell() == 1);
    const auto reading = audit::read_sink(world.sink_path(), audit::sink_key(kInstallationKey));
    REQUIRE(reading);
    CHECK(reading->lines == 3);
    CHECK(reading->heads.at(AuditWorld::chain_of(one)).head.seq == 4);
    struct stat info{};
    REQUIRE(::stat(world.sink_path().c_str(), &info) == 0);
    CHECK((info.st_mode & 077) == 0);
  });
}

TEST_CASE("what a sink did not take is told again, and nothing is marked as told before") {
  for_each_engine([](EngineCase& engine) {
    AuditWorld world(engine);
    world.add_org(2);
    SeededRandom random(3);
    const sql::AuditWriter writer(audit::chain_key(kInstallationKey), random);
    sql::SqlJournal journal(writer);
    sql::SqlSyncStore leases(journal, engine.clock());
    audit::HeadKeeper keeper(world.db(), world.store(), leases, std::make_unique<FailingSink>(),
                             engine.clock(), random);
    CHECK(keeper.round().error().problem == "audit_sink_unavailable");
    // The next one, also of another server, is told.
    CHECK(world.tell() == 1);
  });
}

TEST_CASE(
    "a chain that moves on while it is told keeps no other from the sink, and no round going") {
  // As a tenant who writes faster than the sink takes.
  class Busy final : public audit::HeadSink {
   public:
    Busy(AuditWorld& world, const OrgId& org) : world_(world), org_(org) {}
    Result<bool> append(const std::vector<audit::SinkEntry>& entries, Time, const Still&) override {
      for (const auto& entry : entries) seen.insert(audit::chain_name(entry.chain));
      if (++appends < 50) world_.add_rows(org_, 1);
      return true;
    }
    std::set<std::string> seen;
    int appends = 0;

   private:
    AuditWorld& world_;
    OrgId org_;
  };
  for_each_engine([](EngineCase& engine) {
    AuditWorld world(engine);
    const OrgId fast = world.add_org(1);
    const OrgId slow = world.add_org(1);
    SeededRandom random(3);
    const sql::AuditWriter writer(audit::chain_key(kInstallationKey), random);
    sql::SqlJournal journal(writer);
    sql::SqlSyncStore leases(journal, engine.clock());
    auto owned = std::make_unique<Busy>(world, fast);
    const Busy& sink = *owned;
    audit::HeadKeeper keeper(world.db(), world.store(), leases, std::move(owned), engine.clock(),
                             random);
    CHECK(keeper.round().value() == 2);
    CHECK(sink.appends == 1);
    CHECK(sink.seen ==
          std::set<std::string>{AuditWorld::chain_of(fast), AuditWorld::chain_of(slow)});
    // What came meanwhile is the next round's.
    CHECK(keeper.round().value() == 1);
  });
}

TEST_CASE("of two keepers on one database one tells, and the other takes over when it is gone") {
  for_each_engine([](EngineCase& engine) {
    AuditWorld first(engine), second(engine, 12);
    const OrgId org = first.add_org(1);
    CHECK(first.tell() == 1);
    first.add_rows(org, 1);
    CHECK(second.tell() == 0);
    CHECK(first.tell() == 1);
    first.add_rows(org, 1);
    engine.clock().advance(minutes(10));
    CHECK(second.tell() == 1);
    CHECK(first.tell() == 0);
  });
}

TEST_CASE("a line that a crash tore, or that was told and not marked, leaves the sink whole") {
  on_files([](AuditWorld& world) {
    const OrgId org = world.add_org(1);
    world.tell();
    append(world.sink_path(), R"({"n":2,"at":"2026-)");
    CHECK(world.verify().report.faults == 0);
    world.add_rows(org, 1);
    CHECK(world.tell() == 1);
    CHECK(world.verify().report.faults == 0);
    // As if the process had died between the file and the database.
    world.raw().run("UPDATE organizations SET audit_sunk = 1");
    CHECK(world.verify().report.faults == 0);
    CHECK(world.tell() == 1);
    CHECK(world.verify().report.faults == 0);
  });
}

TEST_CASE("verification beside writers and the keeper finds nothing wrong") {
  on_files([](AuditWorld& world) {
    std::vector<OrgId> orgs;
    for (int i = 0; i < 3; ++i) orgs.push_back(world.add_org(5));
    std::atomic<bool> end{false};
    std::thread writer([&] {
      for (int i = 0; !end; ++i) {
        world.add_rows(orgs[static_cast<std::size_t>(i) % orgs.size()], 1);
        world.add_client_rows(1);
        if (i % 7 == 0) world.tell();
      }
    });
    for (int i = 0; i < 10; ++i) {
      const auto found = world.verify();
      CHECK(found.report.faults == 0);
    }
    end = true;
    writer.join();
  });
}

TEST_CASE("a purge of a person leaves the chain whole and makes older hashes nobody's") {
  for_each_engine([](EngineCase& engine) {
    AuditWorld world(engine);
    const UserId person = id_of<User>(7);
    REQUIRE(world.db().write([&](Tx& tx) -> Result<void> {
      KS_CHECK(sql::sql_tx(tx).run(client_scope(), *kPutUser, person, "ann@example.com", 1));
      return {};
    }));
    ClientDeed deed;
    deed.action = account_actions::kSignIn;
    deed.actor = person;
    const auto sign_in = [&](const std::string& address) {
      REQUIRE(world.db().write([&](Tx& tx) {
        return world.store().record(tx, client_scope(), deed, Trail{"r", address},
                                    engine.clock().now());
      }));
    };
    const auto address_of = [&](std::int64_t seq) {
      const auto rows = world.db().fleet_read(audit::kAuditFleet, [&](Tx& tx) {
        return world.store().rows_after(tx, audit::kAuditFleet, {platform_client(), std::nullopt},
                                        seq - 1, 1);
      });
      REQUIRE(rows.has_value());
      REQUIRE(rows->size() == 1);
      return rows->front().address;
    };
    sign_in("192.0.2.1");
    sign_in("192.0.2.1");
    sign_in("192.0.2.2");
    CHECK(address_of(1) == address_of(2));
    CHECK(address_of(1) != address_of(3));
    CHECK(address_of(1).find("192") == std::string::npos);
    REQUIRE(world.db().write(
        [&](Tx& tx) { return world.store().forget_person(tx, client_scope(), person); }));
    sign_in("192.0.2.1");
    CHECK(address_of(4) != address_of(1));
    CHECK(world.verify().report.faults == 0);
  });
}

TEST_CASE("a lease that ends later than anybody takes one for counts as ended, whose ever it is") {
  for_each_engine([](EngineCase& engine) {
    AuditWorld world(engine);
    Server server(world, std::make_unique<FailingSink>());
    const auto take = [&](const std::string& name, const std::string& holder, Duration life,
                          Time now) {
      const auto taken = world.db().fleet_write(kFleet, [&](Tx& tx) {
        return server.leases.lease(tx, kFleet, name, holder, now, now + life);
      });
      REQUIRE(taken.has_value());
      return taken->has_value();
    };
    for (const std::string name : {"sync", "mail", "purge", "access-reminders", "audit-heads"}) {
      CAPTURE(name);
      const Time now = engine.clock().now();
      CHECK(take(name, "one", seconds(15), now));
      CHECK_FALSE(take(name, "two", seconds(15), now));
      // A holder whose clock goes ahead is still one.
      CHECK(take(name, "one", seconds(15), now + seconds(15)));
      CHECK_FALSE(take(name, "two", seconds(15), now));
      CHECK(take(name, "one", hours(24 * 365 * 1000), now));
      CHECK(take(name, "two", seconds(15), now));
    }
  });
}

TEST_CASE("a forged lease keeps no end from the sink") {
  on_files([](AuditWorld& world) {
    const OrgId org = world.add_org(1);
    CHECK(world.tell() == 1);
    world.add_rows(org, 1);
    haunt(world.raw());
    CHECK(world.tell() == 1);
  });
}

TEST_CASE(
    "a server says that ends wait for the sink, whoever keeps them from it, until they do not") {
  for_each_engine([](EngineCase& engine) {
    AuditWorld world(engine);
    const OrgId org = world.add_org(1);
    world.tell();
    world.add_rows(org, 1);
    engine.clock().advance(hours(10));
    Server server(world, std::make_unique<FailingSink>());
    const auto trouble = [&] {
      REQUIRE(server.keeper.look());
      return server.keeper.trouble();
    };
    // What waited while no server ran is told in the first minutes.
    CHECK(trouble().empty());
    engine.clock().advance(audit::kHeadsLate + seconds(1));
    CHECK_FALSE(server.keeper.round());
    CHECK_FALSE(trouble().empty());
    CHECK(world.tell() == 1);
    CHECK(trouble().empty());
    // One that moves on all the time does not wait.
    for (int i = 0; i < 10; ++i) {
      world.add_rows(org, 1);
      engine.clock().advance(minutes(1));
      world.add_rows(org, 1);
      CHECK(trouble().empty());
      world.tell();
    }
    world.add_rows(org, 1);
    engine.clock().advance(audit::kHeadsLate - seconds(1));
    CHECK(trouble().empty());
    engine.clock().advance(seconds(2));
    CHECK_FALSE(trouble().empty());
  });
}

TEST_CASE(
    "verification says which chain waits for the sink while a server runs, not while none does") {
  on_files([](AuditWorld& world) {
    const std::string chain = AuditWorld::chain_of(world.add_org(2));
    const OrgId org = id_of<Org>(1);
    world.add_client_rows(1);
    world.tell();
    // A row of a server that was killed, and of a command, while none ran.
    world.add_rows(org, 1);
    world.clock().advance(hours(48));
    world.add_rows(org, 1);
    CHECK(world.verify().report.faults == 0);
    // A request: a server runs, and has for minutes.
    world.add_client_rows(1);
    const auto late = world.verify();
    CHECK(late.has(chain, AuditFault::Kind::late, 3));
    CHECK(late.report.faults == 1);
    // A sink that others are told in is as good a sign.
    world.tell();
    CHECK(world.verify().report.faults == 0);
    world.add_rows(org, 1);
    world.raw().run("UPDATE organizations SET audit_sunk = 5");
    world.clock().advance(hours(1));
    world.add_org(1);
    world.tell();
    world.raw().run("UPDATE organizations SET audit_sunk = 4 WHERE audit_sunk = 5");
    CHECK(world.verify().has(chain, AuditFault::Kind::late, 5));
  });
}

TEST_CASE("a server that was held up over a round does not set the sink back when it goes on") {
  // As one whose machine stood still between the database and the file.
  class Held final : public audit::HeadSink {
   public:
    Held(AuditWorld& world, OrgId org) : world_(world), org_(org), file_(sink_of(world)) {}
    Result<bool> append(const std::vector<audit::SinkEntry>& entries, Time now,
                        const Still& still) override {
      world_.clock().advance(minutes(10));
      world_.add_rows(org_, 2);
      CHECK(world_.tell() == 1);
      return file_->append(entries, now, still);
    }

   private:
    AuditWorld& world_;
    OrgId org_;
    std::unique_ptr<audit::HeadSink> file_;
  };
  on_files([](AuditWorld& world) {
    const OrgId org = world.add_org(1);
    Server server(world, std::make_unique<Held>(world, org));
    CHECK(server.keeper.round().value() == 0);
    const auto reading = audit::read_sink(world.sink_path(), audit::sink_key(kInstallationKey));
    REQUIRE(reading);
    CHECK(reading->lines == 1);
    CHECK(world.verify().report.faults == 0);
  });
}

TEST_CASE("what verification found counts one of something as one, and several as several") {
  audit::VerifyReport report;
  report.chains = report.rows = report.sink_lines = report.faults = 1;
  CHECK(audit::summary(report, true) == "1 chain with 1 row, a sink of 1 line: 1 fault");
  report.chains = report.rows = report.sink_lines = report.faults = 2;
  CHECK(audit::summary(report, true) == "2 chains with 2 rows, a sink of 2 lines: 2 faults");
  report.faults = 0;
  CHECK(audit::summary(report, false) == "2 chains with 2 rows, no sink: nothing is wrong");
}
