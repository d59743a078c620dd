#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/admission/limits.hpp"
#include "api/web/support.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "domain/mail/email_address.hpp"
#include "domain/sandbox/namespace_pattern.hpp"
#include "identity/origin.hpp"
#include "mail/smtp_url.hpp"
#include "main/traces/settings.hpp"
#include "operator/config.hpp"

namespace ks {

enum class KubernetesMode { real, simulated };
// Where mail goes: nowhere, into a folder of this machine, or to a server.
enum class MailMode { off, folder, server };

// What the program runs with, checked as a whole. One field a variable of docs/configuration.md.
struct Config {
  std::string database_dsn;
  std::string database_owner_dsn;
  bool auto_migrate = true;
  std::string server_address;
  std::uint16_t server_port = 0;
  Origin base_url;
  std::vector<std::string> trusted_proxies;
  bool dev_mode = false;
  std::string deployment_domain;
  KubernetesMode kubernetes = KubernetesMode::simulated;
  std::string kubeconfig;  // Path; empty when simulated.
  std::string kubernetes_context;
  NamespacePattern namespace_pattern;
  std::string workload_tls;
  std::string secrets_key;  // Never printed.
  std::string sign_up;
  std::string audit_sink_file;  // Empty: the ends of audit chains go to the log.
  TraceSettings traces;
  std::string metrics_address;  // Empty: no metrics.
  std::uint16_t metrics_port = 0;
  api::RequestQuotas quotas;
  std::int64_t network_connections = 256;
  std::int64_t purge_interval_s = 60;
  std::int64_t access_inactive_days = 90;
  std::int64_t access_reminder_days = 90;  // 0: nobody is reminded.
  bool leader_elect = true;
  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::text;
  std::string ca_file;
  std::string https_proxy;
  std::string no_proxy;
  MailMode mail_mode = MailMode::off;
  std::string mail_folder;
  mail::SmtpServer smtp;
  std::string mail_name;                  // Beside the address in From.
  std::optional<EmailAddress> mail_from;  // Set unless mail is off.
  api::Support support;
  op::OperatorConfig op;

  bool run_api = true;
  bool run_operator = true;
  // Not a setting: for tests on servers that have a superuser only.
  bool allow_superuser = false;
};

// One setting as it was given or defaulted, for `config check`.
struct Setting {
  std::string name;
  std::string value;   // Masked when it is a secret.
  std::string source;  // "default", "environment", "file", "flag".
};

// A setting that the program knows.
struct Variable {
  std::string_view name;
  std::string_view fallback;
  enum class Show { plain, secret, dsn, smtp } show = Show::plain;
};
std::span<const Variable> config_variables();

std::optional<log::Level> log_level(std::string_view name);
// The file that AUDIT_SINK names, "" for the log, nothing for what is neither. Where it is not set,
// a file beside an embedded database of the default name, with any other the log.
std::optional<std::string> audit_sink_file(std::string_view setting, std::string_view dsn);
// SIGNUP where it is not set. Files in a folder reach nobody but whoever tries the product out.
std::string default_sign_up(MailMode mail);
// What is wrong with it; empty when nothing is.
std::string sign_up_fault(std::string_view mode, MailMode mail);

// An address without its secrets. Of one that can be read in two ways nothing but the scheme is
// left, and of what is no address nothing.
std::string mask_dsn(std::string_view dsn);
// False when characters of a password or name stand in an address that need %XX there: different
// programs would then read different hosts from it, and print parts of the password as one.
bool plain_dsn(std::string_view dsn);

struct ConfigInput {
  // Looks a variable up in the environment.
  std::function<std::optional<std::string>(std::string_view)> environment;
  // Of a file of NAME=VALUE lines; stronger than the environment, weaker than flags.
  std::map<std::string, std::string> file;
  std::map<std::string, std::string> flags;
  // Without the API nothing is stored and nothing is addressed: keys and domains are not asked for.
  bool api = true;
  // For a command that asks the database only: what is said of the cluster is not looked up.
  bool cluster = true;
  bool terminal = false;  // Standard error is one: text rather than JSON logs.
};

struct LoadedConfig {
  Config config;
  std::vector<Setting> settings;
  // Of those that were given, as they were, with secrets: never to be printed.
  std::map<std::string, std::string> given;
  // Every fault at once; the configuration counts only when there is none.
  std::vector<std::string> faults;
};

// Names in the file and in flags that are no setting: a misspelt one would silently leave a default
// in force.
std::vector<std::string> unknown_settings(const ConfigInput& input);

// Makes files: a missing key file in dev mode. Reads files: keys.
LoadedConfig load_config(const ConfigInput& input);

// NAME=VALUE lines, `#` comments, empty lines. The error names the line.
Result<std::map<std::string, std::string>> parse_config_file(std::string_view text);

// The text of such a file.
std::string config_file_text(const std::map<std::string, std::string>& given);

}  // namespace ks
