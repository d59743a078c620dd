#pragma once

#include <map>
#include <set>
#include <string>

#include "kube/simulated/state.hpp"

namespace ks::kube::simulated {

// Plays what runs beside an API server: the garbage collector, the namespace, deployment, volume
// and quota controllers, scheduler and kubelets. ReplicaSets are left out: a Deployment owns its
// pods.
class Controllers {
 public:
  explicit Controllers(State& state) : state_(state) {}
  // Does everything that is due.
  void tick();

 private:
  struct PodTimes {
    Time ready_at{};
    Time gone_at{};
    Time back_off_at{};
  };
  struct Rollout {
    std::string template_hash;
    std::int64_t ready = -1;
    Time progress_at{};
  };

  void look_at(const Ref& ref);
  // True when the object is gone, or waits for others to go.
  bool collect(const Ref& ref);
  void namespace_(const Ref& ref);
  void fill_namespace(const Ref& ref);
  void empty_namespace(const Ref& ref);
  void claim(const Ref& ref);
  void quota(const Ref& ref);
  void definition(const Ref& ref);
  void deployment(const Ref& ref);
  void pod(const Ref& ref);
  void pod_starts(const Ref& ref, const Json& pod);
  // Fails as the API server refuses it.
  KubeResult<void> add_pod(const Ref& owner, const Json& deployment, const std::string& hash);
  Json deployment_status(const Json& deployment, const std::string& hash,
                         const std::vector<Ref>& pods, const std::string& refusal);

  State& state_;
  std::map<std::string, PodTimes> pods_;  // By uid.
  std::map<Ref, Rollout> rollouts_;
  // Deployments whose next pod was refused; what a quota has room for is looked at when it changes.
  std::set<Ref> refused_;
};

// {"type", "status", "reason", "message", "lastTransitionTime"}; the time of `before` is kept where
// the status is the same.
Json condition(const Json& before, std::string_view type, bool holds, std::string_view reason,
               std::string_view message, Time now);

}  // namespace ks::kube::simulated
