#include "operator/probe/probe.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/log.hpp"
#include "operator/plan/sandbox.hpp"
#include "operator/probe/objects.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

constexpr const char* kManager = "k8s-scheduler/probe";
// After a cluster that did not answer.
constexpr Duration kAway = seconds(5);

std::string words_of(const kube::KubeError& error) {
  return error.status == 0 ? std::string("the cluster does not answer") : error.message;
}

}  // namespace

NetworkProbe::NetworkProbe(kube::Cluster& cluster, const OperatorConfig& config, const Clock& clock,
                           Random& random, std::function<bool()> may_work,
                           std::function<void(const std::optional<NetworkProof>&)> told)
    : cluster_(cluster),
      config_(config),
      clock_(clock),
      random_(random),
      may_work_(std::move(may_work)),
      told_(std::move(told)) {}

bool NetworkProbe::counts_still() const {
  return said_ && said_->verdict == NetworkVerdict::enforced;
}

Time NetworkProbe::next_due() const {
  constexpr Time kNever{std::numeric_limits<std::int64_t>::max()};
  Time out = loaded_ && !enabled() ? kNever : next_;
  if (loaded_ && known_->unread) out = std::min(out, read_at_);
  if (to_write_) out = std::min(out, write_at_);
  // The moment at which it counts no more.
  if (counts_still())
    out = std::min(
        out, clock_.monotonic() + milliseconds(1) +
                 (known_->at + config_.probe_every * NetworkProof::kFreshIntervals - clock_.now()));
  return out;
}

bool NetworkProbe::pump() {
  if (!may_work_()) {
    if (!loaded_) return false;
    // Whoever leads now goes by the Lease.
    loaded_ = to_write_ = false;
    known_.reset();
    round_.reset();
    tries_ = 0;
    next_ = {};
    tell();
    return true;
  }
  const Time now = clock_.monotonic();
  if (!loaded_) return now >= next_ && load();
  if (known_->unread && !round_ && now >= read_at_) return load();
  if (!enabled()) return false;
  const bool grown_old =
      counts_still() &&
      known_->worth(clock_.now(), config_.probe_every).verdict != NetworkVerdict::enforced;
  if (grown_old) tell();
  if (to_write_ && now >= write_at_) {
    write();
    return true;
  }
  if (now < next_ && (round_ || !grown_old)) return grown_old;
  if (round_)
    follow();
  else
    begin();
  return true;
}

bool NetworkProbe::load() {
  const auto lease =
      cluster_.get({kinds::kLease, config_.system_namespace, std::string(NetworkProof::kLease)});
  if (!lease && lease.error().is_transient()) {
    log::warn("what the last probe of the network came to cannot be read",
              {{"cause", words_of(lease.error())}});
    if (loaded_)
      read_at_ = clock_.monotonic() + kAgain;
    else
      wait(kAway);
    return true;
  }
  const bool again = loaded_;
  loaded_ = true;
  take(lease);
  // Probes that go on meanwhile keep their time.
  if (!again || !known_->unread)
    next_ = worth()->verdict == NetworkVerdict::enforced
                ? clock_.monotonic() +
                      std::min(config_.probe_every, known_->at + config_.probe_every - clock_.now())
                : clock_.monotonic();
  tell();
  return true;
}

void NetworkProbe::take(const kube::KubeResult<Json>& lease) {
  known_ = lease ? NetworkProof::of_lease(*lease) : std::nullopt;
  if (known_) return;
  if (!lease && lease.error().is_not_found()) {
    known_ = NetworkProof::none();
    return;
  }
  known_ = NetworkProof::not_read();
  read_at_ = clock_.monotonic() + kAgain;
  log::warn(
      "what the last probe of the network came to cannot be read, and forbids what is new",
      {{"cause", lease ? std::string("the Lease tells nothing known") : words_of(lease.error())}});
}

std::optional<NetworkProof> NetworkProbe::worth() const {
  if (!known_) return std::nullopt;
  // What was enforced once shows nothing where nobody looks any more.
  if (!enabled() && !known_->forbids_new()) return NetworkProof::none();
  return known_->worth(clock_.now(), config_.probe_every);
}

void NetworkProbe::tell() {
  const auto worth = this->worth();
  // The moment of it is nobody's business: each would be a change.
  const bool same = worth.has_value() == said_.has_value() &&
                    (!worth || (worth->verdict == said_->verdict && worth->words == said_->words &&
                                worth->unread == said_->unread));
  said_ = worth;
  if (!same) told_(worth);
}

kube::KubeResult<std::vector<Json>> NetworkProbe::pods(const std::string& round) {
  kube::ListOptions options;
  options.ns = probe_namespace_name(config_.system_namespace);
  options.label_selector = std::string(labels::kProbeRound);
  if (!round.empty()) options.label_selector += "=" + round;
  std::vector<Json> out;
  do {
    auto page = cluster_.list(kinds::kPod, options);
    if (!page) return std::unexpected(std::move(page).error());
    for (Json& pod : page->items) out.push_back(std::move(pod));
    options.continue_token = page->continue_token;
  } while (!options.continue_token.empty());
  return out;
}

