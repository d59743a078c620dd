#include "operator/probe/condition.hpp"

#include <doctest/doctest.h>

#include "operator/plan/sandbox.hpp"
#include "operator/sample.hpp"

namespace ks::op {

namespace {

const Time kNow{1'700'000'000'000'000};

NetworkProof proof(NetworkVerdict verdict) { return {verdict, "words", kNow}; }

// A sandbox of which a look found nothing.
struct Sample {
  SandboxResource sandbox = sample::sandbox("sandbox-1");
  SandboxStatus next = failed_status(sandbox, "Applying", "", kNow);
  NetworkKnown known{proof(NetworkVerdict::enforced), true};

  Sample() {
    next.isolation = IsolationSeen{};
    next.isolation->profile = sandbox.spec.isolation;
  }
  std::string said(Time now = kNow) {
    set_network_condition(next, sandbox, known, now);
    const Condition* c = next.find(kNetworkIsolated);
    REQUIRE(c != nullptr);
    return c->status + "/" + c->reason;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Sample, "true takes both: a probe, and a look that found no way around") {
  CHECK(said() == "True/Enforced");
  next.isolation->findings.push_back({IsolationFinding::Kind::foreign_path, "what", "told"});
  CHECK(said() == "False/Exposed");
  next.isolation.reset();
  CHECK(said() == "Unknown/NotLooked");
}

TEST_CASE_FIXTURE(Sample, "a look proves the profile that it judged by, and only a complete one") {
  next.isolation->profile = Isolation::dedicated;
  CHECK(said() == "Unknown/NotLooked");
  next.isolation->profile = sandbox.spec.isolation;
  known.looked = false;
  CHECK(said() == "Unknown/NotLooked");
  // Not known yet: what stands in the status was found by a complete one.
  known.looked.reset();
  CHECK(said() == "True/Enforced");
}

TEST_CASE_FIXTURE(Sample, "no verdict but one makes it true") {
  for (const NetworkVerdict verdict :
       {NetworkVerdict::not_probed, NetworkVerdict::failed, NetworkVerdict::old}) {
    known.proof = proof(verdict);
    CHECK(said() == "Unknown/" + std::string(name(verdict)));
  }
  known.proof = proof(NetworkVerdict::not_enforced);
  CHECK(said() == "False/NotEnforced");
  // Also where a look found something: it is the worse of the two.
  next.isolation->findings.push_back({IsolationFinding::Kind::object, "what", "told"});
  CHECK(said() == "False/NotEnforced");
  // And what a look found is no less true because nobody probes.
  known.proof = proof(NetworkVerdict::not_probed);
  CHECK(said() == "False/Exposed");
}

TEST_CASE_FIXTURE(Sample, "a process that does not know yet leaves what stood there") {
  said();
  sandbox.status = next;
  SandboxStatus again = failed_status(sandbox, "Applying", "", kNow + hours(1));
  again.isolation = next.isolation;
  next = again;
  known = {};
  CHECK(said(kNow + hours(1)) == "True/Enforced");
  CHECK(next == sandbox.status);
}

TEST_CASE_FIXTURE(Sample, "the same said again is the same status, and a change has a moment") {
  said();
  sandbox.status = next;
  CHECK(said(kNow + hours(1)) == "True/Enforced");
  CHECK(next == sandbox.status);
  known.proof = proof(NetworkVerdict::old);
  said(kNow + hours(2));
  CHECK(next.find(kNetworkIsolated)->last_transition_time ==
        rfc3339(kNow + hours(2)).substr(0, 19) + "Z");
  CHECK(next.find("Ready")->last_transition_time == rfc3339(kNow).substr(0, 19) + "Z");
}

TEST_CASE("a new sandbox waits where nobody enforces, and one that was made goes on") {
  const OperatorConfig config;
  SandboxResource sandbox = sample::sandbox("sandbox-1");
  SandboxObserved observed;
  observed.network_open = true;
  const SandboxPlan waiting = plan(sandbox, observed, config, kNow);
  CHECK(waiting.steps.empty());
  REQUIRE(waiting.status);
  CHECK(waiting.status->find("Ready")->reason == kNetworkNotEnforced);
  CHECK(waiting.status->find("Ready")->status == "False");
  // With a namespace already, or made anew after somebody deleted it.
  sandbox.meta.has_finalizer = true;
  CHECK_FALSE(plan(sandbox, observed, config, kNow).steps.empty());
  sandbox.meta.has_finalizer = false;
  observed.network_open = false;
  CHECK_FALSE(plan(sandbox, observed, config, kNow).steps.empty());
}

}  // namespace ks::op
