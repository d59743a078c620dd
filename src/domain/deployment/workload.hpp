#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace ks {

// An amount of the resources that a plan limits.
struct Amount {
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t storage_bytes = 0;
  friend bool operator==(const Amount&, const Amount&) = default;
  Amount operator+(const Amount& o) const {
    return {cpu_milli + o.cpu_milli, memory_bytes + o.memory_bytes,
            storage_bytes + o.storage_bytes};
  }
  Amount operator-(const Amount& o) const {
    return {cpu_milli - o.cpu_milli, memory_bytes - o.memory_bytes,
            storage_bytes - o.storage_bytes};
  }
};

// What a container gets that says nothing about itself (spec: 250m and 256Mi).
inline constexpr std::int64_t kCpuMilliDefault = 250;
inline constexpr std::int64_t kMemoryBytesDefault = std::int64_t{256} << 20;

struct Resources {
  std::int64_t cpu_milli_limit = kCpuMilliDefault;
  std::int64_t memory_bytes_limit = kMemoryBytesDefault;
  // What the scheduler reserves; never above the limit.
  std::int64_t cpu_milli_request = kCpuMilliDefault / 5;
  std::int64_t memory_bytes_request = kMemoryBytesDefault / 2;
  friend bool operator==(const Resources&, const Resources&) = default;
};

struct Volume {
  std::string name;
  std::string path;
  std::int64_t size_bytes = 0;
  friend bool operator==(const Volume&, const Volume&) = default;
};

struct RunAs {
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  friend bool operator==(const RunAs&, const RunAs&) = default;
};

// How many pods a service has by what they use, instead of by a fixed number.
struct Autoscale {
  int min = 1;          // Of pods, never 0.
  int cpu_percent = 0;  // What the pods are to use on average of the CPU that each requests.
  friend bool operator==(const Autoscale&, const Autoscale&) = default;
};

// One container image that runs in one or more equal pods.
struct Service {
  std::string name;
  std::string image;
  std::optional<int> port;
  // The pods that there are; of an autoscaled service the most that there may be at a time. So
  // whoever reserves, charges or limits goes by this number and never too low.
  int replicas = 1;
  std::optional<Autoscale> autoscale;             // Its `min` is not above `replicas`.
  std::vector<std::string> args;                  // The image's own when empty.
  std::map<std::string, std::string> env;         // References already resolved.
  std::map<std::string, std::string> secret_env;  // Variable -> key in the deployment's Secret.
  Resources resources;
  std::string health_path;  // HTTP path on `port`; empty: the port must accept connections.
  std::vector<Volume> volumes;
  std::vector<std::string> writable;  // Paths that get an emptyDir; the root is read-only then.
  std::optional<RunAs> run_as;
  friend bool operator==(const Service&, const Service&) = default;
};

enum class Exposure { public_, internal };
std::string_view name(Exposure exposure);

// What a tenant wants to run: the immutable content of a revision. No value in it is a secret.
struct Workload {
  std::vector<Service> services;
  Exposure exposure = Exposure::public_;
  std::string ingress_service;  // Which service the URL leads to; empty when none is exposed.
  friend bool operator==(const Workload&, const Workload&) = default;

  const Service* find(std::string_view service) const;
  Service* find(std::string_view service);
};

// Limits times replicas over all services, volumes once: what the organization's ledger is charged.
// An autoscaled service is charged for as many as there may be.
Amount amount_of(const Workload& workload);

// The form in which the database and the custom resource keep a workload.
Json to_json(const Workload& workload);
// Trusts its input to come from to_json(); a malformed one is `bug`.
Result<Workload> workload_from_json(const Json& json);

// Names of a deployment's objects: `{stem}` for its only service, `{stem}-{service}` among several.
std::string object_name(std::string_view stem, const Workload& workload, std::string_view service);

}  // namespace ks
