// How much an export holds, who may have one, and what is written of it.
#include <algorithm>

#include <doctest/doctest.h>

#include "tests/api/audit_rows.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

std::string code(const Reply& reply) { return std::string(reply.json().text("code")); }

// So many rows more in the log of that person's organization, each of that many bytes.
void fill_log(Server& server, const Person& person, int rows, int bytes) {
  const test::RawSql raw(server.dsn());
  const std::string count = std::to_string(rows);
  const std::string text = raw.is_postgres() ? "repeat('x', " + std::to_string(bytes) + ")"
                                             : "hex(zeroblob(" + std::to_string(bytes / 2) + "))";
  raw.run(
      "INSERT INTO audit (client_id, org_id, seq, prev, mac, at, actor_kind, actor_id, address, "
      "request_id, action, target_kind, target_id, result, detail) WITH RECURSIVE n(i) AS "
      "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
      count +
      ") SELECT a.client_id, a.org_id, 1000 + n.i, a.prev, a.mac, a.at + n.i, a.actor_kind, "
      "a.actor_id, a.address, a.request_id, 'deployments:restart', a.target_kind, a.target_id, "
      "a.result, "
      "'{\"x\":\"' || " +
      text + " || '\"}' FROM audit AS a, n WHERE a.seq = 1 AND a.org_id = '" + person.org_id + "'");
  raw.run("UPDATE organizations SET audit_seq = 1000 + " + count + " WHERE id = '" + person.org_id +
          "'");
}

std::vector<std::string> exports_of(Server& server, const Person& person) {
  auto rows = rows_of(test::RawSql(server.dsn()), person.org_id);
  std::erase_if(rows,
                [](const std::string& row) { return row.find("_export") == std::string::npos; });
  return rows;
}

}  // namespace

TEST_CASE("an access review's export is in the audit log, and a refused one as refused") {
  on_both([](Server& server) {
    Person ann = server.somebody("Ann");
    server.raise(ann, "business");
    Person max = server.colleague(ann, "Max", "org_member", {{"default", "viewer"}});
    for (const std::string& place : {ann.org_path(), ann.team_path()}) {
      const std::string path = place + "/access-review/export";
      CHECK(ann.get(path + "?format=xml").status == 422);
      CHECK(ann.get(path + "?inactive=maybe").status == 422);
      CHECK(ann.get(path + "?surprise=1").status == 422);
      CHECK(max.get(path + "?format=xml").status == 403);
      const Reply linked = ann.get(path, {{"Sec-Fetch-Site", "cross-site"}});
      CHECK(linked.status == 403);
      CHECK(code(linked) == "cross_site_request");
    }
    // Of what has no form nothing is told; of what was refused, to whom and that it was.
    const auto refused = exports_of(server, ann);
    CHECK(refused.size() == 4);
    for (const std::string& row : refused) CHECK(row.find("|denied|access_export") != row.npos);
    REQUIRE(ann.get(ann.org_path() + "/access-review/export").status == 200);
    REQUIRE(ann.get(ann.team_path() + "/access-review/export?format=ndjson&inactive=true").status ==
            200);
    auto rows = exports_of(server, ann);
    std::erase_if(rows, [](const std::string& row) { return row.find("|done|") == row.npos; });
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].find("members:read|done|access_export") != std::string::npos);
    CHECK(rows[0].find(R"("format":"csv")") != std::string::npos);
    CHECK(rows[0].find(R"("only_inactive":false)") != std::string::npos);
    CHECK(rows[1].find("members:manage|done|access_export") != std::string::npos);
    CHECK(rows[1].find(R"("format":"ndjson")") != std::string::npos);
    CHECK(rows[1].find(ann.team_id) != std::string::npos);
    const Json last = ann.get(ann.org_path() + "/audit?limit=1").json().at("items").as_array()[0];
    CHECK(last.text("actor", "id") == ann.id);
  });
}

