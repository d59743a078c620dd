#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "kube/cluster.hpp"
#include "runtime/loop.hpp"

namespace ks::bench {

// A mutating call that went through.
struct Write {
  kube::Kind kind;
  bool create = false;
  Json object;
  kube::ApplyOptions options;
  std::string uid;  // Of the object, as the cluster answered.
};

// Whether the writes to watched sandboxes are kept, or only looked at.
enum class Keep { nothing, writes };

// Passes everything on, and keeps the writes to watched sandboxes: to the custom resource, to the
// namespace of that name, and to what is in it.
class RecordingCluster final : public kube::Cluster {
 public:
  RecordingCluster(kube::Cluster& inner, Keep keep) : inner_(inner), keep_(keep) {}

  // Mutating calls that went through, those on Leases apart. From any thread.
  std::int64_t calls() const { return calls_; }

  // From here on, until all of these were said to be Ready.
  void watch_for(std::set<std::string> sandboxes);
  bool wait_ready(Duration timeout) { return all_ready_.wait_for(timeout); }
  // By sandbox, in the order of the calls.
  std::map<std::string, std::vector<Write>> writes() const;

  kube::KubeResult<Json> get(const kube::Ref& ref) override { return inner_.get(ref); }
  kube::KubeResult<kube::ListPage> list(const kube::Kind& kind,
                                        const kube::ListOptions& options) override {
    return inner_.list(kind, options);
  }
  kube::KubeResult<std::unique_ptr<kube::Watch>> watch(const kube::Kind& kind,
                                                       const kube::WatchOptions& options) override {
    return inner_.watch(kind, options);
  }
  kube::KubeResult<Json> create(const kube::Kind& kind, const Json& object) override;
  kube::KubeResult<Json> apply(const kube::Kind& kind, const Json& object,
                               const kube::ApplyOptions& options) override;
  kube::KubeResult<void> remove(const kube::Ref& ref, const kube::DeleteOptions& options) override {
    ++calls_;
    return inner_.remove(ref, options);
  }
  bool simulated() const override { return inner_.simulated(); }

 private:
  void note(Write write);
  kube::Cluster& inner_;
  const Keep keep_;
  std::atomic<std::int64_t> calls_ = 0;
  mutable std::mutex mutex_;
  std::set<std::string> wanted_, unready_;
  std::map<std::string, std::vector<Write>> writes_;
  runtime::Event all_ready_;
};

}  // namespace ks::bench
