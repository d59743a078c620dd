// What a Reconciler tells beside statuses.
#include <algorithm>

#include "operator/engine/reconciler.hpp"
#include "operator/plan/news.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

// From the first on that no passing trouble explains, and then ever more seldom.
constexpr std::size_t kFailuresTold = 10;
bool is_told(std::size_t failures) {
  std::size_t next = kFailuresTold;
  while (next < failures) next *= 2;
  return next == failures;
}

// All of it was as wanted, by the wish that it is reconciled by.
bool at_rest(const UserDeploymentResource& d) {
  return d.status.observed_generation == d.meta.generation && d.status.reason != "Suspended" &&
         (d.status.phase == Phase::ready || d.status.phase == Phase::stopped);
}

bool at_rest(const SandboxResource& s) {
  const Condition* ready = s.status.find("Ready");
  return ready != nullptr && ready->status == "True" &&
         ready->observed_generation == s.meta.generation;
}

}  // namespace

void Reconciler::tell(const SandboxResource& sandbox, const SandboxObserved& before,
                      const std::vector<Step>& done) {
  // Into a namespace that is not closed all is written, whatever is there.
  const bool closed = before.ns && is_closed(*before.ns.object);
  SeenList there = closed ? before.objects : SeenList{};
  if (before.ns) there.push_back({&kinds::kNamespace, before.ns});
  // Some objects come with the deployments. Of one that came to rest they have been made.
  std::vector<UserDeploymentResource> deployments = before.deployments;
  std::erase_if(deployments, [](const auto& d) { return !at_rest(d); });
  const auto stood = [&](const kube::Ref& ref) {
    if (!at_rest(sandbox)) return false;
    // What was in one that went is not told one by one.
    if (!closed) return !before.ns && ref.kind == kinds::kNamespace;
    return std::ranges::any_of(sandbox_objects(sandbox, deployments, config_),
                               [&](const Object& o) { return o.ref() == ref; });
  };
  for (News& news : news_of(done, there, stood))
    teller_.tell(kinds::kSandbox, sandbox.meta, std::move(news));
}

void Reconciler::tell(const UserDeploymentResource& deployment, const DeploymentObserved& before,
                      const std::vector<Step>& done) {
  for (News& news : news_of(done, before.objects, [&](const auto&) { return at_rest(deployment); }))
    teller_.tell(kinds::kUserDeployment, deployment.meta, std::move(news));
}

void Reconciler::tell_failures(const Key& key, const Outcome& outcome) {
  // A cluster that is away says nothing about the key, and takes no Event either.
  if (outcome.kind == Outcome::Kind::retry_soon) return;
  if (outcome.kind != Outcome::Kind::retry) {
    failing_.erase(key);
    return;
  }
  if (!is_told(++failing_[key])) return;
  const kube::Kind& kind =
      key.kind == Key::Kind::sandbox ? kinds::kSandbox : kinds::kUserDeployment;
  const Seen seen = cache_.find({kind, key.ns, key.name});
  if (!seen) return;
  ResourceMeta meta;
  meta.name = key.name;
  meta.ns = key.ns;
  meta.uid = seen.uid();
  teller_.tell(kind, meta, news_of_failures(outcome.cause));
}

}  // namespace ks::op
