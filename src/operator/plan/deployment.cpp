#include "operator/plan/deployment.hpp"

#include <algorithm>

#include "domain/claim.hpp"
#include "domain/deployment/quantity.hpp"
#include "operator/plan/match.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

using Labels = std::map<std::string, std::string>;

Labels selector_of(const UserDeploymentSpec& spec, const std::string& service) {
  return {{std::string(labels::kDeployment), spec.stem}, {std::string(labels::kService), service}};
}

Labels labels_of(const UserDeploymentSpec& spec, const SandboxSpec& sandbox) {
  return {{std::string(labels::kManagedBy), std::string(labels::kProduct)},
          {std::string(labels::kPartOf), std::string(labels::kProduct)},
          {std::string(labels::kClient), sandbox.client_id},
          {std::string(labels::kOrg), sandbox.org_id},
          {std::string(labels::kUser), sandbox.user_id},
          {std::string(labels::kTeam), spec.team_id},
          {std::string(labels::kDeployment), spec.stem}};
}

// A claim only grows, and keeps its class: Kubernetes refuses the rest.
Object claim_object(const Place& place, const Volume& volume, const SeenList& observed,
                    const OperatorConfig& config) {
  const Seen seen = find_seen(observed, {kinds::kPersistentVolumeClaim, place.ns, place.name});
  if (!seen) return volume_claim(place, volume.size_bytes, config.storage_class);
  std::int64_t size = volume.size_bytes;
  const auto there = parse_bytes(seen.object->text("spec", "resources", "requests", "storage"));
  if (there) size = std::max(size, *there);
  return volume_claim(place, size, std::string(seen.object->text("spec", "storageClassName")));
}

// Where user namespaces are given by what the nodes can, pods that run keep what they have: to give
// or take them away would start every workload of the cluster anew because a node came or went.
// What starts anew for another reason gets what holds now.
Object pods_object(const Place& place, const Service& service, PodPlan pods,
                   const SeenList& observed, const OperatorConfig& config, const NodeFacts& nodes) {
  pods.user_namespaces = config.user_namespaces == UserNamespaces::always ||
                         (config.user_namespaces == UserNamespaces::auto_ && nodes.user_namespaces);
  pods.hash_rest = config.user_namespaces == UserNamespaces::auto_;
  Object now = deployment(place, service, pods);
  if (config.user_namespaces != UserNamespaces::auto_) return now;
  const Seen seen = find_seen(observed, {kinds::kDeployment, place.ns, place.name});
  if (!seen) return now;
  const Json& runs = seen.object->at("spec", "template");
  const bool has = runs.at("spec", "hostUsers") == Json(false);
  if (has == pods.user_namespaces) return now;
  pods.user_namespaces = has;
  Object kept = deployment(place, service, pods);
  const auto rest = [](const Json& tree) {
    return tree.at("metadata", "annotations").text(kPodsAnnotation);
  };
  // One of another mode has no hash yet, and is judged by what it holds.
  const bool same = rest(*seen.object).empty() ? holds(runs, kept.tree().at("spec", "template"))
                                               : rest(*seen.object) == rest(kept.tree());
  return same ? kept : now;
}

// Ends a deployment's traffic before its pods, and its pods before what they use.
int removal_stage(const kube::Kind& kind) {
  if (kind == kinds::kIngress || kind == kinds::kDeployment ||
      kind == kinds::kPodDisruptionBudget || kind == kinds::kHorizontalPodAutoscaler)
    return 0;
  return 1;
}

void remove_all(std::vector<Step>& steps, const SeenList& objects, int stage, bool claims_too) {
  for (const bool routes : {true, false})
    for (const SeenOfKind& s : objects) {
      if (removal_stage(*s.kind) != stage || (*s.kind == kinds::kIngress) != routes) continue;
      if (!claims_too && *s.kind == kinds::kPersistentVolumeClaim) continue;
      if (!s.seen.ours || s.seen.terminating()) continue;
      Step step = remove_step(kube::ref_of(*s.kind, *s.seen.object), std::string(s.seen.uid()));
      // The Deployment is gone only when its pods are, so that waiting for it waits for them.
      if (*s.kind == kinds::kDeployment)
        step.propagation = kube::DeleteOptions::Propagation::foreground;
      steps.push_back(std::move(step));
    }
}

bool any_left(const DeploymentObserved& observed, int stage, bool claims_too) {
  if (stage == 0 && !observed.pods.empty()) return true;
  return std::ranges::any_of(observed.objects, [&](const SeenOfKind& s) {
    if (!claims_too && *s.kind == kinds::kPersistentVolumeClaim) return false;
    return s.seen.ours && removal_stage(*s.kind) == stage;
  });
}

