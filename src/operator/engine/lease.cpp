#include "operator/engine/lease.hpp"

#include "base/log.hpp"
#include "operator/engine/bootstrap.hpp"

namespace ks::op {

namespace {
constexpr const char* kName = "k8s-scheduler-operator";
constexpr const char* kManager = "k8s-scheduler/lease";
}  // namespace

bool Elector::leading() const {
  return held_ && clock_.monotonic() < renewed_ + config_.renew_deadline;
}

bool Elector::pump() {
  const Time now = clock_.monotonic();
  if (now < next_) return false;
  next_ = now + config_.retry_period;
  if (held_ && now >= renewed_ + config_.renew_deadline) {
    held_ = false;
    log::warn("the operator's lease could not be renewed in time");
  }
  if (held_)
    renew(now);
  else
    acquire(now);
  return true;
}

Json Elector::lease(Time now, bool mine) const {
  Json spec = Json::object({{"holderIdentity", mine ? identity_ : std::string()},
                            {"leaseDurationSeconds", config_.lease_duration.us / 1'000'000},
                            {"acquireTime", acquired_},
                            {"renewTime", rfc3339(now)},
                            {"leaseTransitions", transitions_}});
  return Json::object(
      {{"apiVersion", kube::kinds::kLease.api_version()},
       {"kind", kube::kinds::kLease.name},
       {"metadata", Json::object({{"name", kName}, {"namespace", config_.system_namespace}})},
       {"spec", std::move(spec)}});
}

void Elector::remember(const Json& object, Time now) {
  std::string record = object.at("spec").canonical();
  if (record != record_) {
    record_ = std::move(record);
    record_since_ = now;
  }
  holder_ = object.text("spec", "holderIdentity");
  record_duration_ = seconds(object.integer_or(15, "spec", "leaseDurationSeconds"));
  transitions_ = object.integer_or(0, "spec", "leaseTransitions");
  acquired_ = object.text("spec", "acquireTime");
  version_ = object.text("metadata", "resourceVersion");
}

void Elector::acquire(Time now) {
  const kube::Ref ref{kube::kinds::kLease, config_.system_namespace, kName};
  const auto seen = cluster_.get(ref);
  kube::KubeResult<Json> written = std::unexpected(kube::KubeError{});
  if (!seen) {
    if (!seen.error().is_not_found()) return;
    transitions_ = 0;
    acquired_ = rfc3339(clock_.now());
    written = cluster_.create(kube::kinds::kLease, lease(clock_.now(), true));
    // Somebody deleted its namespace, or the cluster's data are of before that was made.
    if (!written && written.error().is_not_found() &&
        cluster_.create(kube::kinds::kNamespace, system_namespace(config_)))
      next_ = {};
  } else {
    remember(*seen, now);
    const bool free =
        holder_.empty() || holder_ == identity_ || now >= record_since_ + record_duration_;
    if (!free) return;
    if (holder_ != identity_) {
      ++transitions_;
      acquired_ = rfc3339(clock_.now());
    }
    kube::ApplyOptions options;
    options.manager = kManager;
    options.resource_version = version_;
    written = cluster_.apply(kube::kinds::kLease, lease(clock_.now(), true), options);
  }
  // Somebody else was faster, or the answer is lost: the next look tells.
  if (!written) return;
  remember(*written, now);
  held_ = true;
  renewed_ = now;
  log::info("this operator leads", {{"identity", identity_}});
}

void Elector::renew(Time now) {
  kube::ApplyOptions options;
  options.manager = kManager;
  options.resource_version = version_;
  auto written = cluster_.apply(kube::kinds::kLease, lease(clock_.now(), true), options);
  if (written) {
    remember(*written, now);
    renewed_ = now;
    return;
  }
  if (written.error().is_transient()) {
    next_ = clock_.monotonic() + Duration{config_.retry_period.us / 4};
    return;
  }
  // The version is old: after a lost answer it is still ours, else another's.
  const kube::Ref ref{kube::kinds::kLease, config_.system_namespace, kName};
  const auto seen = cluster_.get(ref);
  if (!seen) {
    if (!seen.error().is_not_found()) return;
    held_ = false;
    next_ = {};
    return;
  }
  remember(*seen, now);
  if (holder_ != identity_) {
    held_ = false;
    log::warn("the operator's lease went to another", {{"holder", holder_}});
    return;
  }
  next_ = {};
}

void Elector::release() {
  if (!leading()) return;
  held_ = false;
  kube::ApplyOptions options;
  options.manager = kManager;
  options.resource_version = version_;
  (void)cluster_.apply(kube::kinds::kLease, lease(clock_.now(), false), options);
}

}  // namespace ks::op
