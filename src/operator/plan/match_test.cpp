#include "operator/plan/match.hpp"

#include <doctest/doctest.h>

using namespace ks;
using op::holds;

namespace {
Json json(const char* text) { return parse_json(text).value(); }
}  // namespace

TEST_CASE("an observed object holds a wanted one when every wanted leaf is there") {
  CHECK(holds(json(R"({"a": {"b": 1, "c": 2}, "d": 3})"), json(R"({"a": {"b": 1}})")));
  CHECK_FALSE(holds(json(R"({"a": {"b": 2}})"), json(R"({"a": {"b": 1}})")));
  CHECK_FALSE(holds(json(R"({"a": {}})"), json(R"({"a": {"b": 1}})")));
  CHECK_FALSE(holds(json(R"({"a": 1})"), json(R"({"a": {"b": 1}})")));
}

TEST_CASE("what the API server leaves out equals what is empty") {
  CHECK(
      holds(json(R"({"env": [{"name": "A"}]})"), json(R"({"env": [{"name": "A", "value": ""}]})")));
  CHECK(holds(json(R"({"spec": {}})"), json(R"({"spec": {"egress": []}})")));
  CHECK_FALSE(holds(json(R"({"spec": {"egress": [{}]}})"), json(R"({"spec": {"egress": []}})")));
}

TEST_CASE("quantities are compared by what they mean, other texts are not") {
  CHECK(holds(json(R"({"limits": {"cpu": "1"}})"), json(R"({"limits": {"cpu": "1000m"}})")));
  CHECK(
      holds(json(R"({"limits": {"memory": "1Gi"}})"), json(R"({"limits": {"memory": "1024Mi"}})")));
  CHECK_FALSE(holds(json(R"({"limits": {"cpu": "1"}})"), json(R"({"limits": {"cpu": "1001m"}})")));
  CHECK_FALSE(holds(json(R"({"labels": {"cpu": "1"}})"), json(R"({"labels": {"cpu": "1000m"}})")));
  CHECK(holds(json(R"({"limits": [{"max": {"cpu": "1"}}]})"),
              json(R"({"limits": [{"max": {"cpu": "1000m"}}]})")));
}

TEST_CASE("a list that merges by key may hold foreign items, in any order") {
  const Json wanted =
      json(R"({"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]})");
  CHECK(holds(json(R"({"env": [{"name": "C"}, {"name": "B", "value": "2"},
                               {"name": "A", "value": "1"}]})"),
              wanted));
  CHECK_FALSE(holds(json(R"({"env": [{"name": "A", "value": "1"}]})"), wanted));
  CHECK(holds(
      json(R"({"ports": [{"port": 80, "protocol": "TCP", "targetPort": 80, "nodePort": 0}]})"),
      json(R"({"ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}]})")));
}

TEST_CASE("every other list must be the same as a whole") {
  const Json wanted = json(R"({"egress": [{"to": [{"podSelector": {}}]}]})");
  CHECK(holds(wanted, wanted));
  CHECK_FALSE(holds(json(R"({"egress": [{"to": [{"podSelector": {}}]}, {}]})"), wanted));
  CHECK_FALSE(holds(json(R"({"egress": [{"to": [{"podSelector": {}, "ports": []}]}]})"), wanted));
  CHECK_FALSE(holds(json(R"({"args": ["b", "a"]})"), json(R"({"args": ["a", "b"]})")));
  CHECK_FALSE(holds(json(R"({"ports": [{"port": 53, "protocol": "UDP"}, {"port": 25}]})"),
                    json(R"({"ports": [{"port": 53, "protocol": "UDP"}]})")));
}

// Each selects more than what has something added to it.
TEST_CASE("a selector must be the same as a whole") {
  for (const char* name : {"podSelector", "selector", "nodeSelector"}) {
    CAPTURE(name);
    const auto with = [&](const char* selector) {
      return Json::object({{"spec", Json::object({{name, parse_json(selector).value()}})}});
    };
    const char* const selectors[] = {"{}", R"({"matchLabels":{"a":"b"}})",
                                     R"({"matchLabels":{"a":"b","no":"body"}})",
                                     R"({"matchExpressions":[{"key":"no","operator":"Exists"}]})"};
    for (const char* observed : selectors)
      for (const char* wanted : selectors)
        CHECK(holds(with(observed), with(wanted)) == (observed == wanted));
  }
}
