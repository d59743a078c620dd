#include "operator/engine/reconciler.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "kube/refusal.hpp"
#include "operator/plan/cause.hpp"
#include "operator/plan/news.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

// A plan may need to see what its steps made (a namespace's UID); more rounds than this would mean
// that plan and cluster disagree for ever.
constexpr int kRoundsMax = 4;

// A namespace that is not ours is in no watch of ours, so it is looked at again.
constexpr Duration kLookAgain = minutes(1);

// Until a watch that is late has told.
constexpr Duration kLookSoon = seconds(1);

// The last finalizer went with this write: the API server answers with what it then took away.
bool is_gone(const Json& object) {
  const Json& finalizers = object.at("metadata", "finalizers");
  return !object.text("metadata", "deletionTimestamp").empty() &&
         (!finalizers.is_array() || finalizers.as_array().empty());
}

// For numbers: few words, so that no name of a tenant gets in.
std::string_view word_of(const kube::KubeError& error) {
  switch (error.status) {
    case 0:
      return "no_answer";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 409:
      return "conflict";
    case 422:
      return "invalid";
    case 429:
      return "too_many";
    default:
      return error.status >= 500 ? "server_error" : "refused";
  }
}

std::string_view word_of(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::done:
      return "done";
    case Outcome::Kind::again:
      return "again";
    case Outcome::Kind::retry:
      return "retry";
    case Outcome::Kind::retry_soon:
      return "retry_soon";
  }
  return "";
}

// Fencing: this process no longer holds the lease.
constexpr const char* kFenced = "Fenced";

}  // namespace

Outcome Reconciler::reconcile(const Key& key) {
  ++counts_.reconciles;
  const std::string_view kind = key.kind == Key::Kind::sandbox ? "sandbox" : "deployment";
  trace::Work work(tracer_, trace::SpanKind::internal, "reconcile", kind);
  const Outcome out = key.kind == Key::Kind::sandbox
                          ? reconcile_sandbox(key.name)
                          : reconcile_deployment({kinds::kUserDeployment, key.ns, key.name});
  tell_failures(key, out);
  work.set("k8s_scheduler.reconciler", std::string(kind));
  work.set("k8s_scheduler.outcome", std::string(word_of(out.kind)));
  if (!out.cause.empty()) {
    work.set("error.type", std::string(out.cause));
    work.fail();
  }
  return out;
}

kube::KubeResult<void> Reconciler::run(const std::vector<Step>& steps, std::string_view manager,
                                       kube::Kind* failed) {
  std::optional<kube::KubeError> full;
  for (const Step& step : steps) {
    // In a quota that is full, what goes makes room for what comes.
    if (full && step.verb != Step::Verb::remove) continue;
    auto done = run(step, manager);
    if (done) continue;
    if (failed != nullptr) *failed = step.ref.kind;
    if (full || !kube::is_over_quota(done.error())) return done;
    full = std::move(done.error());
  }
  if (full) return std::unexpected(std::move(*full));
  return {};
}

kube::KubeResult<void> Reconciler::run(const Step& step, std::string_view manager) {
  if (!may_write_())
    return std::unexpected(kube::KubeError{0, kFenced, "the lease is not held", {}});
  ++counts_.writes;
  if (step.verb == Step::Verb::remove) {
    kube::DeleteOptions options;
    options.uid = step.uid;
    options.propagation = step.propagation;
    auto removed = cluster_.remove(step.ref, options);
    if (!removed && !removed.error().is_not_found()) return removed;
    cache_.mark_ending(step.ref, step.uid);
    return {};
  }
  kube::KubeResult<Json> written = std::unexpected(kube::KubeError{});
  if (step.verb == Step::Verb::create) {
    written = cluster_.create(step.ref.kind, step.object->tree());
  } else {
    kube::ApplyOptions options;
    options.manager = step.manager.empty() ? manager : step.manager;
    options.uid = step.uid;
    options.subresource = step.subresource;
    written = cluster_.apply(step.ref.kind, step.object->tree(), options);
  }
  // A conflict means that the object changed; the watch brings what it is now.
  if (!written) return std::unexpected(written.error());
  if (is_gone(*written))
    cache_.forget(step.ref, written->text("metadata", "uid"));
  else
    cache_.put_answer(step.ref.kind, *written);
  return {};
}

Outcome Reconciler::after_failure(const kube::KubeError& error) {
  if (error.reason == kFenced) return {Outcome::Kind::again, seconds(1)};
  ++counts_.failures;
  // Tenants are told no more than the kind of it.
  if (!error.is_transient() && !error.is_not_found() && !error.is_conflict())
    log::warn("the cluster refused an object",
              {{"status", error.status}, {"reason", error.reason}, {"cause", error.message}});
  // So says a server that is only just coming back.
  const bool away = error.status == 0 || error.status == 503;
  return {away ? Outcome::Kind::retry_soon : Outcome::Kind::retry, error.retry_after,
          word_of(error)};
}

