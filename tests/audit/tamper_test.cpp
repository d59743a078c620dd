// Somebody with all rights in the database, and without the key, tampers with the audit chains in
// every way there is, at places that dice choose; verification finds each, in the right chain and
// at the right row, and nothing else.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/audit/world.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::test;
using Kind = AuditFault::Kind;

namespace {

constexpr int kRows = 12;
constexpr std::uint64_t kSeed = 20260301;

// The columns of a row, from the schema itself: a column that is added is tampered with too.
std::vector<std::string> columns_of(const RawSql& raw, const std::string& table) {
  std::vector<std::string> out;
  for (const std::string& column :
       raw.run(raw.is_postgres()
                   ? "SELECT column_name FROM information_schema.columns WHERE table_name = '" +
                         table + "' ORDER BY column_name"
                   : "SELECT name FROM pragma_table_info('" + table + "') ORDER BY name"))
    if (column != "client_id" && column != "org_id" && column != "seq") out.push_back(column);
  return out;
}

std::string where(const OrgId& org, std::int64_t seq) {
  return fmt::format(" WHERE org_id = '{}' AND seq = {}", org.text(), seq);
}

// Copies row `from` of one chain to a place in another, or in the same.
std::string copy_row(const OrgId& from_org, std::int64_t from, const OrgId& to_org,
                     std::int64_t to) {
  return fmt::format(
             "INSERT INTO audit (client_id, org_id, seq, prev, mac, at, actor_kind, actor_id, "
             "address, "
             "request_id, action, target_kind, target_id, result, detail) SELECT client_id, {}, "
             "{}, prev, "
             "mac, at, actor_kind, actor_id, address, request_id, action, target_kind, target_id, "
             "result, "
             "detail FROM audit",
             "'" + to_org.str() + "'", to) +
         where(from_org, from);
}

// Gives rows from `first` on the numbers `by` higher, without two having one at any time.
void renumber(const RawSql& raw, const OrgId& org, std::int64_t first, int by) {
  raw.run(fmt::format("UPDATE audit SET seq = -seq WHERE org_id = '{}' AND seq >= {}", org.text(),
                      first));
  raw.run(fmt::format("UPDATE audit SET seq = -seq + ({}) WHERE org_id = '{}' AND seq < 0", by,
                      org.text()));
}

void set_end(const RawSql& raw, const OrgId& org, std::int64_t seq) {
  raw.run(
      fmt::format("UPDATE organizations SET audit_seq = {0}, audit_mac = COALESCE((SELECT a.mac "
                  "FROM audit AS a "
                  "WHERE a.org_id = '{1}' AND a.seq = {0}), '') WHERE id = '{1}'",
                  seq, org.text()));
}

// What must be found in a chain.
struct Expected {
  std::string what;
  OrgId org;
  Kind kind;
  std::int64_t seq;
};

}  // namespace