void NetworkProbe::remove_pods(const std::string& round) {
  const auto there = pods(round);
  if (!there) return;  // The next round takes them, or their own deadline.
  for (const Json& pod : *there) {
    if (!may_work_()) return;
    kube::DeleteOptions options;
    options.uid = pod.text("metadata", "uid");
    if (pod.text("metadata", "deletionTimestamp").empty())
      (void)cluster_.remove(kube::ref_of(kinds::kPod, pod), options);
  }
}

std::optional<std::string> NetworkProbe::prepare() {
  const Object wanted = probe_namespace(config_);
  auto there = cluster_.get(wanted.ref());
  if (!there && there.error().is_not_found())
    there = cluster_.create(kinds::kNamespace, wanted.tree());
  if (!there)
    return fmt::format(
        "The namespace {} cannot be had: {}; apply the output of `k8s-scheduler "
        "manifests`.",
        wanted.ref().name, words_of(there.error()));
  if (!is_probe_namespace(*there))
    return fmt::format("The namespace {} is somebody else's.", wanted.ref().name);
  if (is_terminating(*there)) return fmt::format("The namespace {} is ending.", wanted.ref().name);
  kube::ApplyOptions options;
  options.manager = kManager;
  for (const Object& object : probe_objects(config_)) {
    if (!may_work_()) return "The lease went to another.";
    const auto done = cluster_.apply(object.kind(), object.tree(), options);
    if (!done)
      return fmt::format("{} {} cannot be written: {}.", object.kind().name, object.ref().name,
                         words_of(done.error()));
  }
  return std::nullopt;
}

std::optional<std::string> NetworkProbe::make(const Object& object) {
  if (!may_work_()) return "The lease went to another.";
  const auto done = cluster_.create(object.kind(), object.tree());
  // No answer may have been one that was lost.
  if (done || done.error().reason == "AlreadyExists") return std::nullopt;
  return fmt::format("The pod {} cannot be made: {}.", object.ref().name, words_of(done.error()));
}

void NetworkProbe::begin() {
  round_ = ProbeRound{random_suffix(random_, 10), clock_.monotonic(), false};
  remove_pods({});
  std::optional<std::string> why = prepare();
  for (const ProbeRole role : kProbeListeners)
    if (!why) why = make(probe_listener(config_, role, round_->id));
  if (why) return finish(NetworkVerdict::failed, std::move(*why));
  wait(kLook);
}

void NetworkProbe::connect(const ProbeNext& next) {
  if (auto why = make(probe_connector(config_, round_->id, next.addresses)))
    return finish(NetworkVerdict::failed, std::move(*why));
  round_->connects = true;
  round_->ready = next.ready;
  round_->since = clock_.monotonic();
  wait(kLook);
}

void NetworkProbe::follow() {
  wait(kLook);
  const auto there = pods(round_->id);
  // What is unknown is neither there nor gone; in the end the round runs out of time.
  if (!there && clock_.monotonic() - round_->since < ProbeRound::kListenersWithin) return;
  if (!there) return finish(NetworkVerdict::failed, "The pods of the probe cannot be read.");
  ProbeNext next = next_of(*round_, *there, clock_.monotonic());
  if (next.kind == ProbeNext::Kind::connect) return connect(next);
  if (next.kind == ProbeNext::Kind::over) finish(next.verdict, std::move(next.words));
}

void NetworkProbe::finish(NetworkVerdict verdict, std::string words) {
  const std::string id = round_->id;
  round_.reset();
  remove_pods(id);
  if (!may_work_()) return;
  tries_ = verdict == NetworkVerdict::failed ? tries_ + 1 : 0;
  if (verdict != NetworkVerdict::enforced)
    log::warn("the network is not shown to enforce policies",
              {{"reason", name(verdict)}, {"cause", words}});
  const NetworkProof next = after(known_, {verdict, std::move(words), clock_.now(), false}, tries_);
  to_write_ = next != known_;
  known_ = next;
  if (verdict == NetworkVerdict::enforced)
    wait(config_.probe_every);
  else
    wait(std::min(config_.probe_every,
                  verdict == NetworkVerdict::failed && tries_ < kProbeTries ? kAgain : kAgainSoon));
  tell();
  if (to_write_) write();
}

void NetworkProbe::write() {
  kube::ApplyOptions options;
  options.manager = kManager;
  const auto done = cluster_.apply(kinds::kLease, known_->lease(config_.system_namespace), options);
  to_write_ = !done;
  write_at_ = clock_.monotonic() + kAgain;
  if (!done)
    log::warn("what a probe of the network came to cannot be written",
              {{"cause", words_of(done.error())}});
}

}  // namespace ks::op
