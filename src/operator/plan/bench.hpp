#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "kube/simulated/cluster.hpp"
#include "operator/plan/deployment.hpp"
#include "operator/plan/sandbox.hpp"

// For tests of plans.
namespace ks {

// A cluster, and what a plan sees of it, without an operator between.
struct Bench {
  ManualClock clock;
  kube::simulated::SimulatedCluster cluster{clock};
  op::OperatorConfig config;

  Json put(const kube::Kind& kind, const Json& object, const char* manager) {
    kube::ApplyOptions options;
    options.manager = manager;
    const auto done = cluster.apply(kind, object, options);
    REQUIRE(done);
    return *done;
  }
  op::SeenList seen(std::initializer_list<const kube::Kind*> kinds_wanted) {
    op::SeenList out;
    for (const kube::Kind* kind : kinds_wanted) {
      const auto page = cluster.list(*kind, {});
      for (const Json& o : page->items)
        out.push_back({kind, {std::make_shared<const Json>(o), true}});
    }
    return out;
  }
  op::SandboxObserved around(const SandboxResource& s,
                             std::vector<UserDeploymentResource> deployments) {
    op::SandboxObserved out;
    if (const auto ns = cluster.get({kube::kinds::kNamespace, {}, s.spec.ns}))
      out.ns = {std::make_shared<const Json>(*ns), false};
    out.objects = seen({&kube::kinds::kNetworkPolicy, &kube::kinds::kResourceQuota,
                        &kube::kinds::kLimitRange, &kube::kinds::kServiceAccount});
    out.deployments = std::move(deployments);
    return out;
  }
  op::DeploymentObserved around(const SandboxSpec& s) {
    op::DeploymentObserved out;
    out.sandbox = op::SandboxView{s, true, {}, {}};
    for (auto& one : seen({&kube::kinds::kServiceAccount, &kube::kinds::kPersistentVolumeClaim,
                           &kube::kinds::kService, &kube::kinds::kDeployment,
                           &kube::kinds::kPodDisruptionBudget, &kube::kinds::kIngress,
                           &kube::kinds::kHorizontalPodAutoscaler}))
      if (!one.seen.label(labels::kDeployment).empty()) out.objects.push_back(one);
    return out;
  }
  void run(const std::vector<op::Step>& steps) {
    for (const op::Step& step : steps) {
      switch (step.verb) {
        case op::Step::Verb::create:
          REQUIRE(cluster.create(step.ref.kind, step.object->tree()));
          break;
        case op::Step::Verb::apply: {
          kube::ApplyOptions options;
          options.manager = step.manager.empty() ? "k8s-scheduler/test" : std::string(step.manager);
          options.uid = step.uid;
          REQUIRE(cluster.apply(step.ref.kind, step.object->tree(), options));
          break;
        }
        case op::Step::Verb::remove:
          REQUIRE(cluster.remove(step.ref, {}));
          break;
      }
    }
    // A pod that starts again and again is always due soon.
    const Time until = clock.now() + seconds(5);
    for (auto due = cluster.next_due(); due && *due <= until; due = cluster.next_due()) {
      clock.set(std::max(*due, clock.now()));
      cluster.tick();
    }
  }
};

}  // namespace ks
