#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/api/server.hpp"
#include "tests/audit/raw_sql.hpp"

// What the suites of the audit log share: servers on both engines, and a look at the stored rows.
namespace ks::api_test {

// On SQLite, and on PostgreSQL where that is installed; with these settings over those of the
// tests.
void on_both(const std::function<void(Server&)>& promise,
             const std::map<std::string, std::string>& settings = {});

std::string metadata(const http::RouteInfo& info, std::string_view name);

// The rows of an organization's chain, or of the client's: "seq|action|result|target_kind|
// target_id|detail".
std::vector<std::string> rows_of(const test::RawSql& raw, const std::string& org);
// Everything that stands in any chain.
std::string all_rows(const test::RawSql& raw);
std::int64_t count(const std::vector<std::string>& rows, const std::string& part);

// A second person in somebody's organization and team, who may only look.
Person viewer_in(Server& server, const Person& owner);
// Asks somebody to join the owner's organization; the token of the link.
std::string invited(Server& server, Person& owner, const std::string& email);

// A request that works, with what it needs already there.
struct Prepared {
  std::function<Reply()> send;
  std::string org;  // Whose chain gets the row; empty: the client's; "new": that of the answer.
  std::size_t before = 0;  // Rows of other things that come with it, before its own.
  std::shared_ptr<Person> owner =
      {};  // Of the organization that it is about, where it is about one.
};
// How to make a write of the route table succeed. A route without a recipe fails the test.
Prepared prepared(Server& server, const std::string& route);

struct WriteRoute {
  std::string name;  // "POST /api/v1/orgs".
  std::string deed;  // What the audit log calls it.
};
std::vector<WriteRoute> writes_of(Server& server);

}  // namespace ks::api_test
