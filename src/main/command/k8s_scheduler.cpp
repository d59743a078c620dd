#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "main/config/config.hpp"
#include "main/database.hpp"
#include "main/doctor.hpp"
#include "main/isolation.hpp"
#include "main/network_probe.hpp"
#include "main/program.hpp"
#include "operator/operator.hpp"

namespace {

using namespace ks;

std::optional<std::string> environment(std::string_view name) {
  // Read before any thread is started.
  const char* value = std::getenv(std::string(name).c_str());  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

struct Options {
  std::string file;
  std::vector<std::string> set;
  std::string components = "api,operator";
  std::string settings_out;
  op::Outsiders outsiders;
  // What the command does not need is not looked at.
  bool cluster = true;
};

std::string version_line() { return fmt::format("k8s-scheduler {}", program_version()); }

std::string_view file_fault(const std::string& path) {
  std::error_code ignored;
  if (path.empty() || std::filesystem::is_regular_file(path, ignored)) return {};
  return std::filesystem::exists(path, ignored) ? "is no file: " : "does not exist: ";
}

LoadedConfig load(const Options& options) {
  ConfigInput input;
  input.environment = environment;
  input.terminal = isatty(STDERR_FILENO) == 1;
  std::vector<std::string> early;
  input.cluster = options.cluster;
  if (const auto why = file_fault(options.file); !why.empty()) {
    early.push_back(fmt::format("--config: {}{}", why, options.file));
  } else if (!options.file.empty()) {
    std::ifstream file(options.file);
    std::stringstream text;
    text << file.rdbuf();
    if (!file) early.push_back("--config: cannot be read: " + options.file);
    auto parsed = parse_config_file(text.str());
    if (parsed)
      input.file = std::move(*parsed);
    else
      early.push_back(options.file + ": " + parsed.error().message);
  }
  for (const std::string& one : options.set) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos)
      early.push_back("--set: must be NAME=VALUE");
    else
      input.flags[one.substr(0, equals)] = one.substr(equals + 1);
  }
  bool run_api = false, run_operator = false;
  std::stringstream parts(options.components);
  for (std::string part; std::getline(parts, part, ',');) {
    if (part == "api")
      run_api = true;
    else if (part == "operator")
      run_operator = true;
    else
      early.push_back("--components: " + part + " is none of api, operator");
  }
  input.api = run_api;
  LoadedConfig loaded = load_config(input);
  loaded.config.run_api = run_api;
  loaded.config.run_operator = run_operator;
  loaded.faults.insert(loaded.faults.begin(), early.begin(), early.end());
  return loaded;
}

int print_faults(const std::vector<std::string>& faults) {
  fmt::print(stderr, "The configuration has {} fault{}:\n", faults.size(),
             faults.size() == 1 ? "" : "s");
  for (const auto& fault : faults) fmt::print(stderr, "  {}\n", fault);
  return 2;
}

int fail(const Error& error) {
  fmt::print(stderr, "{}\n", error.message);
  return 1;
}

// For the other commands' --config. Renamed into place, so that nobody reads half of it.
void leave_settings(const std::string& path, const LoadedConfig& loaded) {
  const std::string fresh = path + ".new";
  std::error_code failed;
  std::filesystem::remove(fresh, failed);
  const std::string text = config_file_text(loaded.given);
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written =
      fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (fd >= 0) ::close(fd);
  if (written) std::filesystem::rename(fresh, path, failed);
  if (!written || failed) log::warn("the settings could not be left", {{"file", path}});
}

std::string mail_line(const Config& config) {
  switch (config.mail_mode) {
    case MailMode::off:
      return "Mail is off: no SMTP_URL is set.";
    case MailMode::folder:
      return "Mail is not sent but written to " + config.mail_folder + ", one file each.";
    case MailMode::server:
      return fmt::format("Mail is sent by {}:{}.", config.smtp.host, config.smtp.port);
  }
  return {};
}

int serve(const Options& options) {
  // Blocked before any thread starts, so that all of them leave the signals to this one.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  const LoadedConfig loaded = load(options);
  if (!loaded.faults.empty()) return print_faults(loaded.faults);
  log::configure(loaded.config.log_level, loaded.config.log_format);
  const SystemClock clock;
  SystemRandom random;
  auto program =
      Program::start(loaded.config, {.clock = clock, .random = random, .web = api::web_bundle()});
  if (!program) return fail(program.error());

  if (!options.settings_out.empty()) leave_settings(options.settings_out, loaded);
  const bool simulated = loaded.config.kubernetes == KubernetesMode::simulated;
  fmt::print("K8s Scheduler {} serves {} on {}:{} ({})\n", program_version(),
             loaded.config.base_url.text(), loaded.config.server_address, (*program)->port(),
             simulated ? "simulated cluster: nothing really runs" : "Kubernetes");
  if (loaded.config.run_api) {
    fmt::print("{}\n", mail_line(loaded.config));
    if (const auto link = (*program)->first_administrator_link(); link && *link)
      fmt::print("First administrator (single use, 24 hours): {}\n", **link);
  }
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  log::info("stopping", {{"signal", received}});
  // A second signal ends the program at once.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  (*program)->stop(seconds(10));
  return 0;
}

