#include "kube/https/wire.hpp"

#include <doctest/doctest.h>

namespace ks::kube::https {

TEST_CASE("paths follow the API's scheme and escape what is not plain") {
  CHECK(path_of(kinds::kDeployment, "n", "d") == "/apis/apps/v1/namespaces/n/deployments/d");
  CHECK(path_of(kinds::kConfigMap, "", "") == "/api/v1/configmaps");
  CHECK(path_of(kinds::kNamespace, "", "n") == "/api/v1/namespaces/n");
  CHECK(path_of(kinds::kConfigMap, "a/../b", "x?y#z") ==
        "/api/v1/namespaces/a%2F..%2Fb/configmaps/x%3Fy%23z");
  std::string target = "/p";
  add_query(target, "a", "b=c,d in (e)");
  add_query(target, "f", "g&h");
  CHECK(target == "/p?a=b%3Dc%2Cd%20in%20%28e%29&f=g%26h");
}

TEST_CASE("a failure tells the server's reason, words and when to come back") {
  Response response{409,
                    R"({"kind":"Status","code":409,"reason":"AlreadyExists","message":"there"})",
                    seconds(7), ""};
  KubeError error = error_of(response);
  CHECK(error.status == 409);
  CHECK(error.reason == "AlreadyExists");
  CHECK(error.message == "there");
  CHECK(error.retry_after == seconds(7));
  error = error_of({503, "<html>", {}, ""});
  CHECK(error.status == 503);
  CHECK(error.reason == "ServiceUnavailable");
  error = error_of({0, "", {}, "connection refused"});
  CHECK(error.status == 0);
  CHECK(error.is_transient());
  CHECK_FALSE(error_of({302, "", {}, ""}).is_transient());
}

TEST_CASE("watch lines are events, an ERROR line is the failure in it") {
  const auto added = event_of(
      R"({"type":"ADDED","object":{"metadata":{"name":"a","managedFields":[
         {"manager":"m","operation":"Apply","time":"t","fieldsV1":{"f:x":{}}}]}}})");
  REQUIRE(added.has_value());
  REQUIRE(added->has_value());
  CHECK((*added)->type == WatchEvent::Type::added);
  CHECK((*added)->object.at("metadata", "managedFields") ==
        Json::array({Json::object({{"manager", "m"}, {"operation", "Apply"}})}));
  const auto expired = event_of(
      R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"old"}})");
  REQUIRE_FALSE(expired.has_value());
  CHECK(expired.error().is_expired());
  const auto bookmark =
      event_of(R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}})");
  CHECK((*bookmark)->type == WatchEvent::Type::bookmark);
  CHECK_FALSE(event_of(R"({"type":"NEW-THING","object":{}})")->has_value());
  for (const char* line : {"", "{", "[]", "{\"type\":\"ADDED\"}", "null"})
    CHECK_FALSE(event_of(line).has_value());
  std::string deep = R"({"type":"ADDED","object":)";
  for (int i = 0; i < 100; ++i) deep += "[";
  CHECK_FALSE(event_of(deep).has_value());
}

}  // namespace ks::kube::https
