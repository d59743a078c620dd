#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "kube/simulated/state.hpp"

namespace ks::kube::simulated {

// What is used of the resources that a ResourceQuota names.
class Usage {
 public:
  void add(const Kind& kind, const Json& object);
  // Thousandths of a CPU, bytes, or a count; 0 for what is not known here.
  std::int64_t amount(std::string_view resource) const;
  // The same as a quantity.
  std::string text(std::string_view resource) const;

 private:
  std::map<std::string, std::int64_t, std::less<>> amounts_;
};

// Of everything in a namespace.
Usage usage_of(const State& state, const std::string& ns);

// Refuses what would pass a quota of its namespace, where quotas are enforced. `before`: what the
// object was, or null for a new one.
KubeResult<void> admit_quota(const State& state, const Ref& ref, const Json& object,
                             const Json* before);

}  // namespace ks::kube::simulated