// An autoscaler leaves alone what is at zero, and has to find what it is given between its bounds.
// Whatever it has said within them stays.
std::int64_t within(const Service& service, std::int64_t replicas) {
  return std::clamp<std::int64_t>(replicas, service.autoscale->min, service.replicas);
}

// The numbers of pods to give to autoscalers: of Deployments that are there, before these stop
// having one of ours, so that no pod ends for it; of new ones, once they are there.
struct Counts {
  std::vector<Step> before;
  std::vector<Step> after;
};
Counts pod_counts(const UserDeploymentResource& deployment, const Workload& workload,
                  const SeenList& observed) {
  Counts out;
  for (const Service& s : workload.services) {
    if (!s.autoscale) continue;
    Place place{deployment.meta.ns, object_name(deployment.spec.stem, workload, s.name), {}};
    const Seen seen = find_seen(observed, {kinds::kDeployment, place.ns, place.name});
    // What says none has one pod.
    const std::int64_t replicas = seen ? seen.object->integer_or(1, "spec", "replicas") : 1;
    const std::int64_t wanted = within(s, replicas);
    const bool given =
        !seen ||
        seen.object->at("metadata", "annotations").text(annotations::kAutoscaled) == "true";
    if (given && replicas == wanted) continue;
    Step step = apply_step(pod_count(place, wanted), seen ? std::string(seen.uid()) : "");
    step.manager = kScaleManager;
    (seen ? out.before : out.after).push_back(std::move(step));
  }
  return out;
}

DeploymentPlan plan_deletion(const UserDeploymentResource& deployment,
                             const DeploymentObserved& observed, const OperatorConfig& config,
                             Time now) {
  DeploymentPlan out;
  if (!deployment.meta.has_finalizer) return out;
  if (observed.sandbox && observed.sandbox->paused) {
    out.status = deployment_status(deployment, observed, config, false, now);
    return out;
  }
  const bool claims_too =
      !deployment.meta.annotations.contains(std::string(annotations::kKeepVolumes));
  for (const int stage : {0, 1}) {
    if (!any_left(observed, stage, claims_too)) continue;
    remove_all(out.steps, observed.objects, stage, claims_too);
    out.status = deployment_status(deployment, observed, config, out.steps.empty(), now);
    return out;
  }
  // Its values are never read here, so it is taken away without looking.
  if (!deployment.spec.secret_name.empty())
    out.steps.push_back(
        remove_step({kinds::kSecret, deployment.meta.ns, deployment.spec.secret_name}, {}));
  out.steps.push_back(
      apply_step(without_finalizer(kinds::kUserDeployment, deployment.meta), deployment.meta.uid));
  return out;
}

}  // namespace

bool makes_pods(const std::vector<Step>& steps) {
  return std::ranges::any_of(steps, [](const Step& step) {
    return step.verb == Step::Verb::apply && (step.ref.kind == kinds::kDeployment ||
                                              step.ref.kind == kinds::kHorizontalPodAutoscaler);
  });
}

bool is_suspended(const UserDeploymentSpec& spec, const SandboxSpec* sandbox) {
  return spec.suspended || (sandbox != nullptr && sandbox->suspended);
}

Workload running(const UserDeploymentSpec& spec, const SandboxSpec* sandbox) {
  Workload out = spec.workload;
  if (is_suspended(spec, sandbox))
    for (Service& service : out.services) {
      service.replicas = 0;
      service.autoscale.reset();
    }
  return out;
}

Workload wanted_now(const UserDeploymentResource& deployment, const SandboxSpec* sandbox,
                    const SeenList& observed) {
  Workload out = running(deployment.spec, sandbox);
  for (Service& s : out.services) {
    if (!s.autoscale) continue;
    const Seen seen = find_seen(observed, {kinds::kDeployment, deployment.meta.ns,
                                           object_name(deployment.spec.stem, out, s.name)});
    s.replicas =
        static_cast<int>(within(s, seen ? seen.object->integer_or(1, "spec", "replicas") : 0));
  }
  return out;
}

