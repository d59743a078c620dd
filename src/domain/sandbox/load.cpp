#include "domain/sandbox/load.hpp"

#include <algorithm>

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

Workload covering(Workload a, const Workload& b) {
  for (const Service& other : b.services) {
    Service* same = a.find(other.name);
    if (same == nullptr) {
      a.services.push_back(other);
      continue;
    }
    same->replicas = std::max(same->replicas, other.replicas);
    Resources& most = same->resources;
    most.cpu_milli_limit = std::max(most.cpu_milli_limit, other.resources.cpu_milli_limit);
    most.memory_bytes_limit = std::max(most.memory_bytes_limit, other.resources.memory_bytes_limit);
    for (const Volume& volume : other.volumes) {
      const auto at = std::ranges::find(same->volumes, volume.name, &Volume::name);
      if (at == same->volumes.end())
        same->volumes.push_back(volume);
      else
        at->size_bytes = std::max(at->size_bytes, volume.size_bytes);
    }
  }
  return a;
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
