#pragma once

#include <string>
#include <string_view>

#include "operator/engine/cache.hpp"
#include "operator/engine/queue.hpp"
#include "operator/engine/reconciler.hpp"

namespace ks::op {

// Knows which resources a change may concern, and queues them. One thread only.
class Concerns {
 public:
  Concerns(Cache& cache, Reconciler& reconciler, Queue& queue)
      : cache_(cache), reconciler_(reconciler), queue_(queue) {}

  void changed(const kube::Kind& kind, const Json* before, const Json* after);
  void add_sandbox(const std::string& name);
  void add_sandboxes();
  void add_all();

 private:
  void add_sandboxes_of(std::string_view ns);
  void add_deployments_of(std::string_view ns);
  void mend_first(std::string_view ns, const Json* object);

  Cache& cache_;
  Reconciler& reconciler_;
  Queue& queue_;
};

}  // namespace ks::op
