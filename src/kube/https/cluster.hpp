#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "kube/cluster.hpp"
#include "kube/https/kubeconfig.hpp"
#include "runtime/loop.hpp"

namespace ks::kube::https {

struct Options {
  std::string ca_file;  // Authorities for a server whose kubeconfig names none.
  std::string proxy;    // Of HTTPS_PROXY; empty: none. The environment itself is not read.
  std::string no_proxy;
  Duration call_timeout = seconds(10);
  std::size_t answer_bytes_max = 64 << 20;  // An answer that is longer is not read to its end.
  // A watch ends by itself after a random time between these, so that all watches of all clients do
  // not come back at once. Until then only TCP keep-alive finds out that the server is gone.
  Duration watch_min = minutes(5);
  Duration watch_max = minutes(10);
};

// A real API server. Calls may come from any fiber and any thread; the connections live on one
// loop.
class HttpsCluster final : public Cluster {
 public:
  // `loop` must outlive the cluster; null: a loop and thread of its own. Fails when a file cannot
  // be read; the server itself is not asked.
  static Result<std::unique_ptr<HttpsCluster>> make(KubeConfig config, Options options,
                                                    runtime::Loop* loop = nullptr);
  ~HttpsCluster() override;

  KubeResult<Json> get(const Ref& ref) override;
  KubeResult<ListPage> list(const Kind& kind, const ListOptions& options) override;
  KubeResult<std::unique_ptr<Watch>> watch(const Kind& kind, const WatchOptions& options) override;
  KubeResult<Json> create(const Kind& kind, const Json& object) override;
  KubeResult<Json> apply(const Kind& kind, const Json& object,
                         const ApplyOptions& options) override;
  KubeResult<void> remove(const Ref& ref, const DeleteOptions& options) override;
  bool simulated() const override { return false; }

 private:
  struct Impl;
  explicit HttpsCluster(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ks::kube::https
