#include "bench/recording_cluster.hpp"

namespace ks::bench {

namespace {
std::string uid_of(const Json& object) { return std::string(object.at("metadata").text("uid")); }

bool says_ready(const Write& write) {
  if (write.kind != kube::kinds::kSandbox || write.options.subresource != kube::Subresource::status)
    return false;
  const Json& conditions = write.object.at("status").at("conditions");
  if (!conditions.is_array()) return false;
  for (const Json& condition : conditions.as_array())
    if (condition.text("type") == "Ready") return condition.text("status") == "True";
  return false;
}
}  // namespace

void RecordingCluster::watch_for(std::set<std::string> sandboxes) {
  const std::lock_guard lock(mutex_);
  wanted_ = sandboxes;
  unready_ = std::move(sandboxes);
  writes_.clear();
  all_ready_.reset();
}

std::map<std::string, std::vector<Write>> RecordingCluster::writes() const {
  const std::lock_guard lock(mutex_);
  return writes_;
}

kube::KubeResult<Json> RecordingCluster::create(const kube::Kind& kind, const Json& object) {
  auto result = inner_.create(kind, object);
  if (result) note({kind, true, object, {}, uid_of(*result)});
  return result;
}

kube::KubeResult<Json> RecordingCluster::apply(const kube::Kind& kind, const Json& object,
                                               const kube::ApplyOptions& options) {
  auto result = inner_.apply(kind, object, options);
  if (result) note({kind, false, object, options, uid_of(*result)});
  return result;
}

void RecordingCluster::note(Write write) {
  if (write.kind != kube::kinds::kLease) ++calls_;
  const Json& metadata = write.object.at("metadata");
  const std::string sandbox(metadata.text(write.kind.namespaced ? "namespace" : "name"));
  const std::lock_guard lock(mutex_);
  if (!wanted_.contains(sandbox)) return;
  const bool ready = says_ready(write);
  if (keep_ == Keep::writes) writes_[sandbox].push_back(std::move(write));
  if (ready && unready_.erase(sandbox) == 1 && unready_.empty()) all_ready_.set();
}

}  // namespace ks::bench