int migrate(const Options& options) {
  const LoadedConfig loaded = load(options);
  if (!loaded.faults.empty()) return print_faults(loaded.faults);
  const SystemClock clock;
  const auto report = sql::migrate_database(database_options(loaded.config), clock);
  if (!report) return fail(report.error());
  for (const auto& name : report->applied) fmt::print("applied {}\n", name);
  fmt::print("the schema is at version {}\n", report->version);
  return 0;
}

int config_check(const Options& options) {
  const LoadedConfig loaded = load(options);
  for (const Setting& setting : loaded.settings)
    fmt::print("{}={}  ({})\n", setting.name, setting.value, setting.source);
  if (!loaded.faults.empty()) return print_faults(loaded.faults);
  fmt::print("The configuration has no faults.\n");
  return 0;
}

// For commands that read no settings: a file that was named all the same should be there.
int check_file(const Options& options) {
  const auto why = file_fault(options.file);
  return why.empty() ? 0 : print_faults({fmt::format("--config: {}{}", why, options.file)});
}

int version(const Options& options) {
  if (const int fault = check_file(options)) return fault;
  fmt::print("{}\n", version_line());
  return 0;
}

int manifests(const Options& options) {
  if (const int fault = check_file(options)) return fault;
  if (const auto faults = op::faults(options.outsiders); !faults.empty())
    return print_faults(faults);
  const std::string ns = environment("SYSTEM_NAMESPACE").value_or("k8s-scheduler");
  fmt::print("{}", op::manifests_yaml(ns, options.outsiders));
  return 0;
}

// What the server would need beside the cluster is not asked for.
int isolation_report(Options options) {
  options.components = "operator";
  const LoadedConfig loaded = load(options);
  if (!loaded.faults.empty()) return print_faults(loaded.faults);
  const SystemClock clock;
  SystemRandom random;
  const auto report = read_isolation(loaded.config, clock, random);
  if (!report) return fail(report.error());
  fmt::print("{}", op::text_of(*report));
  return report->holds() ? 0 : 1;
}

// What the server would need beside the cluster is not asked for. 0: fit; 1: something is to be
// mended, or it cannot be looked at.
int doctor(Options options, const std::string& components) {
  options.components = "operator";
  LoadedConfig loaded = load(options);
  if (!loaded.faults.empty()) return print_faults(loaded.faults);
  loaded.config.run_api = components.find("api") != std::string::npos;
  loaded.config.run_operator = components.find("operator") != std::string::npos;
  const auto checks = examine_cluster(loaded.config);
  if (!checks) return fail(checks.error());
  fmt::print("{}", op::text_of(*checks));
  return op::is_fit(*checks) ? 0 : 1;
}

int admin_link(const Options& options) {
  LoadedConfig loaded = load(options);
  if (!loaded.faults.empty()) return print_faults(loaded.faults);
  const SystemClock clock;
  SystemRandom random;
  const auto link = administrator_link(loaded.config, clock, random);
  if (!link) return fail(link.error());
  fmt::print("{}\n", *link);
  return 0;
}

// 0: nothing is wrong; 3: something is. Other faults as everywhere.
int audit_verify(const Options& options, const std::string& org, const std::string& sink) {
  const LoadedConfig loaded = load(options);
  if (!loaded.faults.empty()) return print_faults(loaded.faults);
  const SystemClock clock;
  SystemRandom random;
  const auto good = verify_audit(loaded.config, clock, random, org, sink);
  if (!good) return fail(good.error());
  return *good ? 0 : 3;
}

struct Unknown {
  std::string word;
  std::string after;  // The program with the commands before it.
  std::vector<std::string> known;
};

// The word that stands where a command should.
std::optional<Unknown> unknown_command(const CLI::App& app) {
  const CLI::App* at = &app;
  Unknown out{{}, app.get_name(), {}};
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    out.after += " " + at->get_name();
  }
  for (const CLI::App* one : at->get_subcommands([](const CLI::App*) { return true; }))
    out.known.push_back(one->get_name());
  const auto rest = app.remaining(true);
  if (rest.empty() || rest.front().starts_with('-')) return std::nullopt;
  out.word = rest.front();
  return out;
}