Reconciler::Written Reconciler::write_status(const kube::Kind& kind, const ResourceMeta& meta,
                                             Json status, std::string_view manager,
                                             Outcome otherwise) {
  Step step = apply_step(status_object(kind, meta, std::move(status)), meta.uid);
  step.subresource = kube::Subresource::status;
  const auto written = run(step, manager);
  if (written) return {otherwise, true};
  // A server that comes back does not know our kinds at first. What is truly gone, the watch tells.
  if (written.error().is_not_found()) {
    const bool held = static_cast<bool>(cache_.find({kind, meta.ns, meta.name}));
    if (!held || meta.deleting) return {otherwise, false};
    return {{Outcome::Kind::retry_soon, milliseconds(250)}, false};
  }
  const Outcome failed = after_failure(written.error());
  const bool failed_before =
      otherwise.kind == Outcome::Kind::retry || otherwise.kind == Outcome::Kind::retry_soon;
  return {failed_before ? otherwise : failed, false};
}

Outcome Reconciler::reconcile_sandbox(const std::string& name) {
  const kube::Ref ref{kinds::kSandbox, {}, name};
  // A namespace that the watch does not show: it lacks our label, since it is another's or since
  // somebody took the label off.
  Seen hidden;
  bool looked = false;
  std::optional<kube::KubeError> error;
  SandboxPlan next;
  SandboxResource sandbox;
  const auto look = [&] {
    looked = true;
    auto there = cluster_.get({kinds::kNamespace, {}, sandbox.spec.ns});
    if (!there) return there;
    hidden = Seen{std::make_shared<const Json>(*there), false};
    // With our label it is one that the watch is only late to tell of.
    if (hidden.label(labels::kManagedBy) == labels::kProduct)
      cache_.put_answer(kinds::kNamespace, *there);
    return there;
  };
  for (int round = 0; round < kRoundsMax && !error; ++round) {
    const Seen seen = cache_.find(ref);
    if (!seen) {
      isolations_.erase(name);
      return {};
    }
    auto parsed = sandbox_from_json(*seen.object);
    if (!parsed) {
      log::error("a Sandbox cannot be read", {{"name", name}, {"why", parsed.error().message}});
      return {};
    }
    sandbox = std::move(*parsed);
    SandboxObserved observed = observe(sandbox);
    if (!observed.ns && hidden) observed.ns = hidden;
    const Condition* before = sandbox.status.find("Ready");
    const bool was_taken = before != nullptr && before->reason == "NamespaceTaken";
    const bool ending = sandbox.meta.deleting && sandbox.meta.has_finalizer;
    if (!observed.ns && !looked && (ending || was_taken)) {
      // The finalizer goes only when the namespace is truly gone; and a name that was another's is
      // asked about, not tried again and again.
      if (const auto there = look())
        observed.ns = hidden;
      else if (!there.error().is_not_found())
        return after_failure(there.error());
    }
    next = plan(sandbox, observed, config_, clock_.now());
    if (next.steps.empty()) break;
    const auto done = run(next.steps, kSandboxManager);
    if (done) {
      tell(sandbox, observed, next.steps);
      continue;
    }
    const bool exists = done.error().is_conflict() && done.error().reason == "AlreadyExists";
    if (exists && !looked) {
      if (const auto there = look(); !there) error = there.error();
    } else {
      error = done.error();
    }
  }
  Outcome outcome;
  if (error) {
    outcome = after_failure(*error);
    if (error->reason == kFenced) return outcome;
    const Cause cause = cause_of(*error);
    next.status = failed_status(sandbox, cause.reason, cause.message, clock_.now());
  } else if (!next.steps.empty()) {
    log::warn("a Sandbox does not come to rest", {{"name", name}});
    outcome = {Outcome::Kind::retry, {}, "unsettled"};
  } else if (hidden) {
    outcome = {Outcome::Kind::again, kLookAgain};
  }
  if (next.status) {
    add_isolation(*next.status, sandbox);
    set_network_condition(*next.status, sandbox, network_, clock_.now());
  }
  if (!next.status || *next.status == sandbox.status) {
    isolations_.erase(name);
    return outcome;
  }
  const Written written =
      write_status(kinds::kSandbox, sandbox.meta, to_json(*next.status), kSandboxManager, outcome);
  if (auto news = news_of(sandbox.status, *next.status); news && written.done)
    teller_.tell(kinds::kSandbox, sandbox.meta, std::move(*news));
  if (const Seen now = cache_.find(ref)) {
    const auto there = sandbox_from_json(*now.object);
    if (there && there->status.isolation == next.status->isolation) isolations_.erase(name);
  }
  return written.outcome;
}

bool Reconciler::saw(const std::string& sandbox, std::optional<IsolationSeen> seen) {
  const Seen known = cache_.find({kinds::kSandbox, {}, sandbox});
  if (!known) return false;
  const auto resource = sandbox_from_json(*known.object);
  if (!resource || resource->status.isolation == seen) {
    isolations_.erase(sandbox);
    return false;
  }
  isolations_.insert_or_assign(sandbox, std::move(seen));
  return true;
}