TEST_CASE("each way of tampering with a chain is found where it was done, and nothing else is") {
  on_files([](AuditWorld& world) {
    const RawSql raw = world.raw();
    SeededRandom dice(kSeed);
    const auto row = [&](int first, int last) {
      return first +
             static_cast<std::int64_t>(dice.below(static_cast<std::uint64_t>(last - first + 1)));
    };
    std::vector<Expected> all;
    std::vector<OrgId> whole;
    for (int i = 0; i < 4; ++i) whole.push_back(world.add_org(kRows));

    // One organization for each tampering; the sink sees all of them first.
    std::vector<std::function<void()>> tampering;
    const auto tamper = [&](const std::string& what, Kind kind, std::int64_t seq,
                            std::function<void(const OrgId&)> how) {
      const OrgId org = world.add_org(kRows);
      all.push_back({what, org, kind, seq});
      tampering.push_back([org, how = std::move(how)] { how(org); });
    };

    for (const std::string& column : columns_of(raw, "audit")) {
      const std::int64_t at = row(1, kRows);
      tamper("changed " + column, Kind::changed, at, [&raw, column, at](const OrgId& org) {
        raw.run(fmt::format("UPDATE audit SET {0} = {0} {1}", column,
                            column == "at" ? "+ 1" : "|| 'x'") +
                where(org, at));
      });
    }
    for (int times = 0; times < 3; ++times) {
      const std::int64_t at = row(2, kRows - 1), other = at == 7 ? 8 : 7;
      tamper("dropped", Kind::missing, at,
             [&raw, at](const OrgId& org) { raw.run("DELETE FROM audit" + where(org, at)); });
      tamper("dropped and closed up", Kind::moved, at, [&raw, at](const OrgId& org) {
        raw.run("DELETE FROM audit" + where(org, at));
        renumber(raw, org, at + 1, -1);
        set_end(raw, org, kRows - 1);
      });
      tamper("swapped", Kind::moved, at, [&raw, at, other](const OrgId& org) {
        raw.run("UPDATE audit SET seq = -1" + where(org, at));
        raw.run(fmt::format("UPDATE audit SET seq = {}", at) + where(org, other));
        raw.run(fmt::format("UPDATE audit SET seq = {}", other) + where(org, -1));
      });
      tamper("inserted", Kind::moved, at + 1, [&raw, at](const OrgId& org) {
        renumber(raw, org, at, 1);
        raw.run(copy_row(org, at - 1, org, at));
        set_end(raw, org, kRows + 1);
      });
      tamper("another chain's row", Kind::changed, at, [&raw, at, &whole](const OrgId& org) {
        raw.run("DELETE FROM audit" + where(org, at));
        raw.run(copy_row(whole[0], at, org, at));
      });
      const std::int64_t before = row(-3, 0);
      tamper("put before the beginning", Kind::changed, before,
             [&raw, before](const OrgId& org) { raw.run(copy_row(org, 1, org, before)); });
      tamper("appended", Kind::appended, kRows + 1,
             [&raw](const OrgId& org) { raw.run(copy_row(org, kRows, org, kRows + 1)); });
      tamper("appended, with the end", Kind::moved, kRows + 1, [&raw](const OrgId& org) {
        raw.run(copy_row(org, kRows, org, kRows + 1));
        set_end(raw, org, kRows + 1);
      });
      const std::int64_t left = row(0, kRows - 1);
      const auto cut = [&raw, left](const OrgId& org) {
        raw.run(
            fmt::format("DELETE FROM audit WHERE org_id = '{}' AND seq > {}", org.text(), left));
      };
      tamper("cut", Kind::cut, left + 1, cut);
      tamper("cut, with the end", Kind::cut, left + 1, [&raw, left, cut](const OrgId& org) {
        cut(org);
        set_end(raw, org, left);
      });
      tamper("cut and written on", Kind::changed, left + 1,
             [&raw, left, cut, &whole](const OrgId& org) {
               cut(org);
               raw.run(copy_row(whole[1], left + 1, org, left + 1));
               set_end(raw, org, left + 1);
             });
    }
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    tamper("appended at the last number", Kind::changed, most,
           [&raw](const OrgId& org) { raw.run(copy_row(org, kRows, org, most)); });
    tamper("another end", Kind::head, kRows, [&raw](const OrgId& org) {
      raw.run("UPDATE organizations SET audit_mac = 'x' WHERE id = '" + org.str() + "'");
    });
    tamper("no rows from the beginning", Kind::missing, 1, [&raw](const OrgId& org) {
      raw.run("DELETE FROM audit WHERE org_id = '" + org.str() + "' AND seq <= 3");
    });
    tamper("the organization is gone", Kind::sink, kRows, [&raw](const OrgId& org) {
      raw.run("DELETE FROM audit WHERE org_id = '" + org.str() + "'");
      raw.run("DELETE FROM organizations WHERE id = '" + org.str() + "'");
    });
    tamper("the sink is said to know more", Kind::sink, kRows + 5, [&raw](const OrgId& org) {
      raw.run(fmt::format("UPDATE organizations SET audit_sunk = {} WHERE id = '{}'", kRows + 5,
                          org.text()));
    });

    world.add_client_rows(kRows);
    CHECK(world.tell() == static_cast<int>(whole.size() + all.size() + 1));
    CHECK(world.tell() == 0);
    const auto before = world.verify();
    REQUIRE(before.report.faults == 0);
    CHECK(before.report.chains == static_cast<std::int64_t>(whole.size() + all.size() + 1));
    CHECK(before.report.rows == before.report.chains * kRows);

    for (const auto& one : tampering) one();
    const auto after = world.verify();
    for (const Expected& one : all) {
      CAPTURE(one.what);
      CAPTURE(one.seq);
      const auto at = after.chains.find(AuditWorld::chain_of(one.org));
      REQUIRE(at != after.chains.end());
      std::string told;
      for (const AuditFault& f : at->second.faults)
        told += fmt::format("row {}: {}: {}\n", f.seq, name(f.kind), f.what);
      CAPTURE(told);
      CHECK(after.has(at->first, one.kind, one.seq));
      // By itself too, by slug and by id.
      if (one.what == "the organization is gone") continue;
      CHECK_FALSE(at->second.slug.empty());
      CHECK(world.verify(one.org.str()).chains.contains(at->first));
    }
    CHECK(after.chains.size() == all.size());
    CHECK(after.report.sink_faults.empty());
  });
}

