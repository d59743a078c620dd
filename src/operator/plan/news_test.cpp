#include "operator/plan/news.hpp"

#include <doctest/doctest.h>

#include "operator/plan/deployment.hpp"
#include "operator/plan/sandbox.hpp"
#include "operator/sample.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

UserDeploymentStatus in(Phase phase, std::string reason = {}, std::string message = {}) {
  UserDeploymentStatus out;
  out.phase = phase;
  out.reason = std::move(reason);
  out.message = std::move(message);
  return out;
}

SandboxStatus ready(const char* status, const char* reason, std::string message = "said") {
  SandboxStatus out;
  out.conditions.push_back({"Ready", status, reason, std::move(message), 1, {}});
  return out;
}

const auto kAll = [](const kube::Ref&) { return true; };
const auto kNone = [](const kube::Ref&) { return false; };

// As it stands in the cluster once it is applied.
SeenOfKind standing(const Object& object) {
  return {&object.kind(), {std::make_shared<const Json>(object.tree()), true}};
}

Object quota(const SandboxQuota& quota) {
  return resource_quota({"sandbox-a", "quota", {}}, quota, false);
}

}  // namespace

TEST_CASE("a status is news when its phase or its reason is another, and not for its numbers") {
  CHECK_FALSE(news_of(in(Phase::ready, "", "1 of 1"), in(Phase::ready, "", "2 of 2")));
  CHECK(news_of(in(Phase::provisioning), in(Phase::ready, "", "1 of 1 pod is ready.")) ==
        News{"Ready", "1 of 1 pod is ready.", false});
  CHECK(news_of(in(Phase::ready), in(Phase::error, "OOMKilled", "More memory.")) ==
        News{"OOMKilled", "More memory.", true});
  CHECK(news_of(in(Phase::error, "OOMKilled"), in(Phase::error, "CrashLoopBackOff")));

  CHECK_FALSE(news_of(ready("True", "Applied", "a"), ready("True", "Applied", "b")));
  // On the way, and over in the same breath.
  CHECK_FALSE(news_of(SandboxStatus{}, ready("False", "Applying")));
  CHECK(news_of(SandboxStatus{}, ready("True", "Applied")) == News{"Applied", "said", false});
  for (const char* reason : {"NamespaceTaken", "NetworkNotEnforced", "QuotaExceeded"})
    CHECK(news_of(ready("True", "Applied"), ready("False", reason)) == News{reason, "said", true});
  CHECK(news_of(ready("True", "Applied"), ready("False", "Deleting")) ==
        News{"Deleting", "said", false});
}

TEST_CASE("no value that a tenant gave a variable is news, whoever quotes it in a status") {
  const std::string value = "hunter2";
  for (const char* reason : {"Refused", "CreateContainerError", "RunContainerError"}) {
    const auto news =
        news_of(in(Phase::provisioning),
                in(Phase::error, reason, "web cannot be started: exec: \"" + value + "\": no"));
    REQUIRE(news);
    CHECK(news->message == "web cannot be started. The status says why.");
    const auto box = news_of(SandboxStatus{}, ready("False", reason, "It cannot: " + value));
    CHECK((box && box->message.find(value) == std::string::npos));
  }
  // Of the objects that are told of nothing but their names is.
  auto d = sample::deployment("sandbox-a", "web-abc123");
  d.spec.workload.services[0].env = {{"PASSWORD", value}};
  std::vector<Step> steps;
  for (const Object& o : deployment_objects(d, sample::sandbox("sandbox-a").spec, {}, {}))
    steps.push_back(apply_step(o));
  REQUIRE(steps.size() > 2);
  for (const News& news : news_of(steps, {}, kAll)) {
    CHECK(news.message.find(value) == std::string::npos);
    CHECK(news.message.find("Deployment web-abc123") != std::string::npos);
  }
}