int print_unknown(const Unknown& unknown) {
  if (unknown.known.empty())
    fmt::print(stderr, "{} takes no {}.\n", unknown.after, unknown.word);
  else
    fmt::print(stderr, "{} is not a command. {} has {}; --help says more.\n", unknown.word,
               unknown.after, fmt::join(unknown.known, ", "));
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("A self-hosted, Kubernetes-native deployment platform.", "k8s-scheduler");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--config", options.file, "File of NAME=VALUE lines");
  app.add_option("--set", options.set, "One setting, NAME=VALUE; may be repeated")
      ->allow_extra_args(false);
  int status = 0;
  app.set_version_flag("--version", version_line());
  auto* serving = app.add_subcommand("serve", "Run the API, sync and the operator");
  serving->add_option(
      "--components", options.components,
      "Which of api,operator to run; sync, which carries wanted state to the cluster "
      "and its status back, goes with api");
  serving->add_option("--settings-out", options.settings_out,
                      "Once it serves, write the settings it was given to this file, for --config");
  serving->callback([&] { status = serve(options); });
  app.add_subcommand("migrate", "Bring the database's schema up to date")->callback([&] {
    options.cluster = false;
    status = migrate(options);
  });
  auto* config = app.add_subcommand("config", "Look at the configuration");
  config->require_subcommand(1);
  config->add_subcommand("check", "Print the effective configuration and every fault of it")
      ->callback([&] { status = config_check(options); });
  auto* printed = app.add_subcommand(
      "manifests", "Print custom resource definitions, roles and admission policies as YAML");
  printed
      ->add_option("--backup-account", options.outsiders.backup_accounts,
                   "User name of an account that restores backups, as "
                   "system:serviceaccount:velero:velero; may be repeated")
      ->allow_extra_args(false);
  printed->add_option("--break-glass-group", options.outsiders.break_glass_group,
                      "Group whose members may do by hand in sandboxes what the policies refuse to "
                      "all others, told in the audit log; empty: none");
  printed->callback([&] { status = manifests(options); });
  auto* admin = app.add_subcommand("admin", "Administer this installation");
  admin->require_subcommand(1);
  admin->add_subcommand("link", "Print a single-use link that makes a platform administrator")
      ->callback([&] {
        options.cluster = false;
        status = admin_link(options);
      });
  auto* audit = app.add_subcommand("audit", "Look after the audit log");
  audit->require_subcommand(1);
  std::string org, sink;
  auto* verify = audit->add_subcommand(
      "verify", "Hold the audit log against its chains and the sink of their heads");
  verify->add_option("--org", org, "One organization, by slug or id");
  verify->add_option("--sink", sink, "File of heads, in place of the configured one");
  verify->callback([&] {
    options.cluster = false;
    status = audit_verify(options, org, sink);
  });
  auto* isolation = app.add_subcommand("isolation", "Look at how tenants are kept apart");
  isolation->require_subcommand(1);
  isolation
      ->add_subcommand("report",
                       "Print who reaches each sandbox and whom it reaches, as the cluster "
                       "has it; ends with 1 where a tenant is not alone")
      ->callback([&] { status = isolation_report(options); });
  auto* probe =
      app.add_subcommand("probe", "What runs in the pods by which the operator probes the network");
  probe->require_subcommand(1);
  ProbeOptions probing;
  auto* listening = probe->add_subcommand("listen", "Greet whoever gets through");
  auto* connecting = probe->add_subcommand("connect", "Tell which listeners answer");
  for (auto* one : {listening, connecting}) {
    one->add_option("--round", probing.round, "Which probe it belongs to");
    one->add_option("--port", probing.port, "Where listeners listen");
  }
  connecting->add_option("--open", probing.open, "Address of the one that must answer")->required();
  connecting->add_option("--no-entry", probing.no_entry, "Of the one that lets nobody in")
      ->required();
  connecting->add_option("--no-exit", probing.no_exit, "Of the one that may not be left for")
      ->required();
  listening->callback([&] { status = run_probe_listener(probing); });
  connecting->callback([&] { status = run_probe_connector(probing); });
  std::string examined = "api,operator";
  auto* examination = app.add_subcommand(
      "doctor",
      "Examine the cluster: what it lacks, and what to do; ends with 1 where it lacks it");
  examination
      ->add_option("--components", examined,
                   "Whose rights its account is to have: api, operator, or api,operator")
      ->check(CLI::IsMember({"api", "operator", "api,operator"}));
  examination->callback([&] { status = doctor(options, examined); });
  app.add_subcommand("version", "Print the version")->callback([&] { status = version(options); });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (const auto bogus = unknown_command(app)) return print_unknown(*bogus);
    return app.exit(error);
  }
  return status;
}