TEST_CASE("a tail that was cut or made anew is found after the chain has grown past it") {
  on_files([](AuditWorld& world) {
    const RawSql raw = world.raw();
    const OrgId cut = world.add_org(3), whole = world.add_org(3), anew = world.add_org(3),
                back = world.add_org(3);
    world.add_client_rows(3);
    CHECK(world.tell() == 5);
    REQUIRE(world.verify().report.faults == 0);
    // By who has the database and no key: what follows is written by the server itself.
    const auto keep = [&](const OrgId& org, int rows) {
      raw.run(fmt::format("DELETE FROM audit WHERE org_id = '{}' AND seq > {}", org.text(), rows));
      set_end(raw, org, rows);
    };
    keep(cut, 1);
    world.add_rows(cut, 3);
    // By who has the key too: a whole new chain.
    keep(anew, 0);
    world.add_rows(anew, 5);
    raw.run("DELETE FROM client_audit WHERE seq > 1");
    raw.run(
        "UPDATE client_audit_heads SET seq = 1, mac = (SELECT a.mac FROM client_audit AS a WHERE "
        "a.seq = 1)");
    world.add_client_rows(3);
    // And one that does not even grow past it before the sink is told.
    keep(back, 1);
    raw.run("UPDATE organizations SET audit_sunk = 1 WHERE id = '" + back.str() + "'");
    world.add_rows(back, 1);
    world.add_rows(whole, 1);
    CHECK(world.tell() == 5);
    world.add_rows(back, 5);
    CHECK(world.tell() == 1);

    const auto found = world.verify();
    CHECK(found.chains.size() == 4);
    CHECK(found.report.sink_faults.empty());
    for (const std::string& chain :
         {AuditWorld::chain_of(cut), AuditWorld::chain_of(anew), AuditWorld::client_chain()}) {
      CAPTURE(chain);
      CHECK(found.has(chain, Kind::sink, 3));
      REQUIRE(found.chains.contains(chain));
      CHECK(found.chains.at(chain).count == 1);
      CHECK(
          found.chains.at(chain).faults.at(0).what.starts_with("the row is another one than "
                                                               "line "));
    }
    CHECK(found.has(AuditWorld::chain_of(back), Kind::sink, 3));
    CHECK(found.has(AuditWorld::chain_of(back), Kind::sink, 2));
    CHECK(found.chains.at(AuditWorld::chain_of(back)).faults.at(1).what.find("set back") !=
          std::string::npos);
    // By itself as among all.
    CHECK(world.verify(cut.str()).report.faults == 1);
    CHECK(world.verify(whole.str()).report.faults == 0);
  });
}

