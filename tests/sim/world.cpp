#include "tests/sim/world.hpp"

#include <algorithm>
#include <iterator>

namespace ks::sim {

namespace kinds = kube::kinds;

namespace {
kube::simulated::Options with_seed(kube::simulated::Options options, std::uint64_t seed) {
  options.seed = seed;
  return options;
}

// Longer than the operator waits before it looks whether a cluster that was away is back.
constexpr Duration kQuiet = seconds(12);
constexpr const char* kSync = "k8s-scheduler/sync";
}  // namespace

World::World(std::uint64_t seed, op::OperatorConfig config, const Front& front,
             kube::simulated::Options options)
    : random_(seed),
      config_(std::move(config)),
      cluster_(std::make_unique<kube::simulated::SimulatedCluster>(
          clock_, with_seed(std::move(options), seed))) {
  if (front) front_ = front(*cluster_);
  add_operator();
}

void World::add_operator() {
  kube::Cluster& behind = seats_.empty() && front_ ? *front_ : *cluster_;
  const std::size_t which = seats_.size();
  seats_.push_back({std::make_unique<Gate>(behind), nullptr, false, {}});
  seats_[which].gate->each_write([this, which](const kube::Ref& ref) {
    if (writing_) writing_(seats_[which].identity, ref);
  });
  restart_operator(which);
}

void World::restart_operator(std::size_t which) {
  // The next one waits until the lease of the last has run out, as after a kill.
  config_.identity = "operator-" + std::to_string(++generation_);
  Seat& seat = seats_[which];
  seat.identity = config_.identity;
  seat.op.reset();
  seat.op = std::make_unique<op::Operator>(*seat.gate, config_, clock_, random_);
}

op::Operator* World::leader() {
  for (Seat& seat : seats_)
    if (!seat.paused && seat.op->leading()) return seat.op.get();
  return nullptr;
}

// Tenants' side: not held up, as if it were tried until it goes through. As sync does, nothing is
// put into a namespace that is not proved to be the tenant's.
void World::apply() {
  kube::ApplyOptions options;
  options.manager = kSync;
  for (const auto& [name, sandbox] : sandboxes) {
    const auto there = get({kinds::kSandbox, {}, name});
    if (there && there->at("metadata").find("deletionTimestamp") != nullptr) continue;
    (void)cluster_->apply(kinds::kSandbox, to_json(sandbox), options);
  }
  for (const auto& [stem, d] : deployments) {
    const auto ns = get({kinds::kNamespace, {}, d.meta.ns});
    const auto box = sandboxes.find(d.meta.ns);
    if (!ns || box == sandboxes.end() ||
        ns->at("metadata", "annotations").text(annotations::kClaim) != box->second.spec.claim)
      continue;
    const auto there = get({kinds::kUserDeployment, d.meta.ns, stem});
    if (there && there->at("metadata").find("deletionTimestamp") != nullptr) continue;
    (void)cluster_->apply(kinds::kUserDeployment, to_json(d), options);
    if (!d.spec.secret_name.empty())
      (void)cluster_->apply(
          kinds::kSecret,
          Json::object(
              {{"apiVersion", "v1"},
               {"kind", "Secret"},
               {"metadata", Json::object({{"name", d.spec.secret_name}, {"namespace", d.meta.ns}})},
               {"stringData", Json::object({{"password", "synthetic"}})}}),
          options);
  }
}

bool World::step(std::size_t which) {
  Seat& seat = seats_[which];
  if (seat.paused) return false;
  try {
    return seat.op->step();
  } catch (const Crash&) {
    ++crashes_;
    restart_operator(which);
    return true;
  }
}

bool World::step_any() {
  for (std::size_t i = 0; i < seats_.size(); ++i)
    if (step((turn_ + i) % seats_.size())) {
      turn_ = (turn_ + i + 1) % seats_.size();
      return true;
    }
  return false;
}

bool World::once() {
  if (step_any()) return true;
  if (const auto due = cluster_->next_due(); due && *due <= clock_.now()) {
    cluster_->tick();
    return true;
  }
  return false;
}

void World::advance(Time most) {
  // An event that is held back shows by no deadline.
  Time next = std::min(most, clock_.now() + seconds(1));
  for (const Seat& seat : seats_)
    if (!seat.paused) next = std::min(next, seat.op->next_due());
  if (const auto due = cluster_->next_due()) next = std::min(next, *due);
  clock_.set(std::max(next, clock_.now() + milliseconds(1)));
}

bool World::settle(Duration limit) {
  const Time end = clock_.now() + limit;
  Time quiet_since = clock_.now();
  std::size_t reconciles = 0;
  while (clock_.now() < end) {
    for (int i = 0; i < 100'000 && once(); ++i) {
    }
    op::Operator* leads = leader();
    const auto counters = leads != nullptr ? leads->counters() : op::Operator::Counters{};
    const bool busy = leads == nullptr || cluster_->pending() || counters.queued > 0 ||
                      counters.reconciles != reconciles || !leads->synced();
    reconciles = counters.reconciles;
    if (busy) quiet_since = clock_.now();
    if (clock_.now() - quiet_since >= kQuiet) return true;
    advance(end);
  }
  return false;
}

void World::run_some(int steps) {
  for (int i = 0; i < steps; ++i)
    if (!once()) advance(clock_.now() + hours(1));
}

void World::run_for(Duration time) {
  const Time end = clock_.now() + time;
  while (clock_.now() < end)
    if (!once()) advance(end);
  // What is due now. Where calls take longer than a lease goes without a renewal, something always
  // is.
  while (clock_.now() < end + seconds(10) && once()) {
  }
}

std::int64_t World::resync_writes() {
  const std::int64_t before = cluster_->mutating_calls();
  for (Seat& seat : seats_) seat.op->resync();
  if (!settle()) return -1;
  return cluster_->mutating_calls() - before;
}

std::vector<Json> World::list(const kube::Kind& kind, const std::string& ns) {
  std::vector<Json> out;
  kube::ListOptions options;
  options.ns = ns;
  do {
    auto page = cluster_->list(kind, options);
    if (!page) return {};
    std::ranges::move(page->items, std::back_inserter(out));
    options.continue_token = page->continue_token;
  } while (!options.continue_token.empty());
  return out;
}

std::vector<Json> World::ours(const kube::Kind& kind, const std::string& ns) {
  std::vector<Json> out = list(kind, ns);
  std::erase_if(out, [](const Json& o) {
    return o.at("metadata", "labels").text(labels::kManagedBy) != labels::kProduct;
  });
  return out;
}

std::optional<Json> World::get(const kube::Ref& ref) {
  auto found = cluster_->get(ref);
  if (!found) return std::nullopt;
  return std::move(*found);
}

UserDeploymentStatus World::status(const std::string& stem) {
  for (const Json& object : list(kinds::kUserDeployment))
    if (object.text("metadata", "name") == stem)
      if (auto d = user_deployment_from_json(object)) return d->status;
  return {};
}

SandboxStatus World::sandbox_status(const std::string& name) {
  if (const auto object = get({kinds::kSandbox, {}, name}))
    if (auto s = sandbox_from_json(*object)) return s->status;
  return {};
}

}  // namespace ks::sim
