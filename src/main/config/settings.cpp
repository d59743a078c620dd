#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "domain/name.hpp"
#include "main/config/config.hpp"

namespace ks {

namespace {
using Show = Variable::Show;

constexpr std::array kVariables = {
    Variable{"DATABASE_DSN", "sqlite:./data/k8s-scheduler.db", Show::dsn},
    Variable{"DATABASE_OWNER_DSN", "", Show::dsn},
    Variable{"AUTO_MIGRATE", ""},
    Variable{"SERVER_ADDR", "127.0.0.1:8080"},
    Variable{"BASE_URL", "http://localhost:8080"},
    Variable{"TRUSTED_PROXIES", ""},
    Variable{"DEV_MODE", "false"},
    Variable{"DEPLOYMENT_DOMAIN", ""},
    Variable{"KUBERNETES_ENABLED", "auto"},
    Variable{"KUBECONFIG", ""},
    Variable{"KUBERNETES_CONTEXT", ""},
    Variable{"KUBERNETES_NAMESPACE", "sandbox-{userId}"},
    Variable{"KUBERNETES_INSTALL_CRDS", "auto"},
    Variable{"INGRESS_CLASS", ""},
    Variable{"INGRESS_FROM", "namespace=ingress-nginx"},
    Variable{"DNS_CIDRS", ""},
    Variable{"DNS_SELECTOR", "kube-system/k8s-app=kube-dns"},
    Variable{"CLUSTER_CIDRS", ""},
    Variable{"WORKLOAD_TLS", "external"},
    Variable{"STORAGE_CLASS", ""},
    Variable{"SYSTEM_NAMESPACE", "k8s-scheduler"},
    Variable{"CA_FILE", ""},
    Variable{"HTTPS_PROXY", "", Show::dsn},
    Variable{"NO_PROXY", ""},
    Variable{"SECRETS_KEY", "", Show::secret},
    Variable{"SECRETS_KEY_FILE", ""},
    Variable{"SIGNUP", "open"},
    Variable{"RATE_LIMIT_READS", "6000"},
    Variable{"RATE_LIMIT_WRITES", "1200"},
    Variable{"RATE_LIMIT_ADDRESS_READS", "6000"},
    Variable{"RATE_LIMIT_ADDRESS_WRITES", "600"},
    Variable{"METRICS_ADDR", ""},
    Variable{"LEADER_ELECT", "true"},
    Variable{"LOG_LEVEL", "info"},
    Variable{"LOG_FORMAT", ""},
};

}  // namespace

std::span<const Variable> config_variables() { return kVariables; }

// What stands between ':' and '@' of the authority, or after "password=".
std::string mask_dsn(std::string_view dsn) {
  std::string out(dsn);
  const std::size_t scheme = out.find("://");
  if (scheme != std::string::npos) {
    const std::size_t at = out.find('@', scheme);
    const std::size_t colon = out.find(':', scheme + 3);
    if (at != std::string::npos && colon != std::string::npos && colon < at)
      out.replace(colon + 1, at - colon - 1, "***");
  }
  if (const std::size_t key = out.find("password="); key != std::string::npos) {
    const std::size_t end = std::min(out.find_first_of("& ", key), out.size());
    out.replace(key + 9, end - key - 9, "***");
  }
  return out;
}

Result<std::map<std::string, std::string>> parse_config_file(std::string_view text) {
  std::map<std::string, std::string> out;
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    ++number;
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0)
      return invalid(fmt::format("line {}: must be NAME=VALUE", number));
    if (!out.emplace(line.substr(0, equals), line.substr(equals + 1)).second)
      return invalid(fmt::format("line {}: {} is set twice", number, line.substr(0, equals)));
  }
  return out;
}

std::string namespace_pattern_fault(std::string_view pattern) {
  struct Placeholder {
    std::string_view text;
    std::size_t length;
  };
  constexpr std::array<Placeholder, 6> kPlaceholders = {{{"{userId}", 36},
                                                         {"{orgId}", 36},
                                                         {"{teamId}", 36},
                                                         {"{clientId}", 36},
                                                         {"{orgSlug}", kSlugMax},
                                                         {"{teamSlug}", kSlugMax}}};
  std::string rest(pattern);
  std::size_t length = 0;
  bool person = false, organization = false, team = false;
  for (const auto& p : kPlaceholders) {
    for (std::size_t at; (at = rest.find(p.text)) != std::string::npos;) {
      rest.replace(at, p.text.size(), "x");
      length += p.length - 1;
      person = person || p.text == "{userId}";
      organization = organization || p.text == "{orgId}";
      team = team || p.text == "{teamId}";
    }
  }
  length += rest.size();
  if (!person) return "must have {userId}: a namespace is one person's";
  if (team) return "{teamId} in the pattern is not supported by this version";
  // A second organization of the same person gets 12 digits of its id appended.
  if (!organization) length += 13;
  if (!check_label(rest, 63)) return "may only have lower-case letters, digits and '-'";
  if (length > 63)
    return fmt::format("can become {} characters long; a namespace's name has at most 63", length);
  return {};
}

}  // namespace ks
