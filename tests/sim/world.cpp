#include "tests/sim/world.hpp"

#include <algorithm>

namespace ks::sim {

namespace kinds = kube::kinds;

namespace {
kube::simulated::Options options_of(std::uint64_t seed) {
  kube::simulated::Options out;
  out.seed = seed;
  return out;
}

// Tenants' side: no faults, as if it were tried until it goes through.
// Longer than the operator waits before it looks whether a cluster that was away is back.
constexpr Duration kQuiet = seconds(12);
constexpr const char* kSync = "k8s-scheduler/sync";
}  // namespace

World::World(std::uint64_t seed, op::OperatorConfig config, const Front& front)
    : random_(seed),
      config_(std::move(config)),
      cluster_(std::make_unique<kube::simulated::SimulatedCluster>(clock_, options_of(seed))) {
  if (front) front_ = front(*cluster_);
  restart_operator();
}

void World::restart_operator() {
  // The next one waits until the lease of the last has run out, as after a kill.
  config_.identity = "operator-" + std::to_string(++generation_);
  operator_ =
      std::make_unique<op::Operator>(front_ ? *front_ : *cluster_, config_, clock_, random_);
}

void World::apply() {
  kube::ApplyOptions options;
  options.manager = kSync;
  for (const auto& [name, sandbox] : sandboxes) {
    const auto there = get({kinds::kSandbox, {}, name});
    if (there && there->at("metadata").find("deletionTimestamp") != nullptr) continue;
    (void)cluster_->apply(kinds::kSandbox, to_json(sandbox), options);
  }
  for (const auto& [stem, d] : deployments) {
    if (!get({kinds::kNamespace, {}, d.meta.ns})) continue;
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

bool World::once() {
  if (operator_->step()) return true;
  if (const auto due = cluster_->next_due(); due && *due <= clock_.now()) {
    cluster_->tick();
    return true;
  }
  return false;
}

void World::advance() {
  Time next = operator_->next_due();
  if (const auto due = cluster_->next_due()) next = std::min(next, *due);
  // An event that is held back shows by no deadline.
  next = std::min(next, clock_.now() + seconds(1));
  clock_.set(std::max(next, clock_.now() + milliseconds(1)));
}

bool World::settle(Duration limit) {
  const Time end = clock_.now() + limit;
  Time quiet_since = clock_.now();
  std::size_t reconciles = operator_->counters().reconciles;
  while (clock_.now() < end) {
    for (int i = 0; i < 100'000; ++i) {
      if (operator_->step()) continue;
      const auto due = cluster_->next_due();
      if (!due || *due > clock_.now()) break;
      cluster_->tick();
    }
    const auto counters = operator_->counters();
    const bool busy = cluster_->pending() || counters.queued > 0 ||
                      counters.reconciles != reconciles || !operator_->synced() ||
                      !operator_->leading();
    reconciles = counters.reconciles;
    if (busy) quiet_since = clock_.now();
    if (clock_.now() - quiet_since >= kQuiet) return true;
    advance();
  }
  return false;
}

void World::run_some(int steps) {
  for (int i = 0; i < steps; ++i)
    if (!once()) advance();
}

std::int64_t World::resync_writes() {
  const std::int64_t before = cluster_->mutating_calls();
  operator_->resync();
  if (!settle()) return -1;
  return cluster_->mutating_calls() - before;
}

std::vector<Json> World::list(const kube::Kind& kind, const std::string& ns) {
  const auto page = cluster_->list(kind, {ns, {}, 100'000, {}});
  return page ? page->items : std::vector<Json>{};
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