void Reconciler::add_isolation(SandboxStatus& next, const SandboxResource& sandbox) const {
  const auto seen = isolations_.find(sandbox.meta.name);
  next.isolation =
      seen == isolations_.end() ? sandbox.status.isolation : std::optional(seen->second);
}

Outcome Reconciler::remove_leftovers(const kube::Ref& ref) {
  const DeploymentObserved observed = observe(ref.ns, ref.name);
  const std::vector<Step> steps = plan_leftovers(observed);
  if (steps.empty()) return {};
  // Nothing else tells when they may go.
  if (observed.sandbox && observed.sandbox->paused) return {Outcome::Kind::again, kLookAgain};
  // The watches of two kinds do not run in step: the resource may only not have been told yet.
  const auto there = cluster_.get(ref);
  if (there) {
    cache_.put_answer(ref.kind, *there);
    return cache_.find(ref) ? reconcile_deployment(ref) : Outcome{Outcome::Kind::again, seconds(1)};
  }
  if (!there.error().is_not_found()) return after_failure(there.error());
  const auto done = run(steps, kDeploymentManager);
  return done ? Outcome{} : after_failure(done.error());
}

kube::KubeResult<bool> Reconciler::may_make_pods(const std::string& ns,
                                                 const SandboxView& sandbox) {
  const auto there = cluster_.get({kinds::kNamespace, {}, ns});
  if (!there && !there.error().is_not_found()) return std::unexpected(there.error());
  // Made anew, perhaps.
  if (!there || !takes_pods(sandbox.spec, *there)) return false;
  const auto wish = cluster_.get({kinds::kSandbox, {}, sandbox.name});
  if (!wish && !wish.error().is_not_found()) return std::unexpected(wish.error());
  if (!wish) return false;
  if (wish->text("metadata", "uid") == sandbox.uid &&
      wish->integer_or(0, "metadata", "generation") == sandbox.generation)
    return true;
  cache_.put_answer(kinds::kSandbox, *wish);
  return false;
}

Outcome Reconciler::reconcile_deployment(const kube::Ref& ref) {
  std::optional<kube::KubeError> error;
  kube::Kind failed;
  DeploymentPlan next;
  DeploymentObserved observed;
  UserDeploymentResource resource;
  for (int round = 0; round < kRoundsMax && !error; ++round) {
    const Seen seen = cache_.find(ref);
    if (!seen) {
      remember(ref, false);
      return remove_leftovers(ref);
    }
    auto parsed = user_deployment_from_json(*seen.object);
    if (!parsed) {
      log::error("a UserDeployment cannot be read",
                 {{"namespace", ref.ns}, {"name", ref.name}, {"why", parsed.error().message}});
      return {};
    }
    resource = std::move(*parsed);
    observed = observe(ref.ns, resource.spec.stem);
    next = plan(resource, observed, config_, clock_.now());
    if (makes_pods(next.steps)) {
      hold_back_where_behind(*observed.sandbox);
      remember(ref, observed.sandbox->behind);
      if (observed.sandbox->behind) next = plan(resource, observed, config_, clock_.now());
    } else if (round == 0) {
      remember(ref, false);
    }
    if (next.steps.empty()) break;
    if (makes_pods(next.steps)) {
      const auto may = may_make_pods(ref.ns, *observed.sandbox);
      if (!may) {
        error = may.error();
        break;
      }
      if (!*may) return {Outcome::Kind::again, kLookSoon};
    }
    if (const auto done = run(next.steps, kDeploymentManager, &failed); !done)
      error = done.error();
    else
      tell(resource, observed, next.steps);
  }
  Outcome outcome;
  if (error) {
    outcome = after_failure(*error);
    if (error->reason == kFenced) return outcome;
    // What went away while it was written to needs no status.
    if (error->is_not_found() && resource.meta.deleting) return outcome;
    const Cause cause = failed == kinds::kIngress && refuses_route(*error)
                            ? route_refused(*error, resource.spec.host)
                            : cause_of(*error);
    next.status =
        failed_status(resource, observed, config_, cause.reason, cause.message, clock_.now());
  } else if (!next.steps.empty()) {
    log::warn("a UserDeployment does not come to rest",
              {{"namespace", ref.ns}, {"name", ref.name}});
    outcome = {Outcome::Kind::retry, {}, "unsettled"};
  } else if (next.look_again) {
    outcome = {Outcome::Kind::again, *next.look_again - clock_.now(), {}};
  }
  if (!next.status || *next.status == resource.status) return outcome;
  const Written written = write_status(kinds::kUserDeployment, resource.meta, to_json(*next.status),
                                       kDeploymentManager, outcome);
  // Not of a status that is tried again, or it would be told again with each try.
  if (auto news = news_of(resource.status, *next.status); news && written.done)
    teller_.tell(kinds::kUserDeployment, resource.meta, std::move(*news));
  return written.outcome;
}

}  // namespace ks::op