std::vector<Object> deployment_objects(const UserDeploymentResource& deployment,
                                       const SandboxSpec& sandbox, const SeenList& observed,
                                       const OperatorConfig& config, const NodeFacts& nodes) {
  const UserDeploymentSpec& spec = deployment.spec;
  const Workload workload = running(spec, &sandbox);
  const Labels base = labels_of(spec, sandbox);
  const std::string& ns = deployment.meta.ns;
  std::vector<Object> out, services, deployments, budgets, autoscalers;
  out.push_back(service_account({ns, spec.stem, base}));
  for (const Service& s : workload.services) {
    Place place{ns, object_name(spec.stem, workload, s.name), base};
    place.labels[std::string(labels::kService)] = s.name;
    PodPlan pods;
    pods.selector = selector_of(spec, s.name);
    pods.pod_labels = place.labels;
    const bool exposed = !spec.host.empty() && workload.ingress_service == s.name;
    if (exposed) pods.pod_labels[std::string(labels::kExposed)] = "true";
    pods.service_account = spec.stem;
    pods.secret_name = spec.secret_name;
    pods.restarts = spec.restarts;
    if (sandbox.isolation == Isolation::dedicated) {
      if (config.dedicated_nodes) pods.nodes = config.dedicated_nodes->of(sandbox.org_id);
      pods.runtime_class = config.dedicated_runtime_class;
    }
    for (const Volume& v : s.volumes) {
      Place claim{ns, claim_name(spec.stem, s.name, v.name), place.labels};
      pods.claims[v.name] = claim.name;
      out.push_back(claim_object(claim, v, observed, config));
    }
    if (s.port) services.push_back(cluster_ip_service(place, pods.selector, *s.port));
    deployments.push_back(pods_object(place, s, pods, observed, config, nodes));
    if ((s.autoscale ? s.autoscale->min : s.replicas) > 1)
      budgets.push_back(disruption_budget(place, pods.selector));
    if (s.autoscale) autoscalers.push_back(autoscaler(place, s));
  }
  const auto append = [&](std::vector<Object>& more) {
    std::ranges::move(more, std::back_inserter(out));
  };
  append(services);
  append(deployments);
  append(budgets);
  append(autoscalers);
  const Service* entry = workload.find(workload.ingress_service);
  if (!spec.host.empty() && entry != nullptr && entry->port)
    out.push_back(ingress({ns, spec.stem, base}, spec.host, config.ingress_class,
                          object_name(spec.stem, workload, entry->name), *entry->port));
  return out;
}

namespace {
// Whoever is stopped is stopped also where nothing may start.
bool waits(const UserDeploymentResource& deployment, const SandboxView& sandbox) {
  if (sandbox.ready) return sandbox.quota.shut;
  return !sandbox.behind ||
         std::ranges::any_of(running(deployment.spec, &sandbox.spec).services,
                             [](const Service& service) { return service.replicas > 0; });
}
}  // namespace

std::vector<Step> plan_leftovers(const DeploymentObserved& observed) {
  std::vector<Step> out;
  for (const int stage : {0, 1}) {
    if (!any_left(observed, stage, false)) continue;
    remove_all(out, observed.objects, stage, false);
    break;
  }
  return out;
}

DeploymentPlan plan(const UserDeploymentResource& deployment, const DeploymentObserved& observed,
                    const OperatorConfig& config, Time now) {
  if (deployment.meta.deleting) return plan_deletion(deployment, observed, config, now);
  DeploymentPlan out;
  // No pod in another organization's sandbox.
  if (observed.sandbox && observed.sandbox->spec.org_id == deployment.spec.org_id) {
    const std::vector<Object> wanted = deployment_objects(deployment, observed.sandbox->spec,
                                                          observed.objects, config, observed.nodes);
    // Before the first object, so that there is never one that a deletion would forget. Again
    // before any that is missing: only a resource that is still there takes it.
    const bool makes = std::ranges::any_of(
        wanted, [&](const Object& o) { return !find_seen(observed.objects, o.ref()); });
    if (!deployment.meta.has_finalizer || makes)
      out.steps.push_back(
          apply_step(with_finalizer(kinds::kUserDeployment, deployment.meta), deployment.meta.uid));
    Counts counts =
        pod_counts(deployment, running(deployment.spec, &observed.sandbox->spec), observed.objects);
    std::ranges::move(counts.before, std::back_inserter(out.steps));
    apply_missing(out.steps, wanted, observed.objects);
    std::ranges::move(counts.after, std::back_inserter(out.steps));
    SeenList surplus;
    for (const SeenOfKind& s : observed.objects) {
      // A claim holds data; it goes with the deployment, never by an update.
      if (*s.kind == kinds::kPersistentVolumeClaim) continue;
      const kube::Ref ref = kube::ref_of(*s.kind, *s.seen.object);
      if (std::ranges::none_of(wanted, [&](const Object& o) { return o.ref() == ref; }))
        surplus.push_back(s);
    }
    remove_all(out.steps, surplus, 0, false);
    remove_all(out.steps, surplus, 1, false);
  }
  const bool settled = observed.sandbox && out.steps.empty();
  // None before the sandbox's policies stand either, and no repair while it ends. Nor before the
  // quota lets pods in: Kubernetes tries what it refused ever more seldom. What lets less in comes
  // all the same where the sandbox only lets too much through.
  if (observed.sandbox && waits(deployment, *observed.sandbox))
    std::erase_if(out.steps, [&](const Step& step) {
      return !observed.sandbox->behind || step.verb != Step::Verb::remove ||
             step.ref.kind != kinds::kIngress;
    });
  out.status = deployment_status(deployment, observed, config, settled, now);
  out.look_again = steady_at(deployment, observed, now);
  return out;
}

}  // namespace ks::op