TEST_CASE("no part of an export is longer than 256 KiB, however long its rows are") {
  on_both([](Server& server) {
    Person ann = server.somebody("Ann");
    server.raise(ann, "enterprise");
    fill_log(server, ann, 150, 16'000);
    const Reply whole =
        ann.get(ann.org_path() + "/audit/export?format=ndjson&action=deployments:restart");
    REQUIRE(whole.status == 200);
    CHECK(std::ranges::count(whole.body, '\n') == 150);
    CHECK(std::ranges::max(whole.parts) <= 256 * 1024);
    CHECK(whole.parts.size() >= 10);
  });
}

TEST_CASE("an access review's export of many rights is whole, each of them once") {
  on_both([](Server& server) {
    Person ann = server.somebody("Ann");
    const test::RawSql raw(server.dsn());
    for (int i = 0; i < 150; ++i) {
      const std::string id = "01939f6e-4a00-7000-8000-0000000" + std::to_string(10000 + i);
      const std::string client = platform_client().str();
      raw.run(
          "INSERT INTO users (client_id, id, email, name, password_hash, state, "
          "platform_admin, authz_version, created_at, updated_at) VALUES ('" +
          client + "', '" + id + "', 'm" + std::to_string(i) +
          "@example.com', 'M', '', 'active', 0, 1, 0, 0)");
      raw.run("INSERT INTO org_members (client_id, org_id, user_id, role, created_at) VALUES ('" +
              client + "', '" + ann.org_id + "', '" + id + "', 'org_member', 0)");
    }
    std::string expected, cursor;
    do {
      const Json page = ann.get(ann.org_path() + "/access-review?limit=200" +
                                (cursor.empty() ? "" : "&cursor=" + cursor))
                            .json();
      for (const Json& item : page.at("items").as_array()) expected += item.dump() + "\n";
      cursor = page.text("next_cursor");
    } while (!cursor.empty());
    const Reply whole = ann.get(ann.org_path() + "/access-review/export?format=ndjson");
    CHECK(whole.body == expected);
    CHECK(std::ranges::count(whole.body, '\n') == 152);
    CHECK(whole.parts.size() >= 2);
  });
}

TEST_CASE("exports of a person and of an organization are bounded while they run, not after") {
  Server server({.settings = {{"RATE_LIMIT_WRITES", "100000"}}});
  Person ann = server.somebody("Ann");
  server.raise(ann, "enterprise");
  Person abe = server.colleague(ann, "Abe", "org_admin");
  Person ada = server.colleague(ann, "Ada", "org_admin");
  Person alf = server.colleague(ann, "Alf", "org_admin");
  Person max = server.colleague(ann, "Max");
  // More than all buffers on the way take.
  fill_log(server, ann, 3000, 16'000);
  const std::string path = ann.org_path() + "/audit/export";
  auto first = ann.stream(path);
  REQUIRE(first->head().status == 200);
  for (const std::string& again : {path, ann.org_path() + "/access-review/export"}) {
    const Reply refused = ann.get(again);
    CHECK(refused.status == 429);
    CHECK(code(refused) == "too_many_exports");
    CHECK(refused.header("retry-after") == "5");
  }
  CHECK(exports_of(server, ann).size() == 1);
  const auto second = abe.stream(path);
  const auto third = ada.stream(path);
  CHECK(second->head().status == 200);
  CHECK(third->head().status == 200);
  CHECK(code(alf.get(path)) == "too_many_exports");
  // Who has no right learns nothing of what runs.
  CHECK(code(max.get(path)) == "permission_denied");
  // Another organization's is another's.
  Person bob = server.somebody("Bob");
  CHECK(bob.get(bob.org_path() + "/access-review/export").status == 200);
  CHECK(bob.get(bob.org_path() + "/access-review/export").status == 200);
  // Who goes in the middle gives the seat back at once: nothing is read for them any more.
  first.reset();
  int status = 429;
  for (int tries = 0; status == 429 && tries < 100; ++tries)
    status = alf.get(ann.org_path() + "/access-review/export").status;
  CHECK(status == 200);
}

TEST_CASE(
    "an export that is not taken within ten minutes ends before its end, and gives its seat back") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "enterprise");
  fill_log(server, ann, 1500, 16'000);
  const auto file = ann.stream(ann.org_path() + "/audit/export?format=ndjson");
  REQUIRE(file->head().status == 200);
  // Somebody who takes it slowly, but never so slowly that the connection is given up.
  constexpr std::size_t kStep = 100'000;
  int seconds_taken = 0;
  std::string last;
  for (;;) {
    last = file->take(kStep);
    if (last.size() < kStep) break;
    // What the network holds of it comes all the same.
    if (seconds_taken > 660) continue;
    server.clock().advance(seconds(15));
    seconds_taken += 15;
    CHECK(ann.get("/api/v1/me").status == 200);
  }
  CHECK(seconds_taken >= 600);
  CHECK_FALSE(last.ends_with("0\r\n\r\n"));
  CHECK(ann.get(ann.org_path() + "/access-review/export").status == 200);
}

TEST_CASE("starting an export costs as much as many writes") {
  Server server({.settings = {{"RATE_LIMIT_WRITES", "60"}}});
  Person ann = server.somebody("Ann");
  const std::string path = ann.org_path() + "/access-review/export";
  CHECK(ann.get(path).status == 200);
  int started = 1;
  Reply refused;
  while ((refused = ann.get(path)).status == 200 && started < 60) ++started;
  CHECK(started <= 3);
  CHECK(refused.status == 429);
  CHECK(code(refused) == "too_many_requests");
  CHECK(exports_of(server, ann).size() == static_cast<std::size_t>(started));
  // Reading is not held up by it.
  CHECK(ann.get(ann.org_path() + "/access-review").status == 200);
}
