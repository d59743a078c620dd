#include "operator/probe/round.hpp"

#include <doctest/doctest.h>

#include "kube/cluster.hpp"
#include "operator/probe/objects.hpp"

namespace ks::op {

namespace {

const Time kBegan{1'000'000'000};

// The pods of a round, all of them up.
struct Pods {
  ProbeRound round{"r0und", kBegan, false};
  std::vector<Json> list;

  Pods() {
    for (const ProbeRole role : kProbeListeners) list.push_back(pod(role));
  }
  static Json ready(const char* status, const char* since) {
    return Json::object({{"type", "Ready"}, {"status", status}, {"lastTransitionTime", since}});
  }
  static Json pod(ProbeRole role, const std::string& round = "r0und") {
    Json names = Json::object();
    names.set(labels::kProbe, name(role)).set(labels::kProbeRound, round);
    return Json::object(
        {{"metadata", Json::object({{"name", name(role)}, {"labels", std::move(names)}})},
         {"status",
          Json::object(
              {{"phase", "Running"},
               {"podIP", std::string("10.0.0.") + std::to_string(static_cast<int>(role))},
               {"conditions", Json::array({ready("True", "2026-01-01T00:00:00Z")})},
               {"containerStatuses", Json::array({Json::object({{"restartCount", 0}})})}})}});
  }
  Json& of(ProbeRole role) {
    for (Json& one : list)
      if (one.at("metadata", "labels").text(labels::kProbe) == name(role)) return one;
    FAIL("no such pod");
    return list.front();
  }
  void waits(ProbeRole role, const char* reason) {
    Json& status = of(role)["status"];
    status.set("phase", "Pending").set("conditions", Json::array());
    status.set("containerStatuses",
               Json::array({Json::object(
                   {{"state", Json::object({{"waiting", Json::object({{"reason", reason}})}})}})}));
  }
  void connects() {
    round.ready = next().ready;
    round.connects = true;
    list.push_back(pod(ProbeRole::connector));
  }
  void ends(const std::string& message, int code = 0) {
    Json& status = of(ProbeRole::connector)["status"];
    status.set("phase", code == 0 ? "Succeeded" : "Failed");
    status.set(
        "containerStatuses",
        Json::array({Json::object(
            {{"state", Json::object({{"terminated", Json::object({{"exitCode", code},
                                                                  {"message", message}})}})}})}));
  }
  ProbeNext next(Duration later = seconds(1)) const { return next_of(round, list, kBegan + later); }
};

std::string told(const char* open, const char* no_entry, const char* no_exit,
                 const char* round = "r0und") {
  return ProbeTelling{round, open, no_entry, no_exit}.text();
}

bool has(const std::string& text, const char* part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE_FIXTURE(Pods, "the connector is made when every listener listens") {
  const ProbeNext next = this->next();
  REQUIRE(next.kind == ProbeNext::Kind::connect);
  CHECK(next.addresses == std::map<ProbeRole, std::string>{{ProbeRole::open, "10.0.0.1"},
                                                           {ProbeRole::no_entry, "10.0.0.2"},
                                                           {ProbeRole::no_exit, "10.0.0.3"}});
  // One that is not ready would look like one that is closed.
  for (const ProbeRole role : kProbeListeners) {
    Pods lacking;
    lacking.waits(role, "ContainerCreating");
    CHECK(lacking.next().kind == ProbeNext::Kind::wait);
  }
}

TEST_CASE_FIXTURE(Pods, "an image that cannot be pulled is a probe that failed, and it says so") {
  waits(ProbeRole::no_entry, "ImagePullBackOff");
  CHECK(next(minutes(2)).kind == ProbeNext::Kind::wait);
  const ProbeNext end = next(ProbeRound::kListenersWithin);
  REQUIRE(end.kind == ProbeNext::Kind::over);
  CHECK(end.verdict == NetworkVerdict::failed);
  CHECK(has(end.words, "no-entry: ImagePullBackOff"));
}

TEST_CASE("a listener that is lost ends the round, at whatever moment") {
  for (const bool connecting : {false, true})
    for (const ProbeRole role : kProbeListeners)
      for (const int how : {0, 1, 2, 3}) {
        CAPTURE(name(role));
        CAPTURE(how);
        Pods pods;
        if (connecting) {
          pods.connects();
          // What it tells then counts for nothing.
          pods.ends(told("answered", "timeout", "timeout"));
        }
        if (how == 0)
          std::erase_if(pods.list, [&](const Json& pod) {
            return pod.at("metadata", "labels").text(labels::kProbe) == name(role);
          });
        if (how == 1) pods.of(role)["metadata"].set("deletionTimestamp", "2026-01-01T00:00:00Z");
        if (how == 2) pods.of(role)["status"].set("phase", "Failed").set("reason", "Evicted");
        if (how == 3 && !connecting) continue;
        if (how == 3)
          pods.of(role)["status"].set("containerStatuses",
                                      Json::array({Json::object({{"restartCount", 1}})}));
        const ProbeNext next = pods.next();
        REQUIRE(next.kind == ProbeNext::Kind::over);
        CHECK(next.verdict == NetworkVerdict::failed);
      }
}

TEST_CASE("what the connector saw decides") {
  const struct {
    const char *open, *no_entry, *no_exit;
    NetworkVerdict verdict;
    const char* words;
  } outcomes[] = {
      {"answered", "timeout", "timeout", NetworkVerdict::enforced, "nothing that they deny"},
      {"answered", "refused", "unreachable", NetworkVerdict::enforced, "nothing that they deny"},
      {"answered", "answered", "timeout", NetworkVerdict::not_enforced, "into a pod"},
      {"answered", "timeout", "answered", NetworkVerdict::not_enforced, "out of a pod"},
      {"answered", "answered", "answered", NetworkVerdict::not_enforced, "into and out of"},
      // A connection got through, whoever takes it.
      {"answered", "closed", "timeout", NetworkVerdict::not_enforced, "into a pod"},
      {"answered", "timeout", "strange", NetworkVerdict::not_enforced, "out of a pod"},
      // What was seen to get through did, whatever else did not.
      {"refused", "answered", "timeout", NetworkVerdict::not_enforced, "into a pod"},
      {"timeout", "timeout", "closed", NetworkVerdict::not_enforced, "out of a pod"},
      // Where nothing gets through, nothing is shown.
      {"timeout", "timeout", "timeout", NetworkVerdict::failed, "(timeout)"},
      {"closed", "timeout", "timeout", NetworkVerdict::failed, "(closed)"},
      {"strange", "timeout", "timeout", NetworkVerdict::failed, "(strange)"},
      // Neither a denial nor a leak.
      {"answered", "untried", "timeout", NetworkVerdict::failed, "(untried, timeout)"},
      {"answered", "timeout", "maybe", NetworkVerdict::failed, "(timeout, maybe)"},
  };
  for (const auto& [open, no_entry, no_exit, verdict, words] : outcomes) {
    CAPTURE(words);
    Pods pods;
    pods.connects();
    CHECK(pods.next().kind == ProbeNext::Kind::wait);
    pods.ends(told(open, no_entry, no_exit));
    const ProbeNext next = pods.next();
    REQUIRE(next.kind == ProbeNext::Kind::over);
    CHECK(next.verdict == verdict);
    CHECK(has(next.words, words));
  }
}

TEST_CASE("a listener that was not ready all the time proves no denial") {
  for (const ProbeRole role : kProbeListeners) {
    CAPTURE(name(role));
    for (const bool again : {false, true}) {
      // Kept busy, and at the end, or again by then, ready.
      Pods pods;
      pods.connects();
      pods.ends(told("answered", "timeout", "timeout"));
      REQUIRE(pods.next().verdict == NetworkVerdict::enforced);
      pods.of(role)["status"].set(
          "conditions",
          Json::array({Pods::ready(again ? "True" : "False", "2026-01-01T00:00:07Z")}));
      CHECK(pods.next().verdict == NetworkVerdict::failed);
      CHECK(has(pods.next().words, "stopped listening"));
    }
  }
}

TEST_CASE("what got through counts also where its listener is kept busy or lost") {
  for (const char* word : {"answered", "closed", "strange"}) {
    CAPTURE(word);
    Pods pods;
    pods.connects();
    const Json busy = Json::array({Pods::ready("False", "2026-01-01T00:00:07Z")});
    pods.of(ProbeRole::open)["status"].set("conditions", busy);
    pods.of(ProbeRole::no_entry)["status"].set("conditions", busy);
    // Not before the connector has told.
    CHECK(pods.next().kind == ProbeNext::Kind::wait);
    pods.ends(told("timeout", word, "timeout"));
    CHECK(pods.next().verdict == NetworkVerdict::not_enforced);
    // By then the address may be somebody else's: only the greeting is this listener's.
    pods.of(ProbeRole::no_entry)["status"].set("phase", "Failed");
    CHECK(pods.next().verdict == (word == ProbeTelling::kAnswered ? NetworkVerdict::not_enforced
                                                                  : NetworkVerdict::failed));
  }
}

TEST_CASE("an end that tells nothing of this round proves nothing") {
  const struct {
    std::string message;
    int code;
  } ends[] = {{"", 0},
              {"all is well", 0},
              {told("answered", "timeout", "timeout", "0ther"), 0},
              {told("answered", "timeout", "timeout"), 1},
              {"", 137}};
  for (const auto& [message, code] : ends) {
    CAPTURE(message);
    Pods pods;
    pods.connects();
    pods.ends(message, code);
    REQUIRE(pods.next().kind == ProbeNext::Kind::over);
    CHECK(pods.next().verdict == NetworkVerdict::failed);
  }
}

TEST_CASE_FIXTURE(Pods, "pods of another round are nobody") {
  list.clear();
  for (const ProbeRole role : kProbeListeners) list.push_back(pod(role, "0ther"));
  REQUIRE(next().kind == ProbeNext::Kind::over);
  CHECK(next().verdict == NetworkVerdict::failed);
}

TEST_CASE_FIXTURE(Pods, "a connector that does not end, or is gone, is a probe that failed") {
  connects();
  waits(ProbeRole::connector, "ErrImagePull");
  CHECK(next(minutes(1)).kind == ProbeNext::Kind::wait);
  CHECK(has(next(ProbeRound::kConnectorWithin).words, "ErrImagePull"));
  CHECK(next(ProbeRound::kConnectorWithin).verdict == NetworkVerdict::failed);
  list.pop_back();
  CHECK(has(next().words, "connector of the probe went away"));
}

}  // namespace ks::op