TEST_CASE("a client's own chain is guarded as an organization's") {
  on_files([](AuditWorld& world) {
    const RawSql raw = world.raw();
    world.add_org(2);
    world.add_client_rows(kRows);
    world.tell();
    REQUIRE(world.verify().report.faults == 0);
    const std::string chain = AuditWorld::client_chain();
    // Each is taken back before the next.
    const auto rows = raw.run("SELECT * FROM client_audit ORDER BY seq");
    REQUIRE(rows.size() == kRows);
    for (const std::string& column : columns_of(raw, "client_audit")) {
      CAPTURE(column);
      const std::string was = raw.one("SELECT " + column + " FROM client_audit WHERE seq = 5");
      raw.run(fmt::format("UPDATE client_audit SET {0} = {0} {1} WHERE seq = 5", column,
                          column == "at" ? "+ 1" : "|| 'x'"));
      CHECK(world.verify().has(chain, Kind::changed, 5));
      raw.run(fmt::format("UPDATE client_audit SET {} = '{}' WHERE seq = 5", column, was));
      REQUIRE(world.verify().report.faults == 0);
    }
    raw.run("DELETE FROM client_audit WHERE seq > 9");
    CHECK(world.verify().has(chain, Kind::cut, 10));
    raw.run(
        "UPDATE client_audit_heads SET seq = 9, mac = (SELECT a.mac FROM client_audit AS a WHERE "
        "a.seq = 9)");
    CHECK(world.verify().has(chain, Kind::cut, 10));
    raw.run("DELETE FROM client_audit_heads");
    CHECK(world.verify().has(chain, Kind::appended, 1));
    CHECK(world.verify().has(chain, Kind::cut, 10));
    raw.run("DELETE FROM client_audit");
    CHECK(world.verify().has(chain, Kind::cut, 1));
  });
}

TEST_CASE("with another key every row is wrong, and one organization can be looked at alone") {
  on_files([](AuditWorld& world) {
    const OrgId one = world.add_org(3), two = world.add_org(3);
    world.tell();
    world.raw().run("DELETE FROM audit" + where(two, 2));
    CHECK(world.verify("org-1").report.faults == 0);
    CHECK(world.verify("org-2").report.faults > 0);
    CHECK(world.verify(one.str()).report.chains == 1);
    audit::VerifyOptions options;
    options.key = audit::chain_key("another key of thirty-two bytes.");
    options.org = one.str();
    const auto report = audit::verify(world.db(), world.store(), options, [](const auto&) {});
    REQUIRE(report);
    CHECK(report->faults == 3);
    options.org = "nobody";
    CHECK(audit::verify(world.db(), world.store(), options, [](const auto&) {}).error().code ==
          Error::Code::not_found);
  });
}

namespace {

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> out;
  for (std::string line; std::getline(file, line);) out.push_back(line);
  return out;
}

void write_lines(const std::string& path, const std::vector<std::string>& lines) {
  std::ofstream file(path, std::ios::trunc);
  for (const auto& line : lines) file << line << "\n";
}

}  // namespace

TEST_CASE("a server's log is read as a sink as it is, and its other lines are no tampering") {
  on_files([](AuditWorld& world) {
    world.add_org(3);
    world.add_org(2);
    CHECK(world.tell() == 2);
    const auto heads = lines_of(world.sink_path());
    REQUIRE(heads.size() == 2);
    const auto verified = [&](const std::vector<std::string>& lines) {
      write_lines(world.sink_path(), lines);
      return world.verify();
    };
    const std::string text = "2026-03-01T10:00:00Z record audit head entry=";
    const auto as_text = [&](const std::string& head) { return text + Json(head).dump(); };
    const auto as_json = [](const std::string& head) {
      return Json::object({{"message", "audit head"}, {"entry", head}}).dump();
    };
    const std::string other = "2026-03-01T10:00:00Z info listening address=\"127.0.0.1:8080\"";
    const std::string counted = R"({"level":"info","message":"purged","n":3,"at":"now"})";
    for (const auto& lines : std::vector<std::vector<std::string>>{
             {other, heads[0], counted, heads[1], ""},
             {other, as_text(heads[0]), other, as_text(heads[1]), counted},
             {counted, as_json(heads[0]), as_json(heads[1]), other, other}}) {
      const auto found = verified(lines);
      CHECK(found.report.faults == 0);
      CHECK(found.report.sink_lines == 2);
      CHECK(found.report.sink_others == 3);
      CHECK(found.report.sink_first_other == 1);
    }
    // What was taken out of a log, or spoilt so that it is no head, is found all the same.
    CHECK(verified({other, as_text(heads[1])}).report.faults > 0);
    CHECK(verified({as_text(heads[0]), other}).report.faults > 0);
    std::string spoilt = heads[1];
    spoilt.replace(spoilt.find("\"link\""), 6, "\"lost\"");
    CHECK(verified({heads[0], spoilt}).report.faults > 0);
  });
}

