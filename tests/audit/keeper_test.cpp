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
  Result<void> append(const std::vector<audit::SinkEntry>&, Time) override {
    return unavailable("audit_sink_unavailable", "full");
  }
};

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
    Result<void> append(const std::vector<audit::SinkEntry>& entries, Time) override {
      for (const auto& entry : entries) seen.insert(audit::chain_name(entry.chain));
      if (++appends < 50) world_.add_rows(org_, 1);
      return {};
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
