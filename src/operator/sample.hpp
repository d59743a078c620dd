#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "domain/resources.hpp"

// Sandboxes and deployments for tests: plain ones, and random ones from a seed.
namespace ks::sample {

inline std::string uuid(int n) {
  std::string digits = std::to_string(n);
  return "01890000-0000-7000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

inline SandboxResource sandbox(const std::string& ns, int org = 1, int user = 1) {
  SandboxResource out;
  out.meta.name = ns;
  out.spec.ns = ns;
  out.spec.client_id = uuid(0);
  out.spec.org_id = uuid(org);
  out.spec.user_id = uuid(100 + user);
  out.spec.claim = "claim-of-" + ns + "-0123456789";
  return out;
}

inline SandboxResource limited_sandbox(const std::string& ns) {
  SandboxResource out = sandbox(ns);
  out.spec.quota.cpu_milli = 1000;
  out.spec.quota.memory_bytes = std::int64_t{2} << 30;
  out.spec.quota.storage_bytes = std::int64_t{5} << 30;
  out.spec.quota.pods = 8;
  out.spec.quota.services = 4;
  out.spec.quota.ingresses = 4;
  out.spec.quota.claims = 2;
  out.spec.quota.secrets = 6;
  out.spec.quota.config_maps = 0;
  return out;
}

inline Service service(const std::string& name, int port = 8080) {
  Service out;
  out.name = name;
  out.image = "docker.io/nginxinc/nginx-unprivileged:1.27";
  out.port = port;
  return out;
}

inline UserDeploymentResource deployment(const std::string& ns, const std::string& stem,
                                         int org = 1, int team = 1) {
  UserDeploymentResource out;
  out.meta.name = out.spec.stem = stem;
  out.meta.ns = ns;
  out.spec.name = "web";
  out.spec.deployment_id = uuid(900);
  out.spec.org_id = uuid(org);
  out.spec.team_id = uuid(500 + team);
  out.spec.workload.services = {service("web")};
  out.spec.workload.ingress_service = "web";
  out.spec.host = stem + ".apps.localhost";
  return out;
}

// Two services, one with a volume and a secret.
inline UserDeploymentResource wiki(const std::string& ns, const std::string& stem) {
  UserDeploymentResource out = deployment(ns, stem);
  Service& web = out.spec.workload.services[0];
  web.replicas = 2;
  web.health_path = "/healthz";
  web.env = {{"TITLE", "Wiki"}, {"EMPTY", ""}};
  web.args = {"--listen", ":8080"};
  web.writable = {"/tmp", "/var/cache"};
  Service db = service("db", 5432);
  db.image = "docker.io/library/postgres:16";
  db.volumes = {{"data", "/var/lib/postgresql/data", std::int64_t{1} << 30}};
  db.secret_env = {{"POSTGRES_PASSWORD", "password"}};
  db.run_as = RunAs{999, 999};
  out.spec.workload.services.push_back(db);
  out.spec.secret_name = stem + "-1";
  return out;
}

// Autoscaled between the two.
inline Service& autoscaled(Service& service, int min, int max) {
  service.autoscale = Autoscale{min, 70};
  service.replicas = max;
  return service;
}

inline bool chance(Random& random, std::uint64_t percent) { return random.below(100) < percent; }
inline int between(Random& random, int low, int high) {
  return low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low + 1)));
}

// No list, an empty one, or ranges all over the place, closed ones included.
inline std::optional<EgressList> random_egress(Random& random) {
  if (chance(random, 40)) return std::nullopt;
  static const char* const kRanges[] = {
      "0.0.0.0/0",  "8.0.0.0/6",   "10.0.0.0/8", "10.96.0.0/12",   "1.1.1.1/32", "169.254.0.0/15",
      "64.0.0.0/2", "192.0.0.0/8", "::/0",       "2606:4700::/32", "fc00::/6",   "8.8.8.0/24"};
  EgressList out;
  for (int i = between(random, 0, 4); i > 0; --i) {
    EgressRule rule{kRanges[random.below(std::size(kRanges))], {}};
    for (int port = between(random, 0, 3); port > 0; --port)
      rule.ports.push_back(between(random, 1, 30) * 10 + 5);
    out.push_back(std::move(rule));
  }
  return out;
}

inline Service random_service(Random& random, const std::string& name) {
  Service out = service(name, between(random, 1, 65535));
  if (chance(random, 10)) out.port.reset();
  if (out.port && chance(random, 50)) out.health_path = "/health" + random_suffix(random, 3);
  for (int i = between(random, 0, 3); i > 0; --i)
    out.env["V_" + random_suffix(random, 4)] = chance(random, 20) ? "" : random_suffix(random, 9);
  if (chance(random, 30)) out.secret_env["PASSWORD"] = "password";
  if (chance(random, 30)) out.args = {"--x", random_suffix(random, 5)};
  out.resources.cpu_milli_limit = between(random, 1, 4000);
  out.resources.cpu_milli_request =
      between(random, 1, static_cast<int>(out.resources.cpu_milli_limit));
  out.resources.memory_bytes_limit = std::int64_t{between(random, 1, 4096)} << 20;
  out.resources.memory_bytes_request = out.resources.memory_bytes_limit / 2;
  if (chance(random, 30)) {
    for (int i = between(random, 1, 2); i > 0; --i)
      out.volumes.push_back({"data" + std::to_string(i), "/data" + std::to_string(i),
                             std::int64_t{between(random, 1, 2048)} << 20});
    out.replicas = between(random, 0, 1);
  } else {
    out.replicas = between(random, 0, 4);
    if (out.replicas > 0 && chance(random, 25))
      out.autoscale = Autoscale{between(random, 1, out.replicas), between(random, 1, 100)};
  }
  if (chance(random, 30)) out.writable = {"/tmp", "/run"};
  if (chance(random, 30)) out.run_as = RunAs{between(random, 1, 60000), between(random, 1, 60000)};
  return out;
}

inline Workload random_workload(Random& random) {
  Workload out;
  static const std::vector<std::string> kNames = {"web", "db", "cache", "worker"};
  const int count = between(random, 1, 4);
  for (int i = 0; i < count; ++i) out.services.push_back(random_service(random, kNames[i]));
  out.exposure = chance(random, 60) ? Exposure::public_ : Exposure::internal;
  if (out.exposure == Exposure::public_ && out.services[0].port)
    out.ingress_service = out.services[0].name;
  return out;
}

// Fills in what follows from the workload.
inline void set_workload(UserDeploymentResource& d, Workload workload) {
  d.spec.workload = std::move(workload);
  d.spec.host = d.spec.workload.ingress_service.empty() ? "" : d.spec.stem + ".apps.localhost";
  bool secrets = false;
  for (const Service& s : d.spec.workload.services) secrets = secrets || !s.secret_env.empty();
  d.spec.secret_name = secrets ? d.spec.stem + "-secret" : "";
}

inline SandboxQuota random_quota(Random& random) {
  SandboxQuota out;
  for (auto member : {&SandboxQuota::pods, &SandboxQuota::services, &SandboxQuota::ingresses,
                      &SandboxQuota::claims, &SandboxQuota::secrets, &SandboxQuota::config_maps})
    if (chance(random, 50)) out.*member = between(random, 0, 30);
  if (chance(random, 50)) out.cpu_milli = between(random, 0, 9000);
  if (chance(random, 50)) out.memory_bytes = std::int64_t{between(random, 0, 9000)} << 20;
  if (chance(random, 50)) out.storage_bytes = std::int64_t{between(random, 0, 9000)} << 20;
  return out;
}

}  // namespace ks::sample
