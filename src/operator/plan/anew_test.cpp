#include <memory>

#include <doctest/doctest.h>

#include "operator/plan/bench.hpp"
#include "operator/sample.hpp"

using namespace ks;
namespace kinds = kube::kinds;

TEST_CASE("into a namespace made anew all is written, whatever of the one before is still seen") {
  Bench bench;
  SandboxResource s = sample::sandbox("sandbox-a");
  s.meta = sandbox_from_json(bench.put(kinds::kSandbox, to_json(s), "sync"))->meta;
  const auto next = [&](const op::SandboxObserved& observed) {
    return op::plan(s, observed, bench.config, bench.clock.now());
  };
  for (int i = 0; i < 2; ++i) bench.run(next(bench.around(s, {})).steps);
  s.meta.has_finalizer = true;
  op::SandboxObserved observed = bench.around(s, {});
  REQUIRE(next(observed).steps.empty());
  // As a copy from a backup would be: with the words of the one before.
  Json anew = *observed.ns.object;
  anew["metadata"].set("uid", "01890000-0000-7000-8000-00000000beef");
  observed.ns.object = std::make_shared<const Json>(anew);
  CHECK_FALSE(op::is_closed(anew));
  CHECK_FALSE(op::takes_pods(s.spec, anew));
  const auto again = next(observed);
  CHECK(again.status->find("Ready")->status == "False");
  const auto wanted = op::sandbox_objects(s, {}, bench.config);
  REQUIRE(again.steps.size() == wanted.size() + 1);
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(again.steps[i].ref == wanted[i].ref());
  // That it was, is said last, and of that one only.
  CHECK(again.steps.back().ref == kube::Ref{kinds::kNamespace, {}, "sandbox-a"});
  CHECK(again.steps.back().uid == observed.ns.uid());
  CHECK(
      again.steps.back().object->tree().at("metadata", "annotations").text(annotations::kClosed) ==
      observed.ns.uid());
}

TEST_CASE(
    "whatever a deployment lacks is made after its finalizer, which only a living one takes") {
  Bench bench;
  const SandboxResource s = sample::sandbox("sandbox-a");
  bench.put(kinds::kNamespace, op::namespace_object(s.spec, "v1.30", {}).tree(), "test");
  auto d = sample::wiki("sandbox-a", "wiki-abc123");
  d.meta = user_deployment_from_json(bench.put(kinds::kUserDeployment, to_json(d), "sync"))->meta;
  bench.run(op::plan(d, bench.around(s.spec), bench.config, bench.clock.now()).steps);
  d.meta.has_finalizer = true;
  auto observed = bench.around(s.spec);
  for (std::size_t i = 0; i < observed.objects.size(); ++i) {
    auto lacking = observed;
    lacking.objects.erase(lacking.objects.begin() + static_cast<std::ptrdiff_t>(i));
    const auto steps = op::plan(d, lacking, bench.config, bench.clock.now()).steps;
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].ref.kind == kinds::kUserDeployment);
    CHECK(steps[0].uid == d.meta.uid);
    CHECK(steps[1].ref.kind == *observed.objects[i].kind);
  }
}