TEST_CASE("what somebody changed or took away is told by name, and what was wished is not") {
  const auto s = sample::sandbox("sandbox-a");
  const std::vector<Object> objects = sandbox_objects(s, {}, {});
  SeenList there;
  std::vector<Step> steps;
  for (const Object& o : objects) {
    there.push_back(standing(o));
    steps.push_back(apply_step(o));
  }
  // As it was applied last, and no longer: somebody has changed it.
  const auto changed = news_of({steps[0]}, there, kNone);
  REQUIRE(changed.size() == 1);
  CHECK(changed[0] == News{"DriftCorrected",
                           "Changed by somebody else, and put right: NetworkPolicy default-deny.",
                           true});
  const auto missing = news_of({steps[1]}, {}, kAll);
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].message ==
        "Taken away by somebody else, and made again: NetworkPolicy allow-dns.");
  // The first time.
  CHECK(news_of(steps, {}, kNone).empty());
  // By another wish than before.
  Json other = objects[0].tree();
  other["metadata"]["annotations"].set(annotations::kWanted, "of-before");
  const SeenOfKind was{&objects[0].kind(), {std::make_shared<const Json>(other), true}};
  CHECK(news_of({steps[0]}, {was}, kAll).empty());
  // Neither is a finalizer, which has no hash.
  CHECK(news_of({apply_step(with_finalizer(kinds::kSandbox, s.meta))}, {}, kAll).empty());
  // Many make one message that stays short.
  const auto many = news_of(steps, there, kNone);
  REQUIRE(many.size() == 1);
  CHECK(many[0].message.find(" and 3 more.") != std::string::npos);
}

TEST_CASE("of a quota that changes it is told which numbers") {
  SandboxQuota before, now;
  before.pods = 5;
  before.cpu_milli = 1000;
  now.pods = 10;
  now.memory_bytes = std::int64_t{1} << 30;
  const auto news = news_of({apply_step(quota(now))}, {standing(quota(before))}, kAll);
  REQUIRE(news.size() == 1);
  CHECK(news[0].reason == "QuotaChanged");
  CHECK_FALSE(news[0].warning);
  for (const char* part : {"pods 5 to 10", "limits.memory none to 1Gi", "limits.cpu 1 to none"})
    CHECK_MESSAGE(news[0].message.find(part) != std::string::npos, news[0].message);
  CHECK(news[0].message.find("nodeports") == std::string::npos);
}

TEST_CASE("what is taken away is told, but for a Secret that may not be there") {
  std::vector<Step> steps;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g"})
    steps.push_back(remove_step({kinds::kService, "sandbox-a", name}, "uid"));
  const auto news = news_of(steps, {}, kAll);
  REQUIRE(news.size() == 1);
  CHECK(news[0] == News{"Removed",
                        "Taken away: Service a, Service b, Service c, Service d, Service e and 2 "
                        "more.",
                        false});
  CHECK(news_of({remove_step({kinds::kSecret, "sandbox-a", "s"}, {})}, {}, kAll).empty());
}

TEST_CASE("an Event says whom it is about, and is short enough") {
  ResourceMeta meta;
  meta.name = "web-abc123";
  meta.ns = "sandbox-a";
  meta.uid = "u";
  for (std::size_t n = 990; n < 1010; ++n) {
    const auto made =
        event_about(kinds::kUserDeployment, meta,
                    {"Ready", std::string(n, 'x') + "\xC3\xA9\xC3\xA9", false}, {"e", {7}, {8}, 2});
    CHECK(made.tree().text("message").size() <= 1000);
    CHECK(parse_json(made.tree().dump()));
    CHECK(made.ref().ns == "sandbox-a");
    CHECK(made.tree().text("involvedObject", "uid") == "u");
    CHECK(made.tree().text("involvedObject", "namespace") == "sandbox-a");
    CHECK(made.tree().text("reportingComponent") == "k8s-scheduler");
    CHECK(made.tree().text("source", "component") == "k8s-scheduler");
    CHECK(made.tree().integer_or(0, "count") == 2);
  }
  meta.ns.clear();
  const auto made = event_about(kinds::kSandbox, meta, {"Applied", "m", false}, {"e", {}, {}, 1});
  CHECK(made.ref().ns == "default");
  CHECK(made.tree().at("involvedObject").find("namespace") == nullptr);
  CHECK(made.tree().text("involvedObject", "apiVersion") == kResourceApiVersion);
}

}  // namespace ks::op