TEST_CASE("a sink that was cut, edited, shuffled or taken away is found") {
  on_files([](AuditWorld& world) {
    std::vector<OrgId> orgs;
    for (int i = 0; i < 5; ++i) orgs.push_back(world.add_org(2));
    for (int round = 0; round < 4; ++round) {
      for (const OrgId& org : orgs) world.add_rows(org, 1);
      CHECK(world.tell() == 5);
    }
    const auto good = lines_of(world.sink_path());
    REQUIRE(good.size() == 20);
    REQUIRE(world.verify().report.faults == 0);
    SeededRandom dice(kSeed);
    const auto faults = [&](const std::vector<std::string>& lines) {
      write_lines(world.sink_path(), lines);
      return world.verify().report.faults;
    };
    for (std::size_t cut = 1; cut <= good.size(); ++cut) {
      CAPTURE(cut);
      CHECK(faults({good.begin(), good.end() - static_cast<std::ptrdiff_t>(cut)}) > 0);
      if (cut < good.size())
        CHECK(faults({good.begin() + static_cast<std::ptrdiff_t>(cut), good.end()}) > 0);
    }
    for (std::size_t i = 0; i < good.size(); ++i) {
      CAPTURE(i);
      // Any character but those in which JSON leaves a choice.
      auto edited = good;
      std::size_t at = 0;
      do at = dice.below(edited[i].size());
      while (!std::isalnum(static_cast<unsigned char>(edited[i][at])));
      CAPTURE(at);
      edited[i][at] = edited[i][at] == 'a' ? 'b' : 'a';
      CHECK(faults(edited) > 0);
      if (i + 1 == good.size()) continue;
      auto dropped = good;
      dropped.erase(dropped.begin() + static_cast<std::ptrdiff_t>(i));
      CHECK(faults(dropped) > 0);
      auto swapped = good;
      std::swap(swapped[i], swapped[i + 1]);
      CHECK(faults(swapped) > 0);
    }
    CHECK(faults(good) == 0);
    std::filesystem::remove(world.sink_path());
    CHECK(world.verify().report.faults == 5);
  });
}

TEST_CASE("a chain of many pages is read to its end") {
  on_files([](AuditWorld& world) {
    const OrgId org = world.add_org(1);
    const RawSql raw = world.raw();
    // Rows of one text differ by their number alone; their MACs are wrong, which is told of each.
    raw.run(fmt::format(
        "INSERT INTO audit (client_id, org_id, seq, prev, mac, at, actor_kind, actor_id, address, "
        "request_id, action, target_kind, target_id, result, detail) WITH RECURSIVE n(i) AS "
        "(SELECT "
        "2 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT a.client_id, a.org_id, n.i, "
        "a.prev, "
        "a.mac, a.at, a.actor_kind, a.actor_id, a.address, a.request_id, a.action, a.target_kind, "
        "a.target_id, a.result, a.detail FROM audit AS a, n WHERE a.org_id = '{}'",
        org.text()));
    const auto found = world.verify();
    CHECK(found.report.rows == 2500);
    // A wrong MAC and a wrong link each, and that they follow the end.
    CHECK(found.report.faults == 2 * 2499 + 1);
    CHECK(found.chains.at(AuditWorld::chain_of(org)).faults.size() == ChainCheck::kFaultsKept);
  });
}
