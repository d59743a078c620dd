#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "kube/cluster.hpp"
#include "store/sync.hpp"

namespace ks::sync {

bool has_secrets(const Workload& workload);

// Takes away the Secrets of revisions that are of no more use. Secrets may not be listed, because
// who may list them reads those of everybody; so each UserDeployment names in an annotation the
// older revisions whose Secrets are still there. Of one deployment there are three at most: of the
// revision that serves, of the one that is being rolled out, and of the one that is wanted now.
//
// `known` is the row's UserDeployment as last seen, or nothing. The same call may be made again
// after any failure or end of the process. Limit: where the process ended between a Secret and its
// resource, and 256 revisions came and went before the next was carried over, that Secret stays.
//
// From any fiber.
class OldSecrets {
 public:
  explicit OldSecrets(kube::Cluster& cluster) : cluster_(cluster) {}

  static constexpr std::string_view kAnnotation = "k8s-scheduler.dev/secrets";

  // Before the row's own Secret is written. Gives the annotation of its resource.
  kube::KubeResult<std::string> before_push(const WantedDeployment& row,
                                            const std::optional<Json>& known);
  // When the resource's status came: once its revision serves, those before it go.
  kube::KubeResult<void> after_status(const WantedDeployment& row, const Json& known);
  // All of them, the row's own too.
  kube::KubeResult<void> all(const WantedDeployment& row, const std::optional<Json>& known);

 private:
  std::set<std::int64_t> left(const WantedDeployment& row, const std::optional<Json>& known);
  kube::KubeResult<void> remove(const WantedDeployment& row, std::int64_t revision);

  struct Done {
    std::int64_t swept = 0;   // Up to here none is left that no resource names.
    std::int64_t served = 0;  // Those before this one are gone.
  };
  kube::Cluster& cluster_;
  std::mutex mutex_;
  std::map<std::string, Done> done_;  // By stem.
};

}  // namespace ks::sync
