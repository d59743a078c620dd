#pragma once

#include <cstdint>

#include "domain/deployment/workload.hpp"
#include "domain/resources.hpp"

namespace ks {

// What the deployments of one sandbox need of its namespace, for its quota.
struct SandboxLoad {
  Amount granted;  // As the ledger has it.
  Amount surge;    // One more pod of each service.
  std::int64_t services = 0;
  std::int64_t pods = 0;

  // One more workload, what is being deleted included: its pods are still there.
  void add(const Workload& workload);
};

// A workload that takes as much as each of the two does, service by service: while one takes the
// place of the other, pods of both are there, and together never more of a service than the greater
// number and one.
Workload covering(Workload a, const Workload& b);

// The smallest quota that never stands in the load's way: with each update's one more pod of each
// service. It has every key; where a plan has no limit, none is to be set.
SandboxQuota room_for(const SandboxLoad& load);

}  // namespace ks
