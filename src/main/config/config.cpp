#include "main/config/config.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/digest.hpp"
#include "domain/name.hpp"
#include "main/config/namespaces.hpp"
#include "main/config/outside.hpp"
#include "main/config/support.hpp"

namespace ks {

namespace {

class Loader {
 public:
  explicit Loader(const ConfigInput& input) : input_(input) {}

  LoadedConfig load();

 private:
  std::string get(std::string_view name);
  bool flag(std::string_view name, bool fallback);
  // What is in force where a setting was left empty.
  void show(std::string_view name, std::string value) {
    std::ranges::find(out_.settings, name, &Setting::name)->value = std::move(value);
  }
  void fault(std::string_view name, std::string_view what) {
    out_.faults.push_back(fmt::format("{}: {}", name, what));
  }
  void held(std::string_view name, std::string_view wrong) {
    if (!wrong.empty()) fault(name, wrong);
  }
  void take(std::string_view name, auto parsed, auto& into) {
    if (parsed)
      into = std::move(*parsed);
    else
      fault(name, parsed.error().message);
  }
  bool address(std::string_view name, std::string& host, std::uint16_t& port);
  std::string object_name(std::string_view name);
  void secrets_key();
  void kubernetes();
  void network();
  void workloads();
  void limits();
  void observability();
  void outgoing_mail();

