#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

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
    Variable{"DEDICATED_NODES", ""},
    Variable{"DEDICATED_RUNTIME_CLASS", ""},
    Variable{"USER_NAMESPACES", "false"},
    Variable{"SYSTEM_NAMESPACE", "k8s-scheduler"},
    Variable{"CA_FILE", ""},
    Variable{"HTTPS_PROXY", "", Show::dsn},
    Variable{"NO_PROXY", ""},
    Variable{"SECRETS_KEY", "", Show::secret},
    Variable{"SECRETS_KEY_FILE", ""},
    Variable{"SMTP_URL", "", Show::smtp},
    Variable{"MAIL_FROM", ""},
    Variable{"SIGNUP", ""},
    Variable{"SUPPORT_MAIL", ""},
    Variable{"SUPPORT_URL", ""},
    Variable{"RATE_LIMIT_READS", "6000"},
    Variable{"RATE_LIMIT_WRITES", "1200"},
    Variable{"RATE_LIMIT_ADDRESS_READS", "6000"},
    Variable{"RATE_LIMIT_ADDRESS_WRITES", "600"},
    Variable{"CONNECTIONS_PER_ADDRESS", "256"},
    Variable{"PURGE_INTERVAL", "60"},
    Variable{"AUDIT_SINK", ""},
    Variable{"ACCESS_INACTIVE_DAYS", "90"},
    Variable{"ACCESS_REMINDER_DAYS", "90"},
    Variable{"ISOLATION_INTERVAL", "300"},
    Variable{"NETWORK_PROBE_IMAGE", ""},
    Variable{"NETWORK_PROBE_INTERVAL", "3600"},
    Variable{"ALLOW_UNENFORCED_NETWORK", "false"},
    Variable{"METRICS_ADDR", ""},
    Variable{"OTEL_EXPORTER_OTLP_ENDPOINT", "", Show::dsn},
    Variable{"OTEL_EXPORTER_OTLP_HEADERS", "", Show::secret},
    Variable{"OTEL_SERVICE_NAME", "k8s-scheduler"},
    Variable{"OTEL_TRACES_SAMPLER_ARG", "1"},
    Variable{"LEADER_ELECT", "true"},
    Variable{"LOG_LEVEL", "info"},
    Variable{"LOG_FORMAT", ""},
};

}  // namespace

std::span<const Variable> config_variables() { return kVariables; }

std::vector<std::string> unknown_settings(const ConfigInput& input) {
  std::vector<std::string> out;
  for (const auto* given : {&input.file, &input.flags})
    for (const auto& [name, value] : *given)
      if (std::ranges::find(kVariables, name, &Variable::name) == kVariables.end())
        out.push_back(name);
  return out;
}

std::optional<log::Level> log_level(std::string_view name) {
  using enum log::Level;
  if (name == "debug") return debug;
  if (name == "info") return info;
  if (name == "warn") return warn;
  if (name == "error") return error;
  return std::nullopt;
}

namespace {
// Beside a database of the default name, wherever it is; in one file with those of another database
// the heads would miss each other.
std::string sink_beside(const std::filesystem::path& database) {
  const auto fallback = std::ranges::find(kVariables, "DATABASE_DSN", &Variable::name)->fallback;
  if (database.filename() != std::filesystem::path(fallback).filename()) return {};
  return database.parent_path() / "audit-heads.log";
}
}  // namespace

std::optional<std::string> audit_sink_file(std::string_view setting, std::string_view dsn) {
  constexpr std::string_view kFile = "file:";
  constexpr std::string_view kEmbedded = "sqlite:";
  if (setting.empty())
    return dsn.starts_with(kEmbedded) ? sink_beside(dsn.substr(kEmbedded.size())) : std::string();
  if (setting.starts_with(kFile) && setting != kFile)
    return std::string(setting.substr(kFile.size()));
  if (setting == "log") return std::string();
  return std::nullopt;
}

std::string default_sign_up(MailMode mail) {
  return mail == MailMode::server ? "verified" : "open";
}

std::string sign_up_fault(std::string_view mode, MailMode mail) {
  if (mode == "verified" && mail == MailMode::off) return "verified needs mail: set SMTP_URL";
  if (mode == "open" || mode == "verified" || mode == "closed") return {};
  return "must be open, verified or closed";
}

namespace {
constexpr std::string_view kMask = "***";

bool only(std::string_view text, std::string_view beside) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           beside.find(c) != std::string_view::npos;
  });
}

// HOST[:PORT],... where each port is a number.
bool is_hosts(std::string_view text) {
  if (!only(text, "_-.:,[]%")) return false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (const std::size_t bracket = one.find(']'); bracket != std::string_view::npos)
      one.remove_prefix(bracket);
    const std::size_t colon = one.find(':');
    if (colon == std::string_view::npos) continue;
    for (const char c : one.substr(colon + 1))
      if (c < '0' || c > '9') return false;
  }
  return true;
}

// Of parameters that are known, the value or at least the name is shown; of all others nothing:
// what stands there may be the rest of a password with '&' in it.
std::string masked_query(std::string_view query) {
  constexpr std::array<std::string_view, 9> kShown = {
      "application_name", "connect_timeout",      "dbname", "host", "port", "sslmode",
      "sslrootcert",      "target_session_attrs", "user"};
  constexpr std::array<std::string_view, 4> kNamed = {"options", "passfile", "password",
                                                      "sslpassword"};
  std::string out;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::string_view name = pair.substr(0, pair.find('='));
    out += out.empty() ? '?' : '&';
    if (std::ranges::find(kShown, name) != kShown.end())
      out += pair;
    else if (std::ranges::find(kNamed, name) != kNamed.end())
      out.append(name).append("=").append(kMask);
    else
      out += kMask;
  }
  return out;
}
}  // namespace

// Shown is what is understood for certain, so that no part of a secret stands where another reading
// of the same text would put it.
std::string mask_dsn(std::string_view dsn) {
  if (dsn.empty() || dsn.starts_with("sqlite:")) return std::string(dsn);
  const std::size_t colon = dsn.find("://");
  if (colon == std::string_view::npos || !only(dsn.substr(0, colon), "+-."))
    return std::string(kMask);
  std::string out(dsn.substr(0, colon + 3));
  std::string_view rest = dsn.substr(colon + 3);
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, end);
  rest.remove_prefix(end);
  const std::size_t at = authority.find('@');
  // An '@' elsewhere is one that a password was meant to have.
  if (rest.find_first_of("@#") != std::string_view::npos || at != authority.rfind('@'))
    return out.append(kMask);
  if (at != std::string_view::npos) {
    const std::string_view user = authority.substr(0, at);
    const std::string_view name = user.substr(0, user.find(':'));
    if (!only(name, "_-.~%")) return out.append(kMask);
    out.append(name);
    if (name.size() != user.size()) out.append(":").append(kMask);
    out += '@';
    authority.remove_prefix(at + 1);
  }
  const std::size_t query = std::min(rest.find('?'), rest.size());
  if (!is_hosts(authority) || !only(rest.substr(0, query), "_-.~%/")) return out.append(kMask);
  out.append(authority).append(rest.substr(0, query));
  if (query < rest.size()) out += masked_query(rest.substr(query + 1));
  return out;
}

bool plain_dsn(std::string_view dsn) {
  return !mask_dsn(dsn).ends_with("://" + std::string(kMask));
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

std::string config_file_text(const std::map<std::string, std::string>& given) {
  std::string out;
  for (const auto& [name, value] : given)
    if (!value.empty())
      out.append(name).append("=").append(value, 0, value.find_first_of("\r\n")).append("\n");
  return out;
}

}  // namespace ks
