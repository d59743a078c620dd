#include "operator/engine/change.hpp"

#include <functional>
#include <string>

#include <doctest/doctest.h>

using namespace ks;

namespace {

Json autoscaler() {
  Json active = Json::object({{"type", "ScalingActive"}, {"status", "True"}});
  return Json::object(
      {{"metadata", Json::object({{"name", "web-abc123"},
                                  {"uid", "1"},
                                  {"resourceVersion", "7"},
                                  {"labels", Json::object({{"k8s-scheduler.dev/service", "web"}})},
                                  {"annotations", Json::object({{"a", "b"}})}})},
       {"spec", Json::object({{"minReplicas", 1}, {"maxReplicas", 4}})},
       {"status", Json::object({{"currentReplicas", 1},
                                {"desiredReplicas", 1},
                                {"conditions", Json::array({std::move(active)})}})}});
}

}  // namespace

TEST_CASE("an autoscaler that has measured again is told from one that somebody changed") {
  const Json before = autoscaler();
  Json measured = before;
  measured["metadata"].set("resourceVersion", "8");
  measured["status"].set("currentReplicas", 3);
  measured["status"].set("desiredReplicas", 4);
  CHECK(op::only_measured(&before, &measured));
  CHECK_FALSE(op::only_measured(nullptr, &measured));
  CHECK_FALSE(op::only_measured(&before, nullptr));

  const std::pair<const char*, std::function<void(Json&)>> changes[] = {
      {"bounds", [](Json& o) { o["spec"].set("maxReplicas", 40); }},
      {"a condition", [](Json& o) { o["status"].set("conditions", Json::array({})); }},
      {"labels", [](Json& o) { o["metadata"].set("labels", Json::object({})); }},
      {"annotations", [](Json& o) { o["metadata"].set("annotations", Json::object({})); }},
      {"owners", [](Json& o) { o["metadata"].set("ownerReferences", Json::array({"x"})); }},
      {"its end", [](Json& o) { o["metadata"].set("deletionTimestamp", "2026-01-01T00:00:00Z"); }},
      {"another in its place", [](Json& o) { o["metadata"].set("uid", "2"); }}};
  for (const auto& [what, change] : changes) {
    CAPTURE(what);
    Json after = measured;
    change(after);
    CHECK_FALSE(op::only_measured(&before, &after));
  }
}