  const ConfigInput& input_;
  LoadedConfig out_;
};

std::string Loader::get(std::string_view name) {
  const auto variables = config_variables();
  const auto variable = std::ranges::find(variables, name, &Variable::name);
  KS_ASSERT(variable != variables.end());
  std::string value(variable->fallback);
  std::string source = "default";
  const std::string key(name);
  if (const auto env = input_.environment ? input_.environment(name) : std::nullopt; env) {
    value = *env;
    source = "environment";
  }
  if (const auto at = input_.file.find(key); at != input_.file.end()) {
    value = at->second;
    source = "file";
  }
  if (const auto at = input_.flags.find(key); at != input_.flags.end()) {
    value = at->second;
    source = "flag";
  }
  if (source != "default") out_.given[key] = value;
  std::string shown = value;
  if (variable->show == Variable::Show::secret && !value.empty()) shown = "***";
  if (variable->show == Variable::Show::dsn) shown = mask_dsn(value);
  if (variable->show == Variable::Show::smtp) shown = mail::mask_smtp_url(value);
  out_.settings.push_back({key, shown, source});
  return value;
}

bool Loader::flag(std::string_view name, bool fallback) {
  const std::string value = get(name);
  if (value.empty()) {
    show(name, fallback ? "true" : "false");
    return fallback;
  }
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  fault(name, "must be true or false");
  return fallback;
}

bool Loader::address(std::string_view name, std::string& host, std::uint16_t& port) {
  const std::string value = get(name);
  if (value.empty()) return false;
  const std::size_t colon = value.rfind(':');
  unsigned number = 70000;
  if (colon != std::string::npos)
    std::from_chars(value.data() + colon + 1, value.data() + value.size(), number);
  if (colon == std::string::npos || colon == 0 || number > 65535) {
    fault(name, "must be ADDRESS:PORT, such as 127.0.0.1:8080");
    return false;
  }
  host = value.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  port = static_cast<std::uint16_t>(number);
  return true;
}

std::string Loader::object_name(std::string_view name) {
  std::string value = get(name);
  if (!value.empty() && !is_object_name(value))
    fault(name,
          "must be the name of an object in the cluster: lower-case letters, digits, - and .");
  return value;
}

// A key file that is missing is made in dev mode only: elsewhere a new key would make what is
// stored unreadable.
void Loader::secrets_key() {
  std::string key = get("SECRETS_KEY");
  std::string path = get("SECRETS_KEY_FILE");
  if (!key.empty() && !path.empty())
    return fault("SECRETS_KEY", "give it or SECRETS_KEY_FILE, not both");
  if (key.empty() && path.empty()) {
    if (!input_.api) return;
    if (!out_.config.dev_mode)
      return fault("SECRETS_KEY", "is required (or SECRETS_KEY_FILE): 32 random bytes as base64");
    path = "./data/secrets.key";
  }
  if (!path.empty()) {
    std::error_code ignored;
    if (out_.config.dev_mode && !std::filesystem::exists(path, ignored)) {
      if (!make_key_file(path)) fault("SECRETS_KEY_FILE", "cannot be made: " + path);
    }
    struct stat info{};
    if (::stat(path.c_str(), &info) == 0 && (info.st_mode & 077) != 0)
      fault("SECRETS_KEY_FILE", "must not be readable by others (chmod 600 " + path + ")");
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    if (!file) return fault("SECRETS_KEY_FILE", "cannot be read: " + path);
    key = text.str();
  }
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r' || key.back() == ' '))
    key.pop_back();
  const auto bytes = from_base64(key);
  const std::string_view where = path.empty() ? "SECRETS_KEY" : "SECRETS_KEY_FILE";
  if (!bytes || bytes->size() < 32)
    return fault(where, "must hold at least 32 random bytes as base64 (openssl rand -base64 32)");
  // A key that somebody typed or left at a default is all one character or nearly so.
  std::array<bool, 256> seen{};
  for (const char c : *bytes) seen[static_cast<unsigned char>(c)] = true;
  if (std::ranges::count(seen, true) < 12) return fault(where, "is not random");
  out_.config.secrets_key = *bytes;
}

void Loader::kubernetes() {
  Config& config = out_.config;
  const std::string mode = get("KUBERNETES_ENABLED");
  config.kubeconfig = get("KUBECONFIG");
  config.kubernetes_context = get("KUBERNETES_CONTEXT");
  if (mode == "simulated") {
    config.kubernetes = KubernetesMode::simulated;
  } else if (mode == "true" || mode == "auto") {
    config.kubernetes = KubernetesMode::real;
    if (!config.kubeconfig.empty() && input_.cluster) {
      if (auto why = kubeconfig_fault(config.kubeconfig, config.kubernetes_context); !why.empty())
        out_.faults.push_back(std::move(why));
    } else if (config.kubeconfig.empty() && input_.cluster) {
      if (mode == "auto" && config.dev_mode)
        config.kubernetes = KubernetesMode::simulated;
      else
        fault("KUBECONFIG",
              "is required: no cluster is configured (KUBERNETES_ENABLED=simulated "
              "runs without one)");
    }
  } else {
    fault("KUBERNETES_ENABLED", "must be auto, true or simulated");
  }
  if (auto pattern = NamespacePattern::parse(get("KUBERNETES_NAMESPACE")))
    config.namespace_pattern = std::move(*pattern);
  else
    fault("KUBERNETES_NAMESPACE", pattern.error().message);
  if (const std::string crds = get("KUBERNETES_INSTALL_CRDS"); crds == "false" || crds == "never")
    config.op.install_crds = op::OperatorConfig::InstallCrds::never;
  else if (crds != "auto" && crds != "true")
    fault("KUBERNETES_INSTALL_CRDS", "must be auto or never");
}

void Loader::network() {
  Config& config = out_.config;
  take("INGRESS_FROM", op::parse_ingress_from(get("INGRESS_FROM")), config.op.ingress_from);
  take("DNS_CIDRS", op::parse_cidrs(get("DNS_CIDRS")), config.op.dns_cidrs);
  take("DNS_SELECTOR", op::parse_dns_selector(get("DNS_SELECTOR")), config.op.dns);
  take("CLUSTER_CIDRS", op::parse_cidrs(get("CLUSTER_CIDRS")), config.op.cluster_cidrs);
  take("TRUSTED_PROXIES", op::parse_cidrs(get("TRUSTED_PROXIES")), config.trusted_proxies);
  take("NETWORK_PROBE_IMAGE", op::parse_probe_image(get("NETWORK_PROBE_IMAGE")),
       config.op.probe_image);
  config.op.allow_unenforced_network = flag("ALLOW_UNENFORCED_NETWORK", false);
  config.op.ingress_class = object_name("INGRESS_CLASS");
}

void Loader::workloads() {
  Config& config = out_.config;
  config.deployment_domain = get("DEPLOYMENT_DOMAIN");
  if (config.deployment_domain.empty()) {
    if (config.dev_mode) {
      config.deployment_domain = "apps.localhost";
      show("DEPLOYMENT_DOMAIN", config.deployment_domain);
    } else if (input_.api) {
      fault("DEPLOYMENT_DOMAIN", "is required: the base domain of workloads");
    }
  } else if (!normal_email("x@" + config.deployment_domain)) {
    fault("DEPLOYMENT_DOMAIN", "must be a domain name such as apps.example.com");
  }
  // Cookies of the login host must not be within a workload's reach.
  if (!is_loopback_host(config.base_url.host)) {
    const std::string login = "." + config.base_url.host;
    const std::string apps = "." + config.deployment_domain;
    if (login.ends_with(apps) || apps.ends_with(login))
      fault("DEPLOYMENT_DOMAIN", "must not share a domain with BASE_URL");
  }
  config.workload_tls = get("WORKLOAD_TLS");
  if (config.workload_tls != "external" && !config.workload_tls.starts_with("secret:") &&
      !config.workload_tls.starts_with("issuer:"))
    fault("WORKLOAD_TLS", "must be external, secret:NAME or issuer:NAME");
  else if (config.workload_tls != "external")
    fault("WORKLOAD_TLS", "this version serves workloads with TLS from outside only (external)");
  config.op.storage_class = object_name("STORAGE_CLASS");
  take("DEDICATED_NODES", op::parse_node_pool(get("DEDICATED_NODES")), config.op.dedicated_nodes);
  config.op.dedicated_runtime_class = object_name("DEDICATED_RUNTIME_CLASS");
  take("USER_NAMESPACES", op::parse_user_namespaces(get("USER_NAMESPACES")),
       config.op.user_namespaces);
  config.op.system_namespace = get("SYSTEM_NAMESPACE");
  if (!check_label(config.op.system_namespace, op::kSystemNamespaceMax))
    fault("SYSTEM_NAMESPACE", "must be the name of a namespace, of 57 characters at most");
}

void Loader::limits() {
  const auto number = [&](std::string_view name, std::int64_t& into, std::int64_t max,
                          std::int64_t min = 1) {
    const std::string value = get(name);
    std::int64_t given = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), given);
    if (read.ec != std::errc() || read.ptr != value.data() + value.size() || given < min ||
        given > max)
      return fault(name, fmt::format("must be a number from {} to {}", min, max));
    into = given;
  };
  constexpr std::int64_t kMax = 1'000'000'000;
  number("RATE_LIMIT_READS", out_.config.quotas.reads, kMax);
  number("RATE_LIMIT_WRITES", out_.config.quotas.writes, kMax);
  number("RATE_LIMIT_ADDRESS_READS", out_.config.quotas.address_reads, kMax);
  number("RATE_LIMIT_ADDRESS_WRITES", out_.config.quotas.address_writes, kMax);
  number("CONNECTIONS_PER_ADDRESS", out_.config.network_connections, kMax);
  number("PURGE_INTERVAL", out_.config.purge_interval_s, kMax);
  number("ACCESS_INACTIVE_DAYS", out_.config.access_inactive_days, 3650);
  number("ACCESS_REMINDER_DAYS", out_.config.access_reminder_days, 3650, 0);
  number("ISOLATION_INTERVAL", out_.config.op.isolation_every.us, 86'400);
  number("NETWORK_PROBE_INTERVAL", out_.config.op.probe_every.us, 86'400, 60);
  op::OperatorConfig& op = out_.config.op;  // They are given in seconds.
  for (Duration* every : {&op.isolation_every, &op.probe_every}) every->us *= 1'000'000;
}

void Loader::observability() {
  Config& config = out_.config;
  const auto sink = audit_sink_file(get("AUDIT_SINK"), config.database_dsn);
  if (!sink) fault("AUDIT_SINK", "must be file:PATH or log");
  config.audit_sink_file = sink.value_or("");
  if (sink) show("AUDIT_SINK", sink->empty() ? "log" : "file:" + *sink);
  if (address("METRICS_ADDR", config.metrics_address, config.metrics_port) &&
      config.metrics_port != 0 && config.metrics_port == config.server_port &&
      (config.metrics_address == config.server_address || is_any_address(config.metrics_address) ||
       is_any_address(config.server_address)))
    fault("METRICS_ADDR", "is taken by SERVER_ADDR: give it another port");
  config.op.leader_elect = config.leader_elect = flag("LEADER_ELECT", true);
  if (const auto level = log_level(get("LOG_LEVEL")))
    config.log_level = *level;
  else
    fault("LOG_LEVEL", "must be debug, info, warn or error");
  const std::string format = get("LOG_FORMAT");
  if (format == "json" || (format.empty() && !input_.terminal))
    config.log_format = log::Format::json;
  else if (format != "text" && !format.empty())
    fault("LOG_FORMAT", "must be text or json");
  if (format.empty()) show("LOG_FORMAT", config.log_format == log::Format::json ? "json" : "text");
}

// `ADDRESS` or `NAME <ADDRESS>`.
void Loader::outgoing_mail() {
  Config& config = out_.config;
  const std::string url = get("SMTP_URL");
  const std::string from = get("MAIL_FROM");
  const bool local = is_loopback_host(config.base_url.host);
  if (!url.empty()) {
    config.mail_mode = MailMode::server;
    auto server = mail::parse_smtp_url(url);
    if (!server) return fault("SMTP_URL", server.error().message);
    config.smtp = std::move(*server);
    config.smtp.ca_file = config.ca_file;
    // An address literal would have to be written otherwise there.
    if (!config.base_url.host.starts_with('[')) config.smtp.hello = config.base_url.host;
  } else if (local) {
    config.mail_mode = MailMode::folder;
    config.mail_folder = "./data/mail";
  }
  config.mail_name = "K8s Scheduler";
  std::string_view address = from;
  if (const std::size_t open = from.find('<'); open != std::string::npos && from.ends_with('>')) {
    address = std::string_view(from).substr(open + 1, from.size() - open - 2);
    std::string_view name = std::string_view(from).substr(0, open);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (!check_text(name, kTextMax)) return fault("MAIL_FROM", "must be ADDRESS or NAME <ADDRESS>");
    config.mail_name = name;
  }
  if (from.empty()) {
    if (config.mail_mode == MailMode::server && input_.api)
      return fault("MAIL_FROM", "is required with SMTP_URL: the address that mail comes from");
    address = "noreply@localhost.invalid";
  }
  auto parsed = EmailAddress::parse(address);
  if (!parsed) return fault("MAIL_FROM", parsed.error().message);
  config.mail_from = std::move(*parsed);
}

LoadedConfig Loader::load() {
  Config& config = out_.config;
  config.dev_mode = flag("DEV_MODE", false);
  config.database_dsn = get("DATABASE_DSN");
  config.database_owner_dsn = get("DATABASE_OWNER_DSN");
  const bool sqlite = config.database_dsn.starts_with("sqlite:");
  if (!sqlite && !config.database_dsn.starts_with("postgres://") &&
      !config.database_dsn.starts_with("postgresql://"))
    fault("DATABASE_DSN", "must be sqlite:PATH or postgres://...");
  for (const auto& [name, dsn] : {std::pair("DATABASE_DSN", config.database_dsn),
                                  std::pair("DATABASE_OWNER_DSN", config.database_owner_dsn)})
    if (!plain_dsn(dsn))
      fault(name, "cannot be read for certain: write special characters of the password as %XX");
  if (sqlite && !config.database_owner_dsn.empty())
    fault("DATABASE_OWNER_DSN", "is for PostgreSQL only");
  config.auto_migrate = flag("AUTO_MIGRATE", sqlite);
  address("SERVER_ADDR", config.server_address, config.server_port);
  if (auto origin = parse_origin(get("BASE_URL")))
    config.base_url = std::move(*origin);
  else
    fault("BASE_URL", "must be http://HOST[:PORT] or https://HOST[:PORT]");
  const bool local = is_loopback_host(config.base_url.host);
  if (!config.base_url.host.empty() && !config.base_url.secure() && !local)
    fault("BASE_URL", "must be https unless it is local");
  if (config.dev_mode && !local) fault("DEV_MODE", "needs a local BASE_URL");
  if (config.dev_mode && !config.server_address.empty() &&
      !is_loopback_host(config.server_address) && config.server_address != "::1")
    fault("DEV_MODE", "listens on loopback only: SERVER_ADDR must be local");
  secrets_key();
  kubernetes();
  network();
  workloads();
  held("KUBERNETES_NAMESPACE", namespaces_fault(config.namespace_pattern, config.op));
  limits();
  observability();
  const auto given = [this](std::string_view name) { return get(name); };
  for (const auto& [name, why] : read_traces(given, config.traces)) fault(name, why);
  config.ca_file = get("CA_FILE");
  if (std::error_code ignored;
      !config.ca_file.empty() && !std::filesystem::is_regular_file(config.ca_file, ignored))
    fault("CA_FILE", "cannot be read: " + config.ca_file);
  outgoing_mail();
  config.sign_up = get("SIGNUP");
  if (config.sign_up.empty()) show("SIGNUP", config.sign_up = default_sign_up(config.mail_mode));
  held("SIGNUP", sign_up_fault(config.sign_up, config.mail_mode));
  held("SUPPORT_MAIL", support_mail_fault(config.support.mail = get("SUPPORT_MAIL")));
  held("SUPPORT_URL", support_url_fault(config.support.url = get("SUPPORT_URL")));
  config.op.url_scheme = local ? "http" : "https";
  config.https_proxy = get("HTTPS_PROXY");
  if (!plain_dsn(config.https_proxy))
    fault("HTTPS_PROXY", "cannot be read for certain: write special characters as %XX");
  else if (!config.https_proxy.empty() && !is_proxy(config.https_proxy))
    fault("HTTPS_PROXY", "must be http://[USER:PASSWORD@]HOST[:PORT]");
  config.no_proxy = get("NO_PROXY");

  for (const std::string& name : unknown_settings(input_)) fault(name, "is not a setting");
  return std::move(out_);
}

}  // namespace

LoadedConfig load_config(const ConfigInput& input) { return Loader(input).load(); }

}  // namespace ks
