#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "kube/cluster.hpp"
#include "runtime/loop.hpp"

namespace ks::sync {

// What the cluster holds of one kind of custom resource, kept current by a list and a watch that
// resumes where it broke off; when it says nothing for long, by another list. One fiber serves it;
// the rest may be called from any fiber.
class Mirror {
 public:
  // `changed` is called on the serving fiber, after the mirror has changed: with the object, or
  // with the last known one and `gone` true.
  using Listener = std::function<void(const Json& object, bool gone)>;
  Mirror(kube::Cluster& cluster, kube::Kind kind, std::string selector, const Clock& clock,
         Listener changed);

  // Serves until `running` gives false, which is asked at least every half second.
  void serve(const std::function<bool()>& running);
  // Lets it be asked now. For the end only, on the loop that serves.
  void wake();

  bool complete() const;
  // Complete, and the cluster has told something of the kind lately, if only that nothing has
  // changed.
  bool current() const;
  // Why the cluster did not answer at the last try; empty when it did.
  std::string trouble() const;
  std::optional<Json> find(std::string_view ns, std::string_view name) const;
  // What an apply returned: newer than the watch's word.
  void put(const Json& object);

 private:
  using Key = std::pair<std::string, std::string>;
  kube::KubeResult<std::string> list();
  // False when something newer is held.
  bool take(const Json& object, bool gone);
  void fail(const kube::KubeError& error);
  void hear();

  kube::Cluster& cluster_;
  kube::Kind kind_;
  std::string selector_;
  const Clock& clock_;
  Listener changed_;
  mutable std::mutex mutex_;
  std::map<Key, Json> objects_;
  bool complete_ = false;
  Time heard_{};
  std::string trouble_;
  kube::Watch* waiting_ = nullptr;
  runtime::Event ending_;
};

}  // namespace ks::sync
