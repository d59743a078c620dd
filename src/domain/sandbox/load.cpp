#include "domain/sandbox/load.hpp"

namespace ks {

void SandboxLoad::add(const Workload& workload) {
  granted = granted + amount_of(workload);
  for (const Service& service : workload.services) {
    surge.cpu_milli += service.resources.cpu_milli_limit;
    surge.memory_bytes += service.resources.memory_bytes_limit;
    pods += service.replicas + 1;
    ++services;
  }
}

SandboxQuota room_for(const SandboxLoad& load) {
  SandboxQuota quota;
  quota.cpu_milli = load.granted.cpu_milli + load.surge.cpu_milli;
  quota.memory_bytes = load.granted.memory_bytes + load.surge.memory_bytes;
  quota.storage_bytes = load.granted.storage_bytes;
  quota.pods = load.pods;
  quota.services = load.services;
  quota.ingresses = load.services;
  quota.claims = load.services * 10;
  // The revision before and the one after stand beside each other during a roll-out.
  quota.secrets = load.services * 3;
  quota.config_maps = load.services;
  return quota;
}

}  // namespace ks
