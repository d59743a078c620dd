// What a request must not set, made of the contract: every property of every answer is sent along
// where the request does not have it, in every object of every body.
#include <algorithm>

#include <doctest/doctest.h>

#include "tests/api/audit_rows.hpp"
#include "tests/api/audit_state.hpp"
#include "tests/api/request_shape.hpp"

using namespace ks;
using namespace ks::api_test;
using ks::test::RawSql;

namespace {

// As many faults as one answer may name, with some room.
constexpr std::size_t kAtOnce = 90;

using Values = std::map<std::string, Json>;

std::set<std::string> faults_of(const Reply& reply) {
  std::set<std::string> out;
  const Json body = reply.json();
  if (body.at("errors").is_array())
    for (const Json& fault : body.at("errors").as_array())
      out.insert(std::string(fault.text("pointer")));
  return out;
}

struct Overreach {
  Server server{
      {.settings = {{"RATE_LIMIT_WRITES", "100000"}, {"RATE_LIMIT_ADDRESS_WRITES", "100000"}}}};
  RawSql raw{server.dsn()};
  Values all = all_properties(server.contract());
  int sent = 0;

  void check_refused(const Prepared& ready, const std::string& object, const Values& values) {
    const Amended amended(server, [&](Json& body) {
      for (const auto& [name, value] : values) spot(body, object + pointer_token(name)) = value;
    });
    const Reply reply = ready.send();
    CAPTURE(reply.body);
    CHECK(reply.status == 422);
    if (reply.status != 422) return;
    const auto named = faults_of(reply);
    for (const auto& [name, value] : values) {
      CAPTURE(name);
      CHECK(named.contains(object + pointer_token(name)));
    }
    ++sent;
  }

  void check(const Operation& op) {
    const Prepared ready = prepared(server, op.method + " " + op.pattern);
    const std::string before = state_of(raw);
    for (const auto& [object, known] : request_shape(server.contract(), op).objects) {
      CAPTURE(object);
      Values some;
      for (const auto& [name, value] : all) {
        if (!known.contains(name)) some.emplace(name, value);
        if (some.size() < kAtOnce && name != all.rbegin()->first) continue;
        // The last one may be known there, and all before it asked for.
        if (!some.empty()) check_refused(ready, object, some);
        some.clear();
      }
      // Those of what is answered once more, each alone: nothing else is what was refused.
      if (object.empty())
        for (const auto& [name, value] : answer_properties(server.contract(), op))
          if (!known.contains(name)) check_refused(ready, object, {{name, value}});
    }
    CHECK(changed_but_for_audit(raw, before) == "");
    const Reply without = ready.send();
    CAPTURE(without.body);
    CHECK(without.status / 100 == 2);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Overreach, "what a request may not set is refused by name and changes nothing") {
  server.administrator();
  for (const Operation& op : server.contract().operations()) {
    if (body_schema(server.contract(), op) == nullptr) continue;
    CAPTURE(op.id());
    check(op);
  }
  CHECK(sent >= 300);
}
